import Testing

@testable import BenchResults

@Suite struct BudgetEvaluationTests {
    /// A run of a warm-up, a ramp and a steady stage whose figures are easy to add up in the head.
    private static let run = result([
        stage("warmup", 0, 10, recorded: false, counters: ["messages.sent": 1_000_000], rtt: [900_000_000]),
        stage(
            "ramp", 10, 20,
            counters: [
                "messages.sent": 90, "messages.received": 100, "connections.opened": 8, "errors.connect": 2,
                "errors.timeout": 1,
            ],
            values: [
                "server.rss": 2_048, "server.cpu": 0.9, "server.cpu.per_message": 0.001, "connections": 8,
                "generator.drops": 1,
            ],
            rtt: [1_000_000, 2_000_000]),
        stage(
            "steady", 20, 40, counters: ["messages.sent": 300, "messages.received": 300],
            values: [
                "server.rss": 1_024, "server.cpu": 0.5, "server.cpu.per_message": 0.002, "connections": 8,
                "generator.drops": 2,
            ],
            rtt: [10_000_000, 20_000_000]),
        stage("idle", 40, 40),
    ])

    private static func stage(
        _ name: String, _ start: Double, _ end: Double, recorded: Bool = true, counters: [String: UInt64] = [:],
        values: [String: Double] = [:], rtt: [UInt64] = []
    ) -> RunResult.Stage {
        var histogram = LatencyHistogram()
        for latency in rtt { histogram.record(latency) }
        return RunResult.Stage(
            name: name, start: start, end: end, recorded: recorded, counters: counters, values: values,
            latencies: ["rtt": histogram])
    }

    private static func result(_ stages: [RunResult.Stage]) -> RunResult {
        RunResult(
            tool: .init(name: "wsbench", version: "1"),
            scenario: .init(name: "test", question: nil, file: nil, text: "", seed: 1, loadModel: "open"), command: [],
            machine: .init(cores: 1, processor: "", kernel: "", memory: 0, descriptorLimit: 0),
            target: .init(url: "ws://localhost/", origin: "external"), startedAt: 0, stages: stages)
    }

    private func judge(_ text: String, in run: RunResult = Self.run) throws -> [RunResult.BudgetVerdict] {
        let stages = run.stages.map(\.name) + ["never"]
        return try Budget(parsing: text, knownStages: stages).evaluate(in: run)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let measured: Double
        let passed: Bool
        var testDescription: String { "\(text) \(passed ? "passes" : "fails")" }

        init(_ text: String, _ measured: Double, _ passed: Bool) {
            self.text = text
            self.measured = measured
            self.passed = passed
        }
    }

    @Test(arguments: [
        // Counters are summed, the warm-up is left out.
        Row("messages.sent == 390", 390, true), Row("messages.sent > 390", 390, false),
        Row("messages.sent >= 390", 390, true),
        Row("messages.sent == 300 in steady", 300, true), Row("messages.sent == 1M in warmup", 1e6, true),
        Row("messages.late == 0", 0, true), Row("errors.mismatch > 0", 0, false),
        // 400 messages in 30 s; 300 in 20 s.
        Row("messages.received.rate < 14/s", 400.0 / 30, true),
        Row("messages.received.rate == 15/s in steady", 15, true),
        // 3 errors of 390 + 8 + 2 attempts; none in 300.
        Row("errors.rate < 0.7%", 3.0 / 400, false), Row("errors.rate < 0.8%", 3.0 / 400, true),
        Row("errors.rate == 0% in steady", 0, true), Row("errors.rate == 0% in idle", 0, true),
        // Histograms are added: the mean and the count are those of all four values.
        Row("rtt.count == 4", 4, true), Row("rtt.max < 100ms in warmup", 0.9, false),
        Row("rtt.count == 0 in idle", 0, true),
        // The worst stage counts for memory and processor, the last for connections, the sum for drops.
        Row("server.rss <= 2KiB", 2_048, true), Row("server.rss < 2KiB", 2_048, false),
        Row("server.rss == 1KiB in steady", 1_024, true),
        Row("server.cpu < 0.8 cores", 0.9, false), Row("connections == 8", 8, true),
        Row("generator.drops == 3", 3, true),
        // (100 * 1 ms + 300 * 2 ms) / 400
        Row("server.cpu.per_message < 2ms", 0.00175, true),
    ])
    func `a budget is judged on the stages it is about`(_ row: Row) throws {
        let verdicts = try judge(row.text)
        let verdict = try #require(verdicts.first)
        #expect(verdicts.count == 1)
        #expect(abs(try #require(verdict.measured) - row.measured) <= abs(row.measured) * 0.001)
        #expect(verdict.passed == row.passed)
        #expect(verdict.expression == row.text)
    }

    @Test(arguments: [
        ("rtt.mean < 9ms", 0.00825), ("rtt.p50 < 9ms", 0.002), ("rtt.p99 < 25ms", 0.02), ("rtt.min < 2ms", 0.001),
        ("rtt.p75 < 25ms", 0.01),
    ])
    func `percentiles come from the added histograms, within their precision`(_ text: String, _ expected: Double) throws
    {
        let verdict = try #require(try judge(text).first)
        let measured = try #require(verdict.measured)
        #expect(abs(measured - expected) <= expected * 0.002)
        #expect(verdict.passed)
    }

    @Test func `each named stage gets its own verdict, in the order of the budget`() throws {
        let verdicts = try judge("rtt.max < 5ms in steady, ramp")
        #expect(verdicts.map(\.stage) == ["steady", "ramp"])
        #expect(verdicts.map(\.passed) == [false, true])
        #expect(verdicts.map(\.measuredText) == ["20 ms", "2 ms"])
        let overall = try judge("rtt.max < 5ms")
        #expect(overall.map(\.stage) == [nil])
    }

    @Test(arguments: [
        "rtt.p99 < 25ms in idle", "ping.p99 < 25ms", "rtt.p99 < 1h in never", "messages.sent >= 0 in never",
        "server.fds < 1k", "messages.sent.rate >= 0/s in idle", "server.cpu.per_message < 1s in idle",
        "errors.rate < 100% in never",
    ])
    func `what was not measured fails, even where every number would pass`(_ text: String) throws {
        let verdict = try #require(try judge(text).first)
        #expect(!verdict.passed)
        #expect(verdict.measured == nil)
        #expect(verdict.measuredText == "nothing was measured")
    }

    @Test func `an empty run fails everything`() throws {
        for text in ["errors.rate < 1%", "messages.sent >= 0", "rtt.p99 < 1h", "server.rss < 1GiB"] {
            let verdicts = try judge(text, in: Self.result([]))
            #expect(verdicts.map(\.passed) == [false])
        }
    }

    @Test func `counters that overflow together and values that are no numbers do not trap`() throws {
        let run = Self.result([
            Self.stage(
                "one", 0, 1, counters: ["messages.sent": .max, "errors.timeout": .max], values: ["server.rss": .nan]),
            Self.stage(
                "two", 1, 2, counters: ["messages.sent": .max, "errors.connect": .max],
                values: ["server.cpu": .infinity]),
        ])
        #expect(try judge("messages.sent > 1M", in: run).first?.passed == true)
        #expect(try judge("errors.rate <= 100%", in: run).first?.passed == true)
        #expect(try judge("server.rss < 1GiB", in: run).first?.measured == nil)
        #expect(try judge("server.cpu < 1 core", in: run).first?.passed == false)
    }
}
