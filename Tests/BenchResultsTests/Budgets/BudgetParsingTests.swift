import Testing

@testable import BenchResults

@Suite struct BudgetParsingTests {
    static let stages = ["ramp", "steady", "surge"]

    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let comparison: Budget.Comparison
        let limit: Double
        let stages: [String]
        var testDescription: String { text }

        init(_ text: String, _ comparison: Budget.Comparison, _ limit: Double, _ stages: [String] = []) {
            self.text = text
            self.comparison = comparison
            self.limit = limit
            self.stages = stages
        }
    }

    @Test(arguments: [
        Row("rtt.p99 < 25ms in steady", .less, 0.025, ["steady"]),
        Row("rtt.p99.9<=100ms in steady,surge", .atMost, 0.1, ["steady", "surge"]),
        Row("  rtt.max  <  1s  in  surge ,  ramp  ", .less, 1, ["surge", "ramp"]),
        Row("rtt.actual.p99 < 25ms", .less, 0.025), Row("rtt.mean < 5ms", .less, 0.005),
        Row("rtt.p97.5 < 5ms", .less, 0.005),
        Row("rtt.count > 10k", .greater, 10_000), Row("errors.rate < 0.1%", .less, 0.001),
        Row("errors.timeout == 0", .equal, 0), Row("messages.received >= 1M", .atLeast, 1e6),
        Row("messages.received.rate > 5k/s", .greater, 5_000), Row("close.1008 == 0", .equal, 0),
        Row("server.rss.per_connection < 12KiB in steady", .less, 12_288, ["steady"]),
        Row("server.cpu < 1.5 cores", .less, 1.5), Row("server.cpu < 150%", .less, 1.5),
        Row("generator.lag.p99 < 1ms", .less, 0.001), Row("generator.cpu < 85%", .less, 0.85),
        Row("connect.upgrade.p99 < 1s", .less, 1), Row("bytes.wire.in.rate < 10MiB/s", .less, 10_485_760),
        Row("ping.p99 < 1m", .less, 60),
    ])
    func `a budget is read`(_ row: Row) throws {
        let budget = try Budget(parsing: row.text, knownStages: Self.stages)
        #expect(budget.comparison == row.comparison)
        #expect(budget.limit.value == row.limit)
        #expect(budget.stages == row.stages)
        #expect(budget.expression == row.text.trimmingSpaces)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let text: String
        let offset: Int
        let message: String
        let nearest: String?
        var testDescription: String { text }

        init(_ text: String, _ offset: Int, _ message: String, nearest: String? = nil) {
            self.text = text
            self.offset = offset
            self.message = message
            self.nearest = nearest
        }
    }

    @Test(arguments: [
        Fault("", 0, "a budget begins with a metric; write for example `rtt.p99 < 25ms`"),
        Fault("rrt.p99 < 25ms", 0, "unknown metric `rrt.p99`; did you mean `rtt.p99`?", nearest: "rtt.p99"),
        Fault("rtt.p0 < 25ms", 0, "unknown metric `rtt.p0`; did you mean `rtt.p50`?", nearest: "rtt.p50"),
        Fault("rtt.p101 < 25ms", 0, "unknown metric `rtt.p101`; did you mean `rtt.p50`?", nearest: "rtt.p50"),
        Fault(
            "errors.tiemout == 0", 0, "unknown metric `errors.tiemout`; did you mean `errors.timeout`?",
            nearest: "errors.timeout"),
        Fault("close.999 == 0", 0, "unknown metric `close.999`"),
        Fault("  weather < 25ms", 2, "unknown metric `weather`"),
        Fault("fanout.p99 < 25ms", 0, "this version does not have the metric `fanout.p99` yet"),
        Fault("storm.recovered(99%) < 8s", 0, "this version does not have the metric `storm.recovered(99%)` yet"),
        Fault("rtt.p99", 7, "after `rtt.p99` one of <, <=, >, >=, == is needed"),
        Fault("rtt.p99 25ms", 8, "after `rtt.p99` one of <, <=, >, >=, == is needed"),
        Fault("rtt.p99 != 25ms", 8, "after `rtt.p99` one of <, <=, >, >=, == is needed, not `!=`"),
        Fault("rtt.p99 =< 25ms", 8, "after `rtt.p99` one of <, <=, >, >=, == is needed, not `=<`"),
        Fault("rtt.p99 <", 9, "the value is missing; write for example `250ms`"),
        Fault("rtt.p99 < in steady", 10, "the value is missing; write for example `250ms`"),
        Fault(
            "rtt.p99 < 25", 10,
            "`rtt.p99` is a duration: `25` has no unit, a duration needs one; write for example `25s`"),
        Fault(
            "rtt.p99 < 25KiB", 10,
            "`rtt.p99` is a duration: `25KiB` is a size, but a duration is needed; write for example `250ms`"),
        Fault(
            "errors.rate < 5ms", 14,
            "`errors.rate` is a percentage: `5ms` is a duration, but a percentage is needed; write for example `85%`"),
        Fault("rtt.p99 <= baseline * 1.10 in steady", 11, "this version does not have `baseline` yet"),
        Fault("rtt.p99 < 25ms in staedy", 18, "there is no stage `staedy`; did you mean `steady`?", nearest: "steady"),
        Fault("rtt.p99 < 25ms in nowhere", 18, "there is no stage `nowhere`; the stages are `ramp`, `steady`, `surge`"),
        Fault("rtt.p99 < 25ms in", 17, "a stage's name is missing"),
        Fault("rtt.p99 < 25ms in steady,", 25, "a stage's name is missing"),
        Fault("rtt.p99 < 25ms in steady, steady", 26, "the stage `steady` is named twice"),
    ])
    func `a faulty budget is refused where the fault is`(_ row: Fault) throws {
        let error = #expect(throws: BudgetSyntaxError.self) {
            try Budget(parsing: row.text, knownStages: Self.stages)
        }
        #expect(error?.offset == row.offset)
        #expect(error?.message == row.message)
        #expect(error?.nearest == row.nearest)
    }

    @Test func `a metric that is not measured in this run is refused with the reason`() {
        let metrics = BudgetMetrics(latencies: ["ping"], unavailable: ["server.rss": "`server` has no `sample`"])
        for name in ["server.rss", "server.rss.per_connection"] {
            let error = #expect(throws: BudgetSyntaxError.self) {
                try Budget(parsing: "\(name) < 1KiB", knownStages: [], knownMetrics: metrics)
            }
            #expect(error?.message == "`\(name)` is not measured here: `server` has no `sample`")
        }
        #expect(throws: Never.self) {
            try Budget(parsing: "server.fds < 100", knownStages: [], knownMetrics: metrics)
        }
    }

    @Test func `every listed metric can be used`() throws {
        for name in BudgetMetrics.standard.names {
            guard case .metric(let metric) = BudgetMetrics.standard.find(name) else {
                Issue.record("\(name) is listed but not found")
                continue
            }
            _ = try Budget(parsing: "\(name) < \(metric.dimension.example)", knownStages: [])
        }
    }

    @Test func `no prefix and no single change of a budget traps`() {
        let text = "rtt.p99.9 <= 25.5ms in steady, surge"
        for end in 0...text.count { _ = try? Budget(parsing: String(text.prefix(end)), knownStages: Self.stages) }
        let seed: UInt64 = 7
        var generator = SplitMix(state: seed)
        for _ in 0..<2_000 {
            var characters = Array(text)
            characters[Int.random(in: 0..<characters.count, using: &generator)] =
                Character(Unicode.Scalar(UInt8.random(in: 1..<128, using: &generator)))
            _ = try? Budget(parsing: String(characters), knownStages: Self.stages)
        }
        #expect(throws: BudgetSyntaxError.self, "seed \(seed)") {
            try Budget(parsing: String(repeating: "r", count: 1_001), knownStages: [])
        }
    }

    struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
