package import BenchResults

/// The end of a conformance run in the terminal: a tree of groups, everything unexpected in full, totals last.
package enum ConformanceSummary {
    /// Cases shown in full; more than fit a few screens are for the page.
    private static let detailLimit = 50
    private static let width = 110

    /// - Parameters:
    ///   - stale: lines of the expectations file that should go.
    ///   - report: the path of the page to open, when one was written.
    package static func text(
        _ result: ConformanceResult, stale: [StaleExpectation] = [], report: String? = nil, style: TerminalStyle
    ) -> String {
        var lines = [TerminalLine()]
        lines.append(
            TerminalLine("WebSocket conformance of ", .plain).appending(AgentLabels.name(result), .bold)
                .appending(" (\(result.subject.role.rawValue), \(result.subject.location))", .dim))
        lines.append(TerminalLine())
        var room = detailLimit
        for group in result.groups { lines += self.group(group.name, group.cases, result, &room) }
        lines += notes(result, stale: stale, report: report)
        lines.append(TerminalLine())
        let totals = result.totals
        lines.append(TerminalLine(totals.sentence, ink(totals, result)))
        return lines.map { trimmed($0.render(style)) + "\n" }.joined()
    }

    private static func group(
        _ name: String, _ cases: [CaseResult], _ result: ConformanceResult, _ room: inout Int
    ) -> [TerminalLine] {
        let isStrict = result.settings.strict
        let totals = ConformanceResult.Totals(cases, isStrict: isStrict)
        var head = TerminalLine("  ")
        let isQuiet = totals.total == totals.skipped
        head.append(
            totals.unexpected > 0 ? "×" : isQuiet ? "-" : "✔",
            totals.unexpected > 0 ? .boldRed : isQuiet ? .dim : .green)
        head.append(" \(GroupName.title(name))", .bold)
        head.pad(to: 44)
        head.append(counts(totals), .dim)
        var lines = [head]
        let shown = cases.filter { $0.isUnexpected || $0.isFlaky }
        for found in shown {
            guard room > 0 else {
                if room == 0 { lines.append(TerminalLine("    … more of them in the reports", .dim)) }
                room = -1
                break
            }
            room -= 1
            lines += detail(found, isStrict: isStrict)
        }
        return lines
    }

    private static func counts(_ totals: ConformanceResult.Totals) -> String {
        let parts = [
            (totals.passed, "passed"), (totals.nonStrict, "non-strict"),
            (totals.failed - totals.expectedFailures, "failed"), (totals.expectedFailures, "failed as expected"),
            (totals.information, "info"), (totals.skipped, "skipped"),
        ].filter { $0.0 > 0 }.map { "\($0) \($1)" }
        return parts.joined(separator: ", ")
    }

    private static func detail(_ found: CaseResult, isStrict: Bool) -> [TerminalLine] {
        var head = TerminalLine("    ")
        if found.isFlaky {
            head.append("~ \(found.id)", .boldYellow)
            head.append("  \(found.title): passed only when tried again", .plain)
            return [head]
        }
        if found.isUnexpectedlyGood(isStrict: isStrict) {
            head.append("✔ \(found.id)", .boldYellow)
            head.append("  \(found.title): \(found.verdict.rawValue), better than the expectations file says", .plain)
            return [head]
        }
        head.append("× \(found.id)", .boldRed)
        head.append("  \(found.title)", .plain)
        head.append("  \(found.verdict.rawValue)", .red)
        var lines = [head]
        lines += labelled("", "\(found.level.rawValue), \(found.source): \(found.requirement)", .dim)
        if let expectation = found.expectation {
            let verdicts = expectation.verdicts.map(\.rawValue).joined(separator: " or ")
            lines += labelled("Foretold:", "\(verdicts), \(expectation.reason)", .yellow)
        }
        for (index, text) in found.expected.enumerated() {
            lines += labelled(index == 0 ? "Expected:" : "or:", text, .green)
        }
        lines += labelled("Actual:", found.explanation, .red)
        if let seed = found.seed { lines += labelled("Seed:", "\(seed)", .plain) }
        return lines
    }

    private static func notes(
        _ result: ConformanceResult, stale: [StaleExpectation], report: String?
    ) -> [TerminalLine] {
        var notes: [(String, TerminalLine.Ink)] = []
        if let interruption = result.interruption {
            notes.append(("The run ended early: \(interruption)", .boldYellow))
        }
        if let selection = result.selection { notes.append(("Only a part of the suite ran: \(selection)", .plain)) }
        notes += stale.map { ($0.description, .yellow) }
        if !result.notRun.isEmpty {
            notes.append(("\(result.notRun.count) rows of the catalogue are excluded; results.json says why", .dim))
        }
        notes.append(("Repeat with --seed \(result.settings.seed)", .dim))
        if let report { notes.append(("Open \(report) for every case with its octets", .plain)) }
        return [TerminalLine()] + notes.map { TerminalLine($0.0, $0.1) }
    }

    /// Text behind a label, in lines of bounded width.
    private static func labelled(_ label: String, _ text: String, _ ink: TerminalLine.Ink) -> [TerminalLine] {
        let column = 18
        var lines: [TerminalLine] = []
        var current = ""
        func flush() {
            var line = TerminalLine()
            let name = lines.isEmpty ? label : ""
            line.append(String(repeating: " ", count: column - 1 - TerminalText.width(name)) + name + " ", .dim)
            line.append(current, ink)
            lines.append(line)
        }
        for word in TerminalText.safe(text).split(separator: " ") {
            if !current.isEmpty, column + TerminalText.width(current) + 1 + TerminalText.width(String(word)) > width {
                flush()
                current = ""
            }
            current += current.isEmpty ? String(word) : " " + word
        }
        flush()
        return lines
    }

    private static func ink(_ totals: ConformanceResult.Totals, _ result: ConformanceResult) -> TerminalLine.Ink {
        if totals.unexpected > 0 { return .boldRed }
        return result.interruption != nil || totals.judged == 0 ? .boldYellow : .boldGreen
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
