import Glibc
import Testing

@testable import Reactor

/// Bytes received straight into memory of the handler.
struct DirectReceiveTests {
    @Test(arguments: [1, 999, 1000, 1001, 4000, 25_000])
    func `bytes arrive in the window, in pieces of its size at most`(count: Int) async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let window = Window(1000)
            let stream = try await TestedStream(descriptor, on: loop, handler: window.handler())
            try await stream.perform { $0.receivesDirectly = true }
            let bytes = pattern(count)
            try await peer.send(bytes)
            var arrived = 0
            while arrived < count {
                guard case .receivedDirectly(let more) = try await stream.nextEvent() else { break }
                #expect(more > 0 && more <= 1000)
                arrived += more
            }
            #expect(try await difference(loop.perform { window.received }, bytes) == nil)
            peer.finishWriting()
            #expect(try await stream.nextEvent() == .inputEnded)
        }
    }

    @Test func `without a window the bytes come by the shared buffer`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.receivesDirectly = true }
            try await peer.send([1, 2])
            #expect(try await stream.nextEvent() == .received([1, 2]))
        }
    }

    @Test func `an empty window is no window`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop, handler: Window(0).handler())
            try await stream.perform { $0.receivesDirectly = true }
            try await peer.send([1, 2])
            #expect(try await stream.nextEvent() == .received([1, 2]))
        }
    }

    /// As a message of known length is read: directly up to its end, the rest by the shared buffer.
    @Test func `a handler may change the way between two reads`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let window = Window(10)
            let handler = window.handler { event, stream in
                switch event {
                case .receivedDirectly: stream.receivesDirectly = false
                case .received: stream.receivesDirectly = true
                default: break
                }
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: handler)
            try await stream.perform { $0.receivesDirectly = true }
            let bytes = pattern(15)
            try await peer.send(bytes)
            #expect(try await stream.nextEvent() == .receivedDirectly(10))
            #expect(try await stream.nextEvent() == .received(Array(bytes[10...])))
            #expect(try await stream.perform { $0.receivesDirectly })
            #expect(try await difference(loop.perform { window.received }, Array(bytes[..<10])) == nil)
        }
    }

    @Test func `pausing stops the reads of the same event`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let handler = Window(10).handler { event, stream in
                if case .receivedDirectly = event { stream.pauseReading() }
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: handler)
            try await stream.perform { $0.receivesDirectly = true }
            try await peer.send(pattern(20))
            #expect(try await stream.nextEvent() == .receivedDirectly(10))
            try await loop.takeTurns()
            #expect(stream.handler.events.takeAll().isEmpty)
            try await stream.perform { $0.resumeReading() }
            #expect(try await stream.nextEvent() == .receivedDirectly(10))
        }
    }

    @Test func `a stream that is finishing does not ask for windows`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop, handler: Window(10).handler())
            try await stream.perform { stream in
                stream.receivesDirectly = true
                stream.finish(by: .max)
                stream.receivesDirectly = true
            }
            try await peer.send(pattern(20))
            peer.close()
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
        }
    }
}
