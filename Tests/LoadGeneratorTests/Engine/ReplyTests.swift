import BenchResults
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct ReplyTests {
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

        @Test func `a reply with other bytes, or of the other type, is a mismatch and still a reply`() async throws {
            let react: Reaction.React = { number, message, kind, connection in
                if number % 2 == 0 { connection.send("hellO") } else { connection.send(message, kind: .binary) }
            }
            let counter = Counting()
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                let result = try await EngineScenario(port: server.port).run()
                let sent = result.total("messages.sent")
                #expect(sent > 0)
                #expect(result.errorCount("mismatch") == sent)
                #expect(result.total("messages.received") == sent)
                #expect(result.latency("rtt").count == sent)
                #expect(result.errors.first?.example.contains("5 bytes of text") == true, "\(result.errors)")
            }
        }

        @Test func `a message that nobody asked for is unexpected, and no reply`() async throws {
            let react: Reaction.React = { _, message, kind, connection in
                connection.send(message, kind: kind)
                connection.send("news")
            }
            try await TestServer.with(handler: { Reaction(Counting(), react) }) { server in
                var scenario = EngineScenario(port: server.port)
                // One at a time: an extra message never meets the next request.
                scenario.behaviours =
                    "{ echo: { send: { text: hello, rate: 20/s, max_in_flight: 1 }, expect: { reply: identical } } }"
                let result = try await scenario.run()
                let sent = result.total("messages.sent")
                #expect(result.total("messages.received") == 2 * sent)
                #expect(result.errorCount("unexpected") == sent)
                #expect(result.errorCount("mismatch") == 0)
                #expect(result.latency("rtt").count == sent)
            }
        }

        @Test func `without an expectation whatever comes back is fine, and nothing is waited for`() async throws {
            let react: Reaction.React = { number, _, _, connection in
                if number % 3 == 0 { connection.send("news") }
            }
            let counter = Counting()
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = "{ tell: { send: { text: hello, rate: 50/s } } }"
                let result = try await scenario.run()
                #expect(result.errors.isEmpty)
                #expect(result.total("messages.unanswered") == 0)
                #expect(result.total("messages.sent") > 100)
                #expect(result.total("messages.received") > 0)
            }
        }

        @Test func `a reply after its time is one timeout, and its latency is kept`() async throws {
            let counter = Counting()
            let react: Reaction.React = { number, message, kind, connection in
                if number == 5 { blockLoop(milliseconds: 700) }
                connection.send(message, kind: kind)
            }
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours =
                    "{ echo: { send: { text: hello, rate: 10/s }, expect: { reply: identical, within: 100ms } } }"
                scenario.stages = "[{ name: ramp, connections: 2, over: 10ms }, { name: steady, hold: 1500ms }]"
                let result = try await scenario.run()
                let sent = result.total("messages.sent")
                let timeouts = result.errorCount("timeout")
                #expect(timeouts > 0 && timeouts < sent, "\(timeouts) of \(sent)")
                #expect(result.latency("rtt").count == sent)
                #expect(result.total("messages.unanswered") == 0)
            }
        }
    }
}
