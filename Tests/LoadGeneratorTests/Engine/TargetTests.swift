import BenchResults
import Glibc
import TestSupport
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct TargetTests {
        // MARK: - Not there

        @Test func `a target that is not there is unreachable, and the rest of the load is left out`() async throws {
            var scenario = EngineScenario(port: try freePort())
            scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1h }]"
            let result = try await scenario.run()
            #expect(result.verdict == .unreachable)
            #expect(result.errorCount("connect") == 5)
            #expect(result.errors.first?.example.contains("refused") == true)
            #expect(result.remarks == ["The target could not be reached: none of 5 connections was opened."])
        }

        @Test func `a target that refuses the handshake is unreachable, with the reason`() async throws {
            try await TestServer.with({ _ in .refuse(.forbidden, body: "no") }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1h }]"
                let result = try await scenario.run()
                #expect(result.verdict == .unreachable)
                #expect(result.errorCount("handshake") == 5)
                #expect(result.errors.first?.example.contains("403") == true, "\(result.errors)")
            }
        }

        @Test func `a target that accepts and says nothing is unreachable too, although no attempt has failed yet`()
            async throws
        {
            let server = try RawServer { RawServer.drain($0) }
            defer { server.end() }
            var scenario = EngineScenario(port: server.port)
            scenario.connect = "{ timeout: 1h }"
            scenario.behaviours =
                "{ echo: { send: { text: hello, rate: 1/s }, expect: { reply: identical, within: 200ms } } }"
            scenario.stages = "[{ name: ramp, connections: 3, over: 100ms }]"
            let result = try await scenario.run()
            #expect(result.verdict == .unreachable)
            #expect(
                result.remarks == [
                    "The target could not be reached: no connection was opened until the end of the load."
                ])
        }

        @Test func `attempts that time out are handshake errors`() async throws {
            let server = try RawServer { RawServer.drain($0) }
            defer { server.end() }
            var scenario = EngineScenario(port: server.port)
            scenario.connect = "{ timeout: 100ms }"
            scenario.stages = "[{ name: ramp, connections: 3, over: 100ms }, { name: steady, hold: 1h }]"
            let result = try await scenario.run()
            #expect(result.verdict == .unreachable)
            #expect(result.errorCount("handshake") == 3)
        }

        // MARK: - Not there any more

        @Test func `a target that dies in a hold is lost, although nobody connects any more`() async throws {
            let counter = Counting()
            let react: Reaction.React = { number, message, kind, connection in
                // From the 50th message on nobody is served; every client sends soon.
                if number < 50 { connection.send(message, kind: kind) } else { connection.abort() }
            }
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1h }]"
                let result = try await scenario.run()
                #expect(result.verdict == .unreachable)
                #expect(result.remarks == ["The target was lost: every connection ended, and no new one was opened."])
                #expect(result.errorCount("closed") == 5)
                #expect(result.total("close.1006") == 5)
                #expect(result.total("messages.received") == 49)
            }
        }

        @Test func `a target that is stopped in order is lost as well`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages = "[{ name: ramp, connections: 5, over: 100ms }, { name: steady, hold: 1h }]"
                let result = try await scenario.run { snapshot in
                    if snapshot.connections == 5 { Task { await server.server.shutdown() } }
                }
                #expect(result.verdict == .unreachable)
                #expect(result.total("close.1001") == 5)
            }
        }

        @Test func `a target that closes connections for its own reasons is not lost; they are errors with their code`()
            async throws
        {
            let counter = Counting()
            let react: Reaction.React = { number, message, kind, connection in
                if number > 20 {
                    connection.close(.policyViolation, reason: "enough")
                } else {
                    connection.send(message, kind: kind)
                }
            }
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                let result = try await EngineScenario(port: server.port).run()
                #expect(result.verdict == .passed, "no threshold speaks of it")
                #expect(result.errorCount("closed") == 5)
                #expect(result.total("close.1008") == 5)
                #expect(result.total("connections.closed") == 5)
                #expect(result.errors.first { $0.kind == "closed" }?.example.contains("enough") == true)
                #expect(result.total("messages.received") == 20)
                #expect(result.total("messages.unanswered") == result.total("messages.sent") - 20)
            }
        }

        @Test func `a few lost connections of many are errors, not the end`() async throws {
            let counter = Counting()
            let react: Reaction.React = { number, message, kind, connection in
                if number == 10 { connection.abort() } else { connection.send(message, kind: kind) }
            }
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                let result = try await EngineScenario(port: server.port).run()
                #expect(result.verdict == .passed)
                #expect(result.errorCount("closed") == 1)
                #expect(result.stage("steady")?.values["connections"] == 4)
            }
        }
    }
}
