import CLinux
import Glibc
import Testing

@testable import Reactor

/// What leaves in which send. The peer is the end of a `SOCK_SEQPACKET` pair: one send is one of its receives.
struct StreamWritingTests {
    @Test func `everything written in one turn leaves in one send`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                for index in 0..<100 { stream.write([UInt8(index)]) }
            }
            #expect(try await peer.receiveOnce() == .bytes((0..<100).map { UInt8($0) }))
        }
    }

    @Test func `everything written while one event is handled leaves in one send`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let handler = ScriptedHandler { event, stream in
                guard case .received(let bytes) = event else { return }
                for byte in bytes { stream.write([byte, byte]) }
            }
            _ = try await TestedStream(descriptor, on: loop, handler: handler)
            for round in 0..<5 {
                let byte = UInt8(round)
                try await peer.send([byte, 100])
                #expect(try await peer.receiveOnce() == .bytes([byte, byte, 100, 100]))
            }
        }
    }

    @Test func `what a timer writes leaves at the end of the turn in one send`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let handler = ScriptedHandler { event, stream in
                guard event == .timerFired else { return }
                stream.write([1])
                stream.write([2])
            }
            let stream = try await TestedStream(descriptor, on: loop, handler: handler)
            try await stream.perform { $0.scheduleTimer(at: 0) }
            #expect(try await peer.receiveOnce() == .bytes([1, 2]))
            #expect(try await stream.nextEvent() == .timerFired)
        }
    }

    @Test func `a large piece takes what was gathered with it`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let stream = try await TestedStream(descriptor, on: loop)
            let large = pattern(Stream.gatherLimit + 1)
            try await stream.perform { stream in
                stream.write([1, 2, 3])
                stream.write(large)
                stream.write([4, 5])
                stream.write([6])
            }
            #expect(try await peer.receiveOnce() == .bytes([1, 2, 3] + large))
            #expect(try await peer.receiveOnce() == .bytes([4, 5, 6]))
        }
    }

    @Test func `reserved room is filled in place`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { stream in
                stream.reserve(2)?.storeBytes(of: UInt16(0x0201), as: UInt16.self)
                stream.write([3])
            }
            #expect(try await peer.receiveOnce() == .bytes([1, 2, 3]))
        }
    }

    @Test func `more than the send buffer holds leaves in order`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop)
            let pieces = (0..<64).map { pattern(Stream.gatherLimit, seed: $0) }
            try await stream.perform { stream in for piece in pieces { stream.write(piece) } }
            let whole = Array(pieces.joined())
            #expect(whole.count > 2 * Cork.capacity)
            #expect(try await difference(peer.receive(exactly: whole.count), whole) == nil)
        }
    }

    @Test func `writing to two streams in turn keeps the order of each`() async throws {
        try await withLoop { loop in
            let (firstDescriptor, firstPeer) = try SocketKind.ipv4.connectedPair()
            let (secondDescriptor, secondPeer) = try SocketKind.ipv4.connectedPair()
            let handlers = [ScriptedHandler(), ScriptedHandler()]
            // Small and large pieces alternate, so that gathering, direct sends and outboxes all take part.
            let pieces = (0..<60).map { pattern($0 % 5 == 0 ? 40_000 : 7, seed: $0) }
            try await loop.perform {
                let first = try Stream(firstDescriptor, on: loop, handler: handlers[0])
                let second = try Stream(secondDescriptor, on: loop, handler: handlers[1])
                for piece in pieces {
                    first.write(piece)
                    second.write(piece.reversed())
                }
                first.finish(by: .max)
                second.finish(by: .max)
            }
            #expect(try await difference(firstPeer.receiveToEnd(), Array(pieces.joined())) == nil)
            #expect(
                try await difference(secondPeer.receiveToEnd(), Array(pieces.map { $0.reversed() }.joined())) == nil)
        }
    }

    @Test func `a stream may write to another one from its callback`() async throws {
        try await withLoop { loop in
            let (targetDescriptor, targetPeer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let (sourceDescriptor, sourcePeer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let target = try await TestedStream(targetDescriptor, on: loop)
            let held = OnLoop<Stream?>(nil)
            try await target.perform { held.value = $0 }
            let handler = ScriptedHandler { event, stream in
                guard case .received(let bytes) = event else { return }
                stream.write([0])
                held.value?.write(bytes)
                held.value?.write(bytes)
            }
            _ = try await TestedStream(sourceDescriptor, on: loop, handler: handler)
            try await sourcePeer.send([7, 8])
            #expect(try await targetPeer.receiveOnce() == .bytes([7, 8, 7, 8]))
            #expect(try await sourcePeer.receiveOnce() == .bytes([0]))
            try await loop.perform { held.value = nil }
        }
    }

    @Test(arguments: [2, Cork.slotCount, Cork.slotCount + 1])
    func `streams that are written to in turn keep one send each while there are slots`(count: Int) async throws {
        try await withLoop { loop in
            let pairs = try (0..<count).map { _ in try ScriptedPeer.pair(type: SOCK_SEQPACKET) }
            let handlers = pairs.map { _ in ScriptedHandler() }
            try await loop.perform {
                let streams = try zip(pairs, handlers).map { try Stream($0.0, on: loop, handler: $1) }
                for round in 0..<3 {
                    for (index, stream) in streams.enumerated() { stream.write([UInt8(round), UInt8(index)]) }
                }
            }
            let fits = count <= Cork.slotCount
            for (index, pair) in pairs.enumerated() {
                let whole = (0..<3).flatMap { [UInt8($0), UInt8(index)] }
                if fits {
                    #expect(try await pair.1.receiveOnce() == .bytes(whole))
                } else {
                    #expect(try await pair.1.receive(exactly: whole.count) == whole)
                }
            }
        }
    }

    @Test(arguments: [1, 100, 4096, 4097, 100_000])
    func `shared bytes arrive whole at every stream, between what is written before and after`(size: Int) async throws {
        try await withLoop { loop in
            let payload = pattern(size, seed: 3)
            let shared = SharedBytes(count: size) { $0.copyBytes(from: payload) }
            let pairs = try (0..<20).map { _ in try SocketKind.unix.connectedPair() }
            let handlers = pairs.map { _ in ScriptedHandler() }
            try await loop.perform {
                for (pair, handler) in zip(pairs, handlers) {
                    let stream = try Stream(pair.0, on: loop, handler: handler)
                    stream.write([1, 2])
                    for _ in 0..<8 { stream.write(shared) }
                    stream.write([3])
                    stream.finish(by: .max)
                }
            }
            let expected = [1, 2] + Array(repeatElement(payload, count: 8).joined()) + [3]
            for pair in pairs { #expect(try await difference(pair.1.receiveToEnd(), expected) == nil) }
        }
    }

    @Test func `shared bytes that wait are not copied, and released when they are sent`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let size = 1 << 20
            weak var watched: SharedBytes?
            let stream = try await TestedStream(
                descriptor, on: loop, limits: OutboxLimits(highWatermark: 1, lowWatermark: 1, maximum: 64 << 20))
            do {
                let shared = SharedBytes(count: size) { $0.copyBytes(from: pattern(size, seed: 4)) }
                watched = shared
                try await stream.perform { stream in for _ in 0..<4 { stream.write(shared) } }
            }
            #expect(watched != nil)
            _ = try await peer.receive(exactly: 4 * size)
            #expect(try await stream.nextEvent() == .drained)
            #expect(watched == nil)
        }
    }

    @Test func `a write delay gathers what several turns write`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let stream = try await TestedStream(descriptor, on: loop, limits: OutboxLimits(writeDelay: .max >> 1))
            for byte in 1...3 as ClosedRange<UInt8> { try await stream.perform { $0.write([byte]) } }
            let (pending, stalled) = try await stream.perform { ($0.pendingBytes, $0.stalledSince) }
            #expect(pending == 3)
            #expect(stalled == nil)
            try await stream.perform { $0.sendHeld() }
            #expect(try await peer.receiveOnce() == .bytes([1, 2, 3]))
            #expect(try await stream.perform { $0.pendingBytes } == 0)
        }
    }

    @Test func `what a write delay holds back leaves when it is over`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop, limits: OutboxLimits(writeDelay: 1_000_000))
            for byte in 1...3 as ClosedRange<UInt8> {
                try await stream.perform { $0.write([byte]) }
                #expect(try await peer.receive(exactly: 1) == [byte])
            }
        }
    }

    @Test func `a write delay ends as soon as enough is gathered`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop, limits: OutboxLimits(writeDelay: .max >> 1))
            let pieces = (0..<5).map { pattern(5000, seed: $0) }
            for piece in pieces { try await stream.perform { $0.write(piece) } }
            // Four of them reach the limit; the fifth waits for more.
            #expect(try await difference(peer.receive(exactly: 20_000), Array(pieces[..<4].joined())) == nil)
            #expect(try await stream.perform { $0.pendingBytes } == 5000)
            // A large piece takes what waits with it.
            let large = pattern(Stream.gatherLimit + 1, seed: 9)
            try await stream.perform { $0.write(large) }
            #expect(try await difference(peer.receive(exactly: 5000 + large.count), pieces[4] + large) == nil)
        }
    }

    @Test(arguments: [true, false])
    func `what a write delay holds back leaves before the stream ends`(finishes: Bool) async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try SocketKind.unix.connectedPair()
            let stream = try await TestedStream(descriptor, on: loop, limits: OutboxLimits(writeDelay: .max >> 1))
            try await stream.perform { $0.write([1, 2, 3]) }
            try await stream.perform { if finishes { $0.finish(by: .max) } else { $0.abort() } }
            #expect(try await peer.receiveToEnd() == [1, 2, 3])
        }
    }

    @Test func `writing nothing sends nothing`() async throws {
        try await withLoop { loop in
            let (descriptor, peer) = try ScriptedPeer.pair(type: SOCK_SEQPACKET)
            let stream = try await TestedStream(descriptor, on: loop)
            try await stream.perform { $0.write([]) }
            try await stream.perform { $0.write([9]) }
            #expect(try await peer.receiveOnce() == .bytes([9]))
        }
    }
}
