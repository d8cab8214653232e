import Reactor
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite(.timeLimit(.minutes(5))) struct ClientTests {
    private static func connect(
        to url: String, _ options: WebSocketClientOptions = WebSocketClientOptions(),
        _ configuration: WebSocketConfiguration = .testing
    ) async throws -> WebSocket {
        try await bounded("a connection") {
            try await WebSocket.connect(to: url, options: options, configuration: configuration, logger: silent)
        }
    }

    /// Connects to a server that answers with what `answer` makes of the request, and returns why that fails.
    private static func refusal(
        _ options: WebSocketClientOptions = WebSocketClientOptions(),
        answer: @escaping @Sendable (String) throws -> [UInt8]
    ) async throws -> WebSocketConnectError {
        let server = try RawServer()
        async let scripted: Void = script {
            let peer = try server.accept()
            try peer.send(try answer(try peer.readHead()))
            // The client leaves without a word.
            _ = try peer.readToTheEnd()
        }
        do {
            _ = try await connect(to: server.url, options)
        } catch let error as WebSocketConnectError {
            try await scripted
            return error
        }
        throw WaitedInVain(what: "a refusal")
    }

    @Test func `nobody listens`() async throws {
        let port = try freePort()
        do {
            _ = try await Self.connect(to: "ws://127.0.0.1:\(port)/")
            Issue.record("expected that the connection is refused")
        } catch WebSocketConnectError.connect(.failed(let error)) {
            #expect("\(error)".contains("127.0.0.1:\(port)"))
            #expect("\(error)".contains("refused"))
        }
    }

    @Test func `a name that does not resolve`() async throws {
        do {
            _ = try await Self.connect(to: "ws://no-such-host.invalid/")
            Issue.record("expected that the name is unknown")
        } catch WebSocketConnectError.connect(.unresolved(let host, _)) {
            #expect(host == "no-such-host.invalid")
        }
    }

    @Test func `a name is resolved`() async throws {
        try await withServer { server in
            let socket = try await Self.connect(to: "ws://localhost:\(server.address.port)/")
            try await socket.send(.text("by name"))
            var messages = socket.messages.makeAsyncIterator()
            let echo = try await messages.next()
            #expect(echo == .text("by name"))
            await socket.close()
        }
    }

    @Test(arguments: ["", "127.0.0.1:80", "http://127.0.0.1/", "ws://", "ws://a b/", "ws://user@host/", "ws://h/#f"])
    func `a URL that makes no sense is refused`(_ url: String) async {
        await #expect(throws: WebSocketURLError.self) { _ = try await Self.connect(to: url) }
    }

    @Test func `options that cannot be sent are refused before anything is`() async throws {
        let server = try RawServer()
        let options = [
            WebSocketClientOptions(subprotocols: ["not a token"]),
            WebSocketClientOptions(subprotocols: ["twice", "twice"]),
            WebSocketClientOptions(headers: HTTPHeaders([("Host", "other")])),
            WebSocketClientOptions(headers: HTTPHeaders([("X-Test", "1\r\nX-More: 2")])),
        ]
        for option in options {
            await #expect(throws: HandshakeError.self) { _ = try await Self.connect(to: server.url, option) }
        }
    }

    @Test func `another status than 101 is told with its headers`() async throws {
        let error = try await Self.refusal { _ in
            Array("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n".utf8)
        }
        guard case .handshake(.status(401, _, let headers)) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(headers.first(for: "WWW-Authenticate") == "Basic")
    }

    @Test func `a wrong accept is not taken`() async throws {
        let error = try await Self.refusal { _ in RawPeer.openingAnswer }
        guard case .handshake(.wrongAccept(received: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", expected: _)) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a subprotocol that was not asked for is not taken`() async throws {
        let options = WebSocketClientOptions(subprotocols: ["chat"])
        let error = try await Self.refusal(options) { try RawServer.answer(to: $0, subprotocol: "other") }
        guard case .handshake(.unrequestedSubprotocol("other", requested: ["chat"])) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `what is no HTTP is not taken`() async throws {
        let error = try await Self.refusal { _ in Array("SSH-2.0-OpenSSH_9.2\r\n\r\n".utf8) }
        guard case .handshake = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a server that does not answer is given up after the handshake timeout`() async throws {
        let server = try RawServer()
        async let scripted: Void = script { _ = try server.accept().readToTheEnd() }
        do {
            _ = try await Self.connect(
                to: server.url, WebSocketClientOptions(), .testing { $0.handshakeTimeout = .milliseconds(50) })
            Issue.record("expected a timeout")
        } catch let error as WebSocketConnectError {
            // A slow machine may already use it up for the connection.
            switch error {
            case .handshakeTimedOut, .connect(.timedOut): break
            default: Issue.record("\(error)")
            }
        }
        try await scripted
    }

    @Test func `a task that is cancelled while it connects gives the connection up without a frame`() async throws {
        let server = try RawServer()
        let url = server.url
        let connecting = Task { try await WebSocket.connect(to: url, configuration: .testing, logger: silent) }
        try await script {
            let peer = try server.accept()
            _ = try peer.readHead()
            connecting.cancel()
            #expect(try peer.readToTheEnd().isEmpty)
        }
        let result = await connecting.result
        guard case .failure(let error) = result, case .cancelled? = error as? WebSocketConnectError else {
            Issue.record("expected a cancelled connection, not \(result)")
            return
        }
    }

    @Test func `the request has what was asked for, and 101 and first frames may share a segment`() async throws {
        let server = try RawServer()
        let options = WebSocketClientOptions(
            subprotocols: ["chat", "other"], headers: HTTPHeaders([("X-Test", "1")]))
        async let scripted: String = script {
            let peer = try server.accept()
            let request = try peer.readHead()
            let frames = [.text("first"), .ping("p"), .text("second"), .close(4000, "that is all")] as [WireFrame]
            try peer.send(try RawServer.answer(to: request, subprotocol: "chat") + frames.octets(to: .client))
            try peer.expect(.pong("p"), .close(4000))
            try peer.expectEnd(of: .client)
            return request
        }
        let socket = try await Self.connect(to: server.url + "path?query", options)
        var received: [WebSocketMessage] = []
        for try await message in socket.messages { received.append(message) }
        #expect(received == [.text("first"), .text("second")])
        let closure = await socket.close()
        #expect(closure == WebSocketClosure(code: CloseCode(rawValue: 4000), reason: "that is all", cause: .peer))
        let request = try await scripted
        #expect(request.hasPrefix("GET /path?query HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(request.contains("\r\nSec-WebSocket-Protocol: chat, other\r\n"))
        #expect(request.contains("\r\nX-Test: 1\r\n"))
    }

    @Test func `the source address is the one that was chosen`() async throws {
        let server = try RawServer()
        let options = WebSocketClientOptions(source: try ListenAddress("127.0.0.2:0").socketAddress)
        async let source: String = script {
            let peer = try server.acceptWebSocket()
            defer { peer.disconnect() }
            return peer.address
        }
        let socket = try await Self.connect(to: server.url, options)
        let address = try await source
        #expect(address == "127.0.0.2")
        await socket.close()
    }

    @Test func `a source address that is not ours is refused`() async throws {
        let server = try RawServer()
        let options = WebSocketClientOptions(source: try ListenAddress("192.0.2.1:0").socketAddress)
        do {
            _ = try await Self.connect(to: server.url, options)
            Issue.record("expected that the address cannot be used")
        } catch WebSocketConnectError.connect(.failed(let error)) {
            #expect("\(error)".contains("192.0.2.1"))
        }
    }

    @Test func `a loop that has ended is refused`() async throws {
        let loop = try EventLoop.start()
        loop.stop()
        try await eventually("the loop to end") { !loop.execute {} }
        await #expect(throws: WebSocketConnectError.self) {
            try await bounded { _ = try await WebSocket.connect(to: "ws://127.0.0.1:1/", loop: loop, logger: silent) }
        }
    }
}
