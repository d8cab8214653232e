import Reactor
import Synchronization
import Testing
import WebSocketProtocol
import WebSocketTransport

/// Messages that are too large to hold, messages that take several turns, and what is sent behind them.
@Suite(.timeLimit(.minutes(10))) struct PartsTests {
    static let modes: [CompressionConfiguration.Mode] = [.off, .shared, .dedicated(windowBits: 10, memoryLevel: 2)]

    /// Takes messages in parts and sends each part back as one.
    private final class PartEcho: WebSocketPartHandler, Sendable {
        let largestPart = Mutex(0)

        func received(part: RawSpan, kind: MessageKind, isLast: Bool, on connection: WebSocketConnection) {
            let count = part.byteCount
            largestPart.withLock { $0 = max($0, count) }
            connection.send(part: part, kind: kind, isLast: isLast)
        }
    }

    private static func text(_ size: Int) -> String {
        var text = ""
        var number = 0
        while text.utf8.count < size {
            text += "{\"number\": \(number), \"square\": \(number * number)}, "
            number += 1
        }
        return text
    }

    @Test(arguments: modes, modes)
    func `a message that both sides take in parts comes back whole`(
        _ server: CompressionConfiguration.Mode, _ client: CompressionConfiguration.Mode
    ) async throws {
        let echo = PartEcho()
        try await withServer(.testing(server), decide: { _ in .accept(echo) }) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing(client), logger: silent)
            var echoes = socket.messages.makeAsyncIterator()
            for size in [0, 1, 1000, 100_000, 3 << 20] {
                let message = WebSocketMessage.text(Self.text(size))
                try await socket.send(message)
                let echo = try await echoes.next()
                #expect(echo == message, "\(size) octets")
            }
            await socket.close()
        }
        // However large a message is, only a part of it is there at a time.
        #expect(echo.largestPart.withLock { $0 } <= EventLoop.receiveCapacity)
    }

    @Test(arguments: modes)
    func `parts larger than every limit of whole messages get through`(_ mode: CompressionConfiguration.Mode)
        async throws
    {
        var configuration = WebSocketConfiguration.testing(mode)
        configuration.messageLimits = MessageLimits(maximumMessageSize: 1000, maximumFragments: 4)
        try await withServer(configuration, decide: { _ in .accept(PartEcho()) }) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing(mode), logger: silent)
            let message = WebSocketMessage.text(Self.text(500_000))
            try await socket.send(message)
            var echoes = socket.messages.makeAsyncIterator()
            let echo = try await echoes.next()
            #expect(echo == message)
            await socket.close()
        }
    }

    @Test(arguments: modes)
    func `whole messages wait for the message in parts, control frames do not`(_ mode: CompressionConfiguration.Mode)
        async throws
    {
        let handler = Recorder { event, connection in
            guard case .opened = event else { return }
            connection.send(part: Array("first ".utf8), kind: .text, isLast: false)
            connection.send("second")
            connection.send(EncodedMessage("third"))
            connection.ping([1])
            connection.send(part: Array("message".utf8), kind: .text, isLast: true)
            connection.send("fourth")
        }
        try await withServer(.testing(mode), handler: handler) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing(mode), logger: silent)
            var messages = socket.messages.makeAsyncIterator()
            for expected in ["first message", "second", "third", "fourth"] {
                let message = try await messages.next()
                #expect(message == .text(expected))
            }
            await socket.close()
        }
    }

    /// The large ones are compressed slice by slice, in turns of their own.
    @Test(arguments: modes)
    func `what is sent behind a large message stays behind it, the Close frame too`(
        _ mode: CompressionConfiguration.Mode
    ) async throws {
        let large = Self.text(900_000)
        var random = SeededRandom(seed: 5)
        let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let handler = Recorder { event, connection in
            guard case .opened = event else { return }
            connection.send("small")
            connection.send(large)
            connection.send("behind")
            connection.send(.binary(noise))
            connection.send(large)
            connection.send(EncodedMessage("last"))
            try? connection.close(code: .goingAway, reason: "done")
        }
        try await withServer(.testing(mode), handler: handler) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing(mode), logger: silent)
            var received: [WebSocketMessage] = []
            for try await message in socket.messages { received.append(message) }
            #expect(
                received == [
                    .text("small"), .text(large), .text("behind"), .binary(noise), .text(large), .text("last"),
                ])
            let closure = await socket.close()
            #expect(closure.code == .goingAway)
            #expect(closure.wasClean)
        }
    }

    @Test(arguments: modes)
    func `asynchronous code sends a message in parts as the peer takes them`(_ mode: CompressionConfiguration.Mode)
        async throws
    {
        try await withServer(.testing(mode)) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing(mode), logger: silent)
            let parts = (0..<200).map { Array("part \($0), \(Self.text(10_000))".utf8) }
            try await socket.send(
                .text,
                parts: AsyncStream { continuation in
                    for part in parts { continuation.yield(part) }
                    continuation.finish()
                })
            var echoes = socket.messages.makeAsyncIterator()
            let echo = try await echoes.next()
            #expect(echo == .text(String(decoding: parts.joined(), as: UTF8.self)))
            await socket.close()
        }
    }

    @Test func `a message whose parts fail closes the connection, as it cannot be taken back`() async throws {
        struct Failed: Error {}
        let recorder = Recorder()
        try await withServer(.testing, handler: recorder) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing, logger: silent)
            let parts = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield([1, 2, 3])
                continuation.finish(throwing: Failed())
            }
            await #expect(throws: Failed.self) { try await socket.send(.binary, parts: parts) }
            let closure = try await recorder.closure()
            #expect(closure.code == .internalError)
        }
    }

    @Test func `closing in the middle of a message in parts does not wait for the rest of it`() async throws {
        let handler = Recorder { event, connection in
            guard case .opened = event else { return }
            connection.send(part: [1, 2], isLast: false)
            connection.send("never sent")
            try? connection.close(code: .normalClosure)
        }
        try await converse(as: .server, handler: handler) { peer in
            try peer.expect(.binary([1, 2]).notFinal, .close(1000))
            try peer.send(.close(1000))
            try peer.expectEnd()
        }
    }

    @Test func `each part is a fragment of its own, and an only part no fragment`() async throws {
        let handler = Recorder { event, connection in
            guard case .opened = event else { return }
            connection.send(part: [1], isLast: false)
            connection.send(part: [], isLast: false)
            connection.send(part: [2], isLast: true)
            connection.send(part: [3], isLast: true)
        }
        try await converse(as: .server, handler: handler) { peer in
            try peer.expect(
                .binary([1]).notFinal, WireFrame(opcode: 0, isFinal: false), WireFrame(opcode: 0, payload: [2]),
                .binary([3]))
        }
    }

    /// Little is received, much is to be compressed again: the server reads on only as it gets done.
    @Test(arguments: [CompressionConfiguration.Mode.shared, .dedicated()])
    func `many large messages that arrive in a few octets all come back`(_ mode: CompressionConfiguration.Mode)
        async throws
    {
        var configuration = WebSocketConfiguration.testing(mode)
        configuration.outboxLimit = 3 << 20
        try await withServer(configuration) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing(mode), logger: silent)
            let message = WebSocketMessage.text(Self.text(1 << 20))
            let sending = Task { for _ in 0..<20 { try await socket.send(message) } }
            var echoes = socket.messages.makeAsyncIterator()
            for number in 0..<20 {
                let echo = try await echoes.next()
                #expect(echo == message, "message \(number)")
            }
            try await sending.value
            let closure = await socket.close()
            #expect(closure.wasClean)
        }
    }

    @Test func `what waits behind a message in parts counts against the outbox limit`() async throws {
        let recorder = Recorder { event, connection in
            guard case .opened = event else { return }
            connection.send(part: [1], isLast: false)
            for _ in 0..<20 { connection.send(.binary([UInt8](repeating: 0, count: 10_000))) }
        }
        let configuration = WebSocketConfiguration.testing { $0.outboxLimit = 100_000 }
        try await converse(as: .server, configuration, handler: recorder) { peer in try peer.expectReset() }
        let closure = try await recorder.closure()
        #expect(closure.cause == .slowConsumer)
    }

    @Test func `a peer that breaks the protocol in the middle of a part is told so`() async throws {
        try await withServer(.testing, decide: { _ in .accept(PartEcho()) }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer.open(port: port)
                try peer.send(.text(octets: [0x61]).notFinal)
                try peer.expect(.text("a").notFinal)
                try peer.send(.text("b"))
                try peer.expectClose(1002)
            }
        }
    }
}

extension WebSocketConnection {
    fileprivate func send(part octets: [UInt8], kind: MessageKind = .binary, isLast: Bool) {
        send(part: octets.span.bytes, kind: kind, isLast: isLast)
    }

    fileprivate func ping(_ octets: [UInt8]) { sendPing(octets.span.bytes) }
}
