import CLinux
import Glibc
import TestTLS
import Testing

@testable import Reactor

/// Streams with TLS, talking to OpenSSL on a plain blocking socket.
struct TLSStreamTests {
    private static let sizes = [1, 20, 16 * 1024, 16 * 1024 + 1, 256 * 1024 + 1, 5 << 20]

    @Test(arguments: SecureFixture.Side.allCases, TLSVersion.allCases)
    func `every byte comes back`(side: SecureFixture.Side, version: TLSVersion) async throws {
        let fixture = try SecureFixture()
        var options = TLSPeer.Options()
        options.versions = version.rawValue...version.rawValue
        try await withLoop { loop in
            for size in Self.sizes {
                let (stream, peer) = try await fixture.connect(side, on: loop, handler: .echo(), options: options)
                let sent = pattern(size)
                let received = try await onThread {
                    // Less at a time than the kernel holds, so that the two do not wait for each other.
                    var received: [UInt8] = []
                    var rest = sent[...]
                    while !rest.isEmpty {
                        let piece = Array(rest.prefix(50_000))
                        try peer.write(piece)
                        received += try peer.receive(exactly: piece.count)
                        rest = rest.dropFirst(piece.count)
                    }
                    return received
                }
                #expect(difference(received, sent) == nil)
                try await onThread { peer.sendCloseNotify() }
                #expect(try await onThread { peer.receive() } == .closeNotify)
                #expect(try await onThread { peer.seesEndOfSocket() })
                try await onThread { peer.finishSocket() }
                #expect(try await stream.eventsUntilClosed().last == .closed(.finished))
            }
        }
    }

    @Test(arguments: SecureFixture.Side.allCases)
    func `nothing can be written before TLS is agreed on, and everything after`(side: SecureFixture.Side) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (descriptor, other) = try connectedSockets()
            let stream = try await TestedStream(descriptor, on: loop, tls: (fixture, side))
            let before = try await stream.perform { stream in
                stream.write([1, 2, 3])
                return (stream.isWritable, stream.tlsAgreement)
            }
            #expect(!before.0 && before.1 == nil)
            let peer = try fixture.peer(of: side, other)
            try await onThread { try peer.handshake() }
            #expect(try await stream.nextEvent() == .secured)
            let version = try await stream.perform { stream in
                stream.write([4, 5])
                return (stream.isWritable ? stream.tlsAgreement : nil)?.version
            }
            #expect(version == .tls13)
            #expect(try await onThread { try peer.receive(exactly: 2) } == [4, 5])
        }
    }

    /// What one turn writes is one record, and with it one packet, however many writes it took.
    @Test func `small writes of one turn leave as one record`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connect(.server, on: loop)
            #expect(try await stream.nextEvent() == .secured)
            try await stream.perform { stream in for octet in 0..<100 { stream.write([UInt8(octet)]) } }
            #expect(try await onThread { peer.receive() } == .bytes(Array(0..<100)))
        }
    }

    @Test func `bytes that arrive one by one are put together`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            // The peer's ciphertext goes through the test, which cuts it.
            let (inner, outer) = try ScriptedPeer.pair(type: SOCK_STREAM)
            let (stream, relay) = try await fixture.connectPlain(.server, on: loop, handler: .echo())
            let peer = try fixture.peer(of: .server, inner)
            let back = Task { try await onThread { Self.relay(from: relay, to: outer, piece: 1 << 16) } }
            let forth = Task { try await onThread { Self.relay(from: outer, to: relay, piece: 1) } }
            try await onThread {
                try peer.handshake()
                try peer.write(pattern(300))
            }
            #expect(try await difference(onThread { try peer.receive(exactly: 300) }, pattern(300)) == nil)
            try await onThread {
                peer.sendCloseNotify()
                peer.finishSocket()
            }
            #expect(try await stream.eventsUntilClosed().last == .closed(.finished))
            try await forth.value
            try await back.value
        }
    }

    private static func relay(from source: ScriptedPeer, to target: ScriptedPeer, piece: Int) {
        while case .bytes(let bytes) = source.receiveNow() {
            var rest = bytes[...]
            while !rest.isEmpty {
                guard (try? target.sendNow(Array(rest.prefix(piece)))) != nil else { return }
                rest = rest.dropFirst(piece)
            }
        }
        target.finishWriting()
    }

    // MARK: - Ends

    @Test(arguments: SecureFixture.Side.allCases, TLSVersion.allCases)
    func `an end without close_notify is told apart from a clean one`(
        side: SecureFixture.Side, version: TLSVersion
    ) async throws {
        let fixture = try SecureFixture()
        var options = TLSPeer.Options()
        options.versions = version.rawValue...version.rawValue
        try await withLoop { loop in
            for isClean in [true, false] {
                let (stream, peer) = try await fixture.connect(side, on: loop, handler: .echo(), options: options)
                try await onThread {
                    try peer.write([1, 2, 3])
                    _ = try peer.receive(exactly: 3)
                    if isClean { peer.sendCloseNotify() }
                    peer.finishSocket()
                }
                let expected: [StreamEvent] =
                    isClean
                    ? [.secured, .received([1, 2, 3]), .inputEnded, .closed(.finished)]
                    : [.secured, .received([1, 2, 3]), .closed(.truncated)]
                #expect(try await stream.eventsUntilClosed() == expected)
            }
        }
    }

    @Test(arguments: SecureFixture.Side.allCases)
    func `whoever finishes says so by TLS, then by TCP`(side: SecureFixture.Side) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connect(side, on: loop)
            #expect(try await stream.nextEvent() == .secured)
            let sent = pattern(3 << 20)
            try await stream.perform { stream in
                stream.write(sent)
                stream.finish(by: .max)
            }
            let (received, end) = try await onThread { peer.receiveAll() }
            #expect(difference(received, sent) == nil)
            #expect(end == .closeNotify)
            #expect(try await onThread { peer.seesEndOfSocket() })
            // What the peer still has to say is thrown away, and how it ends makes no difference any more.
            try await onThread { peer.finishSocket() }
            #expect(try await stream.nextEvent() == .closed(.finished))
        }
    }

    @Test(arguments: SecureFixture.Side.allCases)
    func `half of a connection can be closed`(side: SecureFixture.Side) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connect(side, on: loop)
            #expect(try await stream.nextEvent() == .secured)
            try await stream.perform { stream in
                stream.write([1])
                stream.finishWriting()
            }
            let (received, end) = try await onThread { peer.receiveAll() }
            #expect(received == [1] && end == .closeNotify)
            try await onThread { try peer.write([2, 3]) }
            #expect(try await stream.nextEvent() == .received([2, 3]))
            try await onThread { peer.sendCloseNotify() }
            #expect(try await stream.nextEvent() == .inputEnded)
            #expect(try await stream.nextEvent() == .closed(.finished))
        }
    }

    @Test func `bytes after the peer's close_notify are not delivered`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (inner, outer) = try ScriptedPeer.pair(type: SOCK_STREAM)
            let (stream, relay) = try await fixture.connectPlain(.server, on: loop)
            let peer = try fixture.peer(of: .server, inner)
            let back = Task { try await onThread { Self.relay(from: relay, to: outer, piece: 1 << 16) } }
            let forth = Task { try await onThread { Self.relay(from: outer, to: relay, piece: 1 << 16) } }
            try await onThread {
                try peer.handshake()
                try peer.write([1])
                peer.sendCloseNotify()
                peer.finishSocket()
            }
            try await forth.value
            #expect(try await stream.nextEvent() == .secured)
            #expect(try await stream.receive(1) == [1])
            #expect(try await stream.nextEvent() == .inputEnded)
            try await stream.perform { $0.abort() }
            #expect(try await stream.nextEvent() == .closed(.aborted))
            try await back.value
        }
    }

    @Test(arguments: SecureFixture.Side.allCases)
    func `aborting says nothing by TLS`(side: SecureFixture.Side) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connect(side, on: loop)
            #expect(try await stream.nextEvent() == .secured)
            try await stream.perform { $0.abort() }
            #expect(try await onThread { peer.receive() } == .end)
        }
    }

    // MARK: - Backpressure

    @Test(arguments: SecureFixture.Side.allCases, [700, 64 * 1024])
    func `a peer that reads slowly gets everything, and the writer hears of it`(
        side: SecureFixture.Side, piece: Int
    ) async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let limits = OutboxLimits(highWatermark: 100_000, lowWatermark: 1000, maximum: 64 << 20)
            let (stream, peer) = try await fixture.connect(side, on: loop, limits: limits)
            #expect(try await stream.nextEvent() == .secured)
            let bytes = pattern(piece)
            let count = try await stream.perform { stream in
                var count = 0
                while !stream.isAboveHighWatermark {
                    stream.write(bytes)
                    stream.uncork()
                    count += 1
                }
                return count
            }
            let received = try await onThread { try peer.receive(exactly: count * piece) }
            #expect(difference(received, (0..<count).flatMap { _ in bytes }) == nil)
            #expect(try await stream.nextEvent() == .drained)
            #expect(try await stream.perform { $0.pendingBytes } == 0)
        }
    }

    @Test func `a peer that does not read fills the outbox up to its limit, then the stream ends`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let limits = OutboxLimits(highWatermark: 100_000, lowWatermark: 1000, maximum: 1 << 20)
            let (stream, peer) = try await fixture.connect(.server, on: loop, limits: limits)
            #expect(try await stream.nextEvent() == .secured)
            let bytes = pattern(100_000)
            let most = try await stream.perform { stream in
                var most = 0
                for _ in 0..<1000 where stream.isWritable {
                    stream.write(bytes)
                    most = max(most, stream.pendingBytes)
                }
                return most
            }
            #expect(most <= 1 << 20 && most > (1 << 20) - 200_000)
            #expect(try await stream.nextEvent() == .closed(.outboxFull))
            _ = peer
        }
    }

    @Test func `a stream that does not want to read is not read from`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let handler = ScriptedHandler { event, stream in if event == .received([1]) { stream.pauseReading() } }
            let (stream, peer) = try await fixture.connect(.server, on: loop, handler: handler)
            #expect(try await stream.nextEvent() == .secured)
            try await onThread { try peer.write([1]) }
            #expect(try await stream.nextEvent() == .received([1]))
            try await onThread {
                try peer.write([2])
                peer.sendCloseNotify()
            }
            try await loop.takeTurns()
            #expect(handler.events.takeAll().isEmpty)
            #expect(try await loop.readySockets() == 0)
            try await stream.perform { $0.resumeReading() }
            #expect(try await stream.nextEvent() == .received([2]))
            #expect(try await stream.nextEvent() == .inputEnded)
        }
    }

    @Test func `a stream with TLS receives nothing directly`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let window = Window(1000)
            let (stream, peer) = try await fixture.connect(.server, on: loop, handler: window.handler())
            #expect(try await stream.nextEvent() == .secured)
            let isDirect = try await stream.perform { stream in
                stream.receivesDirectly = true
                return stream.receivesDirectly
            }
            #expect(!isDirect)
            try await onThread { try peer.write([1, 2]) }
            #expect(try await stream.nextEvent() == .received([1, 2]))
        }
    }

    @Test func `a write delay holds back messages, not handshakes`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let limits = OutboxLimits(writeDelay: 20_000_000)
            let (stream, peer) = try await fixture.connect(.server, on: loop, limits: limits)
            #expect(try await stream.nextEvent() == .secured)
            try await stream.perform { $0.write([1]) }
            try await stream.perform { $0.write([2]) }
            #expect(try await onThread { try peer.receive(exactly: 2) } == [1, 2])
        }
    }

    @Test func `shared bytes are encrypted for each stream`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            for size in [10, 100_000] {
                let sent = pattern(size)
                let shared = SharedBytes(count: size) { $0.copyBytes(from: sent) }
                for _ in 0..<2 {
                    let (stream, peer) = try await fixture.connect(.server, on: loop)
                    #expect(try await stream.nextEvent() == .secured)
                    try await stream.perform { stream in
                        stream.write([7])
                        stream.write(shared)
                        stream.write([8])
                    }
                    let received = try await onThread { try peer.receive(exactly: size + 2) }
                    #expect(difference(received, [7] + sent + [8]) == nil)
                }
            }
        }
    }

    /// New keys in the middle, asked for by the peer, on a stream that writes all the time.
    @Test func `new keys are not noticed`() async throws {
        let fixture = try SecureFixture()
        try await withLoop { loop in
            let (stream, peer) = try await fixture.connect(.server, on: loop, handler: .echo())
            for round in 0..<20 {
                let sent = pattern(1000, seed: UInt64(round))
                let received = try await onThread {
                    try peer.updateKeys()
                    try peer.write(sent)
                    return try peer.receive(exactly: 1000)
                }
                #expect(difference(received, sent) == nil)
            }
            try await onThread { peer.sendCloseNotify() }
            #expect(try await stream.eventsUntilClosed().last == .closed(.finished))
        }
    }
}
