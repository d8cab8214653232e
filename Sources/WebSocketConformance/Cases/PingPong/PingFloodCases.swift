import BenchResults

/// Very many control frames.
enum PingFloodCases {
    static let all: [Case] = [answered(), unread(), pongs()]

    /// Octets of payload behind the number, in each frame of P-011 and P-013.
    private static let padding = 100
    /// In a stretch are 30,000 frames: their payloads alone are more than this.
    private static let growthLimit = 2 << 20
    private static let steady = ResidentMemory.steady(growthLimit >> 20, stretches: 3)
    /// Batches of a thousand, after which to look; the first ten bring buffers to their size.
    private static let looks: Set<Int> = [10, 40, 70, 100]

    private static func answered() -> Case {
        Case(
            "P-011", nil, "100000 pings, each thousand when the last pong before has come", phase: .exclusive,
            accepts: ["all pongs or the newest of each thousand, in order", steady]
        ) { probe in
            let conversation = try await probe.open()
            var memory = ResidentMemory(probe)
            for batch in 0..<100 {
                let labels = (0..<1000).map { Array("\(batch * 1000 + $0) ".utf8) + FramingCases.letters(padding) }
                await conversation.send(labels.map { .ping($0) })
                var isAnswered = false
                while !isAnswered {
                    switch await conversation.next(until: probe.deadline()) {
                    case .event(.pong(let payload)): isAnswered = payload == labels.last
                    case .event, .ping, .close: continue
                    case .end:
                        return probe.conclude(conversation, .fail("the connection ended after \(batch) thousand pings"))
                    case nil:
                        return probe.conclude(
                            conversation, .timeout("no pong to the newest of \(batch + 1) thousand pings"))
                    }
                }
                if looks.contains(batch + 1) { memory.look() }
            }
            return await conclude(probe, conversation, memory)
        }
    }

    private static func pongs() -> Case {
        Case(
            "P-013", nil, "100000 pongs that nothing asked for", phase: .exclusive,
            accepts: ["nothing is answered, and a text still is", steady]
        ) { probe in
            let conversation = try await probe.open()
            var memory = ResidentMemory(probe)
            for batch in 0..<100 {
                await conversation.send(
                    (0..<1000).map { .pong(Array("\(batch * 1000 + $0) ".utf8) + FramingCases.letters(padding)) })
                await conversation.send(.text("\(batch)"))
                guard await probe.awaitEvent(on: conversation, until: probe.deadline()) == .text("\(batch)") else {
                    return probe.conclude(conversation, .fail("no echo of a text after \(batch + 1) thousand pongs"))
                }
                if looks.contains(batch + 1) { memory.look() }
            }
            return await conclude(probe, conversation, memory)
        }
    }

    private static func conclude(_ probe: Probe, _ conversation: Conversation, _ memory: ResidentMemory) async
        -> Judgement
    {
        if memory.keepsGrowing(by: growthLimit) {
            return probe.conclude(conversation, .fail("\(memory.text) by 30,000 frames"))
        }
        let script = Script([], accept: [.exchange(conversation.received)])
        return await ScriptRun(script: script, probe: probe).run(on: conversation)
    }

    // MARK: - A peer that does not read

    /// Octets of pings that are sent, unless the peer stops reading, and how long they may take.
    private static let unreadOctets = 48 << 20
    private static let unreadTime = 5.0
    /// What the answers to all of them would take is more than this; a bounded queue stays below.
    private static let queueLimit = 24 << 20

    private static func unread() -> Case {
        Case(
            "P-012", nil, "up to 48 MiB of pings while none of the pongs is read", phase: .exclusive,
            accepts: [
                "the peer stops reading, or ends the connection",
                "or it reads on, and resident memory grows by less than 24 MiB",
            ]
        ) { probe in
            let conversation = try await probe.open()
            let wire = conversation.wire
            wire.holdReading()
            let (octets, _) = conversation.encoded(
                (0..<1000).map { .ping(Array("\($0) ".utf8) + FramingCases.letters(120)) })
            let before = probe.processFigures
            var most = 0
            var sent = 0
            var isStalled = false
            let deadline = probe.now &+ UInt64(unreadTime * 1e9)
            while sent < unreadOctets, probe.now < deadline, !wire.isGone, wire.end == nil {
                let isTaken = await wire.offer(octets, until: min(deadline, probe.deadline(times: 0.5)))
                sent += octets.count
                if let before, let now = probe.processFigures {
                    most = max(most, now.residentOctets - before.residentOctets)
                }
                isStalled = !isTaken && !wire.isGone && probe.now < deadline
                if !isTaken { break }
            }
            let hasEnded = wire.isGone || wire.end != nil
            let how =
                hasEnded ? "the peer ended the connection" : isStalled ? "the peer stopped reading" : "the peer read on"
            probe.observe("\(sent) octets of pings sent: \(how)")
            if before != nil {
                probe.observe("resident memory grew by \(most) octets")
                // Whoever ended the connection or stopped reading has a bound, wherever it is.
                guard hasEnded || isStalled || most < queueLimit else {
                    return .fail("resident memory grew by \(most) octets")
                }
            }
            wire.drop()
            guard probe.role == .server else { return .pass(how) }
            guard await probe.serves() else { return .fail("after the pings, a new connection is not served") }
            return .pass(how)
        }
    }
}
