import BenchResults
import TestSupport
import Testing

@testable import LoadGenerator

extension EngineTests {
    @Suite struct InterruptionTests {
        @Test func `an interruption that comes before the load began gives an interrupted result`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                let interruption = LoadRun.Interruption()
                interruption.interrupt()
                let result = try await EngineScenario(port: server.port).run(interruption: interruption)
                #expect(result.verdict == .interrupted)
                #expect(result.stages.map(\.name) == ["ramp"])
                #expect(result.remarks.count == 1)
            }
        }

        @Test func `an interruption keeps what was measured until then`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = "[{ name: ramp, connections: 5, over: 200ms }, { name: steady, hold: 1h }]"
                let interruption = LoadRun.Interruption()
                let result = try await scenario.run(interruption: interruption) { snapshot in
                    if snapshot.elapsed > 0.7 { interruption.interrupt() }
                }
                #expect(result.verdict == .interrupted)
                #expect(result.stages.map(\.name) == ["ramp", "steady"])
                #expect(result.duration > 0.7)
                #expect(result.total("connections.opened") == 5)
                #expect(result.total("messages.received") > 0)
                #expect(result.stages.last?.end == result.duration)
            }
        }

        @Test func `a stage that an interruption left out is not in the result`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = "[{ name: ramp, connections: 5, over: 1h }, { name: steady, hold: 1h }]"
                let interruption = LoadRun.Interruption()
                let result = try await scenario.run(interruption: interruption) { _ in interruption.interrupt() }
                #expect(result.stages.map(\.name) == ["ramp"])
            }
        }

        @Test func `an interruption while replies are waited for ends the wait`() async throws {
            // Never answers; the load is over after 100 ms, and would then wait for ten seconds.
            try await TestServer.with(handler: { Reaction(Counting()) { _, _, _, _ in } }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours =
                    "{ echo: { send: { text: hello, rate: 50/s }, expect: { reply: identical, within: 1h } } }"
                scenario.stages = "[{ name: one, connections: 1, over: 100ms }]"
                let interruption = LoadRun.Interruption()
                let result = try await bounded("the run to end before its patience does", by: .seconds(9)) {
                    [scenario] in
                    try await scenario.run(interruption: interruption) { snapshot in
                        // The last picture of the load; the interruption comes a moment later.
                        if snapshot.stageIndex == nil {
                            Task {
                                await Task.yield()
                                interruption.interrupt()
                            }
                        }
                    }
                }
                #expect(result.errorCount("timeout") == 0)
                #expect(result.total("messages.unanswered") == result.total("messages.sent"))
            }
        }
    }
}
