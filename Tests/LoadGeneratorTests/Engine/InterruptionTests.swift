import BenchResults
import Testing

@testable import LoadGenerator

@Suite(.serialized) struct InterruptionTests {
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
}
