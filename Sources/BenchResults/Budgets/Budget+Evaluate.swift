extension Budget {
    /// Judges `result`: one verdict for each stage the budget names, or one over all recorded stages together.
    ///
    /// Several stages become one by summing counters and adding histograms; single values combine as
    /// ``BudgetMetric/Combination`` says. What was not measured fails: silence is no proof.
    package func evaluate(in result: RunResult) -> [RunResult.BudgetVerdict] {
        guard !stages.isEmpty else {
            return [judge(result.stages.filter(\.recorded), named: nil)]
        }
        return stages.map { name in judge(result.stages.filter { $0.name == name }, named: name) }
    }

    private func judge(_ stages: [RunResult.Stage], named name: String?) -> RunResult.BudgetVerdict {
        // A figure that is no number compares false with everything, but must not be stored either: JSON has no NaN.
        guard let measured = metric.measured(in: stages), measured.isFinite else {
            return RunResult.BudgetVerdict(
                expression: expression, stage: name, measured: nil, measuredText: "nothing was measured",
                passed: false)
        }
        return RunResult.BudgetVerdict(
            expression: expression, stage: name, measured: measured,
            measuredText: MeasureText.text(measured, as: metric.dimension),
            passed: comparison.holds(measured, limit.value))
    }
}

extension BudgetMetric {
    /// The metric over `stages` together, in its dimension's base unit; nil when nothing was measured.
    func measured(in stages: [RunResult.Stage]) -> Double? {
        guard !stages.isEmpty else { return nil }
        switch source {
        case .latency(let family, let statistic):
            return statistic.of(stages.compactMap { $0.latencies[family] })
        case .counter(let name):
            return Double(stages.total(of: name))
        case .counterPerSecond(let name):
            let seconds = stages.reduce(0) { $0 + ($1.end - $1.start) }
            return seconds > 0 ? Double(stages.total(of: name)) / seconds : nil
        case .value(let name, let combination):
            return combination.of(name, in: stages)
        case .errorRate:
            return stages.errorRate
        }
    }
}

extension BudgetMetric.Statistic {
    fileprivate func of(_ histograms: [LatencyHistogram]) -> Double? {
        var all = LatencyHistogram()
        for histogram in histograms { all.add(histogram) }
        if self == .count { return Double(all.count) }
        guard !all.isEmpty else { return nil }
        let nanoseconds: Double =
            switch self {
            case .percentile(let percent): Double(all.percentile(percent))
            case .minimum: Double(all.min)
            case .maximum: Double(all.max)
            case .mean: all.mean
            case .count: 0
            }
        return nanoseconds / 1e9
    }
}

extension BudgetMetric.Combination {
    fileprivate func of(_ name: String, in stages: [RunResult.Stage]) -> Double? {
        let measured = stages.compactMap { stage in stage.values[name].map { (stage: stage, value: $0) } }
        switch self {
        case .greatest:
            return measured.map(\.value).max()
        case .last:
            return measured.last?.value
        case .sum:
            return measured.isEmpty ? nil : measured.reduce(0) { $0 + $1.value }
        case .perMessage:
            var messages = 0.0
            var total = 0.0
            for (stage, value) in measured {
                let received = Double(stage.counters["messages.received"] ?? 0)
                messages += received
                total += value * received
            }
            return messages > 0 ? total / messages : nil
        }
    }
}

extension [RunResult.Stage] {
    /// The sum of a counter; a stage without it counted nothing. Sums that do not fit stay at the greatest value.
    fileprivate func total(of name: String) -> UInt64 {
        reduce(0) { $0.addingSaturating($1.counters[name] ?? 0) }
    }

    /// Attempts are messages sent and connections opened or failed (`errors.connect…`).
    fileprivate var errorRate: Double {
        var errors: UInt64 = 0
        var attempts = total(of: "messages.sent").addingSaturating(total(of: "connections.opened"))
        for stage in self {
            for (name, count) in stage.counters where name.hasPrefix("errors.") {
                errors = errors.addingSaturating(count)
                if name.hasPrefix("errors.connect") { attempts = attempts.addingSaturating(count) }
            }
        }
        return Double(errors) / Double(Swift.max(1, attempts))
    }
}

extension UInt64 {
    fileprivate func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
