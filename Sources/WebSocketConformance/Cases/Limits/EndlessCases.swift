import BenchResults

/// Peers that never end what they began, never read, or are gone.
enum EndlessCases {
    static let all: [Case] = [
        fragments("octets", "fragments of one octet", row: "L-005", size: 1, count: 200_000),
        fragments("pairs", "fragments of two octets, with pings between", row: "L-005", size: 2, count: 100_000),
        fragments(nil, "empty continuations", row: "L-006", size: 0, count: 200_000),
        large(), unread(), slow(), vanished(), partial(), partialFragment(),
    ]

    /// Resident memory that a connection may take beyond its message, in octets.
    private static let allowance = 48 << 20

    /// L-005, L-006: the peer bounds their number, or holds them at bounded cost.
    private static func fragments(_ variant: String?, _ title: String, row: String, size: Int, count: Int) -> Case {
        Case(
            row, variant, "\(count) \(title), and no end", phase: .exclusive,
            accepts: [
                "Close with 1008 or 1009 and the end of TCP, or all of them are taken; resident memory grows by less than "
                    + "\(allowance >> 20) MiB"
            ]
        ) { probe in
            let conversation = try await probe.open()
            let peak = probe.processID.flatMap { PeakMemory(processID: $0) }
            await conversation.send(Frame(Frame.binary, [], isFinal: false))
            for batch in 0..<(count / 1000) {
                var frames = (0..<1000).map { _ in
                    Frame(Frame.continuation, [UInt8](repeating: 0x2a, count: size), isFinal: false)
                }
                if variant == "pairs" { frames.append(.ping("\(batch)")) }
                await conversation.send(frames)
                if conversation.wire.end != nil || conversation.wire.isGone { break }
            }
            // A peer that has taken them all answers a ping; one that has not ends the connection.
            await conversation.send(.ping("end"))
            while let incoming = await conversation.next(until: probe.deadline(times: 5)) {
                if incoming == .event(.pong("end")) || incoming == .end { break }
            }
            return await conclude(conversation, peak?.growth, probe)
        }
    }

    private static func conclude(_ conversation: Conversation, _ growth: Int?, _ probe: Probe) async -> Judgement {
        if let growth, growth > allowance {
            return probe.conclude(conversation, .fail("resident memory grew by \(growth >> 20) MiB"))
        }
        if let code = conversation.close?.code, ![1002, 1008, 1009, 1011, 1013].contains(code) {
            return probe.conclude(conversation, Judgement(.pass, close: .wrongCode, "Close with \(code)"))
        }
        let isTaken = conversation.received.last == .pong("end")
        guard isTaken || conversation.wire.end != nil else {
            return probe.conclude(conversation, .timeout("neither an answer to a ping nor the end of the connection"))
        }
        let hasClose = conversation.close != nil
        return probe.conclude(
            conversation,
            Judgement(
                .pass, close: isTaken ? nil : hasClose ? .pass : .nonStrict, isTaken ? "all were taken" : "refused"))
    }

    /// L-007.
    private static func large() -> Case {
        Case(
            "L-007", nil, "fragments of 64 KiB until 256 MiB, and no end", phase: .exclusive,
            accepts: ["Close with 1009, and the end of TCP; resident memory bounded"]
        ) { probe in
            let opening = (try? LimitCases.limited(probe).opening) ?? Opening()
            let conversation = try await probe.open(opening)
            let fragment = [UInt8](repeating: 0x2a, count: 64 << 10)
            var sent = 0
            while sent < 256 << 20, conversation.wire.end == nil, !conversation.wire.isGone {
                await conversation.send(
                    Frame(sent == 0 ? Frame.binary : Frame.continuation, fragment, isFinal: false))
                sent += fragment.count
                // Looks whether the peer has closed meanwhile.
                if await conversation.next(until: probe.now &+ 1_000_000) != nil, conversation.close != nil { break }
            }
            _ = await probe.awaitEnd(on: conversation, until: probe.deadline())
            guard conversation.close != nil || conversation.wire.end != nil else {
                return probe.conclude(conversation, .fail("\(sent >> 20) MiB of one message were taken"))
            }
            let code = conversation.close?.code
            let close: CloseGrade = code == 1009 ? .pass : code == nil ? .nonStrict : .wrongCode
            return probe.conclude(
                conversation, Judgement(.pass, close: close, "ended after \(sent >> 10) KiB were sent"))
        }
    }

    /// L-008: backpressure or an end.
    private static func unread() -> Case {
        Case(
            "L-008", nil, "up to 256 MiB of messages while none of the echoes is read", phase: .exclusive,
            accepts: ["the peer stops reading or ends the connection; resident memory grows by less than 64 MiB"]
        ) { probe in
            let conversation = try await probe.open()
            conversation.wire.holdReading()
            let peak = probe.processID.flatMap { PeakMemory(processID: $0) }
            let (octets, _) = conversation.encoded([.binary([UInt8](repeating: 0x2a, count: 256 << 10))])
            var sent = 0
            let end = probe.now &+ probe.timeouts.answer &* 2
            while sent < 256 << 20, probe.now < end, !conversation.wire.isGone {
                if conversation.wire.unsentCount > 1 << 20 {
                    _ = await conversation.wire.wait(until: min(end, probe.now &+ 20_000_000))
                    continue
                }
                conversation.wire.sendWithoutWaiting(octets)
                sent += octets.count
            }
            let taken = sent - conversation.wire.unsentCount
            probe.observe("the peer took \(taken >> 10) KiB without being read from")
            if let growth = peak?.growth, growth > 64 << 20 {
                return .fail("resident memory grew by \(growth >> 20) MiB")
            }
            guard taken < 250 << 20 else { return .fail("the peer took 256 MiB and kept all echoes") }
            conversation.wire.reset()
            guard probe.role == .client else { return await probe.unlessOutage(.pass("stopped reading or ended")) }
            return .pass("stopped reading or ended")
        }
    }

    /// L-009.
    private static func slow() -> Case {
        Case(
            "L-009", nil, "a frame whose payload comes octet by octet, one a second", phase: .exclusive,
            accepts: ["the echo, or the end of the connection; others are served meanwhile"]
        ) { probe in
            let conversation = try await probe.open()
            let (octets, _) = conversation.encoded([.text("slow")])
            var wasOthersServed = true
            await conversation.wire.send(Array(octets.dropLast(3)))
            for octet in octets.suffix(3) {
                if probe.role == .server, await !probe.serves() { wasOthersServed = false }
                await probe.pause(milliseconds: 1000)
                await conversation.wire.send([octet])
            }
            guard wasOthersServed else { return .fail("another connection was not served meanwhile") }
            switch await conversation.next(until: probe.deadline()) {
            case .event(let event)? where event == .text("slow"): return probe.conclude(conversation, .pass())
            case .end?, .close?: return probe.conclude(conversation, .pass("the connection was ended"))
            default: return probe.conclude(conversation, .timeout("neither an echo nor an end"))
            }
        }
    }

    /// L-010.
    private static func vanished() -> Case {
        Case(
            "L-010", nil, "a peer that is silent, pings included", needs: [.keepAlive], phase: .exclusive,
            accepts: ["the connection is ended within the declared time"]
        ) { probe in
            let fixture = probe.capabilities.has(.idle) ? Capability.idle : .echo
            let conversation = try await probe.open(Opening(fixture: fixture))
            conversation.answersPings = false
            conversation.answersClose = false
            let patience = UInt64(probe.capabilities.idleTimeout * probe.timeouts.multiplier * 1e9)
            let ended = await probe.awaitEnd(
                on: conversation, until: probe.now &+ patience &+ probe.timeouts.answer)
            guard ended || conversation.close != nil else {
                return probe.conclude(
                    conversation, .fail("still open \(probe.capabilities.idleTimeout) s after the last sign of life"))
            }
            return probe.conclude(conversation, .pass())
        }
    }

    /// L-023.
    private static func partial() -> Case {
        Case(
            "L-023", "frame", "half of a frame, then the end of our side",
            script: Script(
                [
                    .send([Frame.text([UInt8](repeating: 0x61, count: 100)).with(prefix: 56, isOffending: false)]),
                    .finish,
                ], accept: [Outcome(events: [], ending: .end)]))
    }

    private static func partialFragment() -> Case {
        Case(
            "L-023", "fragment", "a fragment, then a close",
            script: Script(
                [.send([.text("never delivered", isFinal: false), .close(1000)])],
                accept: [.reply([1000], lenient: [nil])]))
    }
}
