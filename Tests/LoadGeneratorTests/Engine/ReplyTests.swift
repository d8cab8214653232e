import BenchResults
import Testing
import WebSocketTransport

@testable import LoadGenerator

@Suite(.serialized) struct ReplyTests {
    @Test func `a reply that never comes is a timeout and unanswered, also when the load ends before its time`()
        async throws
    {
        try await TestServer.with(handler: { Reaction(Counting()) { _, _, _, _ in } }) { server in
            var scenario = EngineScenario(port: server.port)
            // Longer than the whole load: every message is waited for after its end.
            scenario.behaviours =
                "{ echo: { send: { text: hello, rate: 20/s }, expect: { reply: identical, within: 1s } } }"
            let result = try await scenario.run()
            let sent = result.total("messages.sent")
            #expect(sent > 0)
            #expect(result.errorCount("timeout") == sent)
            #expect(result.total("errors.timeout") == sent)
            #expect(result.total("messages.unanswered") == sent)
            #expect(result.total("messages.received") == 0)
            #expect(result.latency("rtt").isEmpty)
        }
    }
}
