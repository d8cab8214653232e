import BenchResults

/// The charts of a page, section by section; a chart without values is left out.
struct PageCharts {
    private let result: RunResult
    private let overview: RunOverview

    init(_ result: RunResult, _ overview: RunOverview) {
        self.result = result
        self.overview = overview
    }

    func throughput() -> [ChartModel] {
        [
            line(
                "throughput", "Messages a second", "Messages received and sent a second, over the time of the run.",
                unit: "1/s",
                [
                    ("received", MetricName.rate(MetricName.messagesReceived), .first),
                    ("sent", MetricName.rate(MetricName.messagesSent), .second),
                ], onlyIfNotZero: result.scenario.loadModel == "idle"),
            line(
                "connections", "Open connections", "How many connections were open, over the time of the run.",
                unit: "1", [("connections", MetricName.connections, .first)]),
            line(
                "errors", "Errors a second", "Errors a second, over the time of the run.", unit: "1/s",
                [("errors", MetricName.errorsRate, .second)], onlyIfNotZero: true),
        ].compactMap { $0 }
    }

    /// For each latency that has both clocks its curve and its course; without any, those of the ping.
    func latency() -> [ChartModel] {
        let families = overview.latencyFamilies
        let names = families.isEmpty ? [MetricName.ping, MetricName.roundTrip].filter(has).prefix(1) : families[...]
        return names.enumerated().flatMap { index, name in
            [percentiles(name, "latency-curve-\(index)"), course(name, "latency-time-\(index)")].compactMap { $0 }
        }
    }

    private func has(_ latency: String) -> Bool { overview.latencies[latency] != nil }

    private func percentiles(_ name: String, _ id: String) -> ChartModel? {
        let twin = overview.latencies[MetricName.actual(name)]
        let curves = [
            overview.latencies[name].map {
                PercentileChart.Curve(
                    name: twin == nil ? name : "\(name), from the planned time", ink: .first, histogram: $0)
            },
            twin.map { PercentileChart.Curve(name: "\(name), from the actual write", ink: .second, histogram: $0) },
        ].compactMap { $0 }
        return PercentileChart(
            id: id, title: "\(name) by percentile",
            description: "Latency at each percentile; both axes are logarithmic, each nine takes the same room.",
            curves: curves
        ).plot().map(ChartModel.init)
    }

    private func course(_ name: String, _ id: String) -> ChartModel? {
        line(
            id, "\(name) over time",
            "Median and 99th percentile of each interval, over the time of the run.", unit: "s",
            [
                ("p99", MetricName.p99(name), .first),
                ("p99 from the actual write", MetricName.p99(MetricName.actual(name)), .second),
                ("p50", MetricName.p50(name), .third),
            ])
    }

    func server() -> [ChartModel] {
        [
            line(
                "server-cpu", "Server CPU", "Cores the server used, over the time of the run.", unit: "cores",
                [("cores used", MetricName.serverCPU, .first)]),
            line(
                "server-memory", "Server memory", "The server's resident memory, over the time of the run.", unit: "B",
                [("RSS", MetricName.serverRSS, .first), ("kernel sockets", MetricName.serverTCPMemory, .second)]),
            line(
                "server-descriptors", "Server file descriptors", "Open file descriptors, over the time of the run.",
                unit: "1", [("descriptors", MetricName.serverDescriptors, .first)]),
        ].compactMap { $0 }
    }

    func generator() -> [ChartModel] {
        [
            line(
                "generator-cpu", "Generator CPU", "Share of the generator's loops that was busy, over the run.",
                unit: "ratio", [("busy", MetricName.generatorCPU, .first)]),
            line(
                "generator-lag", "Generator lag", "How late 1 % of the messages left the generator, over the run.",
                unit: "s", [("lag p99", MetricName.p99(MetricName.generatorLag), .first)]),
        ].compactMap { $0 }
    }

    private func line(
        _ id: String, _ title: String, _ description: String, unit: String,
        _ columns: [(name: String, metric: String, ink: Plot.Ink)], onlyIfNotZero: Bool = false
    ) -> ChartModel? {
        let columns = columns.map {
            LineChart.Column(name: $0.name, ink: $0.ink, values: result.series.values(of: $0.metric))
        }
        if onlyIfNotZero, columns.allSatisfy({ $0.values.allSatisfy { ($0 ?? 0) == 0 } }) { return nil }
        return LineChart(
            id: id, title: title, description: description, unit: unit, times: result.series.times, columns: columns,
            stages: result.stages, end: result.duration
        ).plot().map(ChartModel.init)
    }
}
