import BenchResults
import Reactor
import Testing

@testable import LoadGenerator

extension EngineTests {
    @Suite struct RunWatchTests {
        @Test func `the interval that a loop records into is never the one that the watch reads`() async throws {
            try await ShardFixture.with(EngineScenario(port: 9).read(), loops: 2) { fixture in
                var watch = fixture.watch()
                func expectApart(_ moment: String) async {
                    for (index, shard) in fixture.shards.enumerated() {
                        let spare = ObjectIdentifier(watch.spare[index])
                        let used = await shard.onLoop { ObjectIdentifier($0.recorder.interval) }
                        #expect(spare != used, "\(moment), shard \(index)")
                    }
                }
                await expectApart("before the run")
                let start = monotonicNanoseconds()
                await watch.begin(at: start)
                await expectApart("at its start")
                for turn in 1...3 {
                    _ = await watch.tick(now: start + UInt64(turn) * 1_000)
                    await expectApart("after tick \(turn)")
                }
                await watch.finish(now: start + 4_000)
                await expectApart("at its end")
            }
        }

        @Test func `a latency is in the series of the interval in which it was recorded, and in no other`() async throws
        {
            try await ShardFixture.with(EngineScenario(port: 9).read()) { fixture in
                var watch = fixture.watch()
                let start = monotonicNanoseconds()
                await watch.begin(at: start)
                let position = try #require(fixture.metrics.position(of: "rtt"))
                await fixture.shards[0].onLoop { $0.recorder.record(position, 5_000_000, stage: 0) }
                _ = await watch.tick(now: start + 1_000_000)
                _ = await watch.tick(now: start + 2_000_000)
                await fixture.shards[0].onLoop { $0.recorder.record(position, 7_000_000, stage: 0) }
                _ = await watch.tick(now: start + 3_000_000)
                let values = try #require(watch.series.columns.first { $0.name == "rtt.p50" }).values
                try #require(values.count == 3)
                #expect(abs((values[0] ?? 0) - 0.005) < 0.0001)
                #expect(values[1] == nil)
                #expect(abs((values[2] ?? 0) - 0.007) < 0.0001)
            }
        }

        // MARK: - Sampling

        @Test func `samples are due on a grid and at the end of each stage`() async throws {
            // Stages end at 200 ms and 800 ms; the grid is 250 ms wide.
            try await ShardFixture.with(EngineScenario(port: 9).read()) { fixture in
                let watch = fixture.watch()
                var due: [UInt64] = []
                var time: UInt64 = 0
                while time < fixture.timeline.end {
                    time = watch.nextSample(after: time)
                    due.append(time / 1_000_000)
                }
                #expect(due == [200, 250, 500, 750, 800])
                #expect(watch.nextSample(after: 260_000_000) == 500_000_000, "a late sample does not move the next one")
            }
        }

        @Test(
            arguments: [
                (from: 0, to: 10, window: 0...1), (from: 10, to: 20, window: 1...3), (from: 20, to: 40, window: 3...4),
                (from: 15, to: 16, window: 2...3), (from: 26, to: 90, window: nil),
            ] as [(from: UInt64, to: UInt64, window: ClosedRange<Int>?)])
        func `a stage's samples reach from its start to its end, each as late as it was taken`(
            _ row: (from: UInt64, to: UInt64, window: ClosedRange<Int>?)
        ) {
            #expect(RunWatch.window([0, 11, 15, 21, 25], from: row.from, to: row.to) == row.window)
            #expect(RunWatch.window([], from: row.from, to: row.to) == nil)
        }

        @Test func `a stage shorter than the time between samples has figures of its own`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages =
                    "[{ name: ramp, connections: 5, over: 100ms }, { name: short, hold: 200ms }, { name: rest, hold: 240ms }]"
                let result = try await scenario.run()
                for stage in result.stages {
                    #expect(stage.values["generator.cpu"] != nil, "\(stage.name)")
                    #expect(stage.values["connections"] == 5, "\(stage.name)")
                }
                #expect(result.verdict == .passed)
            }
        }
    }
}
