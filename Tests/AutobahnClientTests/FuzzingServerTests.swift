import Logging
import Reactor
import Synchronization
import TestSupport
import Testing
import WebSocketTransport

@testable import AutobahnClient

@Suite struct FuzzingServerTests {
    @Test func `a server tells how many cases it has and what they are called`() async throws {
        try await withSuite { suite in
            let count = try await suite.caseCount()
            #expect(count == 517)
            let identifier = try await suite.identifier(ofCase: 12)
            #expect(identifier == "6.4.12")
        }
    }

    @Test func `every message of a case comes back as it was, until the server closes`() async throws {
        let echoes = Mutex<[WebSocketMessage]>([])
        let sent: [WebSocketMessage] = [.text("Ωμέγα"), .binary([0, 255]), .text("")]
        try await withSuite(
            runCase: { socket in
                for message in sent { try await socket.send(message) }
                for try await echo in socket.messages {
                    echoes.withLock { $0.append(echo) }
                    if echoes.withLock({ $0.count }) == sent.count { break }
                }
            },
            { suite in
                guard case .closed(let closure) = try await suite.run(case: 1, .init(.off)) else {
                    Issue.record("the case was cut off")
                    return
                }
                #expect(closure.code == .normalClosure && closure.cause == .peer)
            })
        #expect(echoes.withLock { $0 } == sent)
    }

    @Test func `a case whose server drops the connection has ended too`() async throws {
        try await withSuite(
            decide: { $0.path == "/runCase" ? .accept(Dropper()) : nil },
            { suite in
                guard case .closed(let closure) = try await suite.run(case: 1, .init(.off)) else {
                    Issue.record("the case was cut off")
                    return
                }
                #expect(closure.code == .abnormalClosure)
            })
    }

    @Test func `a case that hangs is cut off, and the next one runs`() async throws {
        try await withSuite(
            limit: .zero, decide: { $0.path == "/runCase" ? .accept(Silence()) : nil },
            { suite in
                for number in 1...2 {
                    let end = try await suite.run(case: number, .init(.off))
                    #expect(end == .cutOff)
                }
            })
    }

    @Test func `a report is asked for in our name`() async throws {
        let asked = Mutex<[String?]>([])
        try await withSuite(
            decide: { request in
                asked.withLock { $0.append(request.path == "/updateReports" ? request.query : request.path) }
                return nil
            },
            { suite in try await suite.updateReports() })
        #expect(asked.withLock { $0 } == ["agent=tester"])
    }

    @Test(arguments: ["", "x", "-1", "10001", "1.5", "99999999999999999999"])
    func `what is no number of cases is nonsense`(_ answer: String) async throws {
        try await withSuite(decide: { _ in .serve { try await $0.send(.text(answer)) } }) { suite in
            await #expect(throws: FuzzingServer.Nonsense.self) { try await suite.caseCount() }
        }
    }

    @Test(arguments: ["", "{}", "[]", "{\"id\": 1}", "6.4.1"])
    func `what names no case is nonsense`(_ answer: String) async throws {
        try await withSuite(decide: { _ in .serve { try await $0.send(.text(answer)) } }) { suite in
            await #expect(throws: FuzzingServer.Nonsense.self) { try await suite.identifier(ofCase: 1) }
        }
    }

    @Test func `a server that is not there is an error`() async throws {
        let loop = try EventLoop.start()
        defer { loop.stop() }
        let suite = FuzzingServer(
            url: "ws://127.0.0.1:\(try freePort())", agent: "tester", loop: loop, limit: .seconds(60))
        await #expect(throws: WebSocketConnectError.self) { try await suite.caseCount() }
    }
}

@Suite struct CompressionOfferTests {
    @Test(
        arguments: [
            ("1.1.1", .off), ("9.1.1", .off), ("10.1.1", .off), ("12.1.1", .dedicated()), ("12.3.18", .dedicated()),
            ("13.1.1", .dedicated()), ("13.2.1", .shared), ("13.3.18", .dedicated(windowBits: 9)),
            ("13.4.1", .dedicated()),
            ("13.5.1", .shared), ("13.6.1", .shared), ("13.7.1", .dedicated()), ("", .off), ("nonsense", .off),
        ] as [(String, CompressionConfiguration.Mode)])
    func `each case is offered what it needs`(_ identifier: String, _ mode: CompressionConfiguration.Mode) {
        #expect(CompressionConfiguration.offer(inCase: identifier).mode == mode)
    }
}

/// Runs `body` on a server that answers as the suite's does, but for what `decide` decides.
private func withSuite(
    limit: Duration = .seconds(60), decide: @escaping @Sendable (UpgradeRequest) -> UpgradeDecision? = { _ in nil },
    runCase: @escaping @Sendable (WebSocket) async throws -> Void = { _ in },
    _ body: @escaping @Sendable (FuzzingServer) async throws -> Void
) async throws {
    let server = try WebSocketServer.start(
        on: "127.0.0.1:0", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        decide: { request in
            if let decision = decide(request) { return decision }
            switch request.path {
            case "/getCaseCount": return .serve { try await $0.send(.text("517")) }
            case "/getCaseInfo":
                let number = request.query?.split(separator: "=").last ?? ""
                return .serve { try await $0.send(.text("{\"id\": \"6.4.\(number)\", \"description\": \"none\"}")) }
            case "/runCase": return .serve(runCase)
            case "/updateReports": return .serve { _ in }
            default: return .refuse(.notFound)
            }
        })
    let loop = try EventLoop.start()
    defer { loop.stop() }
    let suite = FuzzingServer(
        url: "ws://127.0.0.1:\(server.address.port)", agent: "tester", loop: loop, limit: limit)
    let result = await Result { () async throws in
        try await bounded("the visits to end") { try await body(suite) }
    }
    await server.shutdown(within: .zero)
    try result.get()
}

/// Ends the connection without a word.
private final class Dropper: WebSocketHandler {
    func opened(_ connection: WebSocketConnection) { connection.abort() }
    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {}
}

/// Keeps the connection open and says nothing.
private final class Silence: WebSocketHandler {
    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {}
}

extension Result {
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do throws(Failure) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
