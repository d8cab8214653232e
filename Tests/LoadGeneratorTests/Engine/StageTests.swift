import BenchResults
import Reactor
import Testing

@testable import LoadGenerator

extension EngineTests {
    @Suite struct StageTests {
        @Test func `what happens after an early end belongs to the stage in which the run ended`() async throws {
            try await ShardFixture.with(EngineScenario(port: 9).read()) { fixture in
                await fixture.shards[0].onLoop { shard in
                    let start = monotonicNanoseconds()
                    shard.begin(at: start)
                    #expect(shard.currentStage(now: start + 199_000_000) == 0)
                    shard.stopSending(planned: start + 199_500_000)
                    #expect(shard.currentStage(now: start + 700_000_000) == 0)
                }
            }
        }

        @Test func `a complete run ends in its last stage`() async throws {
            try await ShardFixture.with(EngineScenario(port: 9).read()) { fixture in
                await fixture.shards[0].onLoop { shard in
                    let start = monotonicNanoseconds()
                    shard.begin(at: start)
                    #expect(shard.currentStage(now: start + 200_000_000) == 1)
                    shard.stopSending(planned: start + fixture.timeline.end)
                    #expect(shard.currentStage(now: start + 5_000_000_000) == 1)
                }
            }
        }
    }
}
