import BenchResults
import Reactor
import Testing

@testable import LoadGenerator

@Suite(.serialized) struct RunWatchTests {
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

    @Test func `a latency is in the series of the interval in which it was recorded, and in no other`() async throws {
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
}
