import BenchResults

/// Pings that the system under test sends by itself.
enum KeepAliveCases {
    static let all: [Case] = [answered(), unanswered()] + otherPongs() + [pings(), commanded()]

    /// A connection on which keep-alive is on.
    private static func open(_ probe: Probe) async throws -> Conversation {
        if probe.role == .client, !probe.capabilities.has(.keepAlive) {
            throw ProbeError.skipped(Capability.keepAlive.absence)
        }
        return try await probe.open(Opening(fixture: probe.role == .server ? .idle : .echo))
    }

    /// The documented time after which a silent peer is given up, and the usual wait.
    private static func deadline(_ probe: Probe) -> UInt64 {
        probe.now &+ UInt64(probe.capabilities.idleTimeout * probe.timeouts.multiplier * 1e9)
    }

    /// The next ping; nil when none comes in time.
    private static func ping(on conversation: Conversation, until deadline: UInt64) async -> [UInt8]? {
        while let incoming = await conversation.next(until: deadline) {
            switch incoming {
            case .ping(let payload): return payload
            case .end: return nil
            case .event, .close: continue
            }
        }
        return nil
    }

    private static func answered() -> Case {
        Case(
            "P-014", "answered", "pings of the peer are answered", phase: .exclusive,
            accepts: [
                "two pings come in the documented time each, and the connection stays", "non-strict: no ping comes",
            ]
        ) { probe in
            let conversation = try await open(probe)
            for number in 1...2 {
                guard await ping(on: conversation, until: deadline(probe)) != nil else {
                    let isOpen = conversation.wire.end == nil && conversation.close == nil
                    return probe.conclude(
                        conversation,
                        isOpen
                            ? .nonStrict("ping \(number) did not come")
                            : .fail("the connection ended before ping \(number)"))
                }
            }
            let script = Script([.send([.text("alive")])], accept: [.exchange([.text("alive")])])
            return await ScriptRun(script: script, probe: probe).run(on: conversation)
        }
    }

    private static func unanswered() -> Case {
        Case(
            "P-014", "unanswered", "pings of the peer stay unanswered", phase: .exclusive,
            accepts: ["the connection is ended in the documented time", "non-strict: it is not"]
        ) { probe in
            let conversation = try await open(probe)
            conversation.answersPings = false
            let limit = deadline(probe) &+ probe.timeouts.answer
            guard await conversation.ends(until: limit) else {
                return probe.conclude(
                    conversation, .nonStrict("\(conversation.pingCount) pings came, and the connection was not ended"))
            }
            return probe.conclude(conversation, .pass("ended after \(conversation.pingCount) pings"))
        }
    }

    private static func otherPongs() -> [Case] {
        [("other-payload", "pongs with another payload"), ("older", "the pong to the ping before")].map { name, title in
            Case("P-015", name, "\(title) as the only answer to pings", phase: .exclusive, accepts: ["recorded only"]) {
                probe in
                let conversation = try await open(probe)
                conversation.answersPings = false
                let limit = deadline(probe) &+ probe.timeouts.answer
                var previous: [UInt8]?
                while let payload = await ping(on: conversation, until: limit) {
                    guard name == "older" else {
                        await conversation.send(.pong(Array("other".utf8)))
                        continue
                    }
                    if let previous { await conversation.send(.pong(previous)) }
                    previous = payload
                }
                let isOpen = conversation.wire.end == nil && conversation.close == nil
                let what =
                    conversation.pingCount == 0
                    ? "no ping came" : isOpen ? "counted as answers" : "not counted as answers"
                return probe.conclude(conversation, .information(what))
            }
        }
    }

    /// A client's own interface may offer pings of any size.
    private static func commanded() -> Case {
        Case(
            "P-018", "commanded", "the client is told to send pings of 125 and of 126 octets", roles: [.client],
            needs: [.adapter], accepts: ["the first comes, if the client can be told to; the second does not"]
        ) { probe in
            let (id, conversation) = try await probe.openWithClient()
            let client = try probe.client
            for count in [125, 126] { client.ping(id, FramingCases.letters(count)) }
            // Commands are carried out in order, so nothing of the pings is left when this comes.
            client.send(.text("told"), on: id)
            // A ping that is too long is a violation, whenever it comes.
            let script = Script([], accept: [.exchange([.text("told")])])
            return await ScriptRun(script: script, probe: probe).run(on: conversation)
        }
    }

    /// Their size is checked whenever one comes; here they are made to come, and then the connection is closed.
    private static func pings() -> Case {
        Case(
            "P-018", nil, "pings of the peer, then a Close", phase: .exclusive,
            accepts: ["pings of at most 125 octets, none after the Close", "recorded only: no ping comes"]
        ) { probe in
            let conversation = try await open(probe)
            guard await ping(on: conversation, until: deadline(probe)) != nil else {
                return probe.conclude(conversation, .information("no ping came"))
            }
            let script = Script([.send([.close(1000)])], accept: [.reply([1000], lenient: [nil])])
            return await ScriptRun(script: script, probe: probe).run(on: conversation)
        }
    }
}
