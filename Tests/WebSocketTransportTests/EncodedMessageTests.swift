import Reactor
import Synchronization
import Testing
import WebSocketProtocol
import WebSocketTransport

/// Messages that are encoded once and sent to many connections.
@Suite(.timeLimit(.minutes(10))) struct EncodedMessageTests {
    private static let modes: [CompressionConfiguration.Mode] = [
        .off, .shared, .dedicated(), .dedicated(windowBits: 9, memoryLevel: 3), .dedicated(windowBits: 8),
    ]

    private static func publication(_ size: Int) -> EncodedMessage {
        EncodedMessage(String(repeating: "{\"topic\":\"weather\",\"value\":", count: size / 28 + 1))
    }

    /// Keeps its connections, so that a message can be sent to all of them.
    private final class Hub: WebSocketHandler, Sendable {
        let members = Mutex<[WebSocketConnection]>([])

        func opened(_ connection: WebSocketConnection) { members.withLock { $0.append(connection) } }

        func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
            connection.send(message, kind: kind)
        }

        func publish(_ message: EncodedMessage) {
            for member in members.withLock({ $0 }) { member.loop.execute { member.send(message) } }
        }
    }

    @Test(arguments: [10, 400, 5000, 100_000])
    func `one message reaches connections of every setting on every loop, between messages of their own`(size: Int)
        async throws
    {
        let hub = Hub()
        let configuration = WebSocketConfiguration.testing(.dedicated())
        try await withServer(configuration, loops: 2, decide: { _ in .accept(hub) }) { server in
            var sockets: [WebSocket] = []
            for mode in Self.modes + Self.modes {
                sockets.append(
                    try await WebSocket.connect(to: server.url, configuration: .testing(mode), logger: silent))
            }
            let message = Self.publication(size)
            let text = WebSocketMessage.text(
                String(repeating: "{\"topic\":\"weather\",\"value\":", count: size / 28 + 1))
            // What each connection's context has seen differs from what the publication was compressed with.
            let own = WebSocketMessage.text("own: " + String(repeating: "{\"topic\":\"weather\",", count: 20))
            for round in 0..<3 {
                for socket in sockets { try await socket.send(own) }
                for socket in sockets {
                    var messages = socket.messages.makeAsyncIterator()
                    let received = try await messages.next()
                    #expect(received == own, "round \(round)")
                }
                hub.publish(message)
                for socket in sockets {
                    var messages = socket.messages.makeAsyncIterator()
                    let received = try await messages.next()
                    #expect(received == text, "round \(round)")
                }
            }
            for socket in sockets { await socket.close() }
        }
    }

    @Test func `a client sends an encoded message too`() async throws {
        try await withServer(.testing(.shared)) { server in
            for mode in Self.modes {
                let recorder = Recorder { event, connection in
                    if case .opened = event { connection.send(Self.publication(1000)) }
                }
                let loop = try EventLoop.start(name: "client")
                let url = try WebSocketURL(server.url)
                loop.execute {
                    let connector = WebSocketConnector(on: loop, configuration: .testing(mode), logger: silent)
                    _ = try? connector.connect(to: url, handler: recorder) { _ in }
                }
                _ = try await recorder.connection()
                let echo = try await recorder.message()
                #expect(echo == .text(String(repeating: "{\"topic\":\"weather\",\"value\":", count: 1000 / 28 + 1)))
                loop.stop()
            }
        }
    }

    @Test func `its frame is a whole uncompressed one for who did not agree to compression`() async throws {
        let hub = Hub()
        try await withServer(.testing(.shared), decide: { _ in .accept(hub) }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer.open(port: port)
                try peer.send(.text("in"))
                try peer.expect(.text("in"))
                let octets: [UInt8] = [1, 2, 3]
                hub.publish(EncodedMessage(octets.span.bytes, kind: .binary))
                try peer.expect(.binary([1, 2, 3]))
                hub.publish(EncodedMessage(""))
                try peer.expect(.text(""))
            }
        }
    }
}
