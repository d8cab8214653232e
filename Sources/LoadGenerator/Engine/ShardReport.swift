import BenchResults

/// What one shard recorded, by stage and by name.
struct ShardReport: Sendable {
    struct Stage: Sendable {
        var counters: [String: UInt64] = [:]
        var latencies: [String: LatencyHistogram] = [:]

        mutating func add(_ other: Stage) {
            counters.merge(other.counters, uniquingKeysWith: +)
            for (name, histogram) in other.latencies { latencies[name, default: LatencyHistogram()].add(histogram) }
        }
    }

    var stages: [Stage]
    var errors: [(kind: ErrorKind, count: UInt64, example: String)]
    var negotiatedSubprotocol: String?
    var negotiatedExtensions: String?

    /// The errors of all shards together, most frequent first.
    static func errors(_ reports: [ShardReport]) -> [RunResult.ErrorKind] {
        ErrorKind.allCases.compactMap { kind in
            let rows = reports.flatMap(\.errors).filter { $0.kind == kind }
            guard let first = rows.first else { return nil }
            return RunResult.ErrorKind(
                kind: kind.rawValue, count: rows.reduce(0) { $0 + $1.count }, example: first.example)
        }.sorted { $0.count > $1.count }
    }
}

extension Shard {
    func report() -> ShardReport {
        let stages = timeline.stages.indices.map { stage in
            var row = ShardReport.Stage()
            for counter in Counter.allCases { row.counters[counter.name] = recorder.count(counter, stage: stage) }
            for (kind, count) in recorder.errors[stage] {
                row.counters[MetricName.errorsPrefix + kind.rawValue] = count
            }
            for (code, count) in recorder.closeCodes[stage] {
                row.counters[MetricName.closePrefix + "\(code)"] = count
            }
            for (position, name) in metrics.latencies.enumerated() {
                let histogram = recorder.histogram(position, stage: stage)
                if !histogram.isEmpty { row.latencies[name] = histogram }
            }
            return row
        }
        let errors = ErrorKind.allCases.compactMap { kind -> (kind: ErrorKind, count: UInt64, example: String)? in
            let count = recorder.errors.reduce(0) { $0 + ($1[kind] ?? 0) }
            guard count > 0 else { return nil }
            return (kind, count, recorder.examples[kind] ?? "")
        }
        return ShardReport(
            stages: stages, errors: errors, negotiatedSubprotocol: negotiatedSubprotocol,
            negotiatedExtensions: negotiatedExtensions)
    }
}
