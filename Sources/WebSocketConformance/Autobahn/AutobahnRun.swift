import BenchResults

/// Carries out one of Autobahn's cases, and judges it as Autobahn does.
struct AutobahnRun {
    /// Its fixed timeouts: for the peer's answer to a Close, and for a server's end of TCP.
    private static let closing: Double = 1

    let one: AutobahnCase
    let probe: Probe

    init(_ one: AutobahnCase, _ probe: Probe) {
        self.one = one
        self.probe = probe
    }

    func run() async throws -> Judgement {
        let conversation = try await probe.open()
        guard let failFast = one.failFast else {
            return await run(on: conversation) { conversation, end in await carryOut(conversation, end) }
        }
        var part: Int?
        var judgement = await run(on: conversation) { conversation, end in
            part = await failFast.carryOut(on: conversation) { conversation in
                await pass(nanoseconds(1), conversation, end)
                return end.hasEnded || conversation.close != nil
            }
        }
        if judgement.behavior == .pass { judgement.behavior = AutobahnFailFast.grade(endedBehind: part) }
        if judgement.behavior != .pass, part != 2 {
            judgement.explanation = part.map { "failed behind part \($0) of 3" } ?? "never failed"
        }
        return judgement
    }

    /// What happened around the close, as Autobahn keeps it.
    final class Ending {
        /// Set when the suite was the first to start a close.
        var isClosedBySuite = false
        var hasEnded = false
        var isUnclean = false
        var wasDroppedBySuite = false
    }

    /// Runs `stimulus`, waits for the end, judges.
    func run(
        on conversation: Conversation, stimulus: (Conversation, Ending) async -> Void
    ) async -> Judgement {
        let end = Ending()
        await stimulus(conversation, end)
        await wait(conversation, end)
        await close(conversation, end)
        probe.remoteCloseCode = conversation.close?.code
        observe(conversation, end)
        return judge(conversation, end)
    }

    private func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * probe.timeouts.multiplier * 1e9) }

    // MARK: - Stimulus

    private func carryOut(_ conversation: Conversation, _ end: Ending) async {
        for step in one.steps {
            switch step {
            case .send(let frames): for frame in frames { await conversation.send(frame) }
            case .sendOctetWise(let frames): await conversation.send(frames, cut: .everyOctet)
            case .sendChopped(let frames, let size): await conversation.send(frames, cut: .every(size))
            case .octets(let make): await conversation.wire.send(make(conversation))
            case .close(let frame):
                if conversation.close == nil { end.isClosedBySuite = true }
                await conversation.send(frame)
            case .awaitEvents(let count):
                let deadline = probe.now &+ nanoseconds(10)
                while conversation.received.count < count, !end.hasEnded, conversation.close == nil {
                    guard let incoming = await next(conversation, until: deadline) else { break }
                    if incoming == .end { end.hasEnded = true }
                }
            case .pause(let seconds): await pass(nanoseconds(seconds), conversation, end)
            }
        }
    }

    /// Lets the time pass, and takes what comes meanwhile; ends early with the connection.
    private func pass(_ time: UInt64, _ conversation: Conversation, _ end: Ending) async {
        let deadline = probe.now &+ time
        while !end.hasEnded, let incoming = await next(conversation, until: deadline) {
            if incoming == .end { end.hasEnded = true }
        }
        if !end.hasEnded, deadline > probe.now { await probe.lane.pause(nanoseconds: deadline - probe.now) }
    }

    private func next(_ conversation: Conversation, until deadline: UInt64) async -> Conversation.Incoming? {
        await conversation.next(until: deadline)
    }

    // MARK: - End

    /// Waits for what is expected, at most as long as the case grants.
    private func wait(_ conversation: Conversation, _ end: Ending) async {
        let (limit, kills) =
            switch one.limit {
            case .kill(let seconds): (nanoseconds(seconds), true)
            case .close(let seconds): (nanoseconds(seconds), false)
            }
        let deadline = probe.now &+ limit
        while !end.hasEnded, conversation.close == nil, !conversation.hasSentClose {
            if one.isClosedBySuite, one.tolerated.isEmpty, conversation.received.count >= one.strict.count {
                end.isClosedBySuite = true
                await conversation.sendClose(1000)
                return
            }
            if !conversation.violations.isEmpty {
                // Its own parser fails the connection then.
                end.isClosedBySuite = true
                end.isUnclean = true
                await conversation.sendClose(1002)
                return
            }
            guard let incoming = await next(conversation, until: deadline) else {
                end.isClosedBySuite = true
                await conversation.sendClose(kills ? 1001 : nil)
                if kills { end.isUnclean = true }
                return
            }
            if incoming == .end { end.hasEnded = true }
        }
    }

    /// The closing handshake, and the end of TCP.
    private func close(_ conversation: Conversation, _ end: Ending) async {
        var deadline = probe.now &+ nanoseconds(Self.closing)
        while !end.hasEnded, conversation.close == nil {
            guard let incoming = await next(conversation, until: deadline) else {
                end.isUnclean = true
                break
            }
            if incoming == .end { end.hasEnded = true }
        }
        deadline = probe.now &+ nanoseconds(Self.closing)
        // A server drops TCP first.
        if probe.role == .client { conversation.wire.finish() }
        while !end.hasEnded {
            guard let incoming = await next(conversation, until: deadline) else {
                if probe.role == .server {
                    end.isUnclean = true
                    end.wasDroppedBySuite = true
                }
                break
            }
            if incoming == .end { end.hasEnded = true }
        }
        conversation.wire.finish()
    }

    private func observe(_ conversation: Conversation, _ end: Ending) {
        for event in conversation.received.prefix(20) { probe.observe("received \(event.summary)") }
        if conversation.received.count > 20 { probe.observe("… \(conversation.received.count - 20) more") }
        if let close = conversation.close {
            probe.observe("received Close, \(close.code.map { "code \($0)" } ?? "no code")\(preview(close.reason))")
        }
        probe.observe(end.isClosedBySuite ? "the suite started the close" : "the peer started the close")
        if end.wasDroppedBySuite { probe.observe("the suite had to drop TCP") }
        for violation in conversation.violations { probe.observe("broke \(violation.row): \(violation.text)") }
    }

    // MARK: - Verdict

    private func judge(_ conversation: Conversation, _ end: Ending) -> Judgement {
        let close = closeGrade(conversation, end)
        var behavior = behaviorGrade(conversation)
        switch one.severity {
        case .apart: break
        case .missingCloseFails: if close == .fail { behavior = .fail }
        case .wrongCodeFails: if close == .wrongCode { behavior = .fail }
        }
        if one.isInformational { return Judgement(.information, close: .information, "recorded") }
        return Judgement(behavior, close: close, explanation(behavior, close, conversation))
    }

    private func behaviorGrade(_ conversation: Conversation) -> BehaviorGrade {
        if matches(conversation.received, one.strict) { return .pass }
        return one.tolerated.contains { matches(conversation.received, $0) } ? .nonStrict : .fail
    }

    private func matches(_ received: [Event], _ expected: [Event]) -> Bool {
        guard one.comparesLengthOnly else { return received == expected }
        return received.count == expected.count
            && zip(received, expected).allSatisfy { got, wanted in
                switch (got, wanted) {
                case (.text(let left), .text(let right)), (.binary(let left), .binary(let right)):
                    left.count == right.count
                default: got == wanted
                }
            }
    }

    /// In Autobahn's order: the first that applies.
    private func closeGrade(_ conversation: Conversation, _ end: Ending) -> CloseGrade {
        if end.isClosedBySuite != one.isClosedBySuite { return .fail }
        let wasClean = conversation.close != nil && conversation.hasSentClose && !end.isUnclean
        if one.requiresClean && !wasClean { return .unclean }
        if let code = conversation.close?.code, !one.codes.contains(code) { return .wrongCode }
        if probe.role == .server && end.wasDroppedBySuite { return .droppedBySuite }
        return .pass
    }

    private func explanation(_ behavior: BehaviorGrade, _ close: CloseGrade, _ conversation: Conversation) -> String {
        var parts: [String] = []
        if behavior != .pass {
            parts.append("\(conversation.received.count) messages or pongs came, not the \(one.strict.count) expected")
        }
        switch close {
        case .pass, .nonStrict, .information: break
        case .fail: parts.append("the connection was closed by the wrong side")
        case .unclean: parts.append("the close was not clean")
        case .wrongCode: parts.append("the close code was \(conversation.close?.code.map { "\($0)" } ?? "missing")")
        case .droppedBySuite: parts.append("the suite had to drop TCP")
        }
        return parts.isEmpty ? "as required" : parts.joined(separator: "; ")
    }
}
