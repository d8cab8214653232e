import BenchResults
import Synchronization
import Testing

/// One run of each kind that a report must be able to tell.
enum Sample: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case passed
    case failed
    case invalid
    case interrupted
    case stalled
    case unsampled
    case unreachable
    case idle
    case long

    var testDescription: String { rawValue }

    /// The run, built once: many tests read the same.
    func run() -> RunResult {
        Self.built.withLock { built in
            if let run = built[self] { return run }
            let run = build(seed: 42)
            built[self] = run
            return run
        }
    }

    private static let built = Mutex<[Sample: RunResult]>([:])

    private func build(seed: UInt64) -> RunResult {
        switch self {
        case .passed: Self.passed(seed)
        case .failed: Self.failed(seed)
        case .invalid: Self.invalid(seed)
        case .interrupted: Self.interrupted(seed)
        case .stalled: Self.stalled(seed)
        case .unsampled: Self.unsampled(seed)
        case .unreachable: Self.unreachable(seed)
        case .idle: Self.idle(seed)
        case .long: Self.long(seed)
        }
    }

    private static let question = "Does the echo server answer 2,000 clients within 25 ms, 99 times of 100?"

    private static func quickstart(_ seed: UInt64) -> SampleRun {
        var run = SampleRun(name: "quickstart", question: question, seed: seed)
        run.add("ramp", 5, .init(connectionsFrom: 0, connectionsTo: 2000, perSecond: 9000, recorded: false))
        run.add("steady", 20, .init(connectionsFrom: 2000, connectionsTo: 2000, perSecond: 9000))
        return run
    }

    private static let healthy: [RunResult.BudgetVerdict] = [
        .init(
            expression: "generator.lag.p99 < 1ms", stage: nil, measured: 0.000_11, measuredText: "110 µs", passed: true),
        .init(expression: "generator.cpu < 85%", stage: nil, measured: 0.21, measuredText: "21.0 %", passed: true),
    ]

    private static func passed(_ seed: UInt64) -> RunResult {
        var run = quickstart(seed)
        run.result.thresholds = [
            .init(
                expression: "rtt.p99 < 25ms in steady", stage: "steady", measured: 0.0017, measuredText: "1.70 ms",
                passed: true),
            .init(expression: "errors.rate < 0.1%", stage: nil, measured: 0, measuredText: "0 %", passed: true),
            .init(
                expression: "server.rss.per_connection < 12KiB in steady", stage: "steady", measured: 2310,
                measuredText: "2.26 KiB", passed: true),
        ]
        run.result.validity = healthy
        return run.result
    }

    private static func failed(_ seed: UInt64) -> RunResult {
        var run = SampleRun(
            name: "echo-open-loop", question: "At which rate does latency leave its budget?", seed: seed)
        run.add("ramp", 4, .init(connectionsFrom: 0, connectionsTo: 1000, perSecond: 4000, recorded: false))
        run.add("steady", 10, .init(connectionsFrom: 1000, connectionsTo: 1000, perSecond: 4000))
        run.add(
            "surge", 10,
            .init(
                connectionsFrom: 1000, connectionsTo: 1000, perSecond: 16_000, median: 0.012, spread: 0.7,
                serverCPU: 0.98, generatorCPU: 0.55))
        run.add("calm again", 4, .init(connectionsFrom: 1000, connectionsTo: 1000, perSecond: 4000))
        run.result.verdict = .failed
        run.result.thresholds = [
            .init(
                expression: "rtt.p99 < 25ms", stage: "steady", measured: 0.0016, measuredText: "1.62 ms", passed: true),
            .init(
                expression: "rtt.p99 < 25ms", stage: "surge", measured: 0.061, measuredText: "61.2 ms", passed: false),
            .init(
                expression: "errors.rate < 0.1%", stage: nil, measured: 0.0021, measuredText: "0.210 %", passed: false),
        ]
        run.result.validity = healthy
        run.result.stages[2].counters["errors.timeout"] = 412
        run.result.stages[2].counters["errors.mismatch"] = 3
        run.result.stages[3].counters["close.1006"] = 12
        run.result.stages[3].counters["close.1000"] = 988
        run.result.errors = [
            .init(kind: "timeout", count: 412, example: "connection 217: no answer to message 93 within 2.00 s"),
            .init(
                kind: "mismatch", count: 3,
                example: "connection 40: the answer to message 12 has 20 bytes as sent, but differs from byte 7 on"),
        ]
        return run.result
    }

    private static func invalid(_ seed: UInt64) -> RunResult {
        var run = SampleRun(
            name: "echo-open-loop", question: "At which rate does latency leave its budget?", seed: seed)
        run.add(
            "steady", 15,
            .init(
                connectionsFrom: 4000, connectionsTo: 4000, perSecond: 40_000, median: 0.004, spread: 0.9,
                serverCPU: 0.71, generatorCPU: 0.97, lag: 0.004))
        run.result.verdict = .invalid
        run.result.validity = [
            .init(
                expression: "generator.lag.p99 < 1ms", stage: nil, measured: 0.024, measuredText: "24.1 ms",
                passed: false),
            .init(expression: "generator.cpu < 85%", stage: nil, measured: 0.97, measuredText: "97.0 %", passed: false),
        ]
        run.result.thresholds = [
            .init(expression: "rtt.p99 < 25ms", stage: nil, measured: 0.048, measuredText: "48.1 ms", passed: false)
        ]
        return run.result
    }

    private static func interrupted(_ seed: UInt64) -> RunResult {
        var run = SampleRun(name: "quickstart", question: question, seed: seed)
        run.add("ramp", 3.25, .init(connectionsFrom: 0, connectionsTo: 1310, perSecond: 6000, recorded: false))
        run.result.verdict = .interrupted
        run.result.remarks = ["Ctrl-C ended the run in stage ramp, 3.25 s after its start."]
        return run.result
    }

    private static func stalled(_ seed: UInt64) -> RunResult {
        var run = SampleRun(
            name: "stall", question: "What do users feel when the server stands still for a second?", seed: seed)
        run.add("ramp", 3, .init(connectionsFrom: 0, connectionsTo: 500, perSecond: 5000, recorded: false))
        run.add(
            "steady", 17,
            .init(connectionsFrom: 500, connectionsTo: 500, perSecond: 5000, stall: (at: 8, seconds: 1)))
        run.result.verdict = .failed
        run.result.thresholds = [
            .init(
                expression: "rtt.p99 < 25ms in steady", stage: "steady", measured: 0.9, measuredText: "903 ms",
                passed: false)
        ]
        run.result.validity = healthy
        run.result.stages[1].latencies.removeValue(forKey: "ping")
        return run.result
    }

    private static func unsampled(_ seed: UInt64) -> RunResult {
        var run = SampleRun(name: "wss-staging", loadModel: "closed", seed: seed)
        run.add(
            "hold", 10,
            .init(connectionsFrom: 50, connectionsTo: 50, perSecond: 1800, median: 0.027, spread: 0.12, serverCPU: nil))
        run.result.scenario.file = nil
        run.result.target = .init(
            url: "wss://staging.example.net/chat", origin: "external", negotiatedSubprotocol: "chat.v2")
        run.result.command = [
            "wsbench", "run", "wss://staging.example.net/chat", "--connections", "50", "--closed", "1", "--for", "10s",
            "--header", "authorization: Bearer it's secret",
        ]
        return run.result
    }

    private static func unreachable(_ seed: UInt64) -> RunResult {
        var run = SampleRun(name: "quickstart", question: question, seed: seed)
        run.result.verdict = .unreachable
        run.result.target = .init(url: "ws://127.0.0.1:9009/echo", origin: "external")
        run.result.errors = [
            .init(kind: "connect", count: 1, example: "connect to 127.0.0.1:9009: connection refused (ECONNREFUSED)")
        ]
        return run.result
    }

    private static func idle(_ seed: UInt64) -> RunResult {
        var run = SampleRun(
            name: "idle-connections", question: "What does an idle connection cost?", loadModel: "idle", seed: seed)
        run.add(
            "ramp", 20,
            .init(connectionsFrom: 0, connectionsTo: 15_000, perSecond: 60, serverCPU: 0.3, generatorCPU: 0.12))
        run.add(
            "hold", 20,
            .init(connectionsFrom: 15_000, connectionsTo: 15_000, perSecond: 600, serverCPU: 0.02, generatorCPU: 0.02))
        for index in run.result.stages.indices {
            run.result.stages[index].latencies.removeValue(forKey: "rtt")
            run.result.stages[index].latencies.removeValue(forKey: "rtt.actual")
        }
        for index in run.result.series.columns.indices {
            switch run.result.series.columns[index].name {
            case "rtt.p50": run.result.series.columns[index].name = "ping.p50"
            case "rtt.p99": run.result.series.columns[index].name = "ping.p99"
            default: break
            }
        }
        run.result.series.columns.removeAll { $0.name.hasPrefix("rtt") }
        run.result.thresholds = [
            .init(
                expression: "server.rss.per_connection < 12KiB", stage: nil, measured: 2310, measuredText: "2.26 KiB",
                passed: true)
        ]
        run.result.validity = healthy
        return run.result
    }

    /// Thousands of samples and many stages: what decimation and crowded labels are for.
    private static func long(_ seed: UInt64) -> RunResult {
        var run = SampleRun(name: "soak", question: "Is anything different after half an hour?", seed: seed)
        run.add("warm-up", 60, .init(connectionsFrom: 0, connectionsTo: 300, perSecond: 400, recorded: false))
        for index in 1...12 {
            run.add("stage \(index) of the soak", 45, .init(connectionsFrom: 300, connectionsTo: 300, perSecond: 400))
        }
        run.add("end", 12, .init(connectionsFrom: 300, connectionsTo: 300, perSecond: 1200, median: 0.003))
        run.result.validity = healthy
        return run.result
    }
}
