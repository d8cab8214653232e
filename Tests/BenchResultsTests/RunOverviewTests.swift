import BenchResults
import Testing

@Suite struct `the overview of a run` {
    private static func run(_ stages: [RunResult.Stage], series: RunResult.Series = .init()) -> RunResult {
        RunResult(
            tool: .init(name: "wsbench", version: "1"),
            scenario: .init(name: "s", question: nil, file: nil, text: "", seed: 1, loadModel: "open"), command: [],
            machine: .init(cores: 1, processor: "p", kernel: "k", memory: 1, descriptorLimit: 1),
            target: .init(url: "ws://h", origin: "external"), startedAt: 0, stages: stages, series: series)
    }

    private static func histogram(_ values: UInt64...) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    @Test func `sums recorded stages and leaves the others out`() {
        let overview = RunOverview(
            Self.run([
                .init(
                    name: "warm", start: 0, end: 5, recorded: false, counters: ["messages.sent": 1000],
                    latencies: ["rtt": Self.histogram(9)]),
                .init(
                    name: "a", start: 5, end: 7, recorded: true, counters: ["messages.sent": 10],
                    latencies: ["rtt": Self.histogram(1)]),
                .init(
                    name: "b", start: 7, end: 15, recorded: true, counters: ["messages.sent": 20],
                    latencies: ["rtt": Self.histogram(3)]),
            ]))
        #expect(overview.duration == 10)
        #expect(overview.total("messages.sent") == 30)
        #expect(overview.rate("messages.sent") == 3)
        #expect(overview.rate("messages.received") == nil)
        #expect(overview.latencies["rtt"] == Self.histogram(1, 3))
    }

    @Test func `sums that do not fit stay at the greatest value`() {
        let overview = RunOverview(
            Self.run([
                .init(name: "a", start: 0, end: 1, recorded: true, counters: ["errors.x": .max, "errors.y": 1]),
                .init(name: "b", start: 1, end: 2, recorded: true, counters: ["errors.x": 5]),
            ]))
        #expect(overview.total("errors.x") == .max)
        #expect(overview.errors == .max)
    }

    @Test func `means weigh by time, or by what they are a cost of`() {
        let overview = RunOverview(
            Self.run([
                .init(
                    name: "a", start: 0, end: 1, recorded: true, counters: ["messages.received": 30],
                    values: ["server.cpu": 1, "server.cpu.per_message": 2]),
                .init(
                    name: "b", start: 1, end: 4, recorded: true, counters: ["messages.received": 10],
                    values: ["server.cpu": 2, "server.cpu.per_message": 6]),
                .init(name: "c", start: 4, end: 9, recorded: true, values: ["server.cpu": .nan]),
            ]))
        #expect(overview.mean("server.cpu") == 1.75)
        #expect(overview.mean("server.cpu.per_message", per: "messages.received") == 3)
        #expect(overview.mean("server.rss") == nil)
        #expect(overview.highest("server.cpu") == 2)
    }

    @Test func `the last stage that knows a value tells it, recorded or not`() {
        let overview = RunOverview(
            Self.run([
                .init(name: "ramp", start: 0, end: 1, recorded: false, values: ["server.rss.per_connection": 2310]),
                .init(name: "hold", start: 1, end: 2, recorded: true),
            ]))
        #expect(overview.last("server.rss.per_connection") == 2310)
        #expect(overview.highest("server.rss.per_connection") == nil)
    }

    @Test func `every latency with an actual twin is a family, rtt first`() {
        let one = Self.histogram(1)
        let overview = RunOverview(
            Self.run([
                .init(
                    name: "a", start: 0, end: 1, recorded: true,
                    latencies: [
                        "rtt": one, "rtt.actual": one, "api": one, "api.actual": one, "ping": one, "lone.actual": one,
                        "empty": LatencyHistogram(), "empty.actual": LatencyHistogram(),
                    ])
            ]))
        #expect(overview.latencyFamilies == ["rtt", "api"])
        #expect(overview.latencyNames == ["rtt", "rtt.actual", "api", "api.actual", "lone.actual", "ping"])
    }

    @Test(arguments: [(0.0, 2.0, 2.0), (2, 0, 0), (.nan, 1, 0), (0, .infinity, 0)] as [(Double, Double, Double)])
    func `a stage lasts as long as makes sense`(_ start: Double, _ end: Double, _ duration: Double) {
        #expect(RunResult.Stage(name: "a", start: start, end: end, recorded: true).duration == duration)
    }

    @Test func `the peak of connections comes from stages and samples alike`() {
        let series = RunResult.Series(
            times: [0, 1], columns: [.init(name: "connections", unit: "1", values: [nil, 70])])
        let stage = RunResult.Stage(name: "a", start: 0, end: 1, recorded: false, values: ["connections.peak": 50])
        #expect(RunOverview(Self.run([stage])).peakConnections == 50)
        #expect(RunOverview(Self.run([stage], series: series)).peakConnections == 70)
        #expect(RunOverview(Self.run([])).peakConnections == nil)
    }
}

@Suite struct `a live snapshot` {
    private static let stages: [LiveSnapshot.Stage] = [
        .init(name: "ramp", duration: 5), .init(name: "hold", duration: 20),
    ]

    @Test func `adds up what is planned`() {
        #expect(LiveSnapshot(scenario: "s", target: "t", stages: Self.stages).total == 25)
        #expect(LiveSnapshot(scenario: "s", target: "t").total == 0)
    }

    @Test(arguments: [(0, "ramp"), (1, "hold"), (2, nil), (-1, nil), (nil, nil)] as [(Int?, String?)])
    func `names the stage that runs`(_ index: Int?, _ name: String?) {
        let snapshot = LiveSnapshot(scenario: "s", target: "t", stages: Self.stages, stageIndex: index)
        #expect(snapshot.stage?.name == name)
    }
}
