import BenchResults
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct ClosedLoopRunTests {
        private static func behaviour(inFlight: Int, payload: String = "text: hello") -> String {
            "{ echo: { send: { \(payload), closed: { in_flight: \(inFlight) } }, expect: { reply: identical } } }"
        }

        @Test func `in a closed loop each reply brings out the next message`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = Self.behaviour(inFlight: 3)
                let result = try await scenario.run(loops: 2)
                #expect(result.verdict == .passed, "\(result.errors) \(result.validity)")
                #expect(result.scenario.loadModel == "closed")
                let sent = result.total("messages.sent")
                #expect(sent > 15)
                #expect(result.total("messages.received") == sent)
                #expect(result.latency("rtt").count == sent)
                #expect(result.latency("rtt.actual").isEmpty, "nothing is planned")
                #expect(result.latency("generator.lag").isEmpty)
                #expect(result.total("messages.late") == 0)
                #expect(result.stages.allSatisfy { $0.values["generator.drops"] == 0 })
            }
        }

        @Test(arguments: [1, 4])
        func `never more messages are in flight than the window holds, and never fewer while nobody answers`(
            _ window: Int
        ) async throws {
            try await TestServer.with(handler: { Reaction(Counting()) { _, _, _, _ in } }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = Self.behaviour(inFlight: window).replacing(
                    "reply: identical", with: "reply: identical, within: 100ms")
                let result = try await scenario.run()
                #expect(result.total("messages.sent") == UInt64(5 * window))
                #expect(result.errorCount("timeout") == UInt64(5 * window))
            }
        }

        @Test func `a window of more bytes than an outbox may hold waits for the socket, and loses no connection`()
            async throws
        {
            // The server looks at nothing for a second, so that the socket's buffers fill.
            let counter = Counting()
            let react: Reaction.React = { number, message, kind, connection in
                if number == 1 { blockLoop(milliseconds: 1_000) }
                connection.send(message, kind: kind)
            }
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = Self.behaviour(inFlight: 40, payload: "payload: block").replacing(
                    "reply: identical", with: "reply: identical, within: 60s")
                scenario.more = "payloads: { block: { random: 1MiB, type: binary } }"
                scenario.stages = "[{ name: one, connections: 1, over: 1500ms }]"
                let result = try await scenario.run()
                #expect(result.errors.isEmpty, "\(result.errors)")
                #expect(result.total("messages.sent") > 1)
                #expect(result.total("messages.received") == result.total("messages.sent"))
            }
        }
    }
}
