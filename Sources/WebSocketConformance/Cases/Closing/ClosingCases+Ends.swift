import BenchResults

/// Who ends TCP, when, and how (RFC 6455 §7.1.1, §7.1.5).
extension ClosingCases {
    /// How long a server may take to end TCP when both Closes are exchanged.
    private static let prompt = 1.0

    static func endsOfServers() -> [Case] {
        [
            Case(
                "C-026", "client-begins", "how soon the server ends TCP", roles: [.server], phase: .exclusive,
                accepts: ["the end of TCP within a second of both Closes"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.close(1000))
                return await promptEnd(probe, conversation)
            },
            Case(
                "C-026", "server-begins", "how soon the server ends TCP after the Close it began", roles: [.server],
                needs: [.close], phase: .exclusive, accepts: ["the end of TCP within a second of both Closes"]
            ) { probe in
                await promptEnd(probe, try await probe.open(Opening(fixture: .close, query: "code=1000")))
            },
            Case(
                "C-027", nil, "the server ends TCP first", roles: [.server], phase: .exclusive,
                accepts: ["the end of TCP within a second, although the client keeps it open"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.close(1000))
                // Half the usual wait: servers that wait for the client give up after about as long.
                guard await probe.awaitEnd(on: conversation, until: probe.deadline(times: 0.5)) else {
                    return probe.conclude(conversation, .nonStrict("the server waits for the client to end TCP"))
                }
                return probe.conclude(conversation, .pass())
            },
        ]
    }

    private static func promptEnd(_ probe: Probe, _ conversation: Conversation) async -> Judgement {
        guard await probe.awaitClose(on: conversation, until: probe.deadline()) != nil else {
            return probe.conclude(conversation, .fail("no Close came"))
        }
        let exchanged = probe.now
        guard await probe.awaitEnd(on: conversation, until: probe.deadline()) else {
            return probe.conclude(conversation, .fail("both Closes are exchanged, but TCP was left open"))
        }
        let seconds = Double(max(conversation.wire.endedAt, exchanged) - exchanged) / 1e9
        guard seconds <= prompt * probe.timeouts.multiplier else {
            return probe.conclude(conversation, .nonStrict("TCP ended \(Int(seconds * 1000)) ms after both Closes"))
        }
        return probe.conclude(conversation, .pass())
    }

    /// A server that closes its socket while octets of the client are unread makes the kernel send a reset, which can
    /// overtake the Close that is still on its way.
    static func lingering() -> [Case] {
        [("few-octets", 4), ("1-mib", 1024)].map { name, count in
            Case(
                "C-028", name, "an orderly end although \(count) KiB follow the Close", roles: [.server],
                phase: .exclusive, accepts: ["Close, then FIN and no reset"]
            ) { probe in
                let conversation = try await probe.open()
                let late = [Frame](repeating: .text([UInt8](repeating: UInt8(ascii: "u"), count: 1017)), count: count)
                let (octets, notes) = conversation.encoded([.close(1000)] + late)
                conversation.wire.sendWithoutWaiting(octets, notes: notes)
                let hasEnded = await probe.awaitEnd(on: conversation, until: probe.deadline(times: 2))
                if conversation.close == nil {
                    return probe.conclude(conversation, Judgement(.pass, close: .unclean, "the Close was not answered"))
                }
                guard hasEnded else {
                    return probe.conclude(
                        conversation, Judgement(.pass, close: .droppedBySuite, "TCP was left open"))
                }
                // A reset behind the FIN destroys what a client has not read as well.
                let deadline = probe.deadline(times: 0.125)
                while !conversation.wire.wasReset, await conversation.wire.wait(until: deadline) {}
                guard !conversation.wire.wasReset else {
                    return probe.conclude(conversation, .nonStrict("TCP ended with a reset"))
                }
                return probe.conclude(conversation, .pass())
            }
        }
    }

    static func endsOfClients() -> [Case] {
        [
            Case(
                "C-029", "waits", "the client leaves the end of TCP to the server", roles: [.client],
                phase: .exclusive, accepts: ["the client keeps TCP open until the server ends it"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.close(1000))
                guard await probe.awaitClose(on: conversation, until: probe.deadline()) != nil else {
                    return probe.conclude(conversation, .fail("the Close was not answered"))
                }
                let endsFirst = await probe.awaitEnd(on: conversation, until: probe.deadline(times: 0.25))
                conversation.wire.finish()
                guard await probe.awaitEnd(on: conversation, until: probe.deadline()) else {
                    return probe.conclude(conversation, .fail("the server ended TCP, the client left it open"))
                }
                return probe.conclude(
                    conversation, endsFirst ? .nonStrict("the client ended TCP before the server did") : .pass())
            },
            Case(
                "C-029", "gives-up", "the client ends TCP when the server never does", roles: [.client],
                phase: .exclusive, accepts: ["the end of TCP after the client's close timeout"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.close(1000))
                guard await probe.awaitClose(on: conversation, until: probe.deadline()) != nil else {
                    return probe.conclude(conversation, .fail("the Close was not answered"))
                }
                guard await probe.awaitEnd(on: conversation, until: probe.closeDeadline()) else {
                    let judgement = probe.judgeStillOpen()
                    return probe.conclude(
                        conversation,
                        judgement.behavior == .timeout ? .nonStrict(judgement.explanation) : judgement)
                }
                return probe.conclude(conversation, .pass())
            },
        ]
    }

    static func endsWithoutClose() -> [Case] {
        let before: [(name: String, frames: [Frame])] = [
            ("idle", []), ("in-message", [.text("be", isFinal: false)]),
            ("in-frame", [Frame.text("begun").with(prefix: 4, isOffending: false)]),
        ]
        return before.map { name, frames in
            Case(
                "C-034", name, "FIN without a Close, \(name)",
                accepts: ["the end of TCP, with or without a Close"], { try await endWithoutClose($0, before: frames) })
        }
            + before.map { name, frames in
                Case(
                    "C-035", name, "RST, \(name)", accepts: ["the next connection is served"],
                    { try await resetAndServe($0, before: frames) })
            } + [
                Case(
                    "C-035", "in-echo", "RST while an echo is on its way", accepts: ["the next connection is served"],
                    {
                        try await resetAndServe(
                            $0, before: [.binary([UInt8](repeating: 0x72, count: 256 * 1024))])
                    }),
                Case(
                    "C-035", "in-handshake", "RST inside the request", roles: [.server],
                    accepts: ["the next connection is served"]
                ) { probe in
                    let wire = try await probe.connect()
                    let request = probe.upgradeRequest(target: try probe.target(.echo)).octets
                    await wire.send(Array(request.prefix(request.count / 2)))
                    wire.reset()
                    return await probe.serves() ? .pass() : .fail("the next connection is not served")
                },
                Case(
                    "C-035", "descriptors", "what 20 connections that were reset leave behind", needs: [.process],
                    phase: .exclusive, accepts: ["as many open descriptors as before"], resetMany),
                Case(
                    "C-036", nil, "FIN behind the Close",
                    accepts: finThenClose.accept.map(\.summary) + ["non-strict: the same with a reset"]
                ) { probe in
                    let conversation = try await probe.open()
                    let judgement = try await probe.run(finThenClose, on: conversation)
                    guard conversation.wire.wasReset, judgement.behavior == .pass else { return judgement }
                    return Judgement(.nonStrict, close: judgement.close, "TCP ended with a reset")
                },
            ]
    }

    private static let finThenClose = Script(
        [.send([.close(1000)]), .finish], accept: [.reply([1000], lenient: [nil])])

    static func endWithoutClose(_ probe: Probe, before frames: [Frame]) async throws -> Judgement {
        let conversation = try await probe.open()
        conversation.answersClose = false
        if !frames.isEmpty { await conversation.send(frames) }
        conversation.wire.finish()
        guard await probe.awaitEnd(on: conversation, until: probe.deadline()) else {
            return probe.conclude(conversation, .timeout("the peer left its side of TCP open"))
        }
        if let event = conversation.received.first {
            return probe.conclude(conversation, .fail("\(event.summary) came, which nothing asked for"))
        }
        return probe.conclude(conversation, .pass())
    }

    /// The next case shows whether a client has survived.
    private static func resetAndServe(_ probe: Probe, before frames: [Frame]) async throws -> Judgement {
        let conversation = try await probe.open()
        if !frames.isEmpty { await conversation.send(frames) }
        conversation.wire.reset()
        guard probe.role == .server else { return .pass("reset") }
        return await probe.serves() ? .pass() : .fail("the next connection is not served")
    }

    private static func resetMany(_ probe: Probe) async throws -> Judgement {
        // The first connection may bring something that stays.
        try await probe.open().wire.reset()
        guard let before = await probe.settledDescriptors(atMost: 0) else {
            return .skipped(Capability.process.absence)
        }
        for _ in 0..<20 {
            let conversation = try await probe.open()
            await conversation.send(.text("be", isFinal: false))
            conversation.wire.reset()
        }
        guard let after = await probe.settledDescriptors(atMost: before) else { return .fail("the process is gone") }
        guard after <= before + 2 else {
            return .fail("\(after) descriptors are open, \(before) were before 20 connections were reset")
        }
        return .pass()
    }
}
