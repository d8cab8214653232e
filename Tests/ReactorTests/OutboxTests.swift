import CLinux
import Glibc
import Testing

@testable import Reactor

struct OutboxTests {
    @Test func `what is appended comes out in order`() {
        var outbox = Outbox(now: 7)
        outbox.append("hello, ")
        outbox.append("world")
        let bytes = outbox.firstPieces
        #expect(bytes == Array("hello, world".utf8))
        let count = outbox.count
        #expect(count == 12)
    }

    @Test func `removing keeps the rest`() {
        var outbox = Outbox(now: 7)
        outbox.append("hello, world")
        outbox.removeFirst(7, now: 8)
        let rest = outbox.firstPieces
        #expect(rest == Array("world".utf8))
        outbox.removeFirst(5, now: 9)
        let count = outbox.count
        #expect(count == 0)
    }

    @Test func `the stall begins with the outbox, and anew with every byte taken`() {
        var outbox = Outbox(now: 7)
        outbox.append("some bytes")
        let atFirst = outbox.stalledSince
        #expect(atFirst == 7)
        outbox.removeFirst(1, now: 30)
        let afterProgress = outbox.stalledSince
        #expect(afterProgress == 30)
        outbox.append("more bytes")
        let afterAppending = outbox.stalledSince
        #expect(afterAppending == 30)
    }

    @Test func `appending nothing changes nothing`() {
        var outbox = Outbox(now: 0)
        outbox.append("")
        outbox.append(UnsafeRawBufferPointer(start: nil, count: 0))
        let count = outbox.count
        #expect(count == 0)
    }

    @Test(arguments: [4095, 4096, 4097, 8192, 1 << 20])
    func `an outbox grows to hold more than its first capacity`(count: Int) {
        var outbox = Outbox(now: 0)
        let first = pattern(4000, seed: 1)
        let second = pattern(count, seed: 2)
        first.withUnsafeBytes { outbox.append($0) }
        outbox.removeFirst(10, now: 0)
        second.withUnsafeBytes { outbox.append($0) }
        let bytes = outbox.firstPieces
        #expect(difference(bytes, Array(first[10...]) + second) == nil)
    }

    /// Copies and shared octets in turn, so that segments of both kinds follow each other in every order.
    @Test(arguments: [1, 2, 3, 20_260_611])
    func `the outbox agrees with an array`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var outbox = Outbox(now: 0)
        var model: [UInt8] = []
        for step in 0..<3000 {
            if Bool.random(using: &random) || model.isEmpty {
                let limit = model.count > 60_000 ? 10 : 3000
                let bytes = random.bytes(.random(in: 0...limit, using: &random))
                if Bool.random(using: &random) {
                    bytes.withUnsafeBytes { outbox.append($0) }
                    model += bytes
                } else {
                    let offset = Int.random(in: 0...bytes.count, using: &random)
                    outbox.append(SharedBytes(bytes), from: offset)
                    model += bytes[offset...]
                }
            } else {
                let count = Int.random(in: 0...min(model.count, 4000), using: &random)
                outbox.removeFirst(count, now: UInt64(step))
                model.removeFirst(count)
            }
            guard outbox.holds(model) else {
                Issue.record("seed \(seed), step \(step): the outbox differs from the model")
                return
            }
        }
    }
}

extension SharedBytes {
    fileprivate convenience init(_ octets: [UInt8]) {
        self.init(count: octets.count) { $0.copyBytes(from: octets) }
    }
}

extension Outbox {
    /// The octets of the pieces that one call would send.
    fileprivate var firstPieces: [UInt8] {
        var octets: [UInt8] = []
        _ = withPieces { pieces in
            for piece in pieces { octets += UnsafeRawBufferPointer(start: piece.iov_base, count: piece.iov_len) }
            return octets.count
        }
        return octets
    }

    fileprivate func holds(_ expected: [UInt8]) -> Bool {
        let pieces = firstPieces
        return count == expected.count && pieces.isEmpty == expected.isEmpty && expected.starts(with: pieces)
    }

    fileprivate mutating func append(_ text: String) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { append($0) }
    }
}
