import BenchResults
import Glibc
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    /// What a scenario asks for arrives at the server as it was asked for.
    @Suite struct LoadFeatureTests {
        @Test func `headers and subprotocols are offered by each connection, and the negotiated one is in the result`()
            async throws
        {
            let requests = Collected<[String]>()
            let decide: @Sendable (UpgradeRequest) -> UpgradeDecision = { request in
                requests.add([request.path, request.headers.first(for: "x-tenant") ?? ""] + request.subprotocols)
                return .accept(Echo(), subprotocol: request.chooseSubprotocol(from: ["v1", "v2"]))
            }
            try await TestServer.with(decide) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.target = ", subprotocols: [v3, v2, v1], headers: { X-Tenant: \"blue; x=1\" }"
                let result = try await scenario.run(loops: 2)
                #expect(requests.all == Array(repeating: ["/", "blue; x=1", "v3", "v2", "v1"], count: 5))
                #expect(["v1", "v2"].contains(result.target.negotiatedSubprotocol))
                #expect(result.verdict == .passed)
            }
        }

        @Test func `a server that chooses no subprotocol is no error, and none is in the result`() async throws {
            try await TestServer.with({ _ in .accept(Echo()) }) { server in
                let result = try await EngineScenario(port: server.port).run()
                #expect(result.target.negotiatedSubprotocol == nil)
                #expect(result.errors.isEmpty)
            }
        }

        @Test(arguments: ["shared", "dedicated:11:4"])
        func `what was agreed on of compression is in the result, and what is sent is counted as it was sent`(
            _ deflate: String
        ) async throws {
            var configuration = WebSocketConfiguration()
            configuration.compression.mode = .dedicated()
            let accepted = configuration
            try await TestServer.with({ _ in .accept(Echo(), configuration: accepted) }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.target = ", deflate: \(deflate)"
                let text = String(repeating: "the same again, ", count: 100)
                scenario.behaviours =
                    "{ echo: { send: { text: \"\(text)\", rate: 50/s }, expect: { reply: identical } } }"
                let result = try await scenario.run()
                #expect(result.verdict == .passed, "\(result.errors)")
                #expect(result.target.negotiatedExtensions?.hasPrefix("permessage-deflate") == true)
                for (wire, payload) in [("bytes.wire.out", "bytes.payload.out"), ("bytes.wire.in", "bytes.payload.in")]
                {
                    #expect(result.total(wire) > 0)
                    #expect(result.total(wire) < result.total(payload) / 10)
                }
            }
        }

        @Test func `connections come from the listed source addresses in turn`() async throws {
            let peers = Collected<String>()
            let server = try RawServer { socket in
                peers.add(RawServer.peer(of: socket))
                shutdown(socket, Int32(SHUT_RDWR))
            }
            defer { server.end() }
            var scenario = EngineScenario(port: server.port)
            scenario.target = ", source_ips: [127.0.0.2, 127.0.0.3, 127.0.0.4]"
            scenario.stages = "[{ name: ramp, connections: 9, over: 100ms }, { name: hold, hold: 1h }]"
            let result = try await scenario.run()
            #expect(result.errorCount("handshake") + result.errorCount("connect") == 9)
            let counts = Dictionary(grouping: peers.all) { $0 }.mapValues(\.count)
            #expect(counts == ["127.0.0.2": 3, "127.0.0.3": 3, "127.0.0.4": 3])
        }

        @Test func `idle clients ping, and the pongs are measured`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = "{ idle: { ping: { every: 50ms, as: alive } } }"
                let result = try await scenario.run()
                #expect(result.verdict == .passed, "\(result.errors) \(result.validity)")
                #expect(result.scenario.loadModel == "idle")
                // 5 clients, 20/s each, for 600 ms and a part of the ramp; longer on a busy machine.
                let most = max(85, UInt64((result.duration + 0.5) * 100))
                #expect((10...most).contains(result.latency("alive").count), "\(result.latency("alive").count)")
                #expect(result.total("messages.sent") == 0)
                #expect(result.total("messages.received") == 0)
            }
        }

        @Test func `a pong that never comes is a ping error, once`() async throws {
            // Completes the handshake and then reads nothing: the loop of the server is busy.
            let react: @Sendable () -> any WebSocketHandler = { Sleeper(milliseconds: 900) }
            try await TestServer.with(handler: react) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = "{ idle: { ping: { every: 50ms, within: 100ms } } }"
                scenario.stages = "[{ name: ramp, connections: 1, over: 10ms }, { name: steady, hold: 800ms }]"
                let result = try await scenario.run()
                #expect(result.errorCount("ping") == 1)
            }
        }

        @Test func `a mix has its shares, whatever the number of loops`() async throws {
            let counter = Counting()
            try await TestServer.with(handler: {
                Reaction(counter) { _, message, kind, connection in connection.send(message, kind: kind) }
            }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = """
                    { talk: { send: { text: hello, rate: 20/s }, expect: { reply: identical } },
                      loop: { send: { text: again, closed: { in_flight: 1 } }, expect: { reply: identical, as: turn } },
                      idle: { ping: { every: 100ms } } }
                    """
                scenario.mix = "{ talk: 2, loop: 1, idle: 1 }"
                scenario.stages = "[{ name: ramp, connections: 16, over: 100ms }, { name: steady, hold: 600ms }]"
                let read = try scenario.read()
                let shares = Dictionary(grouping: 0..<16) { read.load.behaviour(ofConnection: $0) }.mapValues(\.count)
                #expect(shares == [0: 8, 1: 4, 2: 4])
                let result = try await scenario.run(loops: 3)
                #expect(result.verdict == .passed, "\(result.errors) \(result.validity)")
                #expect(result.scenario.loadModel == "mixed")
                #expect(result.total("connections.opened") == 16)
                #expect(result.total("messages.sent") == result.total("messages.received"))
                #expect(UInt64(counter.value) == result.total("messages.received"))
                let talk = result.latency("rtt").count
                #expect(talk + result.latency("turn").count == result.total("messages.received"))
                // 8 clients at 20/s for 600 ms and part of the ramp.
                #expect((90...112).contains(talk), "\(talk)")
                #expect(result.latency("ping").count > 0)
            }
        }

        @Test func `messages: x4 sends four times as much on the same connections`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = "{ echo: { send: { text: hello, rate: 20/s }, expect: { reply: identical } } }"
                scenario.stages = """
                    [{ name: ramp, connections: 5, over: 10ms }, { name: calm, hold: 500ms },
                     { name: surge, hold: 500ms, messages: x4 }, { name: silent, hold: 500ms, messages: x0 }]
                    """
                let result = try await scenario.run()
                let sent = result.stages.map { $0.counters["messages.sent"] ?? 0 }
                // 5 clients at 20/s are 50 in half a second; the phase decides on one more or less each.
                #expect((45...55).contains(sent[1]), "\(sent)")
                #expect((195...205).contains(sent[2]), "\(sent)")
                #expect(sent[3] == 0, "\(sent)")
                #expect(result.total("connections.opened") == 5)
            }
        }

        @Test func `a warm-up is measured, but not recorded`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.stages =
                    "[{ name: warmup, connections: 5, over: 300ms, record: false }, { name: steady, hold: 300ms }]"
                scenario.more = "thresholds: [connections.opened == 0, messages.sent < 80]"
                let result = try await scenario.run()
                #expect(result.stages.map(\.recorded) == [false, true])
                #expect(result.stage("warmup")?.counters["connections.opened"] == 5)
                #expect(result.verdict == .passed, "\(result.thresholds)")
                let overview = RunOverview(result)
                #expect(overview.total("messages.sent") == result.stage("steady")?.counters["messages.sent"])
            }
        }

        @Test func `a corpus is sent line by line, each client from its own place`() async throws {
            var template = Array("/tmp/wsbench-engine-XXXXXX".utf8CString)
            let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
            defer { rmdir(folder) }
            let path = "\(folder)/chat.ndjson"
            defer { unlink(path) }
            let file = try #require(fopen(path, "w"))
            for line in 0..<4 { fputs("{\"line\":\(line)}\n", file) }
            fclose(file)
            let texts = Collected<String>()
            try await TestServer.with(handler: {
                Reaction(Counting()) { _, message, kind, connection in
                    texts.add(message.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
                    connection.send(message, kind: kind)
                }
            }) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours =
                    "{ echo: { send: { payload: chat, closed: { in_flight: 1 } }, expect: { reply: identical } } }"
                scenario.more = "payloads: { chat: { ndjson: \(path), pick: sequential } }"
                scenario.stages = "[{ name: one, connections: 1, over: 200ms }]"
                let result = try await scenario.run()
                #expect(result.errors.isEmpty, "\(result.errors)")
                let all = texts.all
                #expect(all.count > 4)
                #expect(all == all.indices.map { "{\"line\":\($0 % 4)}" })
            }
        }

        @Test func `a corpus that is not there is a bad scenario, not a failed run`() async throws {
            var scenario = EngineScenario(port: 9)
            scenario.behaviours = "{ echo: { send: { payload: chat, rate: 1/s }, expect: { reply: identical } } }"
            scenario.more = "payloads: { chat: { ndjson: /nowhere/chat.ndjson } }"
            let fixed = scenario
            let error = try await #require(throws: LoadError.self) { try await fixed.run() }
            guard case .unusable(let text) = error else { throw error }
            #expect(text.contains("payload chat: /nowhere/chat.ndjson"))
        }

        @Test func `an impossible condition on the generator makes the run invalid, whatever the thresholds say`()
            async throws
        {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.validity = "[generator.cpu < 0.0001%]"
                scenario.more = "thresholds: [rtt.p99 < 1ns]"
                let result = try await scenario.run()
                #expect(result.verdict == .invalid)
                #expect(result.validity.map(\.passed) == [false])
                #expect(result.thresholds.map(\.passed) == [false])
            }
        }

        @Test func `a missed threshold fails the run, a kept one does not`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.more = "thresholds: [rtt.p99 < 1ns, errors.rate == 0% in steady]"
                let result = try await scenario.run()
                #expect(result.verdict == .failed)
                #expect(result.thresholds.map(\.passed) == [false, true])
            }
        }

        @Test func `bytes are counted with and without their frames`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                var scenario = EngineScenario(port: server.port)
                scenario.behaviours = "{ echo: { send: { payload: block, rate: 20/s }, expect: { reply: identical } } }"
                scenario.more = "payloads: { block: { random: 200B, type: binary } }"
                let result = try await scenario.run()
                let sent = result.total("messages.sent")
                #expect(sent > 0)
                #expect(result.total("bytes.payload.out") == sent * 200)
                #expect(result.total("bytes.payload.in") == sent * 200)
                // RFC 6455 §5.2: two octets, two of extended length, and four of masking key from a client.
                #expect(result.total("bytes.wire.out") == sent * 208)
                #expect(result.total("bytes.wire.in") == sent * 204)
            }
        }

        @Test func `the series has one row for each sample, and a column for each figure`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                let result = try await EngineScenario(port: server.port).run()
                let times = result.series.times
                #expect(times == times.sorted())
                #expect((2...6).contains(times.count), "\(times)")
                for column in result.series.columns { #expect(column.values.count == times.count, "\(column.name)") }
                let names = Set(result.series.columns.map(\.name))
                #expect(
                    names.isSuperset(of: [
                        "connections", "messages.sent.rate", "messages.received.rate", "rtt.p50", "rtt.p99",
                        "rtt.actual.p99", "generator.lag.p99", "generator.cpu", "generator.rss", "errors.rate",
                    ]), "\(names)")
            }
        }
    }
}

/// Blocks its loop as soon as it is open.
private final class Sleeper: WebSocketHandler {
    private let milliseconds: UInt64

    init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    func opened(_ connection: WebSocketConnection) {
        let milliseconds = milliseconds
        // In the next turn, when the handshake's answer has left.
        connection.loop.execute { blockLoop(milliseconds: milliseconds) }
    }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {}
}
