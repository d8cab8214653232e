import FixtureServer
import Foundation
import Logging
import Testing
import WebSocketTransport

private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Every row of the table in the documentation of ``FixtureServer``, and what happens when it is used wrongly.
@Suite(.timeLimit(.minutes(5))) struct FixtureServerTests {
    private static func withFixture(
        _ configuration: WebSocketConfiguration = .init(), _ body: (_ url: String) async throws -> Void
    ) async throws {
        let server = try FixtureServer.start(
            .init(listen: "127.0.0.1:0", loops: 2, configuration: configuration), logger: silent)
        do {
            try await body("ws://\(server.address)")
        } catch {
            await server.shutdown(within: .zero)
            throw error
        }
        await server.shutdown(within: .seconds(1))
        #expect(server.connectionCount == 0)
    }

    private static func connect(
        _ url: String, subprotocols: [String] = [], headers: [(String, String)] = []
    ) async throws -> WebSocket {
        let options = WebSocketClientOptions(subprotocols: subprotocols, headers: HTTPHeaders(headers))
        return try await WebSocket.connect(to: url, options: options, logger: silent)
    }

    /// The status with which a connection is refused.
    private static func refusal(
        _ url: String, headers: [(String, String)] = []
    ) async throws -> (status: Int, headers: HTTPHeaders) {
        do {
            await (try connect(url, headers: headers)).close()
            return (101, HTTPHeaders())
        } catch WebSocketConnectError.handshake(.status(let code, _, let headers)) {
            return (code, headers)
        }
    }

    private static func expectEcho(_ socket: WebSocket, of message: WebSocketMessage = .text("hello")) async throws {
        try await socket.send(message)
        let echo = try await next(socket)
        #expect(echo == message)
    }

    private static func next(_ socket: WebSocket) async throws -> WebSocketMessage? {
        var messages = socket.messages.makeAsyncIterator()
        return try await messages.next()
    }

    /// How the server ends a connection.
    private static func closure(_ socket: WebSocket) async throws -> WebSocketClosure {
        do {
            while try await next(socket) != nil {}
        } catch is WebSocketClosedError {
            // How it ended is asked for below.
        }
        return await socket.close()
    }

    /// Opens a WebSocket by hand, and returns the answer with at least `wanting` octets after its head.
    private static func upgrade(
        _ url: String, path: String, headers: String = "", wanting: Int = 0
    ) async throws -> String {
        let request = """
            GET \(path) HTTP/1.1\r
            Host: localhost\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \(headers)\r\n
            """
        return try await exchange(url, request) { answer in
            guard let head = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
            return answer.count >= head.upperBound + wanting
        }
    }

    /// Sends `request` as it is and returns what comes back, to the end or until `isEnough`.
    private static func exchange(
        _ url: String, _ request: String, until isEnough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async throws -> String {
        let port = UInt16(url.split(separator: ":").last ?? "") ?? 0
        return try await withCheckedThrowingContinuation { done in
            // A thread of its own: the calls block.
            Thread.detachNewThread {
                done.resume(with: Result { try PlainClient(port: port).exchange(request, until: isEnough) })
            }
        }
    }

    @Test(arguments: ["/", "", "/echo", "/echo?any=query"])
    func `the echo returns text and binary`(_ path: String) async throws {
        try await Self.withFixture { url in
            let socket = try await Self.connect(url + path)
            try await Self.expectEcho(socket)
            try await Self.expectEcho(socket, of: .binary([0, 255, 7]))
            try await Self.expectEcho(socket, of: .text(""))
            let closure = await socket.close()
            #expect(closure.wasClean)
        }
    }

    @Test func `the limit is 1 MiB exactly`() async throws {
        try await Self.withFixture { url in
            let largest = try await Self.connect(url + "/limit")
            try await Self.expectEcho(largest, of: .binary([UInt8](repeating: 1, count: 1 << 20)))
            await largest.close()
            let larger = try await Self.connect(url + "/limit")
            try await larger.send(.binary([UInt8](repeating: 1, count: (1 << 20) + 1)))
            let closure = try await Self.closure(larger)
            #expect(closure.code == .messageTooBig)
        }
    }

    @Test(
        arguments: [
            (["chat"], "chat"), (["superchat"], "superchat"), (["superchat", "chat"], "chat"),
            (["other", "chat"], "chat"),
            (["other"], nil), (["Chat"], nil), ([], nil),
        ] as [([String], String?)])
    func `the first supported subprotocol is chosen`(_ offered: [String], _ chosen: String?) async throws {
        try await Self.withFixture { url in
            let offer = offered.isEmpty ? "" : "Sec-WebSocket-Protocol: \(offered.joined(separator: ", "))\r\n"
            let answer = try await Self.upgrade(url, path: "/subproto", headers: offer)
            #expect(answer.hasPrefix("HTTP/1.1 101 "))
            let lines = answer.split(separator: "\r\n").filter { $0.hasPrefix("Sec-WebSocket-Protocol:") }
            #expect(lines == (chosen.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? []))
        }
    }

    @Test(
        arguments: [
            (nil, 101), ("https://good.example", 101), ("HTTPS://GOOD.example:443", 101), ("http://good.example", 403),
            ("https://good.example.evil.example", 403), ("https://evil.example", 403), ("null", 403), ("", 403),
        ] as [(String?, Int)])
    func `only the good origin may come in, or none`(_ origin: String?, _ status: Int) async throws {
        try await Self.withFixture { url in
            let refusal = try await Self.refusal(url + "/origin", headers: origin.map { [("Origin", $0)] } ?? [])
            #expect(refusal.status == status)
        }
    }

    @Test(
        arguments: [
            (nil, 401), ("Basic dXNlcjpwYXNz", 101), ("Basic dXNlcjp3cm9uZw==", 401), ("Bearer dXNlcjpwYXNz", 401),
            ("", 401),
        ] as [(String?, Int)])
    func `credentials are required`(_ credentials: String?, _ status: Int) async throws {
        try await Self.withFixture { url in
            let headers = credentials.map { [("Authorization", $0)] } ?? []
            let refusal = try await Self.refusal(url + "/auth", headers: headers)
            #expect(refusal.status == status)
            #expect(refusal.headers.first(for: "WWW-Authenticate") == (status == 401 ? "Basic realm=\"fixture\"" : nil))
        }
    }

    @Test func `the redirect names the echo`() async throws {
        try await Self.withFixture { url in
            let refusal = try await Self.refusal(url + "/redirect")
            #expect(refusal.status == 302)
            #expect(refusal.headers.first(for: "Location") == "/echo")
        }
    }

    @Test(
        arguments: [
            ("", 1005, ""), ("?reason=alone", 1005, ""), ("?code=1000&reason=bye", 1000, "bye"),
            ("?code=4999", 4999, ""),
            ("?code=3000&reason=k%C3%A4se%20%26", 3000, "käse &"), ("?reason=first&code=1001", 1001, "first"),
            ("?code=1000&reason=\(String(repeating: "r", count: 123))", 1000, String(repeating: "r", count: 123)),
        ] as [(String, UInt16, String)])
    func `the close is the one that was asked for`(_ query: String, _ code: UInt16, _ reason: String) async throws {
        try await Self.withFixture { url in
            let closure = try await Self.closure(try await Self.connect(url + "/close" + query))
            #expect(closure.code.rawValue == code)
            #expect(closure.reason == reason)
            #expect(closure.cause == .peer)
        }
    }

    @Test(
        arguments: [
            "code=1005", "code=1006", "code=1015", "code=0", "code=999", "code=5000", "code=65535", "code=65536",
            "code=-1",
            "code=", "code", "code=abc", "code=1000&reason=\(String(repeating: "r", count: 124))",
        ])
    func `a close that must not be sent is 1011`(_ query: String) async throws {
        try await Self.withFixture { url in
            let closure = try await Self.closure(try await Self.connect(url + "/close?" + query))
            #expect(closure.code == .internalError)
            #expect(closure.wasClean)
        }
    }

    @Test func `the push comes first, then the echo`() async throws {
        try await Self.withFixture { url in
            let socket = try await Self.connect(url + "/push")
            let first = try await Self.next(socket)
            #expect(first == .text("pushed"))
            try await Self.expectEcho(socket)
            await socket.close()
        }
    }

    @Test func `text only means that binary is closed with 1003`() async throws {
        try await Self.withFixture { url in
            let socket = try await Self.connect(url + "/text-only")
            try await Self.expectEcho(socket)
            try await socket.send(.binary([1]))
            let closure = try await Self.closure(socket)
            #expect(closure.code == .unsupportedData)
        }
    }

    @Test(arguments: [WebSocketMessage.text(""), .text("boom"), .binary([1])])
    func `the thrower closes with 1011 on its first message`(_ message: WebSocketMessage) async throws {
        try await Self.withFixture { url in
            let socket = try await Self.connect(url + "/throw")
            try await socket.send(message)
            let closure = try await Self.closure(socket)
            #expect(closure.code == .internalError)
        }
    }

    @Test func `the idle path pings after a second, and stays while the client answers`() async throws {
        try await Self.withFixture { url in
            let answer = try await Self.upgrade(url, path: "/idle", wanting: 2)
            #expect(answer.unicodeScalars.suffix(2).map(\.value) == [0x89, 0], "a ping without payload")
            let socket = try await Self.connect(url + "/idle")
            try await Self.expectEcho(socket)
            await socket.close()
        }
    }

    @Test func `the info is what the server saw`() async throws {
        try await Self.withFixture { url in
            let socket = try await Self.connect(url + "/info?a=%22b%22", headers: [("X-Test", "\"quoted\" \\ ü")])
            guard case .text(let text) = try await Self.next(socket) else {
                Issue.record("expected a text")
                return
            }
            struct Info: Decodable {
                let path: String
                let query: String?
                let headers: [[String]]
            }
            let info = try JSONDecoder().decode(Info.self, from: Data(text.utf8))
            #expect(info.path == "/info")
            #expect(info.query == "a=%22b%22")
            #expect(info.headers.contains(["X-Test", "\"quoted\" \\ ü"]))
            #expect(info.headers.contains(["Upgrade", "websocket"]))
            try await Self.expectEcho(socket)
            await socket.close()
        }
    }

    @Test(arguments: ["/nothing", "/echo/", "/ECHO", "//", "/%65cho"])
    func `other paths are not found, as a WebSocket and as a page`(_ path: String) async throws {
        try await Self.withFixture { url in
            let refusal = try await Self.refusal(url + path)
            #expect(refusal.status == 404)
            let answer = try await Self.exchange(url, "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test(
        arguments: [
            ("HEAD", "426", nil), ("OPTIONS", "204", "GET, HEAD, OPTIONS"), ("POST", "405", "GET, HEAD, OPTIONS"),
            ("DELETE", "405", "GET, HEAD, OPTIONS"), ("TRACE", "405", "GET, HEAD, OPTIONS"), ("post", "501", nil),
        ] as [(String, String, String?)])
    func `other methods than GET are told what is allowed`(
        _ method: String, _ status: String, _ allowed: String?
    ) async throws {
        try await Self.withFixture { url in
            let answer = try await Self.exchange(
                url, "\(method) /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains("\r\nAllow: ") == (allowed != nil))
            if let allowed { #expect(answer.contains("\r\nAllow: \(allowed)\r\n")) }
            #expect(answer.hasSuffix("\r\n\r\n") == (status == "426" || status == "204"), "a body, or none")
        }
    }

    @Test(
        arguments: [
            "/", "/echo", "/limit", "/subproto", "/origin", "/auth", "/redirect", "/close", "/push", "/text-only",
            "/throw",
            "/idle", "/info",
        ])
    func `an ordinary request for a WebSocket's path is told to upgrade`(_ path: String) async throws {
        try await Self.withFixture { url in
            let answer = try await Self.exchange(url, "GET \(path)?q HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
            #expect(answer.contains("\r\nUpgrade: websocket\r\n"))
            #expect(answer.contains("\r\nConnection: close, Upgrade\r\n"))
            #expect(answer.contains("\r\nSec-WebSocket-Version: 13\r\n"))
            let head = try await Self.exchange(url, "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 426 "))
            #expect(head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `an address that cannot be used is refused`() throws {
        #expect(throws: AddressError.self) {
            _ = try FixtureServer.start(.init(listen: "nowhere"), logger: silent)
        }
        #expect(throws: SocketError.self) {
            _ = try FixtureServer.start(.init(listen: "192.0.2.1:0"), logger: silent)
        }
    }
}
