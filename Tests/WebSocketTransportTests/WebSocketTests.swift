import Reactor
import Synchronization
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

/// The asynchronous interface, on both sides.
@Suite(.timeLimit(.minutes(5))) struct WebSocketTests {
    private static func connect(to server: WebSocketServer, loop: EventLoop? = nil) async throws -> WebSocket {
        let url = server.url
        return try await bounded("a connection") {
            try await WebSocket.connect(to: url, loop: loop, configuration: .testing, logger: silent)
        }
    }

    /// A client of a scripted server.
    private static func withSocket<Result: Sendable>(
        _ peer: @escaping @Sendable (RawPeer) throws -> Result, _ body: (WebSocket) async throws -> Void
    ) async throws -> Result {
        let server = try RawServer()
        async let scripted = script { try peer(try server.acceptWebSocket()) }
        let url = server.url
        let socket = try await bounded("a connection") {
            try await WebSocket.connect(to: url, configuration: .testing, logger: silent)
        }
        try await body(socket)
        return try await scripted
    }

    @Test func `messages are consumed in the order in which they were sent`() async throws {
        try await Self.withSocket { peer in
            try peer.send((0..<5000).map { .text("\($0)") }.octets(to: .client))
            try peer.send(.close(1000))
            _ = try peer.readFrame()
            try peer.expectEnd(of: .client)
        } _: { socket in
            var number = 0
            for try await message in socket.messages {
                guard message == .text("\(number)") else {
                    Issue.record("message \(number) is \(message)")
                    return
                }
                number += 1
            }
            #expect(number == 5000)
        }
    }

    @Test func `sends from one task arrive in order, whatever the size`() async throws {
        try await withServer { server in
            let socket = try await Self.connect(to: server)
            var messages = socket.messages.makeAsyncIterator()
            let sizes = [0, 70_000, 1, 200_000, 5, 20_000, 16_384, 16_385]
            for size in sizes { try await socket.send(.binary([UInt8](repeating: 1, count: size))) }
            for size in sizes {
                let echo = try await messages.next()
                #expect(echo == .binary([UInt8](repeating: 1, count: size)))
            }
            await socket.close()
        }
    }

    /// The peer offers 64 MB; what a paused client and the kernel hold together is far less than the half.
    @Test(arguments: [0, 60])
    func `a peer that is faster than the consumer is not read from, and loses nothing`(_ consumed: Int) async throws {
        let server = try RawServer()
        let isConsumed = Mutex(false)
        let (messageSize, total) = (1000, 64_000)
        let stuck = AsyncStream<Int>.makeStream()
        async let scripted: Void = script {
            let peer = try server.acceptWebSocket()
            let wire = (0..<total).map { number in
                WireFrame.binary(Array("\(number) ".utf8) + [UInt8](repeating: 3, count: messageSize)).octets(
                    to: .client)
            }
            let octets = wire.flatMap { $0 }
            var sent = 0
            while sent < octets.count {
                if !peer.isWritable(within: 300), isConsumed.withLock({ $0 }) { break }
                sent += peer.sendWhatIsTaken(octets, from: sent)
            }
            stuck.continuation.yield(sent)
            try peer.send(octets[sent...])
            try peer.send(.close(1000))
            try peer.expect(.close(1000))
            try peer.expectEnd(of: .client)
        }
        let url = server.url
        let socket = try await bounded("a connection") {
            try await WebSocket.connect(to: url, configuration: .testing, logger: silent)
        }
        var messages = socket.messages.makeAsyncIterator()
        for number in 0..<consumed { try await Self.expect(number, &messages) }
        isConsumed.withLock { $0 = true }
        let taken = try await bounded("the peer to be stuck") {
            for await octets in stuck.stream { return octets }
            return 0
        }
        #expect(taken < 32_000_000, "the client went on reading though nobody consumed")
        for number in consumed..<total { try await Self.expect(number, &messages) }
        let end = try await messages.next()
        #expect(end == nil)
        try await scripted
    }

    private static func expect(_ number: Int, _ messages: inout WebSocket.Messages.Iterator) async throws {
        guard case .binary(let octets) = try await messages.next() else {
            throw WaitedInVain(what: "message \(number)")
        }
        let text = String(decoding: octets.prefix { $0 != 0x20 }, as: UTF8.self)
        guard text == "\(number)" else { throw WaitedInVain(what: "message \(number), there was \(text)") }
    }

    @Test func `waiting for a message ends when the task is cancelled, and the next message is not lost`() async throws
    {
        let recorder = Recorder.echo()
        try await withServer(handler: recorder) { server in
            let socket = try await Self.connect(to: server)
            for _ in 0..<50 {
                let waiting = Task {
                    var messages = socket.messages.makeAsyncIterator()
                    return try await messages.next()
                }
                waiting.cancel()
                let result = await waiting.result
                #expect(throws: CancellationError.self) { try result.get() }
            }
            try await socket.send(.text("after"))
            var messages = socket.messages.makeAsyncIterator()
            let message = try await messages.next()
            #expect(message == .text("after"))
            await socket.close()
        }
    }

    @Test func `a clean close by the peer ends the messages after the last one`() async throws {
        try await Self.withSocket { peer in
            try peer.send(.text("last"), .close(1001, "leaving"))
            try peer.expect(.close(1001))
            try peer.expectEnd(of: .client)
        } _: { socket in
            var messages = socket.messages.makeAsyncIterator()
            let last = try await messages.next()
            #expect(last == .text("last"))
            let end = try await messages.next()
            #expect(end == nil)
            let again = try await messages.next()
            #expect(again == nil)
            let closure = await socket.close()
            #expect(closure == WebSocketClosure(code: .goingAway, reason: "leaving", cause: .peer))
        }
    }

    @Test func `a connection that breaks throws after the last message`() async throws {
        try await Self.withSocket { peer in
            try peer.send(.text("last"))
            peer.finishSending()
            _ = try peer.readToTheEnd()
        } _: { socket in
            var messages = socket.messages.makeAsyncIterator()
            let last = try await messages.next()
            #expect(last == .text("last"))
            do {
                _ = try await messages.next()
                Issue.record("expected an error")
            } catch let error as WebSocketClosedError {
                #expect(error.closure.cause == .peerVanished)
            }
        }
    }

    @Test func `a protocol error of the peer throws with its cause`() async throws {
        try await Self.withSocket { peer in
            try peer.send(WireFrame(opcode: 3))
            try peer.expectClose(1002)
            _ = try peer.readToTheEnd()
        } _: { socket in
            do {
                for try await _ in socket.messages {}
                Issue.record("expected an error")
            } catch let error as WebSocketClosedError {
                #expect(error.closure.cause == .protocolError(.reservedOpcode(3)))
            }
        }
    }

    @Test func `close waits for the answer, and returns the same to all who close`() async throws {
        try await Self.withSocket { peer in
            try peer.expect(.close(4001, "done"))
            try peer.send(.close(4001))
            try peer.expectEnd(of: .client)
        } _: { socket in
            let code = CloseCode(rawValue: 4001)
            let closure = await socket.close(code: code, reason: "done")
            #expect(closure == WebSocketClosure(code: code, reason: "", cause: .local))
            let again = await socket.close()
            #expect(again == closure)
            await #expect(throws: WebSocketClosedError.self) { try await socket.send(.text("late")) }
            let end = try await Self.next(of: socket)
            #expect(end == nil)
        }
    }

    private static func next(of socket: WebSocket) async throws -> WebSocketMessage? {
        var messages = socket.messages.makeAsyncIterator()
        return try await messages.next()
    }

    @Test func `both sides may close at the same time`() async throws {
        try await withServer(decide: { _ in .serve { socket in await socket.close(code: .goingAway) } }) { server in
            for _ in 0..<50 {
                let socket = try await Self.connect(to: server)
                let closure = try await bounded("the close") { await socket.close() }
                #expect(closure.wasClean)
            }
        }
    }

    @Test func `a code that may not be sent becomes 1011, and a long reason is cut between characters`() async throws {
        try await Self.withSocket { peer in
            try peer.expect(.close(1011, String(repeating: "ü", count: 61)))
            try peer.send(.close(1011))
            try peer.expectEnd(of: .client)
        } _: { socket in
            await socket.close(code: .abnormalClosure, reason: String(repeating: "ü", count: 100))
        }
    }

    @Test func `close gets through though nobody consumes the messages`() async throws {
        try await withServer { server in
            let socket = try await Self.connect(to: server)
            for number in 0..<100 { try await socket.send(.text("\(number)")) }
            let closure = try await bounded("the close") { await socket.close() }
            #expect(closure.wasClean)
        }
    }

    @Test func `a socket on a loop that has ended throws instead of waiting for ever`() async throws {
        try await withServer { server in
            let loop = try EventLoop.start()
            let socket = try await Self.connect(to: server, loop: loop)
            loop.stop()
            let end = await Task { try await Self.next(of: socket) }.result
            #expect(throws: WebSocketClosedError.self) { try end.get() }
            await #expect(throws: WebSocketClosedError.self) {
                try await bounded("the send") { try await socket.send(.text("late")) }
            }
            let closure = try await bounded("the close") { await socket.close() }
            #expect(closure.cause == .aborted)
        }
    }

    @Test func `send waits until the peer keeps up`() async throws {
        let server = try RawServer()
        let mayRead = Mutex(false)
        async let scripted: Void = script {
            let peer = try server.acceptWebSocket()
            while !mayRead.withLock({ $0 }) { _ = peer.isWritable(within: 1) }
            guard try peer.readFrame().payload.count == 24 << 20 else { throw PeerError("too little") }
            try peer.expect(.text("behind"))
        }
        let url = server.url
        let socket = try await bounded("a connection") {
            try await WebSocket.connect(to: url, configuration: .testing, logger: silent)
        }
        let isSent = Mutex(false)
        async let sending: Void = {
            try await socket.send(.binary([UInt8](repeating: 1, count: 24 << 20)))
            isSent.withLock { $0 = true }
        }()
        // The loop does this after the send; a send that did not wait would be done.
        for _ in 0..<100 { await withCheckedContinuation { done in socket.loop.execute { done.resume() } } }
        #expect(!isSent.withLock { $0 })
        mayRead.withLock { $0 = true }
        try await sending
        try await socket.send(.text("behind"))
        try await scripted
        await socket.close()
    }

    @Test func `a send that waits throws when the connection breaks`() async throws {
        let server = try RawServer()
        async let scripted: Void = script {
            let peer = try server.acceptWebSocket()
            _ = peer.isReadable(within: 60_000)
            peer.reset()
        }
        let url = server.url
        let socket = try await bounded("a connection") {
            try await WebSocket.connect(to: url, configuration: .testing, logger: silent)
        }
        await #expect(throws: WebSocketClosedError.self) {
            try await bounded("the send") {
                try await socket.send(.binary([UInt8](repeating: 1, count: 24 << 20)))
                // The first send may be over before the reset arrives, a later one is not.
                while true { try await socket.send(.text("more")) }
            }
        }
        try await scripted
    }

    // MARK: - The server's body

    @Test func `a body that returns closes with 1000`() async throws {
        try await withServer(decide: { _ in .serve { socket in try await socket.send(.text("bye")) } }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer.open(port: port)
                try peer.expect(.text("bye"), .close(1000))
                try peer.send(.close(1000))
                try peer.expectEnd()
            }
        }
    }

    @Test func `a body that throws closes with 1011`() async throws {
        struct Failure: Error {}
        try await withServer(decide: { _ in .serve { _ in throw Failure() } }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer.open(port: port)
                try peer.expect(.close(1011))
                try peer.send(.close(1011))
                try peer.expectEnd()
            }
        }
    }

    @Test func `a body that fails on another connection closes its own with 1011`() async throws {
        let other = WebSocketClosure(code: .abnormalClosure, reason: "", cause: .peerVanished)
        try await withServer(decide: { _ in .serve { _ in throw WebSocketClosedError(closure: other) } }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer.open(port: port)
                try peer.expect(.close(1011))
                try peer.send(.close(1011))
                try peer.expectEnd()
            }
        }
    }

    @Test func `a body runs on its connection's loop, and ends when its peer leaves`() async throws {
        let ends = AsyncStream<Bool>.makeStream()
        let serve: WebSocketServer.Decide = { _ in
            .serve { socket in
                let isOnLoop = socket.loop.isCurrent
                do {
                    for try await message in socket.messages { try await socket.send(message) }
                } catch {
                    ends.continuation.yield(isOnLoop && socket.loop.isCurrent)
                    throw error
                }
            }
        }
        try await withServer(loops: 2, decide: serve) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer.open(port: port)
                try peer.send(.text("one"), .text("two"))
                try peer.expect(.text("one"), .text("two"))
                peer.reset()
            }
            let isOnLoop = try await bounded("the body to end") {
                for await value in ends.stream { return value }
                return false
            }
            #expect(isOnLoop)
            try await eventually("the connection to be gone") { server.connectionCount == 0 }
        }
    }
}
