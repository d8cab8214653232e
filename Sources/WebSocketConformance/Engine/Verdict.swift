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
        var best: Judgement?
        for outcome in script.accept {
            let judgement = judge(outcome)
            if best.map({ judgement.severity < $0.severity }) ?? true { best = judgement }
        }
        return best ?? .fail("the case accepts nothing")
    }

    private var endedByPeer: Bool { conversation.wire.end != nil }

    private func judge(_ outcome: Outcome) -> Judgement {
        guard case .any = outcome.ending else {
            guard outcome.matches(conversation.received) else {
                return Judgement(didNothing ? .timeout : .fail, difference(from: outcome.events))
            }
            let close = closeGrade(outcome.ending)
            let explanation = Self.explanation(close, conversation, outcome)
            if close == .fail {
                return Judgement(didNothing ? .timeout : .fail, close: close, explanation)
            }
            return Judgement(outcome.worth.grade, close: close, explanation)
        }
        return Judgement(outcome.worth.grade, close: .information, "recorded")
    }

    /// Nothing at all came after the stimulus.
    private var didNothing: Bool { conversation.close == nil && !endedByPeer && conversation.received.isEmpty }

    private func closeGrade(_ ending: Outcome.Ending) -> CloseGrade {
        let code = conversation.close?.code
        switch ending {
        case .closedBySuite:
            guard conversation.close != nil, conversation.hasSentClose else { return endedByPeer ? .unclean : .fail }
            guard code == nil || code == 1000 else { return .wrongCode }
            return endedByPeer ? .pass : .droppedBySuite
        case .closeReply(let strict, let lenient):
            guard conversation.close != nil else { return endedByPeer ? .unclean : .fail }
            guard endedByPeer else { return .droppedBySuite }
            return strict.contains(code) ? .pass : lenient.contains(code) ? .nonStrict : .wrongCode
        case .failure(let strict, let lenient):
            guard endedByPeer else { return .fail }
            guard let close = conversation.close else { return .nonStrict }
            guard let code = close.code else { return .nonStrict }
            return strict.contains(code) ? .pass : lenient.contains(code) ? .nonStrict : .wrongCode
        case .end: return endedByPeer ? .pass : .fail
        case .any: return .information
        }
    }

    private func grade(of conversation: Conversation) -> CloseGrade? {
        script.accept.first.map { closeGrade($0.ending) }
    }

    private static func explanation(_ grade: CloseGrade, _ conversation: Conversation, _ outcome: Outcome) -> String {
        let code = conversation.close.map { $0.code.map { "Close with \($0)" } ?? "Close without a code" }
        switch grade {
        case .pass, .information: return "as required"
        case .nonStrict: return code ?? "TCP ended without a Close"
        case .wrongCode: return "\(code ?? "no Close"), expected: \(outcome.summary)"
        case .unclean: return "TCP ended without a Close, expected: \(outcome.summary)"
        case .droppedBySuite: return "\(code ?? "no Close"), but TCP was left open"
        case .fail: return "\(code.map { "\($0), but TCP was left open" } ?? "the connection was not ended")"
        }
    }

    private func difference(from expected: [Event]) -> String {
        let received = conversation.received
        if received.count < expected.count, Array(expected.prefix(received.count)) == received {
            let ending =
                conversation.close.map { ", Close \($0.code.map { "\($0)" } ?? "without a code")" }
                ?? (endedByPeer ? ", TCP ended" : "")
            return "\(received.count) of \(expected.count) expected messages or pongs came\(ending)"
        }
        for (index, event) in received.enumerated() where index >= expected.count || event != expected[index] {
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
