import Glibc
import Reactor
import TestTLS
import Testing
import WebSocketProtocol
import WebSocketTransport

/// How WebSockets over TLS end, and how those end that never begin.
@Suite(.timeLimit(.minutes(10))) struct SecureEndTests {
    // MARK: - Ends

    /// Catalogue T-003.
    @Test func `a server says the end by WebSocket, by TLS and by TCP`() async throws {
        let world = try SecureWorld()
        try await world.withServer { server in
            let port = server.address.port
            try await script {
                let peer = try world.openPeer(of: port)
                try peer.send(.close(1000))
                try peer.expect(.close(1000))
                guard peer.receive() == .closeNotify, peer.seesEndOfSocket() else { throw PeerError("no clean end") }
            }
        }
    }

    @Test func `a client says the end by WebSocket, by TLS and by TCP`() async throws {
        let world = try SecureWorld()
        let server = try RawServer()
        let recorder = Recorder { event, connection in
            if case .opened = event { try? connection.close(code: .normalClosure) }
        }
        try await withSecureClient(of: server, world, recorder) { peer in
            _ = try peer.receive(exactly: 8)
            try peer.send(.close(1000), to: .client)
            peer.sendCloseNotify()
            guard peer.receive() == .closeNotify, peer.seesEndOfSocket() else { throw PeerError("no clean end") }
        }
        #expect(try await recorder.closure().cause == .local)
    }

    /// Catalogue T-004: whoever sits between can end TCP, but cannot make that look like an end of TLS.
    @Test(arguments: [Role.server, .client], [true, false])
    func `an end of TCP alone is told as truncation, and half a message is not delivered`(
        role: Role, isTruncated: Bool
    ) async throws {
        let world = try SecureWorld()
        let recorder = Recorder()
        let ending: @Sendable (TLSPeer) throws -> Void = { peer in
            try peer.send(WireFrame.text("whole"), WireFrame.text("half").notFinal, to: role)
            if !isTruncated { peer.sendCloseNotify() }
            peer.finishSocket()
            _ = peer.receiveAll()
        }
        switch role {
        case .server:
            try await world.withServer(handler: recorder) { server in
                let port = server.address.port
                try await script { try ending(try world.openPeer(of: port)) }
            }
        case .client: try await withSecureClient(of: try RawServer(), world, recorder, ending)
        }
        _ = try await recorder.connection()
        #expect(try await recorder.message() == .text("whole"))
        guard case .closed(let closure) = try await recorder.next() else {
            Issue.record("something else than the end was told")
            return
        }
        #expect(closure.code == .abnormalClosure && !closure.wasClean)
        #expect(closure.cause == (isTruncated ? .truncated : .peerVanished))
    }

    @Test func `after both Close frames the way TCP ends makes no difference`() async throws {
        let world = try SecureWorld()
        let recorder = Recorder()
        try await world.withServer(handler: recorder) { server in
            let port = server.address.port
            try await script {
                let peer = try world.openPeer(of: port)
                try peer.send(.close(1000))
                peer.finishSocket()
                _ = peer.receiveAll()
            }
        }
        #expect(try await recorder.closure().cause == .peer)
    }

    @Test func `a damaged record is told as a fault of TLS`() async throws {
        let world = try SecureWorld()
        let recorder = Recorder()
        try await world.withServer(handler: recorder) { server in
            let port = server.address.port
            try await script {
                let descriptor = try plainSocket(to: port)
                let copy = dup(descriptor)
                let peer = try TLSPeer(descriptor: descriptor, role: .client(serverName: nil))
                try peer.handshake()
                try peer.write(Array(openingRequest.utf8))
                _ = try peer.readHead()
                let raw = RawPeer(descriptor: copy, role: .client)
                try raw.send([23, 3, 3, 0, 32] + [UInt8](repeating: 5, count: 32))
                guard case .failed = peer.receive() else { throw PeerError("no alert") }
                peer.finishSocket()
            }
        }
        guard case .tls(.violation) = try await recorder.closure().cause else {
            Issue.record("told as something else")
            return
        }
    }

    @Test func `a server that shuts down closes its connections in full`() async throws {
        let world = try SecureWorld()
        let server = try WebSocketServer.start(
            on: "127.0.0.1:0", configuration: .testing, tls: world.server, logger: silent,
            decide: { _ in .accept(Recorder.echo()) })
        let sockets = try await [world.connect(to: server), world.connect(to: server)]
        let silentPeer = Kept(try RawPeer(port: server.address.port))
        try await eventually("three connections") { server.connectionCount == 3 }
        try await bounded("the server to stop") { await server.shutdown() }
        for socket in sockets {
            var messages = socket.messages.makeAsyncIterator()
            #expect(try await messages.next() == nil)
        }
        try await script { try silentPeer.value.expectEnd() }
    }

    // MARK: - What does not begin

    @Test func `who speaks no TLS gets no answer, and the server goes on`() async throws {
        let world = try SecureWorld()
        try await world.withServer { server in
            let port = server.address.port
            for text in [openingRequest, "GET / HTTP/1.0\r\n\r\n", String(repeating: "x", count: 100_000)] {
                try await script {
                    let peer = try RawPeer(port: port)
                    _ = peer.sendWhatIsTaken(Array(text.utf8))
                    peer.finishSending()
                    let answer = try? peer.readToTheEnd()
                    // At most an alert: nothing that begins like HTTP.
                    guard answer?.first != UInt8(ascii: "H") else { throw PeerError("a plain answer") }
                }
            }
            let socket = try await world.connect(to: server)
            await socket.close()
        }
    }

    @Test func `a handshake of TLS that takes too long is ended`() async throws {
        let world = try SecureWorld()
        try await world.withServer(.testing { $0.handshakeTimeout = .milliseconds(50) }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port)
                // The beginning of a record that never ends.
                try peer.send([22, 3, 1, 2])
                guard try peer.readToTheEnd().isEmpty else { throw PeerError("an answer in plain text") }
            }
        }
    }

    @Test func `a client does not wait for ever for a server's TLS`() async throws {
        let world = try SecureWorld()
        let server = try RawServer()
        await #expect { try await Self.connect(to: server, world, .milliseconds(50)) } throws: { error in
            guard case WebSocketConnectError.handshakeTimedOut = error else { return false }
            return true
        }
    }

    private static func connect(to server: RawServer, _ world: SecureWorld, _ timeout: Duration) async throws {
        _ = try await WebSocket.connect(
            to: "wss://127.0.0.1:\(server.port)/", options: WebSocketClientOptions(tls: world.client),
            configuration: .testing { $0.handshakeTimeout = timeout }, logger: silent)
    }

    @Test func `a client tells a server without TLS`() async throws {
        let world = try SecureWorld()
        _ = try await WebSocketTransportTests.withServer { server in
            await #expect {
                _ = try await WebSocket.connect(
                    to: server.secureURL, options: WebSocketClientOptions(tls: world.client),
                    configuration: .testing, logger: silent)
            } throws: { error in
                guard case WebSocketConnectError.tls(.notTLS) = error else { return false }
                return true
            }
        }
    }

    /// A server that is not the one it should be, and what the client says.
    @Test(arguments: [
        ("localhost", "localhost", -7200 ... -60, "the certificate of localhost was refused: certificate has expired"),
        ("other.example", "localhost", -60...3600, "the certificate of localhost was refused: hostname mismatch"),
        ("localhost", "127.0.0.1", -60...3600, "the certificate of 127.0.0.1 was refused: IP address mismatch"),
    ])
    func `a client says what is wrong with a certificate`(
        name: String, host: String, validity: ClosedRange<Int>, words: String
    ) async throws {
        var request = CertificateRequest("server", names: [name])
        request.validity = validity
        let root = try TestAuthority()
        let certificate = try root.issue(request)
        let world = try SecureWorld(
            client: { $0.trust = .authorities(.bytes(root.certificate)) },
            server: { $0.credentials = [certificate.credentials] })
        try await world.withServer { server in
            await #expect {
                _ = try await WebSocket.connect(
                    to: "wss://\(host):\(server.address.port)/", options: WebSocketClientOptions(tls: world.client),
                    configuration: .testing, logger: silent)
            } throws: { "\($0)" == words }
        }
    }

    @Test func `the system's authorities are trusted when nothing is said`() async throws {
        let world = try SecureWorld()
        try await world.withServer { server in
            await #expect {
                _ = try await WebSocket.connect(to: server.secureURL, configuration: .testing, logger: silent)
            } throws: { error in
                guard case WebSocketConnectError.tls(.certificateRefused(_, name: "localhost")) = error else {
                    return false
                }
                return true
            }
        }
    }

    @Test func `a server that demands a certificate tells who has none`() async throws {
        let clients = try TestAuthority("Clients")
        let world = try SecureWorld(
            server: { $0.clientCertificates = .required(authorities: .bytes(clients.certificate)) })
        try await world.withServer { server in
            await #expect { _ = try await world.connect(to: server) } throws: { error in
                guard case WebSocketConnectError.tls(.alert(.certificateRequired)) = error else { return false }
                return true
            }
        }
    }

    /// Catalogue T-007.
    @Test func `a client that speaks HTTP/2 only is refused`() async throws {
        let world = try SecureWorld()
        try await world.withServer { server in
            let port = server.address.port
            try await script {
                var options = TLSPeer.Options()
                options.offers = ["h2"]
                do {
                    _ = try world.peer(of: port, options: options)
                    throw PeerError("was let in")
                } catch let error as TLSPeer.Failed {
                    guard error.description.contains("no application protocol") else { throw error }
                }
                options.offers = ["h2", "http/1.1"]
                _ = try world.peer(of: port, options: options)
            }
        }
    }

    @Test func `a full server spends no handshake on one more`() async throws {
        let world = try SecureWorld()
        try await world.withServer(.testing { $0.maximumConnections = 1 }) { server in
            let first = try await world.connect(to: server)
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port)
                try peer.expectEnd()
            }
            #expect(server.rejectedCount == 1)
            #expect(server.connectionCount == 1)
            await first.close()
            try await eventually("room for another one") { server.connectionCount == 0 }
            await (try world.connect(to: server)).close()
        }
    }
}

/// Lets our client connect to a scripted server with TLS, the opening handshakes done by the script.
private func withSecureClient(
    of server: RawServer, _ world: SecureWorld, _ recorder: Recorder,
    _ body: @escaping @Sendable (TLSPeer) throws -> Void
) async throws {
    let loop = try EventLoop.start(name: "client")
    defer { loop.stop() }
    let url = try WebSocketURL("wss://127.0.0.1:\(server.port)/")
    loop.execute {
        let connector = WebSocketConnector(on: loop, configuration: .testing, logger: silent)
        _ = try? connector.connect(to: url, options: WebSocketClientOptions(tls: world.client), handler: recorder) {
            _ in
        }
    }
    try await script {
        let peer = try TLSPeer(descriptor: server.acceptDescriptor(), role: .server(world.certificate))
        try peer.handshake()
        try peer.write(try RawServer.answer(to: try peer.readHead()))
        try body(peer)
    }
    // The loop is stopped behind the connection's end, not before it.
    try await eventually("the connection's end") { recorder.closureCount == 1 }
}
