import Testing
import WebSocketTransport

/// What the README promises.
@Suite(.timeLimit(.minutes(5))) struct ExampleTests {
    @Test func `an echo server and its client`() async throws {
        let server = try WebSocketServer.start(on: "127.0.0.1:0") { request in
            .serve { socket in
                for try await message in socket.messages { try await socket.send(message) }
            }
        }
        let socket = try await WebSocket.connect(to: "ws://\(server.address)/echo")
        try await socket.send(.text("hello"))
        for try await message in socket.messages {
            #expect(message == .text("hello"))
            break
        }
        await socket.close()
        await server.shutdown()
    }

    @Test func `an echo server without a copy`() async throws {
        final class Echo: WebSocketHandler, Sendable {
            func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
                connection.send(message, kind: kind)
            }
        }
        let server = try WebSocketServer.start(on: "127.0.0.1:0", loops: 2) { _ in .accept(Echo()) }
        let socket = try await WebSocket.connect(to: "ws://\(server.address)/")
        try await socket.send(.binary([1, 2, 3]))
        var messages = socket.messages.makeAsyncIterator()
        let echo = try await messages.next()
        #expect(echo == .binary([1, 2, 3]))
        let closure = await socket.close(code: .goingAway, reason: "done")
        #expect(closure.wasClean && closure.code == .goingAway)
        await server.shutdown()
        await server.waitUntilStopped()
    }
}
