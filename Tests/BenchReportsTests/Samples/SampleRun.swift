import BenchResults

/// Builds results that look like those of real runs: stages, series every 250 ms, latencies, server and generator.
struct SampleRun {
    var result: RunResult
    private var random: SeededRandom
    private static let interval = 0.25

    init(name: String, question: String? = nil, loadModel: String = "open", seed: UInt64 = 42) {
        random = SeededRandom(seed: seed)
        result = RunResult(
            tool: .init(name: "wsbench", version: "0.1.0"),
            scenario: .init(
                name: name, question: question, file: "Scenarios/\(name).yaml", text: Self.text(name), seed: seed,
                loadModel: loadModel),
            command: ["wsbench", "run", "Scenarios/\(name).yaml"],
            machine: .init(
                cores: 2, processor: "AMD EPYC 7B13", kernel: "Linux 6.1.0-26-amd64", memory: 25_276_510_208,
                descriptorLimit: 20_000),
            target: .init(
                url: "ws://127.0.0.1:9001/echo", origin: "embedded",
                negotiatedExtensions: "permessage-deflate; server_no_context_takeover"),
            startedAt: 1_772_373_909)
    }

    struct Shape {
        var connectionsFrom: Double
        var connectionsTo: Double
        var perSecond: Double
        var recorded = true
        var median = 0.000_4
        var spread = 0.6
        var serverCPU: Double? = 0.46
        var generatorCPU = 0.21
        var lag = 0.000_02
        /// Seconds within the stage at which the server stands still, and for how long.
        var stall: (at: Double, seconds: Double)?
    }

    /// Appends a stage of `seconds`.
    mutating func add(_ name: String, _ seconds: Double, _ shape: Shape) {
        let start = result.stages.last?.end ?? 0
        var stage = RunResult.Stage(name: name, start: start, end: start + seconds, recorded: shape.recorded)
        var planned = LatencyHistogram()
        var actual = LatencyHistogram()
        var lag = LatencyHistogram()
        var tcp = LatencyHistogram()
        var upgrade = LatencyHistogram()
        var ping = LatencyHistogram()
        var late: UInt64 = 0
        let steps = Int(seconds / Self.interval)
        for step in 0..<steps {
            let at = Double(step) * Self.interval
            let share = (at + Self.interval) / seconds
            let connections = (shape.connectionsFrom + (shape.connectionsTo - shape.connectionsFrom) * share).rounded()
            let stalled = shape.stall.map { at >= $0.at && at < $0.at + $0.seconds } ?? false
            let waited = shape.stall.flatMap { stalled ? $0.at + $0.seconds - at : nil } ?? 0
            let busy = connections / max(1, shape.connectionsTo)
            let rate = random.about(shape.perSecond * busy)
            var (interval, intervalActual): ([UInt64], [UInt64]) = ([], [])
            // One recorded latency stands for many: tests need the shape, not the mass.
            for message in 0..<Int(rate * Self.interval / 10) {
                let direct = random.latency(median: shape.median, spread: shape.spread)
                if stalled {
                    // One message a connection is on its way, the others wait for their turn.
                    let wait = UInt64(max(0, waited - Double(message % 25) / 100) * 1e9)
                    interval.append(direct + wait)
                    if message.isMultiple(of: 400) { intervalActual.append(direct + wait) } else { late += 10 }
                    if !message.isMultiple(of: 400) { intervalActual.append(direct) }
                } else {
                    interval.append(direct + random.latency(median: shape.lag, spread: 0.5))
                    intervalActual.append(direct)
                }
                if message.isMultiple(of: 4) { lag.record(random.latency(median: shape.lag, spread: 0.8)) }
                if message.isMultiple(of: 50) { ping.record(random.latency(median: shape.median * 0.8, spread: 0.5)) }
            }
            for value in interval { planned.record(value) }
            for value in intervalActual { actual.record(value) }
            if shape.connectionsTo > shape.connectionsFrom {
                for _ in 0..<20 {
                    tcp.record(random.latency(median: 0.000_09, spread: 0.4))
                    upgrade.record(random.latency(median: 0.000_5, spread: 0.5))
                }
            }
            sample(
                at: start + at + Self.interval, shape, connections: connections, rate: rate, stalled: stalled,
                planned: interval.sorted(), actual: intervalActual.sorted())
        }
        finish(&stage, shape, seconds: seconds, late: late)
        for (metric, histogram) in [
            ("rtt", planned), ("rtt.actual", actual), ("generator.lag", lag), ("connect.tcp", tcp),
            ("connect.upgrade", upgrade), ("ping", ping),
        ] where !histogram.isEmpty {
            stage.latencies[metric] = histogram
        }
        result.stages.append(stage)
        result.duration = stage.end
    }

    private mutating func finish(_ stage: inout RunResult.Stage, _ shape: Shape, seconds: Double, late: UInt64) {
        let sent = UInt64(shape.perSecond * seconds * (shape.connectionsFrom == 0 ? 0.5 : 1))
        stage.counters = [
            "messages.sent": sent, "messages.received": sent - sent / 5000, "messages.late": late,
            "messages.unanswered": 0, "bytes.payload.out": sent * 20, "bytes.payload.in": sent * 20,
            "bytes.wire.out": sent * 26, "bytes.wire.in": sent * 22,
            "connections.opened": UInt64(max(0, shape.connectionsTo - shape.connectionsFrom)), "connections.closed": 0,
        ]
        stage.values = [
            "connections": shape.connectionsTo, "connections.peak": shape.connectionsTo,
            "generator.cpu": shape.generatorCPU, "generator.rss": 21_000_000, "generator.drops": 0,
            "generator.rss.per_connection": 3300, "messages.sent.rate": shape.perSecond,
        ]
        if let cpu = shape.serverCPU {
            stage.values["server.cpu"] = cpu
            stage.values["server.cpu.per_message"] = cpu / max(1, shape.perSecond)
            stage.values["server.rss"] = 9_400_000 + shape.connectionsTo * 2300
            stage.values["server.fds"] = shape.connectionsTo + 9
            stage.values["server.tcp_mem"] = shape.connectionsTo * 1100
            stage.values["server.rss.per_connection"] = 2310
        }
    }

    private mutating func sample(
        at time: Double, _ shape: Shape, connections: Double, rate: Double, stalled: Bool, planned: [UInt64],
        actual: [UInt64]
    ) {
        result.series.times.append(time)
        let seconds = { (sorted: [UInt64], percent: Int) -> Double? in
            sorted.isEmpty ? nil : Double(sorted[(sorted.count - 1) * percent / 100]) / 1e9
        }
        var values: [(String, String, Double?)] = [
            ("connections", "1", connections), ("messages.sent.rate", "1/s", stalled ? rate * 0.1 : rate),
            ("messages.received.rate", "1/s", stalled ? 0 : random.about(rate, by: 0.02)),
            ("rtt.p50", "s", stalled ? nil : seconds(planned, 50)), ("rtt.p99", "s", seconds(planned, 99)),
            ("rtt.actual.p99", "s", seconds(actual, 99)),
            ("generator.cpu", "ratio", random.about(shape.generatorCPU, by: 0.15)),
            ("generator.rss", "B", 12_000_000 + connections * 3300),
            ("generator.lag.p99", "s", random.about(shape.lag * 6, by: 0.4)), ("errors.rate", "1/s", 0),
        ]
        if let cpu = shape.serverCPU {
            values += [
                ("server.cpu", "cores", stalled ? 0 : random.about(cpu * connections / max(1, shape.connectionsTo))),
                ("server.rss", "B", 9_400_000 + connections * 2300), ("server.fds", "1", connections + 9),
                ("server.tcp_mem", "B", connections * random.about(1100)),
            ]
        }
        let count = result.series.times.count
        for (name, unit, _) in values {
            if !result.series.columns.contains(where: { $0.name == name }) {
                result.series.columns.append(
                    .init(name: name, unit: unit, values: Array(repeating: nil, count: count - 1)))
            }
        }
        for index in result.series.columns.indices {
            let name = result.series.columns[index].name
            result.series.columns[index].values.append(values.first { $0.0 == name }?.2)
        }
    }

    private static func text(_ name: String) -> String {
        """
        # Does the echo server answer 2,000 clients within 25 ms, 99 times of 100?
        wsbench: 1
        name: \(name)
        server: { embedded: { echo: {} }, sample: { pid: auto, every: 250ms, of: [cpu, rss, fds] } }
        target: { url: "ws://127.0.0.1:9001/echo" }
        behaviours:
          echo: { send: { payload: noise, rate: 5/s, arrivals: poisson }, expect: { reply: identical, within: 2s } }
        """
    }
}
