import CLinux
import Glibc
import Testing

@testable import Reactor

private struct UnexpectedEnd: Error { let event: StreamEvent? }

/// How streams end, and what each side sees of it.
struct StreamEndTests {
    private static let soon: UInt64 = 30_000_000

    /// A socket whose kernel buffers hold little.
    private static func narrowPair() throws -> (descriptor: Int32, peer: ScriptedPeer) {
        let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
        _ = clinux_set_option(descriptor, SOL_SOCKET, SO_SNDBUF, 128 * 1024)
        return (descriptor, peer)
    }

    // MARK: - The peer

    @Test(arguments: SocketKind.allCases)
    func `the peer's end of input is told once, and writing goes on`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await peer.send([1])
            peer.finishWriting()
            #expect(try await stream.receive(1) == [1])
            #expect(try await stream.nextEvent() == .inputEnded)
            try await stream.perform { $0.write([2, 3]) }
            #expect(try await peer.receive(exactly: 2) == [2, 3])
            try await loop.takeTurns()
            #expect(stream.handler.events.takeAll().isEmpty)
            #expect(try await loop.readySockets() == 0)
        }
    }

    @Test func `the peer's reset ends the stream with the system's error`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            peer.reset()
            let expected = SocketError("receive", code: ECONNRESET)
            #expect(try await stream.eventsUntilClosed() == [.closed(.failed(expected))])
        }
    }

    @Test func `a reset after the end of input is noticed too`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            peer.finishWriting()
            #expect(try await stream.nextEvent() == .inputEnded)
            peer.reset()
            guard case .closed(.failed(let error)) = try await stream.nextEvent() else {
                Issue.record("the stream has not failed")
                return
            }
            #expect([EPIPE, ECONNRESET].contains(error.code))
        }
    }

    @Test func `writing to a peer that is gone ends the stream, not the process`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let handler = ScriptedHandler { event, stream in
                if event == .inputEnded { stream.write([1]) }
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: handler)
            peer.close()
            let events = try await stream.eventsUntilClosed()
            #expect(events == [.inputEnded, .closed(.failed(SocketError("send", code: EPIPE)))])
        }
    }

    // MARK: - Half-close

    @Test(arguments: SocketKind.allCases)
    func `after our end of output the peer can still answer`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let writable = try await stream.perform { stream in
                stream.write([1, 2])
                stream.finishWriting()
                stream.finishWriting()
                stream.write([3])
                return stream.isWritable
            }
            #expect(!writable)
            #expect(try await peer.receiveToEnd() == [1, 2])
            try await peer.send([4, 5])
            #expect(try await stream.receive(2) == [4, 5])
            peer.finishWriting()
            #expect(try await stream.eventsUntilClosed() == [.inputEnded, .closed(.finished)])
        }
    }

    @Test(arguments: SocketKind.allCases)
    func `a stream whose two sides have ended one after the other has finished`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            peer.finishWriting()
            #expect(try await stream.nextEvent() == .inputEnded)
            try await stream.perform { stream in
                stream.write([6])
                stream.finishWriting()
            }
            #expect(try await peer.receiveToEnd() == [6])
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
        }
    }

    @Test func `half-closing sends what waits in the outbox first`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let bytes = pattern(8 << 20)
            try await stream.perform { stream in
                stream.write(bytes)
                stream.finishWriting()
            }
            #expect(try await difference(peer.receiveToEnd(), bytes) == nil)
            peer.close()
            #expect(try await stream.eventsUntilClosed().last == .closed(.finished))
        }
    }

    // MARK: - Finishing

    @Test(arguments: SocketKind.allCases)
    func `finishing sends what was written, then waits for the peer's end`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                stream.write([1, 2])
                stream.finish(by: .max)
                stream.finish(by: 0)
                stream.write([3])
            }
            #expect(try await peer.receiveToEnd() == [1, 2])
            try await loop.takeTurns()
            #expect(stream.handler.events.takeAll().isEmpty)
            peer.close()
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
        }
    }

    @Test func `a peer that keeps sending gets all bytes of a stream that finishes`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let bytes = pattern(2 << 20)
            try await stream.perform { stream in
                stream.write(bytes)
                stream.finish(by: .max)
            }
            async let sent: Void = onThread { for _ in 0..<100 { try peer.sendNow(pattern(10_000)) } }
            #expect(try await difference(peer.receiveToEnd(), bytes) == nil)
            try await sent
            peer.close()
            let events = try await stream.eventsUntilClosed()
            #expect(events.filter { $0 != .drained } == [.closed(.finished)])
        }
    }

    @Test func `a peer that has ended its side gets all bytes of a stream that finishes`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let bytes = pattern(8 << 20)
            try await stream.perform { stream in
                stream.write(bytes)
                stream.finish(by: .max)
            }
            peer.finishWriting()
            try await stream.perform { try $0.waitUntilReadable() }
            try await loop.takeTurns()
            #expect(try await difference(peer.receiveToEnd(), bytes) == nil)
            #expect(try await stream.eventsUntilClosed().last == .closed(.finished))
        }
    }

    @Test func `a peer that ends first gets all bytes of the finish that answers it`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair()
            let bytes = pattern(8 << 20)
            let handler = ScriptedHandler { event, stream in
                guard event == .inputEnded else { return }
                stream.write(bytes)
                stream.finish(by: .max)
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: handler)
            peer.finishWriting()
            #expect(try await difference(peer.receiveToEnd(), bytes) == nil)
            #expect(try await stream.eventsUntilClosed().last == .closed(.finished))
        }
    }

    @Test func `a peer that never closes is cut at the deadline`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let deadline = try await stream.perform { stream in
                stream.write([1])
                stream.finish(by: loop.now + Self.soon)
                return loop.now + Self.soon
            }
            #expect(try await peer.receiveToEnd() == [1])
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
            #expect(try await loop.perform { monotonicNanoseconds() } >= deadline)
            withExtendedLifetime(peer) {}
        }
    }

    @Test func `a peer that takes nothing until the deadline loses bytes, and the end says so`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                stream.write(pattern(8 << 20))
                stream.finish(by: loop.now + Self.soon)
            }
            #expect(try await stream.eventsUntilClosed() == [.closed(.aborted)])
            peer.close()
        }
    }

    /// A stream that has sent one octet, finishes without a deadline, and was sent more than it throws away.
    private static func floodedStream(on loop: EventLoop) async throws -> (TestedStream, ScriptedPeer) {
        let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
        let stream = try await TestedStream(descriptor, on: loop)
        try await stream.perform { stream in
            stream.write([1])
            stream.finish(by: .max)
        }
        // What is not read is little enough for the kernel.
        try await peer.send(pattern(Stream.discardLimit + 128 * 1024))
        while try await !stream.perform({ $0.isReadingPaused }) { await Task.yield() }
        return (stream, peer)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a peer that sends more than is thrown away is read no more, and can still read our last bytes`() async throws
    {
        try await withLoop { loop in
            let (stream, peer) = try await Self.floodedStream(on: loop)
            #expect(try await peer.receiveToEnd() == [1])
            // What else may come meanwhile changes nothing.
            try await stream.perform { $0.resumeReading() }
            #expect(try await stream.perform { $0.isReadingPaused })
            try await stream.perform { $0.abort() }
            #expect(try await stream.eventsUntilClosed() == [.closed(.aborted)])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a peer that is read no more and then goes away ends the stream before the deadline`() async throws {
        try await withLoop { loop in
            let (stream, peer) = try await Self.floodedStream(on: loop)
            peer.reset()
            let end = try await stream.eventsUntilClosed().last
            guard case .closed(.failed)? = end else { throw UnexpectedEnd(event: end) }
        }
    }

    @Test func `a peer that sends without end is cut off at the deadline`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.finish(by: loop.now + Self.soon) }
            let sent = try await onThread {
                let piece = pattern(64 * 1024)
                var sent = 0
                // 100 MiB is more than is ever thrown away.
                while sent < 100 << 20, (try? peer.sendNow(piece)) != nil { sent += piece.count }
                return sent
            }
            #expect(sent < 100 << 20)
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
        }
    }

    @Test func `the deadline of a finish holds although writing had ended before`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.finishWriting() }
            #expect(try await peer.receiveToEnd() == [])
            try await stream.perform { $0.finish(by: loop.now + Self.soon) }
            // Thrown away: the handler hears no more.
            try await peer.send([1])
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
        }
    }

    @Test func `finishing while paused reads on, to see the peer's end`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.pauseReading() }
            try await peer.send([1])
            try await stream.perform { stream in
                stream.finish(by: .max)
                stream.pauseReading()
            }
            peer.close()
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
        }
    }

    @Test func `the handler's timer calls do not move the deadline of a finish`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                stream.finish(by: loop.now + Self.soon)
                stream.scheduleTimer(at: .max)
                stream.removeTimer()
            }
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
            withExtendedLifetime(peer) {}
        }
    }

    // MARK: - At once

    @Test func `a reset is seen as a reset`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.reset() }
            #expect(try await peer.receiveOnce() == .failed(ECONNRESET))
            #expect(try await stream.eventsUntilClosed() == [.closed(.aborted)])
        }
    }

    @Test(arguments: SocketKind.allCases)
    func `aborting closes, and what the kernel took before still arrives`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                stream.write([1, 2])
                stream.abort()
            }
            #expect(try await peer.receiveToEnd() == [1, 2])
            #expect(try await stream.eventsUntilClosed() == [.closed(.aborted)])
        }
    }

    @Test func `a stopping loop resets its streams`() async throws {
        let loop = try EventLoop.start()
        let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
        let stream = try await TestedStream(descriptor, on: loop)
        loop.stop()
        #expect(try await stream.eventsUntilClosed() == [.closed(.loopStopped)])
        #expect(try await peer.receiveOnce() == .failed(ECONNRESET))
    }

    // MARK: - Afterwards

    @Test func `every call on a stream that is gone is harmless`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let quiet = try await stream.perform { stream in
                stream.abort()
                stream.write([1])
                stream.write(pattern(100_000))
                stream.writeLarge(UnsafeRawBufferPointer(start: nil, count: 0))
                let room = stream.reserve(10)
                stream.pauseReading()
                stream.resumeReading()
                stream.receivesDirectly = true
                stream.scheduleTimer(at: 0)
                stream.removeTimer()
                stream.finish(by: 0)
                stream.finishWriting()
                stream.reset()
                stream.abort()
                return room == nil && !stream.isWritable && stream.pendingBytes == 0 && stream.stalledSince == nil
                    && !stream.isAboveHighWatermark && stream.currentHandler == nil
            }
            #expect(quiet)
            #expect(try await peer.receiveToEnd() == [])
            try await loop.takeTurns()
            #expect(stream.handler.events.takeAll() == [.closed(.aborted)])
        }
    }

    @Test func `a stream that is gone keeps no handler`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let kept = try await stream.perform { stream in
                stream.abort()
                stream.setHandler(ScriptedHandler())
                return stream.currentHandler != nil
            }
            #expect(!kept)
            peer.close()
        }
    }

    @Test func `a stream's timer fires once and not early, and can be moved and removed`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let firedAt = Events<UInt64>()
            let handler = ScriptedHandler { event, stream in
                if event == .timerFired { firedAt.send(loop.now) }
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: handler)
            let deadline = try await stream.perform { stream in
                stream.scheduleTimer(at: loop.now)
                stream.removeTimer()
                stream.scheduleTimer(at: .max)
                stream.scheduleTimer(at: loop.now + Self.soon)
                return loop.now + Self.soon
            }
            #expect(try await firedAt.next() >= deadline)
            try await loop.takeTurns()
            #expect(stream.handler.events.takeAll() == [.timerFired])
            withExtendedLifetime(peer) {}
        }
    }
}
