package import BenchResults

/// Says whether the measurement can be trusted: an overloaded generator looks just like a slow server.
package struct GeneratorTrust: Sendable, Equatable {
    package let tone: VerdictStory.Tone
    package let sentence: String

    /// Where the scenario judges nothing itself, a busier generator than this is called doubtful.
    private static let busyShare = 0.85
    /// Where the scenario judges nothing itself, a later generator than this is called doubtful, in nanoseconds.
    private static let lateBy: UInt64 = 1_000_000

    package init(_ result: RunResult, _ overview: RunOverview) {
        let missed = result.validity.filter { !$0.passed }
        let facts = Self.facts(overview)
        if result.verdict == .unreachable && overview.total(MetricName.connectionsOpened) == 0 {
            tone = .doubtful
            sentence = "No connection was opened, so the generator was not put to the test."
        } else if !missed.isEmpty || result.verdict == .invalid {
            tone = .bad
            let which = missed.map { "\($0.condition) was missed with \($0.measuredText)" }.joined(separator: ", ")
            sentence =
                "This measurement cannot be trusted: the generator was its own bottleneck"
                + (which.isEmpty ? "." : " (\(which)).")
                + " Use fewer connections or messages, more cores, or a machine of its own for the generator."
        } else if facts.isEmpty {
            tone = .doubtful
            sentence = "Nothing was recorded about the generator itself, so nobody can tell who was slow."
        } else if result.validity.isEmpty, Self.isStrained(overview) {
            tone = .doubtful
            sentence =
                "Doubtful: the generator \(facts), and the scenario sets no `valid_if` that would judge it."
        } else {
            tone = .good
            sentence = "The measurement can be trusted: the generator \(facts)."
        }
    }

    private static func facts(_ overview: RunOverview) -> String {
        var facts: [String] = []
        if let cpu = overview.highest(MetricName.generatorCPU) {
            facts.append("used \(QuantityText.percent(cpu)) of its CPU at most")
        }
        if let lag = overview.latencies[MetricName.generatorLag] {
            facts.append(
                "wrote 99 % of the messages within \(QuantityText.duration(nanoseconds: lag.percentile(99))) "
                    + "of the time at which they could leave")
        }
        return facts.joined(separator: " and ")
    }

    private static func isStrained(_ overview: RunOverview) -> Bool {
        (overview.highest(MetricName.generatorCPU) ?? 0) > busyShare
            || (overview.latencies[MetricName.generatorLag]?.percentile(99) ?? 0) > lateBy
    }
}
