import Reactor
import TestTLS
import Testing
import WebSocketProtocol
import WebSocketTransport

/// WebSocket over TLS, when everything goes well.
@Suite(.timeLimit(.minutes(10))) struct SecureEchoTests {
    @Test(arguments: TLSVersion.allCases, EchoTests.sizes)
    func `a message of any size comes back as it was`(version: TLSVersion, size: Int) async throws {
        let world = try SecureWorld(client: { $0.versions = version...version })
        try await world.withServer { server in
            let socket = try await world.connect(to: server)
            var messages = socket.messages.makeAsyncIterator()
            let octets = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                for index in 0..<size { buffer[index] = UInt8(truncatingIfNeeded: 32 + index % 89) }
                count = size
            }
            try await socket.send(.binary(octets))
            #expect(try await messages.next() == .binary(octets))
            #expect(await socket.close().wasClean)
        }
    }

    /// Catalogue T-002: frames cut by records, and records by frames.
    @Test(arguments: [1, 7, 1000, 16 * 1024])
    func `frames arrive in records of any size`(record: Int) async throws {
        let world = try SecureWorld()
        try await world.withServer { server in
            let port = server.address.port
            try await script {
                let peer = try world.openPeer(of: port)
                let long = String(repeating: "long", count: record == 1 ? 100 : 10_000)
                try peer.send(.text("Hello"), .ping("p"), .text(long), record: record)
                try peer.expect(.text("Hello"), .pong("p"), .text(long))
                try peer.send(.close(1000))
                try peer.expect(.close(1000))
            }
        }
    }

    @Test(arguments: [17, 20_261_123])
    func `frames arrive in records of random size`(seed: UInt64) async throws {
        let world = try SecureWorld()
        try await world.withServer { server in
            let port = server.address.port
            try await script {
                var random = SeededRandom(seed: seed)
                let peer = try world.openPeer(of: port)
                for _ in 0..<100 {
                    let size = Int(random.next() % 5000)
                    let frame = WireFrame.binary((0..<size).map { UInt8(truncatingIfNeeded: $0) })
                    try peer.send(frame, record: 1 + Int(random.next() % 600))
                    try peer.expect(frame)
                }
            }
        }
    }

    @Test func `messages are compressed under TLS as without it`() async throws {
        let world = try SecureWorld()
        var configuration = WebSocketConfiguration.testing
        configuration.compression.mode = .shared
        try await world.withServer(configuration) { server in
            let socket = try await world.connect(to: server, configuration)
            var messages = socket.messages.makeAsyncIterator()
            let text = String(repeating: "compress me ", count: 10_000)
            try await socket.send(.text(text))
            #expect(try await messages.next() == .text(text))
            await socket.close()
        }
    }

    @Test func `large messages in both directions at once do not wait for each other`() async throws {
        let world = try SecureWorld()
        try await world.withServer { server in
            let socket = try await world.connect(to: server)
            let message = WebSocketMessage.binary([UInt8](repeating: 7, count: 1 << 20))
            let sending = Task {
                for _ in 0..<64 { try await socket.send(message) }
            }
            var messages = socket.messages.makeAsyncIterator()
            for _ in 0..<64 { #expect(try await messages.next() == message) }
            try await sending.value
            await socket.close()
        }
    }

    @Test func `both sides know what TLS agreed on, and the second connection resumes`() async throws {
        let clients = try TestAuthority("Clients")
        let world = try SecureWorld(
            client: { $0.credentials = try clients.issue("alice").credentials },
            server: { $0.clientCertificates = .required(authorities: .bytes(clients.certificate)) })
        let recorder = Recorder.echo()
        try await world.withServer(handler: recorder) { server in
            for isResumed in [false, true, true] {
                let socket = try await world.connect(to: server)
                let agreement = await (try recorder.connection()).onLoop { $0.tlsAgreement }
                #expect(agreement?.version == .tls13)
                #expect(agreement?.applicationProtocol == "http/1.1")
                #expect(agreement?.serverName == "localhost")
                #expect(agreement?.peerSubject == "CN=alice")
                #expect(agreement?.isResumed == isResumed)
                // The ticket has come once an answer has.
                try await socket.send(.text("ticket"))
                _ = try await recorder.message()
                var messages = socket.messages.makeAsyncIterator()
                _ = try await messages.next()
                await socket.close()
                _ = try await recorder.closure()
            }
        }
    }

    @Test func `a reloaded certificate is for new connections; old ones go on`() async throws {
        let root = try TestAuthority()
        let chain = try TemporaryFile([])
        let key = try TemporaryFile([])
        func write(_ name: String) throws {
            let certificate = try root.issue(name, names: ["localhost"])
            try chain.replace(certificate.chain)
            try key.replace(certificate.key)
        }
        try write("old")
        let tls = try TLSServerContext(
            TLSServerConfiguration(
                credentials: TLSCredentials(certificateChain: .file(chain.path), privateKey: .file(key.path))))
        var configuration = TLSClientConfiguration()
        configuration.trust = .authorities(.bytes(root.certificate))
        let options = WebSocketClientOptions(tls: try TLSClientContext(configuration))
        let server = try WebSocketServer.start(
            on: "127.0.0.1:0", configuration: .testing, tls: tls, logger: silent,
            decide: { _ in .accept(Recorder.echo()) })
        let loop = try EventLoop.start(name: "client")
        defer { loop.stop() }
        func subject() async throws -> String? {
            let recorder = Recorder()
            let url = try WebSocketURL(server.secureURL)
            loop.execute {
                let connector = WebSocketConnector(on: loop, configuration: .testing, logger: silent)
                _ = try? connector.connect(to: url, options: options, handler: recorder) { _ in }
            }
            return await (try recorder.connection()).onLoop { $0.tlsAgreement?.peerSubject }
        }
        let first = try await WebSocket.connect(
            to: server.secureURL, options: options, configuration: .testing, logger: silent)
        #expect(try await subject() == "CN=old")
        try write("new")
        #expect(try await subject() == "CN=old")
        try tls.reload()
        #expect(try await subject() == "CN=new")
        try chain.replace([])
        #expect(throws: TLSError.unusable(what: chain.path, reason: "it holds no certificate")) { try tls.reload() }
        #expect(try await subject() == "CN=new")
        var messages = first.messages.makeAsyncIterator()
        try await first.send(.text("still here"))
        #expect(try await messages.next() == .text("still here"))
        await server.shutdown(within: .zero)
    }
}
