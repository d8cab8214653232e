package import BenchResults

/// What a step of GitHub Actions prints: annotations beside the run, and outputs for later steps.
package enum GitHubReport {
    /// GitHub shows so many errors of a step, and drops the others silently.
    private static let annotationLimit = 10
    /// A message longer than this is cut.
    private static let messageLimit = 1000

    /// Workflow commands, one a line: an error for each group with something unexpected, worst first.
    package static func annotations(_ results: [ConformanceResult]) -> [String] {
        let labels = AgentLabels.labels(for: results)
        var found: [(severity: Int, count: Int, title: String, message: String)] = []
        for (result, label) in zip(results, labels) {
            let isStrict = result.settings.strict
            for group in result.groups {
                let bad = group.cases.filter { $0.isUnexpectedlyBad(isStrict: isStrict) }
                guard let worst = bad.max(by: { $0.verdict.severity < $1.verdict.severity }) else { continue }
                let others = bad.filter { $0.id != worst.id }
                var message = "\(worst.id) \(worst.verdict.rawValue): \(worst.explanation)"
                if !others.isEmpty {
                    let names = others.prefix(5).map(\.id).joined(separator: ", ")
                    message += "\nalso \(names)" + (others.count > 5 ? " and \(others.count - 5) more" : "")
                }
                found.append(
                    (
                        worst.verdict.severity, bad.count,
                        "\(group.name): \(bad.count) of \(group.cases.count) unexpected (\(label))", message
                    ))
            }
        }
        let sorted = found.sorted { ($0.severity, $0.count) > ($1.severity, $1.count) }
        let isCut = sorted.count > annotationLimit
        let shown = sorted.prefix(isCut ? annotationLimit - 1 : annotationLimit)
        var lines = shown.map { command("error", title: $0.title, message: $0.message) }
        if isCut {
            let rest = sorted[shown.count...]
            lines.append(
                command(
                    "error", title: "\(rest.count) more groups with unexpected results",
                    message: rest.map(\.title).joined(separator: "\n")))
        }
        return lines + results.flatMap { warnings($0) } + (lines.isEmpty ? [] : [pointer])
    }

    private static func warnings(_ result: ConformanceResult) -> [String] {
        var lines: [String] = []
        if let reason = result.interruption {
            lines.append(command("warning", title: "The run ended early", message: reason))
        }
        let flaky = result.cases.filter(\.isFlaky)
        if !flaky.isEmpty {
            lines.append(
                command(
                    "warning", title: flaky.count == 1 ? "1 flaky case" : "\(flaky.count) flaky cases",
                    message: "Passed only when tried again: " + flaky.prefix(20).map(\.id).joined(separator: ", ")))
        }
        let good = result.cases.filter { $0.isUnexpectedlyGood(isStrict: result.settings.strict) }
        if !good.isEmpty {
            lines.append(
                command(
                    "warning", title: "\(good.count) better than expected",
                    message: "Their lines in the expectations file can go: "
                        + good.prefix(20).map(\.id).joined(separator: ", ")))
        }
        return lines
    }

    private static let pointer = command(
        "notice", title: "WebSocket conformance", message: "Every case with its octets is in report.html.")

    static func command(_ name: String, title: String, message: String) -> String {
        let isCut = message.unicodeScalars.count > messageLimit
        let cut = isCut ? String(message.unicodeScalars.prefix(messageLimit)) + "…" : message
        return "::\(name) title=\(escapedProperty(title))::\(escaped(cut))"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": escaped.append(contentsOf: "%25".unicodeScalars)
            case "\r": escaped.append(contentsOf: "%0D".unicodeScalars)
            case "\n": escaped.append(contentsOf: "%0A".unicodeScalars)
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}": escaped.append("\u{FFFD}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    private static func escapedProperty(_ text: String) -> String {
        var property = String.UnicodeScalarView()
        for scalar in escaped(text).unicodeScalars {
            switch scalar {
            case ":": property.append(contentsOf: "%3A".unicodeScalars)
            case ",": property.append(contentsOf: "%2C".unicodeScalars)
            default: property.append(scalar)
            }
        }
        return String(property)
    }

    /// Lines for the file that `GITHUB_OUTPUT` names.
    ///
    /// - Parameter report: the path of the page.
    package static func outputs(_ results: [ConformanceResult], report: String) -> String {
        var totals = ConformanceResult.Totals()
        for result in results {
            for found in result.cases { totals.add(found, isStrict: result.settings.strict) }
        }
        let lines = [
            ("passed", "\(totals.passed)"), ("failed", "\(totals.failed)"), ("nonstrict", "\(totals.nonStrict)"),
            ("skipped", "\(totals.skipped)"), ("unexpected", "\(totals.unexpected)"), ("flaky", "\(totals.flaky)"),
            // A line end in a path would begin a line of its own.
            ("report", TerminalText.safe(report)),
        ]
        return lines.map { "\($0)=\($1)\n" }.joined()
    }
}
