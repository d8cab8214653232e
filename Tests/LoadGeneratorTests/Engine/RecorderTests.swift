import BenchResults
import Testing

@testable import LoadGenerator

@Suite struct RecorderTests {
    @Test func `latencies are kept by stage and name, and once more for the interval`() {
        let recorder = Recorder(stages: 3, latencies: 2)
        recorder.record(1, 5_000, stage: 2)
        recorder.record(1, 7_000, stage: 2)
        recorder.record(0, 9_000, stage: 0)
        for stage in 0..<3 {
            #expect(recorder.histogram(0, stage: stage).count == (stage == 0 ? 1 : 0))
            #expect(recorder.histogram(1, stage: stage).count == (stage == 2 ? 2 : 0))
        }
        let interval = recorder.takeInterval(replacing: IntervalHistograms(count: 2))
        #expect((0..<2).map { interval.histograms[$0].count } == [1, 2])
        recorder.record(0, 1, stage: 0)
        #expect(interval.histograms[0].count == 1, "what was handed out is not written any more")
        let next = recorder.takeInterval(replacing: interval)
        #expect((0..<2).map { next.histograms[$0].count } == [1, 0])
        interval.reset()
        #expect((0..<2).allSatisfy { interval.histograms[$0].isEmpty })
    }

    @Test func `a histogram handed out is a value of its own`() {
        let recorder = Recorder(stages: 1, latencies: 1)
        recorder.record(0, 5_000, stage: 0)
        let copy = recorder.histogram(0, stage: 0)
        recorder.record(0, 5_000, stage: 0)
        #expect(copy.count == 1)
        #expect(recorder.histogram(0, stage: 0).count == 2)
    }

    @Test func `counters do not touch each other, in any stage`() {
        let recorder = Recorder(stages: 2, latencies: 1)
        for (index, counter) in Counter.allCases.enumerated() {
            for stage in 0..<2 { recorder.add(counter, UInt64(10 * index + stage + 1), stage: stage) }
        }
        for (index, counter) in Counter.allCases.enumerated() {
            for stage in 0..<2 { #expect(recorder.count(counter, stage: stage) == UInt64(10 * index + stage + 1)) }
            #expect(recorder.total(counter) == UInt64(20 * index + 3))
        }
        #expect(Set(Counter.allCases.map(\.name)).count == Counter.allCases.count)
    }

    @Test func `errors keep their number and the first example, close codes their number`() {
        let recorder = Recorder(stages: 2, latencies: 1)
        recorder.addError(.timeout, 3, stage: 0, example: "first")
        recorder.addError(.timeout, stage: 1, example: "second")
        recorder.addError(.closed, stage: 1, example: "gone")
        recorder.addClose(1008, stage: 1)
        recorder.addClose(1008, stage: 1)
        #expect(recorder.errorTotal == 5)
        #expect(recorder.errors == [[.timeout: 3], [.timeout: 1, .closed: 1]])
        #expect(recorder.examples == [.timeout: "first", .closed: "gone"])
        #expect(recorder.closeCodes == [[:], [1008: 2]])
    }

    @Test func `the errors of all shards are one list, the most frequent first`() {
        func report(_ errors: [(kind: ErrorKind, count: UInt64, example: String)]) -> ShardReport {
            ShardReport(stages: [], errors: errors)
        }
        let errors = ShardReport.errors([
            report([(.timeout, 1, "a")]), report([(.timeout, 2, "b"), (.mismatch, 9, "c")]), report([]),
        ])
        #expect(errors.map(\.kind) == ["mismatch", "timeout"])
        #expect(errors.map(\.count) == [9, 3])
        #expect(errors.map(\.example) == ["c", "a"])
    }

    @Test func `thresholds know every kind of error that the engine counts`() {
        #expect(Set(ErrorKind.allCases.map(\.rawValue)) == Set(BudgetMetrics.standardErrorKinds))
    }
}

@Suite struct MetricTableTests {
    private static func table(_ behaviours: String, mix: String = "") throws -> MetricTable {
        var fixture = ScenarioFixture()
        fixture.behaviours = behaviours
        fixture.load = "{ \(mix)stages: [{ name: one, connections: 1, over: 1s }] }"
        return MetricTable(try fixture.read())
    }

    @Test func `an open loop records planned and actual times, a closed one has one of them`() throws {
        let open = try Self.table("{ a: { send: { text: x, rate: 1/s }, expect: { reply: identical, as: rpc } } }")
        #expect(open.latencies == ["connect.tcp", "connect.upgrade", "generator.lag", "rpc", "rpc.actual"])
        #expect(open.main == "rpc")
        let closed = try Self.table(
            "{ a: { send: { text: x, closed: { in_flight: 1 } }, expect: { reply: identical } } }")
        #expect(closed.latencies == ["connect.tcp", "connect.upgrade", "generator.lag", "rtt"])
    }

    @Test func `pings are shown where nothing else is measured, and handshakes where not even those are`() throws {
        let ping = try Self.table("{ a: { ping: { every: 1s, as: alive } } }")
        #expect(ping.main == "alive")
        #expect(ping.latencies.last == "alive")
        #expect(try Self.table("{ a: {} }").main == "connect.upgrade")
    }

    @Test func `behaviours that share a metric share its place, those outside the mix have none`() throws {
        let behaviours = """
            { a: { send: { text: x, rate: 1/s }, expect: { reply: identical } },
              b: { send: { text: y, rate: 1/s }, expect: { reply: identical } },
              c: { ping: { every: 1s } } }
            """
        let table = try Self.table(behaviours, mix: "mix: { a: 1, b: 1 }, ")
        #expect(table.latencies == ["connect.tcp", "connect.upgrade", "generator.lag", "rtt", "rtt.actual"])
        #expect(table.position(of: "rtt") == 3)
        #expect(table.position(of: "ping") == nil)
        #expect(table.latencies[table.connectTCP] == "connect.tcp")
        #expect(table.latencies[table.connectUpgrade] == "connect.upgrade")
        #expect(table.latencies[table.generatorLag] == "generator.lag")
    }
}
