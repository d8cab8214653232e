/// One number that a budget may limit: its name, its dimension, and where in a result it is found.
package struct BudgetMetric: Sendable, Hashable {
    package let name: String
    package let dimension: Dimension
    let source: Source

    enum Source: Hashable {
        case latency(family: String, Statistic)
        /// A counter; absent in a stage that ran means that it counted nothing.
        case counter(String)
        /// A counter divided by the time it ran.
        case counterPerSecond(String)
        case value(String, Combination)
        /// The sum of `errors.*` over max(1, messages sent + connections attempted).
        case errorRate
    }

    enum Statistic: Hashable {
        /// Of 100.
        case percentile(Double)
        case minimum
        case maximum
        case mean
        case count
    }

    /// How the values of several stages become one. Counters are summed and histograms added, always.
    enum Combination: Hashable {
        /// The worst stage: a share of processor or memory that was fine on average may still have been too much once.
        case greatest
        /// The value at the end of the last stage.
        case last
        case sum
        /// The mean over all messages received.
        case perMessage
    }
}

/// The metrics a budget may name: the fixed ones, and the latencies that a scenario's behaviours record.
package struct BudgetMetrics: Sendable, Hashable {
    /// Names of latency histograms (`rtt`, `rtt.actual`, `connect.upgrade`).
    package let latencies: [String]
    /// Kinds of errors that are counted as `errors.<kind>`.
    package let errorKinds: [String]
    /// Metrics that exist but are not measured here, by the beginning of their name, with the reason as a clause
    /// ("`server.sample.of` lacks `rss`").
    package let unavailable: [String: String]

    /// Latencies that every run records.
    package static let connectionLatencies = ["connect.tcp", "connect.upgrade"]
    /// What the load generator counts as `errors.<kind>`.
    package static let standardErrorKinds = [
        "connect", "tls", "handshake", "timeout", "mismatch", "unexpected", "ping", "closed",
    ]

    package init(
        latencies: [String], errorKinds: [String] = BudgetMetrics.standardErrorKinds,
        unavailable: [String: String] = [:]
    ) {
        self.latencies = latencies
        self.errorKinds = errorKinds
        self.unavailable = unavailable
    }

    /// What a run with one open-loop behaviour measured as `rtt` and keep-alive as `ping` offers.
    package static let standard = BudgetMetrics(
        latencies: ["rtt", "rtt.actual", "ping", "generator.lag"] + connectionLatencies)

    private static let counters = [
        "messages.sent", "messages.received", "messages.late", "messages.unanswered", "connections.opened",
        "connections.closed",
    ]
    private static let byteCounters = ["bytes.payload.out", "bytes.payload.in", "bytes.wire.out", "bytes.wire.in"]
    private static let values: [(name: String, Dimension, BudgetMetric.Combination)] = [
        ("connections", .count, .last),
        ("connections.peak", .count, .greatest),
        ("server.cpu", .cores, .greatest),
        ("server.cpu.per_message", .duration, .perMessage),
        ("server.rss", .size, .greatest),
        ("server.rss.per_connection", .size, .greatest),
        ("server.fds", .count, .greatest),
        ("server.tcp_mem", .size, .greatest),
        ("generator.cpu", .ratio, .greatest),
        ("generator.rss", .size, .greatest),
        ("generator.rss.per_connection", .size, .greatest),
        ("generator.drops", .count, .sum),
    ]
    private static let statistics = ["p50", "p90", "p95", "p99", "p99.9", "max", "min", "mean", "count"]
    /// Metrics of the format that later versions measure.
    private static let later = [
        "fanout", "storm", "recovered", "first_message", "connect.tls", "ratio", "server.rss.growth",
    ]

    /// Every name that can be listed; percentiles other than the usual and close codes are accepted beside them.
    package var names: [String] {
        latencies.flatMap { family in Self.statistics.map { "\(family).\($0)" } }
            + ["errors.rate"] + errorKinds.map { "errors.\($0)" }
            + Self.counters + Self.byteCounters + (Self.counters + Self.byteCounters).map { "\($0).rate" }
            + Self.values.map(\.name)
    }

    enum Finding {
        case metric(BudgetMetric)
        /// Measured in other runs; the reason is a clause.
        case unavailable(String)
        case later
        case unknown
    }

    func find(_ name: String) -> Finding {
        for (beginning, reason) in unavailable where name == beginning || name.hasPrefix("\(beginning).") {
            return .unavailable(reason)
        }
        if let metric = fixed(name) ?? latency(name) { return .metric(metric) }
        if Self.later.contains(where: { name == $0 || name.hasPrefix("\($0).") || name.hasPrefix("\($0)(") }) {
            return .later
        }
        return .unknown
    }

    private func fixed(_ name: String) -> BudgetMetric? {
        func metric(_ dimension: Dimension, _ source: BudgetMetric.Source) -> BudgetMetric {
            BudgetMetric(name: name, dimension: dimension, source: source)
        }
        if name == "errors.rate" { return metric(.ratio, .errorRate) }
        if let value = Self.values.first(where: { $0.name == name }) { return metric(value.1, .value(name, value.2)) }
        if Self.counters.contains(name) { return metric(.count, .counter(name)) }
        if Self.byteCounters.contains(name) { return metric(.size, .counter(name)) }
        if name.hasSuffix(".rate") {
            let counter = String(name.dropLast(5))
            if Self.counters.contains(counter) { return metric(.rate, .counterPerSecond(counter)) }
            if Self.byteCounters.contains(counter) { return metric(.throughput, .counterPerSecond(counter)) }
        }
        if name.hasPrefix("errors."), errorKinds.contains(String(name.dropFirst(7))) {
            return metric(.count, .counter(name))
        }
        // Close codes are an open vocabulary (RFC 6455 §7.4.2): any of them may be limited.
        if name.hasPrefix("close."), let code = UInt16(name.dropFirst(6)), (1000...4999).contains(code) {
            return metric(.count, .counter(name))
        }
        return nil
    }

    private func latency(_ name: String) -> BudgetMetric? {
        for family in latencies where name.hasPrefix("\(family).") {
            guard let statistic = BudgetMetric.Statistic(name.dropFirst(family.count + 1)) else { continue }
            return BudgetMetric(
                name: name, dimension: statistic == .count ? .count : .duration,
                source: .latency(family: family, statistic))
        }
        return nil
    }
}

extension BudgetMetric.Statistic {
    init?(_ name: Substring) {
        switch name {
        case "max": self = .maximum
        case "min": self = .minimum
        case "mean": self = .mean
        case "count": self = .count
        default:
            guard name.first == "p", let (number, rest) = DecimalNumber.prefix(of: name.dropFirst()), rest.isEmpty,
                number.value > 0, number.value <= 100
            else { return nil }
            self = .percentile(number.value)
        }
    }
}
