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
