import BenchResults
import Glibc
import Reactor
import TestSupport
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct LateTests {
        private static let oneAtATime =
            "{ echo: { send: { text: hello, rate: 50/s, max_in_flight: 1 }, expect: { reply: identical, within: 1s } } }"

        @Test func `what max_in_flight holds back until the end is late, each message in the stage it was planned for`()
            async throws
        {
            try await TestServer.with(handler: { Reaction(Counting()) { _, _, _, _ in } }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = Self.oneAtATime
                scenario.stages =
                    "[{ name: ramp, connections: 4, over: 10ms }, { name: first, hold: 390ms }, { name: second, hold: 400ms }]"
                let result = try await scenario.run()
                // 50 a second, 4 clients; the first message of each leaves and is never answered.
                #expect(result.total("messages.sent") == 4)
                let late = result.stages.map { $0.counters["messages.late"] ?? 0 }
                // Whoever connects late, as on a busy machine, has fewer planned.
                #expect(late.reduce(0, +) + 4 >= 130 && late.reduce(0, +) + 4 <= 164, "\(late)")
                #expect(late[1] >= 50, "\(late)")
                #expect(late[2] == 80, "\(late)")
            }
        }

        @Test func `a reply after the end of the load brings out no further late message`() async throws {
            let counter = Counting()
            let react: Reaction.React = { _, message, kind, connection in
                // The reply comes when the load is long over: 1 s is more than its 600 ms.
                let octets = message.withUnsafeBytes { Array($0) }
                connection.loop.execute { blockLoop(milliseconds: 1_000) }
                connection.loop.execute { octets.withUnsafeBytes { connection.send($0.bytes, kind: kind) } }
            }
            try await TestServer.with(handler: { Reaction(counter, react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = Self.oneAtATime.replacing("within: 1s", with: "within: 30s")
                scenario.stages = "[{ name: one, connections: 1, over: 10ms }, { name: hold, hold: 590ms }]"
                scenario.more = "thresholds: [{ that: messages.sent < 1, abort: true, after: 10ms }]"
                let result = try await scenario.run()
                #expect(result.verdict == .failed)
                #expect(result.total("messages.sent") == 1)
                #expect(result.total("messages.received") == 1)
                // Until the end at 600 ms at most 30 messages were planned; one of them left.
                #expect(result.total("messages.late") <= 29)
            }
        }

        @Test func `a client that is gone holds nothing back`() async throws {
            let react: Reaction.React = { _, _, _, connection in connection.close(.policyViolation, reason: "") }
            try await TestServer.with(handler: { Reaction(Counting(), react) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = Self.oneAtATime
                scenario.stages = "[{ name: one, connections: 1, over: 10ms }, { name: hold, hold: 790ms }]"
                let result = try await scenario.run()
                #expect(result.total("messages.sent") == 1)
                // At 50/s the 800 ms hold 40 messages; the client was there for the first of them.
                #expect(result.total("messages.late") < 30)
            }
        }

        // MARK: - The generator's own fault

        @Test func `what the generator does not get to is dropped and counted, not forgotten`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = "{ echo: { send: { text: hello, rate: 100/s }, expect: { reply: identical } } }"
                scenario.stages = "[{ name: one, connections: 2, over: 10ms }, { name: hold, hold: 990ms }]"
                try await ShardFixture.with(scenario.read()) { fixture in
                    let shard = fixture.shards[0]
                    let start = monotonicNanoseconds()
                    await shard.onLoop { $0.begin(at: start) }
                    try await bounded("both clients to open and to send") {
                        while await shard.onLoop({ $0.recorder.total(.received) }) < 10 { await Task.yield() }
                    }
                    await shard.onLoop { shard in
                        // Busy beyond the end, so that nothing planned in between can leave.
                        while monotonicNanoseconds() < start + fixture.timeline.end { usleep(1_000) }
                        shard.stopSending(planned: start + fixture.timeline.end)
                    }
                    let (sent, dropped, late) = await shard.onLoop {
                        ($0.recorder.total(.sent), $0.recorder.total(.dropped), $0.recorder.total(.late))
                    }
                    #expect(late == 0)
                    #expect(dropped > 0)
                    // 2 clients at 100/s for the second that is left of each after it opened.
                    #expect((180...200).contains(sent + dropped), "\(sent) + \(dropped)")
                }
            }
        }
    }
}
