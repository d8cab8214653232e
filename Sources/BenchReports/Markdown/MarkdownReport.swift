public import BenchResults

/// A run in the few lines that fit into a pull request.
public enum MarkdownReport {
    public static func render(_ result: RunResult) -> String {
        let overview = RunOverview(result)
        let story = VerdictStory(result)
        var text = "### \(sign(story.tone)) \(inline(result.scenario.name)): \(story.headline.lowercased())\n\n"
        text += sentence(story.reason) + "\n"
        if !result.stages.isEmpty {
            text += table(
                [["Figure", "Value", ""]]
                    + KeyFigure.figures(of: result, overview).map { [inline($0.label), inline($0.value), $0.note] })
        }
        text += latencies(overview)
        text += budgets("Threshold", result.thresholds)
        let missed = result.validity.filter { !$0.passed }
        text += budgets("Valid if", missed)
        text += errors(result)
        if let omission = CoordinatedOmission.find(in: overview) {
            text += "\n> " + sentence(omission.explanation) + "\n"
        }
        text += "\nRun with " + code(RunDescription.command(result.command)) + " on "
        text += inline(RunDescription.machine(result.machine)) + ", " + RunDescription.date(result.startedAt) + ".\n"
        return text
    }

    private static func sign(_ tone: VerdictStory.Tone) -> String {
        switch tone {
        case .good: "✅"
        case .bad: "❌"
        case .doubtful: "⚠️"
        }
    }

    private static func latencies(_ overview: RunOverview) -> String {
        guard !overview.latencyNames.isEmpty else { return "" }
        let families = overview.latencyFamilies
        let rows = overview.latencyNames.compactMap { name -> [String]? in
            guard let histogram = overview.latencies[name] else { return nil }
            return [code(name) + (families.contains(name) ? " (planned)" : "")]
                + [50, 90, 99, 99.9, 100].map { QuantityText.duration(nanoseconds: histogram.percentile($0)) }
        }
        return table([["Latency", "p50", "p90", "p99", "p99.9", "max"]] + rows)
    }

    private static func budgets(_ title: String, _ rows: [RunResult.BudgetVerdict]) -> String {
        guard !rows.isEmpty else { return "" }
        return table(
            [[title, "Measured", "Result"]]
                + rows.map { [code($0.condition), inline($0.measuredText), $0.passed ? "met" : "**missed**"] })
    }

    private static func errors(_ result: RunResult) -> String {
        let rows = result.errors.filter { $0.count > 0 }
        guard !rows.isEmpty else { return "" }
        return table(
            [["Error", "Count", "For example"]]
                + rows.map { [code($0.kind), QuantityText.exact($0.count), code($0.example)] })
    }

    /// The first row is the head; the first column is set to the left, the others to the right.
    private static func table(_ rows: [[String]]) -> String {
        guard let head = rows.first else { return "" }
        let rule = head.indices.map { $0 == 0 ? ":--" : "--:" }
        return "\n" + ([head, rule] + rows.dropFirst()).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    /// Text in which nothing is markup: no HTML, no links, no mentions, no cell borders.
    private static func inline(_ text: String) -> String {
        var escaped = ""
        for scalar in TerminalText.safe(text).unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            // A space of no width ends the mention before it can reach anyone.
            case "@": escaped += "@\u{200B}"
            case "`", "|", "*", "_", "[", "]", "#", "\\", "~", "!": escaped += "\\" + String(scalar)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Text in which only `` `words` `` in backticks are markup.
    private static func sentence(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        guard !parts.count.isMultiple(of: 2) else { return inline(text) }
        return parts.enumerated().map { $0.isMultiple(of: 2) ? inline($1) : code($1) }.joined()
    }

    /// A code span. A fence longer than any run of backticks inside holds whatever the text is.
    private static func code(_ text: String) -> String {
        let safe = TerminalText.safe(text).split(separator: "|", omittingEmptySubsequences: false).joined(
            separator: "\\|")
        var (longest, run) = (0, 0)
        for character in safe.unicodeScalars {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return longest > 0 || safe.hasPrefix(" ") ? "\(fence) \(safe) \(fence)" : "\(fence)\(safe)\(fence)"
    }
}
