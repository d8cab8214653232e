public import BenchResults

/// A run in the few lines that fit into a pull request.
public enum MarkdownReport {
    public static func render(_ result: RunResult) -> String {
        let overview = RunOverview(result)
        let story = VerdictStory(result)
        var text =
            "### \(sign(story.tone)) \(MarkdownText.inline(result.scenario.name)): \(story.headline.lowercased())\n\n"
        text += MarkdownText.sentence(story.reason) + "\n"
        if !result.stages.isEmpty {
            text += MarkdownText.table(
                [["Figure", "Value", ""]]
                    + KeyFigure.figures(of: result, overview).map {
                        [MarkdownText.inline($0.label), MarkdownText.inline($0.value), $0.note]
                    })
        }
        text += latencies(overview)
        text += budgets("Threshold", result.thresholds)
        let missed = result.validity.filter { !$0.passed }
        text += budgets("Valid if", missed)
        text += errors(result)
        if let omission = CoordinatedOmission.find(in: overview) {
            text += "\n> " + MarkdownText.sentence(omission.explanation) + "\n"
        }
        text += "\nRun with " + MarkdownText.code(RunDescription.command(result.command)) + " on "
        text +=
            MarkdownText.inline(RunDescription.machine(result.machine)) + ", " + RunDescription.date(result.startedAt)
            + ".\n"
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
            return [MarkdownText.code(name) + (families.contains(name) ? " (planned)" : "")]
                + [50, 90, 99, 99.9, 100].map { QuantityText.duration(nanoseconds: histogram.percentile($0)) }
        }
        return MarkdownText.table([["Latency", "p50", "p90", "p99", "p99.9", "max"]] + rows)
    }

    private static func budgets(_ title: String, _ rows: [RunResult.BudgetVerdict]) -> String {
        guard !rows.isEmpty else { return "" }
        return MarkdownText.table(
            [[title, "Measured", "Result"]]
                + rows.map {
                    [
                        MarkdownText.code($0.condition), MarkdownText.inline($0.measuredText),
                        $0.passed ? "met" : "**missed**",
                    ]
                })
    }

    private static func errors(_ result: RunResult) -> String {
        let rows = result.errors.filter { $0.count > 0 }
        guard !rows.isEmpty else { return "" }
        return MarkdownText.table(
            [["Error", "Count", "For example"]]
                + rows.map {
                    [MarkdownText.code($0.kind), QuantityText.exact($0.count), MarkdownText.code($0.example)]
                })
    }
}
