package import BenchResults

/// Where to look next, as whole sentences: each follows from something this run shows.
package enum NextSteps {
    package static func sentences(for result: RunResult, _ overview: RunOverview) -> [String] {
        var steps: [String] = []
        switch result.verdict {
        case .passed, .interrupted: break
        case .failed: steps += missedThresholds(result, overview)
        case .invalid:
            steps.append(
                "Run `wsbench doctor`: it says what this machine allows a generator and what to change.")
        case .unreachable:
            steps.append(
                "Check that something listens at \(result.target.url) and that it lives through the whole run; "
                    + (result.target.origin == "external"
                        ? "its own log says more." : "the output of the server is in wsbench's log."))
        }
        if let omission = CoordinatedOmission.find(in: overview) {
            steps.append(
                "`\(omission.latency)` differs between planned and actual time: look for pauses of the server in "
                    + "the latency over time.")
        }
        steps += connectionErrors(result, overview)
        if overview.highest(MetricName.serverCPU) == nil, result.verdict != .unreachable {
            steps.append(
                "The server was not sampled. With `server.sample.pid` the report also shows its CPU, memory and "
                    + "descriptors.")
        }
        return steps
    }

    private static func missedThresholds(_ result: RunResult, _ overview: RunOverview) -> [String] {
        var steps: [String] = []
        if let cpu = overview.highest(MetricName.serverCPU), let lowest = saturation(cpu) {
            steps.append(
                "The server used \(QuantityText.cores(cpu)), nearly all of \(lowest) "
                    + (lowest == 1 ? "core" : "cores") + ": it may simply be at its limit.")
        }
        if let slowest = slowestStage(overview), overview.recordedStages.count > 1 {
            steps.append(
                "Latency is worst in stage \(slowest.stage) (\(slowest.latency) p99 "
                    + "\(QuantityText.duration(nanoseconds: slowest.p99))).")
        }
        return steps
    }

    private static func connectionErrors(_ result: RunResult, _ overview: RunOverview) -> [String] {
        guard let first = result.errors.first, first.count > 0, result.verdict != .unreachable else { return [] }
        return [
            "The most frequent error is `\(first.kind)` (\(QuantityText.exact(first.count)) times): \(first.example)"
        ]
    }

    /// The whole number of cores that a server uses nearly up: a loop a core is the usual design.
    private static func saturation(_ cores: Double) -> Int? {
        guard cores > 0.9, cores < 10_000 else { return nil }
        let whole = cores.rounded()
        return cores > whole - 0.1 && cores < whole + 0.1 ? Int(whole) : nil
    }

    private static func slowestStage(
        _ overview: RunOverview
    ) -> (stage: String, latency: String, p99: UInt64)? {
        guard let name = overview.latencyFamilies.first else { return nil }
        let staged = overview.recordedStages.compactMap { stage in
            stage.latencies[name].map { (stage: stage.name, latency: name, p99: $0.percentile(99)) }
        }
        return staged.max { $0.p99 < $1.p99 }
    }
}
