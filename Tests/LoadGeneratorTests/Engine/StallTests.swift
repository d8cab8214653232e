import BenchReports
import BenchResults
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    /// A server that stalls once, for a second, in the middle of an open loop.
    @Suite struct StallTests {
        /// 4 clients with 100 messages a second each for three seconds; the server sleeps from the 300th message on.
        private static func run() async throws -> RunResult {
            let counter = Counting()
            let react: Reaction.React = { number, message, kind, connection in
                if number == 300 { blockLoop(milliseconds: 1_000) }
                connection.send(message, kind: kind)
            }
            return try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = """
                    { echo: { send: { text: hello, rate: 100/s, max_in_flight: 1 },
                              expect: { reply: identical, within: 10s } } }
                    """
                scenario.stages = "[{ name: ramp, connections: 4, over: 10ms }, { name: steady, hold: 3s }]"
                return try await scenario.run()
            }
        }

        @Test func `the planned time shows a stall that the actual time hides, and the reports say why`() async throws {
            let result = try await Self.run()
            #expect(result.errors.isEmpty, "\(result.errors)")
            let (planned, actual) = (result.latency("rtt"), result.latency("rtt.actual"))
            #expect(planned.count == actual.count)
            // A sixth of all messages was planned while at least half of the second was still to come.
            #expect(planned.percentile(99) >= 500_000_000, "\(planned.percentile(99))")
            // Of the 300 messages of each client only the one that was on its way met the stall.
            #expect(actual.percentile(99) < planned.percentile(99) / 3, "\(actual.percentile(99))")
            #expect(actual.max >= 900_000_000)
            // What was held back meanwhile: about 99 messages of each client, and what a busy machine adds.
            #expect(result.total("messages.late") >= 200)
            #expect(result.total("messages.late") < result.total("messages.sent"))
            #expect(result.total("messages.sent") == result.total("messages.received"))

            let text = Summary.text(result, style: .plain)
            let page = HTMLReport.render(result)
            for report in [text, page] {
                #expect(report.contains("coordinated"))
                #expect(report.contains("max_in_flight"))
            }
        }
    }
}
