import BenchResults

/// Judges a conversation by the outcomes that its script accepts.
struct Verdict {
    let script: Script
    let conversation: Conversation
    let probe: Probe

    init(_ script: Script, _ conversation: Conversation, _ probe: Probe) {
        self.script = script
        self.conversation = conversation
        self.probe = probe
    }

    func judge() -> Judgement {
        probe.observe(conversation)
        if let violation = conversation.violations.first {
            return Judgement(
                .fail, close: grade(of: conversation), "the peer broke \(violation.row): \(violation.text)")
        }
        if let premise = script.premise, !hasFailed(premise.codes) {
            return .skipped("the peer did not fail the connection: see \(premise.row)")
        }
        var best: Judgement?
        for outcome in script.accept {
            let judgement = judge(outcome)
            if best.map({ judgement.severity < $0.severity }) ?? true { best = judgement }
        }
        return best ?? .fail("the case accepts nothing")
    }

    private var endedByPeer: Bool { conversation.wire.end != nil }

    /// Whether the peer has failed the connection, and not only answered a Close of the script.
    private func hasFailed(_ codes: Set<UInt16>) -> Bool {
        guard let close = conversation.close else { return endedByPeer }
        return !script.sendsClose || close.code.map { codes.contains($0) } == true
    }

    /// Seconds from the later of both Closes to the end of TCP, when that took longer than the usual wait. RFC 6455 §5.5.1 has
    /// a server end it "immediately", but gives no number.
    private var delay: Double? {
        let wire = conversation.wire
        guard endedByPeer, conversation.close != nil, conversation.hasSentClose,
            wire.endedAt > conversation.lastCloseAt &+ probe.timeouts.answer
        else { return nil }
        return Double(wire.endedAt - conversation.lastCloseAt) / 1e9
    }

    private func judge(_ outcome: Outcome) -> Judgement {
        if case .any = outcome.ending, outcome.worth != .pass {
            return Judgement(outcome.worth.grade, close: .information, "recorded")
        }
        guard outcome.matches(conversation.received) else {
            return Judgement(didNothing ? .timeout : .fail, difference(from: outcome))
        }
        let close = closeGrade(outcome.ending)
        let explanation =
            outcome.worth == .nonStrict && close == .pass ? outcome.summary : explanation(close, outcome)
        if close == .fail { return Judgement(didNothing ? .timeout : .fail, close: close, explanation) }
        // What is only recorded accuses nobody by how it is closed either.
        return Judgement(outcome.worth.grade, close: outcome.worth == .information ? .information : close, explanation)
    }

    /// Nothing at all came after the stimulus.
    private var didNothing: Bool { conversation.close == nil && !endedByPeer && conversation.received.isEmpty }

    private func closeGrade(_ ending: Outcome.Ending) -> CloseGrade {
        let code = conversation.close?.code
        switch ending {
        case .closedBySuite:
            guard conversation.close != nil, conversation.hasSentClose else { return endedByPeer ? .unclean : .fail }
            guard code == nil || code == 1000 else { return .wrongCode }
            return endedByPeer ? delay == nil ? .pass : .nonStrict : .droppedBySuite
        case .closeReply(let strict, let lenient):
            guard conversation.close != nil else { return endedByPeer ? .unclean : .fail }
            guard endedByPeer else { return .droppedBySuite }
            guard strict.contains(code) || lenient.contains(code) else { return .wrongCode }
            return strict.contains(code) && delay == nil ? .pass : .nonStrict
        case .failure(let strict, let lenient):
            guard conversation.close != nil else { return endedByPeer ? .nonStrict : .fail }
            if let code, !strict.contains(code), !lenient.contains(code) { return .wrongCode }
            guard endedByPeer else { return .droppedBySuite }
            return code.map { strict.contains($0) } == true && delay == nil ? .pass : .nonStrict
        case .end: return endedByPeer ? .pass : .fail
        case .any: return .information
        }
    }

    private func grade(of conversation: Conversation) -> CloseGrade? {
        script.accept.first.map { closeGrade($0.ending) }
    }

    private func explanation(_ grade: CloseGrade, _ outcome: Outcome) -> String {
        let code = conversation.close.map { $0.code.map { "Close with \($0)" } ?? "Close without a code" }
        switch grade {
        case .pass, .information: return "as required"
        case .nonStrict:
            guard let delay else { return code ?? "TCP ended without a Close" }
            return "\(code ?? "no Close"), but TCP ended only \(Int(delay.rounded())) s after both Closes"
        case .wrongCode: return "\(code ?? "no Close"), expected: \(outcome.summary)"
        case .unclean: return "TCP ended without a Close, expected: \(outcome.summary)"
        case .droppedBySuite: return "\(code ?? "no Close"), but TCP was left open after both Closes"
        case .fail: return "the connection was not ended"
        }
    }

    private func difference(from outcome: Outcome) -> String {
        let (received, expected) = (conversation.received, outcome.events)
        guard outcome.matching != .exact, received.contains(where: \.isPong), expected.contains(where: \.isPong) else {
            return Self.difference(received, from: expected, "messages or pongs", ending)
        }
        // Who answers a ping need not wait for the application, so the two are compared apart.
        let (messages, wanted) = (received.filter { !$0.isPong }, expected.filter { !$0.isPong })
        guard messages == wanted else { return Self.difference(messages, from: wanted, "messages", ending) }
        return Self.difference(received.filter(\.isPong), from: expected.filter(\.isPong), "pongs", ending)
    }

    /// How the conversation has ended, after a comma; empty while it has not.
    private var ending: String {
        conversation.close.map { ", Close \($0.code.map { "\($0)" } ?? "without a code")" }
            ?? (endedByPeer ? ", TCP ended" : "")
    }

    private static func difference(
        _ received: [Event], from expected: [Event], _ things: String, _ ending: String
    ) -> String {
        if received.count < expected.count, Array(expected.prefix(received.count)) == received {
            return "\(received.count) of \(expected.count) expected \(things) came\(ending)"
        }
        for (index, event) in received.enumerated() where index >= expected.count || event != expected[index] {
            if case .text(let octets) = event, !UTF8Check.isValid(octets) {
                return "a message that is not UTF-8 was echoed"
            }
            return index < expected.count
                ? "number \(index + 1) that came is \(event.summary), expected \(expected[index].summary)"
                : "\(event.summary) came, which nothing asked for"
        }
        return "what came differs"
    }
}

extension Outcome.Worth {
    var grade: BehaviorGrade {
        switch self {
        case .pass: .pass
        case .nonStrict: .nonStrict
        case .information: .information
        }
    }
}
