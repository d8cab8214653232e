package import BenchResults

/// The few figures everybody asks for first.
package struct KeyFigure: Sendable, Equatable {
    package let label: String
    package let value: String
    /// What the value is of, in a few words; may be empty.
    package let note: String

    package static func figures(of result: RunResult, _ overview: RunOverview) -> [KeyFigure] {
        [connections(overview), messages(overview), throughput(overview)]
            + latency(overview)
            + [errors(result, overview), memory(overview), cost(overview)]
    }

    private static func connections(_ overview: RunOverview) -> KeyFigure {
        KeyFigure(
            label: "Connections",
            value: overview.peakConnections.map { QuantityText.decimal($0, places: 0) } ?? QuantityText.missing,
            note: "open at once, at the peak")
    }

    private static func messages(_ overview: RunOverview) -> KeyFigure {
        let sent = overview.total(MetricName.messagesSent)
        let received = overview.total(MetricName.messagesReceived)
        return KeyFigure(
            label: "Messages", value: QuantityText.count(Double(received)),
            note: "received, of \(QuantityText.count(Double(sent))) sent")
    }

    private static func throughput(_ overview: RunOverview) -> KeyFigure {
        KeyFigure(
            label: "Throughput",
            value: overview.rate(MetricName.messagesReceived).map(QuantityText.rate) ?? QuantityText.missing,
            note: "messages received, on average")
    }

    /// Two cards for the first latency measured from the planned time, or for the ping where nothing else is.
    private static func latency(_ overview: RunOverview) -> [KeyFigure] {
        let name = overview.latencyFamilies.first ?? MetricName.ping
        let shown = overview.latencies[name] == nil ? MetricName.roundTrip : name
        let histogram = overview.latencies[shown]
        let from = overview.latencyFamilies.contains(shown) ? "from planned time" : "from the write"
        return [(50.0, "p50", "half the answers"), (99.0, "p99", "99 % of answers")].map { percent, label, who in
            KeyFigure(
                label: "\(shown) \(label)",
                value: histogram.map { QuantityText.duration(nanoseconds: $0.percentile(percent)) }
                    ?? QuantityText.missing,
                note: histogram == nil ? "no answers were measured" : "\(who), \(from)")
        }
    }

    private static func errors(_ result: RunResult, _ overview: RunOverview) -> KeyFigure {
        let count = result.errorCount(overview)
        let kinds = result.errors.filter { $0.count > 0 }.count
        let note =
            switch (count, kinds) {
            case (0, _): "nothing went wrong"
            case (_, 0...1): result.errors.first.map { "all of them \($0.kind)" } ?? "see the stages"
            default: "of \(kinds) kinds"
            }
        return KeyFigure(label: "Errors", value: QuantityText.exact(count), note: note)
    }

    private static func memory(_ overview: RunOverview) -> KeyFigure {
        let slope = overview.last(MetricName.serverRSSPerConnection)
        return KeyFigure(
            label: "Memory per connection", value: slope.map(QuantityText.bytes) ?? QuantityText.missing,
            note: slope != nil
                ? "server RSS, as a slope" : unknown(MetricName.serverRSS, overview, "too few connections were opened"))
    }

    private static func cost(_ overview: RunOverview) -> KeyFigure {
        let cost = overview.serverCPUPerMessage
        return KeyFigure(
            label: "Server CPU per 1,000 messages",
            value: cost.map { QuantityText.duration(seconds: $0 * 1000) } ?? QuantityText.missing,
            note: cost != nil ? "of one core" : unknown(MetricName.serverCPU, overview, "there were no messages"))
    }

    /// Why a figure of the server is missing: nobody looked, or there was nothing to divide by.
    private static func unknown(_ sampled: String, _ overview: RunOverview, _ reason: String) -> String {
        overview.last(sampled) == nil ? "the server was not sampled" : reason
    }
}

extension RunOverview {
    /// Seconds of server CPU a message, over all recorded stages.
    package var serverCPUPerMessage: Double? {
        mean(MetricName.serverCPUPerMessage, per: MetricName.messagesReceived)
    }
}

extension RunResult {
    /// All errors of the run: the list covers stages that are not recorded too.
    package func errorCount(_ overview: RunOverview) -> UInt64 {
        var listed: UInt64 = 0
        for error in errors { listed.addSaturating(error.count) }
        return max(listed, overview.errors)
    }
}
