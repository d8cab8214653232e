import BenchResults
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct AbortTests {
        @Test func `a missed threshold that aborts ends the load, but not before its time`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1h }]"
                scenario.more = "thresholds: [{ that: messages.sent < 3, abort: true, after: 700ms }]"
                let result = try await scenario.run()
                #expect(result.verdict == .failed)
                #expect(result.duration >= 0.7)
                #expect(result.thresholds.map(\.passed) == [false])
                #expect(
                    result.remarks == ["A threshold that ends the run was missed; the rest of the load was left out."])
                #expect(result.total("messages.received") == result.total("messages.sent"))
            }
        }

        @Test func `a threshold that is kept aborts nothing, nor does one that was never measured`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.more =
                    "thresholds: [{ that: errors.rate < 1%, abort: true }, { that: rtt.p99 < 1h in steady, abort: true }]"
                let result = try await scenario.run()
                #expect(result.verdict == .passed)
                #expect(result.duration >= 0.8)
            }
        }

        @Test func `an aborted run has failed, even when later replies mend the figure`() async throws {
            // Replies wait for the abort: the threshold is missed until then, and kept afterwards.
            let counter = Counting()
            let react: Reaction.React = { _, message, kind, connection in
                if counter.value == 1 { blockLoop(milliseconds: 1_000) }
                connection.send(message, kind: kind)
            }
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = "[{ name: one, connections: 1, over: 10ms }, { name: steady, hold: 1h }]"
                scenario.more = "thresholds: [{ that: messages.received > 0, abort: true }]"
                let result = try await scenario.run()
                #expect(result.thresholds.map(\.passed) == [true])
                #expect(result.verdict == .failed)
            }
        }
    }
}
