import Synchronization
import TestSupport
import Testing
import WebSocketTransport

@testable import faulty_peer

/// The clean server before our own client.
struct CleanServerTests {
    /// One server for all tests; it ends with the process.
    private static let url: Result<String, any Error> = Result {
        let server = Server(
            listener: try Listener(port: 0), endpoints: Endpoints(messageLimit: 16 << 20, fault: nil), tls: nil,
            fault: nil)
        startThread { server.accept() }
        return "ws://127.0.0.1:\(server.listener.port)"
    }

    private func connect(
        _ path: String, subprotocols: [String] = [], headers: [(String, String)] = [],
        compression: CompressionConfiguration.Mode = .off
    ) async throws -> WebSocket {
        var configuration = WebSocketConfiguration()
        configuration.compression = CompressionConfiguration(compression)
        configuration.compression.threshold = 0
        let settled = configuration
        let url = try Self.url.get() + path
        let options = WebSocketClientOptions(subprotocols: subprotocols, headers: HTTPHeaders(headers))
        return try await bounded("the connection opens") {
            try await WebSocket.connect(to: url, options: options, configuration: settled)
        }
    }

    private func next(_ socket: WebSocket) async throws -> WebSocketMessage? {
        try await bounded("a message arrives") {
            for try await message in socket.messages { return message }
            return nil
        }
    }

    @Test(arguments: ["off", "shared", "dedicated", "dedicated:9"])
    func `messages come back as they were`(compression: String) async throws {
        let mode = try #require(CompressionConfiguration.Mode(compression))
        let socket = try await connect("/echo-deflate", compression: mode)
        let messages: [WebSocketMessage] = [
            .text("Hello"), .binary([]), .text("Grüße, κόσμε, 🌍"), .binary(Array(repeating: 7, count: 125)),
            .binary(Array(repeating: 8, count: 126)), .binary((0..<65536).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
            .binary(Array(repeating: 9, count: 1 << 20)), .text("Hello"),
        ]
        for message in messages {
            try await socket.send(message)
            let echo = try await next(socket)
            #expect(echo == message)
        }
        let closure = await socket.close(code: CloseCode(rawValue: 3001), reason: "done")
        #expect(closure.wasClean && closure.code.rawValue == 3001)
    }

    @Test(arguments: [("/close", 1005 as UInt16, ""), ("/close?code=1001&reason=see%20you", 1001, "see you")])
    func `the server closes with what the query asks for`(path: String, code: UInt16, reason: String) async throws {
        let socket = try await connect(path)
        let message = try await next(socket)
        #expect(message == nil)
        let closure = await socket.close()
        #expect(closure.code.rawValue == code && closure.reason == reason && closure.wasClean)
    }

    @Test func `a message larger than the limit of its path is closed with 1009`() async throws {
        let socket = try await connect("/limit")
        try await socket.send(.binary(Array(repeating: 0, count: 1 << 20)))
        let echo = try await next(socket)
        #expect(echo == .binary(Array(repeating: 0, count: 1 << 20)))
        try await socket.send(.binary(Array(repeating: 0, count: 1 << 20 + 1)))
        // The end of the messages: the closing handshake was clean.
        let end = try await next(socket)
        #expect(end == nil)
        let closure = await socket.close()
        #expect(closure.code == .messageTooBig)
    }

    @Test(arguments: [("/text-only", 1003 as UInt16), ("/throw", 1011)])
    func `fixtures that fail close with their code`(path: String, code: UInt16) async throws {
        let socket = try await connect(path)
        try await socket.send(.binary([1]))
        // The end of the messages: the closing handshake was clean.
        let end = try await next(socket)
        #expect(end == nil)
        let closure = await socket.close()
        #expect(closure.code.rawValue == code)
    }

    @Test func `the first message is pushed`() async throws {
        let pushed = try await next(try await connect("/push"))
        #expect(pushed == .text("pushed"))
    }

    @Test func `the request is described`() async throws {
        guard case .text(let text) = try await next(try await connect("/info?a=b%20c", headers: [("X-Test", "yes")]))
        else {
            Issue.record("no text")
            return
        }
        #expect(text.contains(#""path":"/info""#) && text.contains(#""query":"a=b%20c""#))
        #expect(text.contains(#"["X-Test","yes"]"#))
    }

    @Test(arguments: [
        ("/nowhere", [], 404), ("/auth", [], 401), ("/redirect", [], 302),
        ("/origin", [("Origin", "https://good.example.org")], 403), ("/origin", [("Origin", "null")], 403),
    ])
    func `what is not allowed is refused`(path: String, headers: [(String, String)], status: Int) async throws {
        do {
            _ = try await connect(path, headers: headers)
            Issue.record("\(path) opened")
        } catch WebSocketConnectError.handshake(.status(let code, _, _)) {
            #expect(code == status)
        }
    }

    @Test(arguments: [
        ("/auth", [("Authorization", "Basic dXNlcjpwYXNz")]), ("/origin", [("Origin", "https://GOOD.example")]),
        ("/origin", []),
    ])
    func `what is allowed opens`(path: String, headers: [(String, String)]) async throws {
        let socket = try await connect(path, headers: headers)
        let closure = await socket.close()
        #expect(closure.wasClean)
    }
}
