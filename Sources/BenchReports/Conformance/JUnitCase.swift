import BenchResults

/// One case as a `testcase` element.
struct JUnitCase {
    enum Outcome: Equatable {
        case passed
        case failed
        /// The system under test died, which is no answer to the case.
        case died
        case skipped(String)

        init(_ found: CaseResult, isStrict: Bool) {
            if found.verdict == .skipped {
                self = .skipped(found.expectation?.reason ?? found.explanation)
            } else if found.isUnexpectedlyBad(isStrict: isStrict) {
                self = found.verdict == .crash ? .died : .failed
            } else if found.isExpectedFailure(isStrict: isStrict) {
                self = .skipped("expected failure: \(found.expectation?.reason ?? found.explanation)")
            } else {
                self = .passed
            }
        }
    }

    let text: String

    init(_ found: CaseResult, name: String, className: String, isStrict: Bool, showsWire: Bool) {
        let head =
            "<testcase classname=\"\(XMLText.attribute(className))\" name=\"\(XMLText.attribute(name))\" "
            + "time=\"\(JUnitReport.time(found.duration))\""
        let outcome = Outcome(found, isStrict: isStrict)
        var body = ""
        if outcome == .passed {
            var properties: [(String, String)] = []
            if found.verdict == .nonStrict { properties.append(("level", "non-strict")) }
            if found.isUnexpectedlyGood(isStrict: isStrict) { properties.append(("expectation", "unexpected pass")) }
            if !properties.isEmpty {
                let list = properties.map { "<property name=\"\($0)\" value=\"\($1)\"/>" }.joined()
                body += "<properties>\(list)</properties>\n"
            }
        }
        switch outcome {
        case .passed:
            body += Self.attempts(found, element: "flakyFailure")
        case .failed:
            body += Self.element("failure", found, showsWire) + Self.attempts(found, element: "rerunFailure")
        case .died:
            body += Self.element("error", found, showsWire) + Self.attempts(found, element: "rerunFailure")
        case .skipped(let reason):
            body += "<skipped message=\"\(XMLText.attribute(reason))\"/>\n"
        }
        text = body.isEmpty ? "\(head)/>\n" : "\(head)>\n\(body)</testcase>\n"
    }

    private static func element(_ name: String, _ found: CaseResult, _ showsWire: Bool) -> String {
        "<\(name) message=\"\(XMLText.attribute(found.explanation))\" type=\"\(found.verdict.rawValue)\">"
            + XMLText.escaped(details(found, showsWire)) + "</\(name)>\n"
    }

    private static func attempts(_ found: CaseResult, element: String) -> String {
        found.earlierAttempts.enumerated().map { index, verdict in
            "<\(element) message=\"attempt \(index + 1) of \(found.earlierAttempts.count + 1)\" "
                + "type=\"\(verdict.rawValue)\"/>\n"
        }.joined()
    }

    /// Of what happened, so many lines are shown: the beginning and the end tell most.
    private static let observedStart = 30
    private static let observedEnd = 10

    /// What somebody needs who sees nothing but this file.
    private static func details(_ found: CaseResult, _ showsWire: Bool) -> String {
        var lines = ["\(found.level.rawValue), \(found.source): \(found.requirement)", "", "Expected:"]
        lines += found.expected.map { "  \($0)" }
        lines.append("Observed:")
        let left = found.observed.count - observedStart - observedEnd
        if left > 0 {
            lines += found.observed.prefix(observedStart).map { "  \($0)" } + ["  … \(left) more"]
            lines += found.observed.suffix(observedEnd).map { "  \($0)" }
        } else {
            lines += found.observed.map { "  \($0)" }
        }
        if let expectation = found.expectation {
            let verdicts = expectation.verdicts.map(\.rawValue).joined(separator: ",")
            lines.append("The expectations file says \(verdicts): \(expectation.reason)")
        }
        if let seed = found.seed { lines.append("Seed: \(seed)") }
        if let wire = found.wire {
            lines += showsWire ? ["", "Wire log:", WireText.text(wire)] : ["", "The wire log is in results.json."]
        }
        return lines.joined(separator: "\n")
    }
}
