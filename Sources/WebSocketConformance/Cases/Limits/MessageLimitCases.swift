import BenchResults

/// Messages that are too long, or come in too many pieces (RFC 6455 §10.4).
enum MessageLimitCases {
    static let all: [Case] =
        headers() + sums() + atLimit() + overflows() + endlessFragments() + slowPeers() + partialFrames() + transport()

    /// A case for each role about the message limit: the server's at its `limit` fixture, the client's by declaration.
    ///
    /// - Parameters:
    ///   - phase: alone where whole messages of the limit are sent, which a client may have at many MiB.
    ///   - body: is given the open connection and the limit.
    private static func limited(
        _ row: String, _ variant: String, _ title: String, phase: Case.Phase = .parallel, accepts: [String],
        _ body: @escaping @Sendable (Probe, Conversation, Int) async throws -> Judgement
    ) -> [Case] {
        [
            Case(row, variant, title, roles: [.server], needs: [.limit], phase: phase, accepts: accepts) { probe in
                let conversation = try await probe.open(Opening(fixture: .limit))
                return try await body(probe, conversation, probe.capabilities.messageLimit)
            },
            Case(
                row, "\(variant)-at-client", title, roles: [.client], needs: [.messageLimit], phase: phase,
                accepts: accepts
            ) { probe in try await body(probe, try await probe.open(), probe.capabilities.messageLimit) },
        ]
    }

    private static let failsEarly = [
        "Close with 1009 and the end of TCP, before the message is complete",
        "non-strict: the same, once more than the limit has come",
    ]

    // MARK: - One frame

    private static func headers() -> [Case] {
        let lengths: [(name: String, length: @Sendable (Int) -> UInt64, lenient: [UInt16])] = [
            ("limit-and-1", { UInt64($0) + 1 }, []), ("2-31", { _ in 1 << 31 }, []), ("2-32", { _ in 1 << 32 }, []),
            // The longest there is; some refuse it as a length before they look at the limit.
            ("2-63-less-1", { _ in 1 << 63 - 1 }, [1002]),
        ]
        return lengths.flatMap { name, length, lenient in
            [("text", Frame.text([])), ("binary", Frame.binary([]))].flatMap { kind, frame in
                limited(
                    "L-001", "\(kind)-\(name)", "the header of \(kind) that is too long: \(name)", accepts: failsEarly
                ) { probe, conversation, limit in
                    await conversation.send(frame.with(length: .declared(length(limit))))
                    return try await probe.judgeEarly([1009], lenient: lenient, on: conversation) {
                        [UInt8](repeating: UInt8(ascii: "l"), count: limit + 1)
                    }
                }
            }
        }
    }

    // MARK: - Fragments

    private static func sums() -> [Case] {
        let accepts = failsEarly
        return [2, 16].flatMap { count in
            limited(
                "L-002", "\(count)-fragments", "\(count) fragments of which the last goes beyond the limit",
                phase: .exclusive, accepts: accepts
            ) { probe, conversation, limit in
                let most = [UInt8](repeating: UInt8(ascii: "s"), count: limit)
                await conversation.send(fragments(most, count: count - 1, isLast: false))
                await conversation.send([Frame.continuation("!", isFinal: false).offending, .ping("still there?")])
                return try await probe.judgeEarly([1009], on: conversation) {
                    conversation.encoded([.continuation("")]).octets
                }
            }
        }
    }

    private static func fragments(_ octets: [UInt8], count: Int, isLast: Bool) -> [Frame] {
        (0..<count).map { index in
            Frame(
                index == 0 ? Frame.binary : Frame.continuation,
                Array(octets[octets.count * index / count..<octets.count * (index + 1) / count]),
                isFinal: isLast && index == count - 1)
        }
    }

    private static func atLimit() -> [Case] {
        let accepts = ["the same message, then a clean close that the suite begins with 1000"]
        return [("limit", 0), ("limit-less-1", 1)].flatMap { name, less in
            [("one-frame", 1), ("fragments", 7)].flatMap { shape, count in
                limited(
                    "L-003", "\(name)-\(shape)", "a message of \(name) octets: \(shape)", phase: .exclusive,
                    accepts: accepts
                ) {
                    probe, conversation, limit in
                    let octets = [UInt8](repeating: UInt8(ascii: "m"), count: max(0, limit - less))
                    return try await probe.run(
                        .echo(fragments(octets, count: count, isLast: true), [.binary(octets)], patience: 2),
                        on: conversation)
                }
            }
        }
    }

    /// A fragment of ten octets, and the header of one that brings the sum to or beyond what some integer holds.
    private static func overflows() -> [Case] {
        let lengths: [(name: String, length: UInt64)] = [
            ("2-31", 1 << 31 - 10), ("2-31-less-1", 1 << 31 - 1), ("2-32", 1 << 32 - 10), ("2-32-less-1", 1 << 32 - 1),
            ("2-32-and-5", 1 << 32 + 5), ("2-63-less-10", 1 << 63 - 10), ("2-63-less-1", 1 << 63 - 1),
        ]
        return lengths.flatMap { name, length in
            limited(
                "L-004", name, "a second fragment of declared length \(length)", accepts: failsEarly
            ) { probe, conversation, limit in
                await conversation.send([
                    .binary([UInt8](repeating: 0, count: 10), isFinal: false),
                    Frame.continuation([]).with(length: .declared(length)),
                ])
                return try await probe.judgeEarly([1009], lenient: length > 1 << 62 ? [1002] : [], on: conversation) {
                    [UInt8](repeating: 0, count: limit)
                }
            }
        }
    }
}
