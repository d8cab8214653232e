/// The figures of a whole run: its recorded stages put together, once, for everything that reports them.
///
/// Counters are summed and histograms added, so no figure is an average of percentiles. Stages with
/// `recorded == false` count only where a doc comment says so. Sums saturate: a result file is input, and none of
/// its numbers may trap.
package struct RunOverview: Sendable {
    package let recordedStages: [RunResult.Stage]
    /// Seconds that were recorded.
    package let duration: Double
    package let counters: [String: UInt64]
    package let latencies: [String: LatencyHistogram]
    private let allStages: [RunResult.Stage]
    private let series: RunResult.Series

    package init(_ result: RunResult) {
        allStages = result.stages
        series = result.series
        recordedStages = result.stages.filter(\.recorded)
        duration = recordedStages.reduce(0) { $0 + $1.duration }
        var counters: [String: UInt64] = [:]
        var latencies: [String: LatencyHistogram] = [:]
        for stage in recordedStages {
            for (name, count) in stage.counters { counters[name, default: 0].addSaturating(count) }
            for (name, histogram) in stage.latencies where !histogram.isEmpty {
                latencies[name, default: LatencyHistogram()].add(histogram)
            }
        }
        self.counters = counters
        self.latencies = latencies
    }

    package func total(_ counter: String) -> UInt64 { counters[counter] ?? 0 }

    /// The counter a second of recorded time; nil when it was never counted.
    package func rate(_ counter: String) -> Double? {
        guard let total = counters[counter], duration > 0 else { return nil }
        return Double(total) / duration
    }

    /// The greatest value of any recorded stage.
    package func highest(_ value: String) -> Double? {
        recordedStages.compactMap { $0.value(value) }.max()
    }

    /// The value of the last stage that has one, recorded or not: for what describes the server rather than a stage.
    package func last(_ value: String) -> Double? {
        allStages.reversed().lazy.compactMap { $0.value(value) }.first
    }

    /// The mean over the recorded stages that have the value, each weighing as much as it lasted.
    package func mean(_ value: String) -> Double? {
        mean(value) { $0.duration }
    }

    /// The mean over the recorded stages that have the value, each weighing as much as it counted of `counter`.
    package func mean(_ value: String, per counter: String) -> Double? {
        mean(value) { Double($0.counters[counter] ?? 0) }
    }

    private func mean(_ name: String, weight: (RunResult.Stage) -> Double) -> Double? {
        var (sum, total) = (0.0, 0.0)
        for stage in recordedStages {
            guard let value = stage.value(name) else { continue }
            sum += value * weight(stage)
            total += weight(stage)
        }
        return total > 0 ? sum / total : nil
    }

    /// The most connections that were open at once, in any stage.
    package var peakConnections: Double? {
        let sampled = series.values(of: MetricName.connections).compactMap { $0 }.filter(\.isFinite)
        return (allStages.compactMap { $0.value(MetricName.connectionsPeak) } + sampled).max()
    }

    package var errors: UInt64 {
        var sum: UInt64 = 0
        for (name, count) in counters where name.hasPrefix(MetricName.errorsPrefix) { sum.addSaturating(count) }
        return sum
    }

    /// Latencies measured twice, from the planned time and from the actual write: every name with an `.actual` twin.
    package var latencyFamilies: [String] {
        latencies.keys.filter { latencies[MetricName.actual($0)] != nil }.sorted(by: MetricName.precedes)
    }

    /// All latencies in the order in which a reader wants them: each family with its twin, then the others.
    package var latencyNames: [String] {
        let families = latencyFamilies.flatMap { [$0, MetricName.actual($0)] }
        return families + latencies.keys.filter { !families.contains($0) }.sorted(by: MetricName.precedes)
    }
}

extension RunResult.Stage {
    /// Seconds; 0 where start and end make no sense.
    package var duration: Double {
        let seconds = end - start
        return seconds.isFinite && seconds > 0 ? seconds : 0
    }

    /// A finite value, or none.
    package func value(_ name: String) -> Double? {
        guard let value = values[name], value.isFinite else { return nil }
        return value
    }

    package var errors: UInt64 {
        var sum: UInt64 = 0
        for (name, count) in counters where name.hasPrefix(MetricName.errorsPrefix) { sum.addSaturating(count) }
        return sum
    }
}

extension RunResult.Series {
    /// The column's values; empty when there is no such column.
    package func values(of name: String) -> [Double?] {
        columns.first { $0.name == name }?.values ?? []
    }
}

extension MetricName {
    /// `rtt` before any other name, else by alphabet.
    package static func precedes(_ left: String, _ right: String) -> Bool {
        if (left == roundTrip) != (right == roundTrip) { return left == roundTrip }
        return left < right
    }
}

extension UInt64 {
    /// Adds, and stays at the greatest value where the sum does not fit.
    package mutating func addSaturating(_ other: UInt64) {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? .max : sum
    }
}
