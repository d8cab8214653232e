import BenchResults
import Reactor
import Synchronization
import Testing

@testable import WebSocketConformance

/// The suite as a server: harnesses that come by themselves, adapters that are told.
@Suite(.serialized) struct ClientSuiteTests {
    private static let cases = [
        Case("F-001", "a", "echo of a text", script: .echo([.text("Hello")], [.text("Hello")])),
        Case("F-001", "b", "two connections", roles: [.client], accepts: ["two"]) { probe in
            _ = try await probe.visitor()
            _ = try await probe.visitor()
            return .pass()
        },
        Case("F-001", "c", "needs an adapter", roles: [.client], needs: [.adapter], accepts: ["any"]) { _ in .pass() },
        Case("F-001", "d", "a message that is not echoed", script: .echo([.text("lost")], [.text("lost")])),
    ]

    private static func settings(_ listening: @escaping @Sendable (String) -> Void = { _ in }) throws
        -> ClientSuite.Settings
    {
        var settings = ClientSuite.Settings(address: try #require(SocketAddress(numeric: "127.0.0.1", port: 0)))
        settings.runner.timeouts = Timeouts(multiplier: 0.5)
        settings.patience = 20
        settings.listening = listening
        return settings
    }

    @Test(.timeLimit(.minutes(1)))
    func `a harness is led through the cases that one connection each can decide`() async throws {
        let loop = try EventLoop.start()
        let other = try EventLoop.start()
        defer {
            loop.stop()
            other.stop()
        }
        let (urls, continuation) = AsyncStream.makeStream(of: String.self)
        let suite = ClientSuite(
            loop: loop, driver: .harness(command: nil), capabilities: Capabilities(),
            settings: try Self.settings { continuation.yield($0) })
        async let outcomes = suite.run(Self.cases)
        let url = try #require(await urls.first { _ in true })
        let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
        let harness = TestHarness(loop: other, port: port)
        #expect(try await harness.ask("/getCaseCount") == "3")
        #expect(try await harness.ask("/getCaseInfo?case=1") == #"{"description":"echo of a text","id":"F-001#a"}"#)
        #expect(try await harness.ask("/getCaseInfo?case=9") == "{}")
        #expect(try await harness.ask("/getCaseStatus?case=1&agent=test") == #"{"behavior":"UNIMPLEMENTED"}"#)
        for number in 1...3 { try await harness.echo("/runCase?case=\(number)&agent=test", losing: "lost") }
        #expect(try await harness.ask("/getCaseStatus?case=1&agent=test") == #"{"behavior":"OK"}"#)
        try await harness.echo("/runCase?case=0&agent=test", losing: "")
        #expect(try await harness.ask("/updateReports?agent=test") == "")
        let found = try await outcomes
        #expect(found.map(\.agent) == ["test"])
        #expect(found.first?.outcome.interruption == nil)
        #expect(found.first?.outcome.results.map(\.verdict) == [.pass, .skipped, .skipped, .fail])
    }

    @Test(.timeLimit(.minutes(1)), arguments: [("sh -c 'exit 3'", "exit status 3"), ("cat >&2", "did not connect")])
    func `an adapter that does not work is told so at once`(command: String, reason: String) async throws {
        let loop = try EventLoop.start()
        defer { loop.stop() }
        let suite = ClientSuite(
            loop: loop, driver: .adapter(command: command), capabilities: Capabilities(), settings: try Self.settings())
        let error = await #expect(throws: SubjectLost.self) { _ = try await suite.run(Self.cases) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a harness that does not get on ends the run, with what there is`() async throws {
        let loop = try EventLoop.start()
        defer { loop.stop() }
        let suite = ClientSuite(
            loop: loop, driver: .harness(command: "sh -c 'exit 4'"), capabilities: Capabilities(),
            settings: try Self.settings())
        let found = try await suite.run(Self.cases)
        #expect(found.count == 1)
        #expect(found.first?.outcome.results.map(\.verdict) == [.skipped])
        #expect(found.first?.outcome.interruption == .lost("the client ended with exit status 4 and gets no further"))
    }
}

/// A client harness as every library has one, on a loop of its own.
private actor TestHarness {
    private let lane: Lane
    private let server: ServerSubject

    init(loop: EventLoop, port: UInt16) {
        lane = Lane(loop: loop)
        server = ServerSubject(host: "127.0.0.1", port: port, target: "/", tls: nil)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.loop.asUnownedSerialExecutor() }

    /// The one message that comes.
    func ask(_ target: String) async throws -> String {
        let probe = probe(target)
        defer { probe.dropAll() }
        let conversation = try await probe.open()
        var answer = ""
        while let incoming = await conversation.next(until: probe.deadline(times: 5)), incoming != .end {
            if case .event(.text(let octets)) = incoming { answer = String(decoding: octets, as: UTF8.self) }
        }
        return answer
    }

    /// Sends every message back but `lost`.
    func echo(_ target: String, losing lost: String) async throws {
        let probe = probe(target)
        defer { probe.dropAll() }
        let conversation = try await probe.open()
        while let incoming = await conversation.next(until: probe.deadline(times: 5)), incoming != .end {
            if case .event(.text(let octets)) = incoming, String(decoding: octets, as: UTF8.self) != lost {
                await conversation.send(.text(octets))
            }
        }
    }

    private func probe(_ target: String) -> Probe {
        var capabilities = Capabilities()
        capabilities.paths[.echo] = target
        return Probe(
            subject: .server(server), capabilities: capabilities, timeouts: Timeouts(), lane: lane, seed: 1,
            caseID: "harness", processID: nil)
    }
}
