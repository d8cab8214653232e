import BenchResults

/// What leaks and what spins (RFC 6455 §10, published advisories).
enum SecurityCases {
    static let all: [Case] = answers() + truncated() + [declaredMore()] + spinning()

    // MARK: - S-005

    /// Payloads of answers hold what was sent, and nothing of the peer's memory.
    private static func answers() -> [Case] {
        let pings = (0...125).map { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) } }
        return [
            Case(
                "S-005", "pong", "pings of 0 to 125 octets",
                script: Script([.send(pings.map { .ping($0) })], accept: Outcome.pongs(pings.map { .pong($0) }))),
            Case(
                "S-005", "close", "a close with a reason",
                accepts: ["Close with the same code, its reason empty, ours, or readable text"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.close(3000, "reason"))
                return await readable(conversation, probe)
            },
            Case(
                "S-005", "failure", "a reserved opcode", accepts: ["Close whose reason is empty or readable text"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(Frame(3, [UInt8](repeating: 0x55, count: 64)).offending)
                return await readable(conversation, probe)
            },
        ]
    }

    private static func readable(_ conversation: Conversation, _ probe: Probe) async -> Judgement {
        guard let close = await probe.awaitClose(on: conversation, until: probe.deadline()) else {
            return probe.conclude(conversation, .nonStrict("no Close"))
        }
        let isReadable = close.reason.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        return probe.conclude(
            conversation,
            isReadable ? .pass() : .fail("the reason holds control octets:\(preview(close.reason, limit: 123))"))
    }

    // MARK: - S-006

    private static func truncated() -> [Case] {
        [("frame", false), ("fragment", true)].map { name, isFragment in
            Case(
                "S-006", name, "a secret in a message that is never completed, then new connections",
                accepts: ["no octet of the first connection on another"]
            ) { probe in
                let secret = Array("SECRET-\(probe.random.next())".utf8)
                let first = try await probe.open()
                let content = [UInt8](repeating: 0x53, count: 4096) + secret
                await first.send(
                    isFragment
                        ? .binary(content, isFinal: false)
                        : Frame.binary(content + [UInt8](repeating: 0, count: 4096)).with(
                            prefix: 4200, isOffending: false))
                first.wire.reset()
                var judgements: [Judgement] = []
                for number in 0..<8 {
                    let conversation = try await probe.open()
                    let text = Event.binary([UInt8](repeating: UInt8(number), count: 64))
                    judgements.append(
                        try await probe.run(.echo([.binary(text.payload)], [text]), on: conversation))
                    if conversation.received.contains(where: { hexadecimal($0.payload).contains(hexadecimal(secret)) })
                    {
                        return .fail("octets of another connection came")
                    }
                }
                return Judgement.worst(of: judgements)
            }
        }
    }

    // MARK: - S-007

    private static func declaredMore() -> Case {
        Case(
            "S-007", nil, "frames that declare more than is sent, then the end",
            accepts: ["nothing is delivered, the connection ends, the next one is served"]
        ) { probe in
            for declared in [126, 65536, 1 << 20] {
                let conversation = try await probe.open()
                await conversation.send(
                    Frame.binary([0x61, 0x62, 0x63]).with(length: .declared(UInt64(declared))))
                conversation.wire.finish()
                let hasEnded = await probe.awaitEnd(on: conversation, until: probe.deadline())
                guard conversation.received.isEmpty else {
                    return probe.conclude(conversation, .fail("a message was delivered that never came whole"))
                }
                guard hasEnded else { return probe.conclude(conversation, .timeout("the connection was not ended")) }
            }
            return try await probe.run(.echo([.text("next")], [.text("next")]))
        }
    }

    // MARK: - S-016

    /// After an error the process comes to rest.
    private static func spinning() -> [Case] {
        [
            Case(
                "S-016", nil, "a violation and no end of our side", needs: [.process], phase: .exclusive,
                accepts: ["within five seconds the process uses less than a fifth of a core"]
            ) { probe in
                let conversation = try await probe.open()
                conversation.answersClose = false
                await conversation.send([Frame.text("x").with(reservedBits: 7), .text("behind it")])
                _ = await probe.awaitClose(on: conversation, until: probe.now &+ 300_000_000)
                return await LoadCases.quiet(probe)
            }
        ]
    }
}
