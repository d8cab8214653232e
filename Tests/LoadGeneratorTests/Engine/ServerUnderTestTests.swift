import BenchResults
import Glibc
import SystemPackage
import TestSupport
import Testing
import WebSocketTransport

@testable import LoadGenerator

extension EngineTests {
    @Suite struct ServerUnderTestTests {
        /// A scenario that starts `script` with a shell and expects it on `port`.
        private static func scenario(_ script: String, port: UInt16, within: String = "20s") throws -> Scenario {
            var scenario = EngineScenario(port: port)
            let quoted = script.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            scenario.more = "server: { start: [sh, -c, \"\(quoted)\"], ready: { within: \(within) } }"
            return try scenario.read()
        }

        private static func start<Value: Sendable>(
            _ scenario: Scenario, interruption: LoadRun.Interruption = .init(),
            _ body: @escaping @Sendable (ServerUnderTest) async throws -> Value
        ) async throws -> Value {
            try await bounded("the server under test") {
                try await ServerUnderTest.with(scenario, embedded: [], interruption: interruption, body)
            }
        }

        private static func message(_ error: any Error) -> String { (error as? LoadError)?.description ?? "\(error)" }

        @Test func `a command that ends at once is named, with its last output`() async throws {
            let scenario = try Self.scenario(
                "echo starting; echo no such table >&2; exit 7", port: try freePort())
            let error = try await #require(throws: LoadError.self) { try await Self.start(scenario) { _ in } }
            guard case .unreachable(let text) = error else { throw error }
            #expect(text.contains("`sh -c echo starting"))
            #expect(text.contains("ended before it listened on 127.0.0.1:\(scenario.target.url.port)"))
            #expect(text.hasSuffix("its last output:\nstarting\nno such table\n"))
        }

        @Test func `a command that never listens is named, with its last output, and ended`() async throws {
            let scenario = try Self.scenario(
                "echo $$; exec sleep 1000", port: try freePort(), within: "300ms")
            let error = try await #require(throws: LoadError.self) { try await Self.start(scenario) { _ in } }
            guard case .unreachable(let text) = error else { throw error }
            #expect(text.contains("`sh -c echo $$; exec sleep 1000`"))
            #expect(text.contains("did not listen on 127.0.0.1:\(scenario.target.url.port) within"))
            let pid = try #require(text.split(separator: "\n").last.flatMap { Int32($0) }, "\(text)")
            #expect(!ProcessSampler(pid: pid).isAlive)
        }

        @Test func `a command that cannot be started is named`() async throws {
            var scenario = EngineScenario(port: try freePort())
            scenario.more = "server: { start: [/nowhere/chatd, --quiet] }"
            let read = try scenario.read()
            let error = try await #require(throws: LoadError.self) { try await Self.start(read) { _ in } }
            guard case .unreachable(let text) = error else { throw error }
            #expect(text.hasPrefix("cannot start the server `/nowhere/chatd --quiet`"))
        }

        @Test func `only the last lines of much output are shown`() async throws {
            let scenario = try Self.scenario(
                "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done", port: try freePort())
            let error = try await #require(throws: LoadError.self) { try await Self.start(scenario) { _ in } }
            let text = Self.message(error)
            #expect(text.hasSuffix("line 2999\n"))
            #expect(text.utf8.count < 2_500)
        }

        @Test func `the server runs while the body does, in a process group of its own, and is gone afterwards`()
            async throws
        {
            let pid = try await Self.start(Self.withoutReadiness("exec sleep 1000")) { server in
                let pid = try #require(server.started)
                #expect(ProcessSampler(pid: pid).isAlive)
                #expect(getpgid(pid) == pid)
                #expect(server.pid == pid)
                #expect(!server.hasEnded)
                return pid
            }
            #expect(!ProcessSampler(pid: pid).isAlive)
        }

        @Test func `the server is gone after an error too`() async throws {
            let pids = Collected<Int32>()
            await #expect(throws: NotInTime.self) {
                try await Self.start(Self.withoutReadiness("exec sleep 1000")) { server in
                    if let pid = server.started { pids.add(pid) }
                    throw NotInTime(what: "the body")
                }
            }
            #expect(pids.all.count == 1)
            #expect(pids.all.allSatisfy { !ProcessSampler(pid: $0).isAlive })
        }

        @Test func `what the server has started itself ends with it`() async throws {
            // The child ignores SIGTERM, and its parent does not wait for it.
            let script =
                "sh -c 'trap : TERM; while :; do sleep 0.05; done' & echo child $!; trap 'exit 0' TERM; while :; do sleep 0.05; done"
            let child = try await Self.start(Self.withoutReadiness(script)) { server in
                let log = try #require(server.log)
                return try await bounded("the child's id") {
                    while true {
                        if let line = log.tail.split(separator: "\n").last, line.hasPrefix("child "),
                            let pid = Int32(line.dropFirst(6))
                        {
                            return pid
                        }
                        await Task.yield()
                    }
                }
            }
            try await bounded("the child to end") {
                while ProcessSampler(pid: child).isAlive { await Task.yield() }
            }
        }

        @Test func `nothing is started where another server listens already`() async throws {
            try await TestServer.with(handler: Echo.init) { server in
                let scenario = try Self.scenario("exec sleep 1000", port: server.port)
                let error = try await #require(throws: LoadError.self) { try await Self.start(scenario) { _ in } }
                guard case .unusable(let text) = error else { throw error }
                #expect(text.hasPrefix("something listens on 127.0.0.1:\(server.port) already"))
            }
        }

        @Test func `an interruption ends the waiting for a server`() async throws {
            let scenario = try Self.scenario("exec sleep 1000", port: try freePort(), within: "1h")
            let interruption = LoadRun.Interruption()
            interruption.interrupt()
            let pid = try await Self.start(scenario, interruption: interruption) { $0.started }
            #expect(pid.map { ProcessSampler(pid: $0).isAlive } == false)
        }

        @Test func `who leaves without waiting for the run can end its server at once`() async throws {
            let interruption = LoadRun.Interruption()
            interruption.endServer()
            try await Self.start(
                Self.withoutReadiness("trap '' TERM; while :; do sleep 0.05; done"), interruption: interruption
            ) { server in
                interruption.endServer()
                try await bounded("the server to end") {
                    while !server.hasEnded { await Task.yield() }
                }
            }
        }

        @Test func `a server that dies mid-run makes the target unreachable, sampled or not`() async throws {
            for sample in ["sample: none", "sample: { pid: auto }"] {
                var scenario = EngineScenario(port: 9)
                scenario.stages = "[{ name: ramp, connections: 1, over: 1h }]"
                scenario.more =
                    "server: { start: [sh, -c, \"echo out of memory; exec sleep 0.3\"], ready: none, \(sample) }"
                let result = try await scenario.run()
                #expect(result.verdict == .unreachable)
                #expect(
                    result.remarks.contains { $0.contains("died") || $0.contains("could not be reached") }, "\(sample)")
            }
        }

        private static func withoutReadiness(_ script: String) throws -> Scenario {
            var scenario = EngineScenario(port: 9)
            scenario.more = "server: { start: [sh, -c, \"\(script)\"], ready: none }"
            return try scenario.read()
        }

        @Test func `a log gives back all but its end, and its writer goes on where it is`() {
            let log = ServerLog()
            let line = [UInt8]("a line of sixteen".utf8.prefix(15)) + [UInt8(ascii: "\n")]
            for turn in 0..<4 {
                for _ in 0..<(1 << 16) { _ = Glibc.write(log.descriptor.rawValue, line, line.count) }
                #expect(log.heldBytes >= 1 << 20, "turn \(turn)")
                log.trim()
                #expect(log.heldBytes <= 128 << 10, "turn \(turn)")
            }
            _ = Glibc.write(log.descriptor.rawValue, "the end", 7)
            #expect(log.tail.hasSuffix("a line of sixte\nthe end"))
        }

        @Test func `a short log is kept whole, an empty one has nothing to show`() {
            let log = ServerLog()
            #expect(log.tail == "")
            _ = Glibc.write(log.descriptor.rawValue, "one\n", 4)
            log.trim()
            #expect(log.tail == "; its last output:\none\n")
        }
    }
}
