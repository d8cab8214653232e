import BenchResults
import Testing

@testable import LoadGenerator

extension EngineTests {
    @Suite struct LoadRunTests {
        @Test func `an open loop sends what it planned, and everything comes back`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                let result = try await EngineScenario(port: server.port).run()
                #expect(result.verdict == .passed, "\(result.errors) \(result.validity)")
                #expect(result.errors.isEmpty)
                #expect(result.total("connections.opened") == 5)
                #expect(result.total("connections.closed") == 5)
                let sent = result.total("messages.sent")
                // 5 clients, 50/s each, for 600 ms and the part of the ramp each was there for.
                #expect((150...200).contains(sent), "\(sent)")
                #expect(result.total("messages.received") == sent)
                #expect(result.total("messages.unanswered") == 0)
                #expect(result.latency("rtt").count == sent)
                #expect(result.latency("rtt.actual").count == sent)
                #expect(result.latency("connect.tcp").count == 5)
                #expect(result.latency("connect.upgrade").count == 5)
                #expect(result.scenario.loadModel == "open")
            }
        }
    }
}
