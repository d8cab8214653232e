import Reactor
import WebSocketTransport

@testable import LoadGenerator

/// The shards of a scenario without the run around them: the test decides when what happens.
struct ShardFixture {
    let scenario: Scenario
    let timeline: Timeline
    let metrics: MetricTable
    let shards: [Shard]
    private let group: EventLoopGroup

    /// Runs `body` with the shards of `scenario`, on loops of their own.
    static func with<Value: Sendable>(
        _ scenario: Scenario, loops: Int = 1, _ body: (ShardFixture) async throws -> Value
    ) async throws -> Value {
        let fixture = try ShardFixture(scenario, loops: loops)
        do {
            let value = try await body(fixture)
            await fixture.end()
            return value
        } catch {
            await fixture.end()
            throw error
        }
    }

    private init(_ scenario: Scenario, loops: Int) throws {
        let (timeline, metrics) = (Timeline(scenario.load), MetricTable(scenario))
        let group = try EventLoopGroup(count: loops, name: "test")
        let pools = try scenario.payloads.enumerated().map { try $1.pool(seed: scenario.seed, index: $0) }
        shards = group.loops.enumerated().map { index, loop in
            Shard(
                loop: loop, plan: ShardPlan(shard: index, of: loops, scenario: scenario),
                scenario: scenario, timeline: timeline, metrics: metrics, pools: pools)
        }
        self.scenario = scenario
        self.timeline = timeline
        self.metrics = metrics
        self.group = group
    }

    private func end() async {
        for shard in shards {
            await shard.onLoop { shard in
                shard.stopSending(planned: 0)
                shard.abortAll()
                shard.release()
            }
        }
        group.stop()
    }

    /// A watch over the shards, of a server that nobody samples.
    func watch() -> RunWatch {
        RunWatch(
            scenario: scenario, timeline: timeline, metrics: metrics, server: ServerUnderTest(pid: nil, command: nil),
            shards: shards)
    }
}
