import CLinux
import Glibc
import Testing

@testable import Reactor

/// Peers that read slowly or not at all, and streams that do not want to read.
struct BackpressureTests {
    /// Small kernel buffers, so that the outbox is needed soon; but not smaller than two segments of the loopback device,
    /// or every one waits for a delayed acknowledgement.
    private static func narrowPair(_ kind: SocketKind) throws -> (descriptor: Int32, peer: ScriptedPeer) {
        let (descriptor, peer) = try kind.connectedPair()
        _ = clinux_set_option(descriptor, SOL_SOCKET, SO_SNDBUF, 128 * 1024)
        return (descriptor, peer)
    }

    // MARK: - Outbox

    /// The size of a write decides its way: gathered, or sent from where it lies.
    @Test(arguments: [SocketKind.ipv4, .unix], [1000, 64 * 1024])
    func `a peer that does not read fills the outbox up to its limit, then the stream ends`(
        kind: SocketKind, piece: Int
    ) async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair(kind)
            let limits = OutboxLimits(highWatermark: 100_000, lowWatermark: 1000, maximum: 1 << 20)
            let log = Events<String>()
            let handler = ScriptedHandler { event, _ in
                if case .closed = event { log.send("closed") }
            }
            let stream = try await TestedStream(descriptor, on: loop, limits: limits, handler: handler)
            let bytes = pattern(piece)
            let (most, above) = try await stream.perform { stream in
                var (most, above) = (0, false)
                // 100 MiB is more than any kernel buffer: the loop ends by the limit.
                for _ in 0..<(100 << 20) / piece where stream.isWritable {
                    stream.write(bytes)
                    most = max(most, stream.pendingBytes)
                    above = above || stream.isAboveHighWatermark
                }
                log.send("written")
                return (most, above)
            }
            #expect(most > (1 << 20) - Cork.capacity - piece && most <= 1 << 20)
            #expect(above)
            #expect(try await stream.eventsUntilClosed() == [.closed(.outboxFull)])
            // The end is told at the end of the turn, never inside a write.
            #expect(try await log.next(2) == ["written", "closed"])
            if kind == .ipv4 { #expect(try await peer.receiveAll().end == .failed(ECONNRESET)) }
        }
    }

    @Test func `an outbox exactly at its limit is not too full`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair(.unix)
            let maximum = 200_000
            let limits = OutboxLimits(highWatermark: 100_000, lowWatermark: 1000, maximum: maximum)
            let stream = try await TestedStream(descriptor, on: loop, limits: limits)
            let fill = pattern(100_000)
            let total = try await stream.perform { stream in
                var total = 0
                while stream.pendingBytes == 0 {
                    stream.write(fill)
                    total += fill.count
                }
                let rest = pattern(maximum - stream.pendingBytes, seed: 2)
                stream.write(rest)
                return total + rest.count
            }
            #expect(try await stream.perform { $0.pendingBytes } == maximum)
            #expect(try await peer.receive(exactly: total).count == total)
            #expect(try await stream.nextEvent() == .drained)
            #expect(try await stream.perform { $0.isWritable })
        }
    }

    @Test func `one byte above the limit ends the stream`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair(.unix)
            let maximum = 200_000
            let limits = OutboxLimits(highWatermark: 100_000, lowWatermark: 1000, maximum: maximum)
            let stream = try await TestedStream(descriptor, on: loop, limits: limits)
            let fill = pattern(100_000)
            try await stream.perform { stream in
                while stream.pendingBytes == 0 { stream.write(fill) }
                stream.write(pattern(maximum - stream.pendingBytes + 1, seed: 2))
            }
            #expect(try await stream.eventsUntilClosed() == [.closed(.outboxFull)])
            peer.close()
        }
    }

    /// A low watermark of 0 asks to be told when the outbox is empty.
    @Test(arguments: [SocketKind.ipv4, .unix], [0, 1, 16 * 1024])
    func `drained is told once for every time the outbox was too high`(kind: SocketKind, low: Int) async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair(kind)
            let limits = OutboxLimits(highWatermark: 64 * 1024, lowWatermark: low, maximum: 64 << 20)
            let pendingWhenDrained = Events<Int>()
            let handler = ScriptedHandler { event, stream in
                if event == .drained { pendingWhenDrained.send(stream.pendingBytes) }
            }
            let stream = try await TestedStream(descriptor, on: loop, limits: limits, handler: handler)
            let bytes = pattern(8 << 20)
            for _ in 0..<3 {
                let (above, stalled) = try await stream.perform { stream in
                    let before = stream.stalledSince
                    stream.write(bytes)
                    return (stream.isAboveHighWatermark, before == nil && stream.stalledSince != nil)
                }
                #expect(above && stalled)
                #expect(try await difference(peer.receive(exactly: bytes.count), bytes) == nil)
                #expect(try await stream.nextEvent() == .drained)
                #expect(try await pendingWhenDrained.next() <= max(0, low - 1))
                let (isAbove, pending) = try await stream.perform { ($0.isAboveHighWatermark, $0.pendingBytes) }
                #expect(!isAbove)
                #expect(pending < max(1, low))
            }
            try await stream.perform { $0.abort() }
            #expect(try await stream.eventsUntilClosed() == [.closed(.aborted)])
        }
    }

    @Test func `an outbox that stays below the high watermark tells nothing`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair(.unix)
            let limits = OutboxLimits(highWatermark: 32 << 20, lowWatermark: 16 << 20, maximum: 64 << 20)
            let stream = try await TestedStream(descriptor, on: loop, limits: limits)
            let bytes = pattern(4 << 20)
            try await stream.perform { stream in
                stream.write(bytes)
                stream.finish(by: .max)
            }
            #expect(try await difference(peer.receiveToEnd(), bytes) == nil)
            peer.close()
            #expect(try await stream.eventsUntilClosed() == [.closed(.finished)])
        }
    }

    @Test func `a writer that goes on whenever the stream is drained delivers everything`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try Self.narrowPair(.ipv4)
            let limits = OutboxLimits(highWatermark: 20_000, lowWatermark: 5000, maximum: 200_000)
            let bytes = pattern(8 << 20)
            let position = OnLoop(0)
            @Sendable func goOn(_ stream: Stream) {
                while !stream.isAboveHighWatermark && position.value < bytes.count {
                    let end = min(position.value + 30_000, bytes.count)
                    stream.write(Array(bytes[position.value..<end]))
                    position.value = end
                }
                if position.value == bytes.count { stream.finish(by: .max) }
            }
            let handler = ScriptedHandler { event, stream in
                if event == .drained { goOn(stream) }
            }
            let stream = try await TestedStream(descriptor, on: loop, limits: limits, handler: handler)
            try await stream.perform { goOn($0) }
            #expect(try await difference(peer.receiveToEnd(), bytes) == nil)
            peer.close()
            #expect(try await stream.eventsUntilClosed().last == .closed(.finished))
        }
    }

    // MARK: - Pausing

    @Test(arguments: SocketKind.allCases)
    func `a paused stream hears nothing until it is resumed`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                stream.pauseReading()
                stream.pauseReading()
            }
            try await peer.send([1, 2, 3])
            try await stream.perform { try $0.waitUntilReadable() }
            try await loop.takeTurns()
            #expect(stream.handler.events.takeAll().isEmpty)
            #expect(try await stream.perform { $0.isReadingPaused })
            #expect(try await loop.readySockets() == 0)
            try await stream.perform { stream in
                stream.resumeReading()
                stream.resumeReading()
            }
            #expect(try await stream.nextEvent() == .received([1, 2, 3]))
        }
    }

    @Test func `a stream that pauses itself while receiving gets no further bytes`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let handler = ScriptedHandler { event, stream in
                if case .received = event { stream.pauseReading() }
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: handler)
            let bytes = pattern(2 << 20)
            async let sent: Void = peer.send(bytes)
            var received: [UInt8] = []
            while received.count < bytes.count {
                guard case .received(let more) = try await stream.nextEvent() else { break }
                received += more
                try await loop.takeTurns(2)
                let early = stream.handler.events.takeAll()
                #expect(early.isEmpty)
                try await stream.perform { $0.resumeReading() }
            }
            try await sent
            #expect(difference(received, bytes) == nil)
        }
    }

    @Test func `a paused stream notices that the peer resets`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.pauseReading() }
            peer.reset()
            guard case .closed(.failed(let error)) = try await stream.nextEvent() else {
                Issue.record("the stream has not failed")
                return
            }
            #expect(error.code == ECONNRESET)
            #expect(try await loop.readySockets() == 0)
        }
    }

    @Test(arguments: SocketKind.allCases)
    func `a paused stream loses nothing when the peer has sent and closed`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.pauseReading() }
            let bytes = pattern(100_000)
            try await peer.send(bytes)
            peer.close()
            try await loop.takeTurns(10)
            #expect(stream.handler.events.takeAll().isEmpty)
            #expect(try await loop.readySockets() == 0)
            try await stream.perform { $0.resumeReading() }
            #expect(try await difference(stream.receive(bytes.count), bytes) == nil)
            #expect(try await stream.nextEvent() == .inputEnded)
        }
    }

    /// Both directions are over then, which epoll reports whatever the stream waits for.
    @Test(arguments: SocketKind.allCases)
    func `a paused stream that has ended its side loses nothing of the peer's`(kind: SocketKind) async throws {
        if kind == .ipv6 && !SocketKind.hasIPv6 { try Test.cancel("this machine has no IPv6 loopback") }
        try await withLoop { loop in
            let (descriptor, peer) = try kind.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                stream.pauseReading()
                stream.finishWriting()
            }
            let bytes = pattern(100_000)
            #expect(try await peer.receiveToEnd() == [])
            try await peer.send(bytes)
            peer.finishWriting()
            try await stream.perform { try $0.waitForHangUp() }
            try await loop.takeTurns(10)
            #expect(stream.handler.events.takeAll().isEmpty)
            #expect(try await loop.readySockets() == 0)
            try await stream.perform { $0.resumeReading() }
            #expect(try await difference(stream.receive(bytes.count), bytes) == nil)
            #expect(try await stream.eventsUntilClosed() == [.inputEnded, .closed(.finished)])
        }
    }

    /// Small windows need many events for what one event brought before.
    @Test func `a stream that was hung up while paused reads on in as many events as it needs`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let window = Window(100)
            let stream = try await TestedStream(descriptor, on: loop, handler: window.handler())
            try await stream.perform { stream in
                stream.receivesDirectly = true
                stream.pauseReading()
            }
            let bytes = pattern(50_000)
            try await peer.send(bytes)
            peer.close()
            try await loop.takeTurns(5)
            try await stream.perform { $0.resumeReading() }
            for _ in 0..<bytes.count / 100 { #expect(try await stream.nextEvent() == .receivedDirectly(100)) }
            #expect(try await stream.nextEvent() == .inputEnded)
            #expect(try await difference(loop.perform { window.received }, bytes) == nil)
        }
    }
}

extension Stream {
    /// Blocks the loop until both directions of the socket are over.
    func waitForHangUp() throws {
        var query = pollfd(fd: descriptor, events: 0, revents: 0)
        guard poll(&query, 1, 60_000) == 1 else { throw Overdue() }
    }
}
