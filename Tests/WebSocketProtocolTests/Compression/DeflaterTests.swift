import ProtocolReference
import Testing
import WebSocketProtocol

/// Group D of the catalogue: what we send.
@Suite struct DeflaterTests {
    private static let hello = Array("Hello".utf8)

    @Test(arguments: Delivery.all) func `the examples of RFC 7692 §7.2.3 are what comes out`(_ delivery: Delivery)
        throws
    {
        let compressing = try Compressing()
        #expect(try compressing.message(Self.hello, delivery) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
        #expect(try compressing.message(Self.hello, delivery) == [0xF2, 0x00, 0x11, 0x00, 0x00])
        compressing.reset()
        // D-020, D-021
        #expect(try compressing.message(Self.hello, delivery) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
        let storing = try Compressing(level: 0)
        #expect(
            try storing.message(Self.hello, delivery) == [
                0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00,
            ])
    }

    // D-038
    @Test(arguments: Delivery.all) func `an empty message is one octet, wherever it stands`(_ delivery: Delivery) throws
    {
        let compressing = try Compressing()
        let inflating = try Inflating()
        for message in [[], [], Self.hello, [], [], Self.hello, []] {
            let payload = try compressing.message(message, delivery)
            if message.isEmpty { #expect(payload == [0x00]) }
            #expect(try inflating.message(payload) == message)
        }
    }

    // D-019, D-022, D-037
    @Test(arguments: 8...15, [1, 8])
    func `no reference leaves the window that was agreed, and no octet is sent in vain`(
        windowBits: Int, memoryLevel: Int
    ) throws {
        var random = WireRandom(seed: 22)
        // Matches at every distance up to what DEFLATE has, runs, and what cannot shrink.
        let base = plausibleText(3000, &random)
        let messages = [
            (0..<22).flatMap { _ in base }, [UInt8](repeating: 0x61, count: 20 << 10), random.octets(10_000), base,
            random.octets(5) + base,
        ]
        for (level, keepsContext) in [(1, true), (9, true), (0, true), (6, false)] {
            let compressing = try Compressing(
                windowBits: windowBits, memoryLevel: memoryLevel, level: level, keepsContext: keepsContext)
            var reference = ReferenceInflater(keepsContext: keepsContext)
            for message in messages {
                let payload = try compressing.message(message)
                #expect(try reference.inflate(payload) == message)
                #expect(!payload.suffix(4).elementsEqual([0x00, 0x00, 0xFF, 0xFF]))
            }
            #expect(reference.longestDistance <= 1 << windowBits, "level \(level)")
            if level > 0 {
                // The record is not empty: windows are used.
                #expect(reference.longestDistance >= (windowBits == 8 ? 1 : 100))
            }
        }
    }

    @Test func `a window of 2^8 is kept by distances of one`() throws {
        let compressing = try Compressing(windowBits: 8)
        var reference = ReferenceInflater()
        let message = Array("aaaaaaaaaaaaaaaabcbcbcbcbcbcbcbcbcbcbcbcaaaaaaaaaaaaaaaa".utf8)
        for _ in 0..<3 { #expect(try reference.inflate(try compressing.message(message)) == message) }
        #expect(!reference.matches.isEmpty && reference.longestDistance == 1)
    }

    @Test(arguments: [1, 4, 100, 1000, 100_000], [0, 1, 6])
    func `a message is taken if it fits, and only then`(count: Int, level: Int) throws {
        var random = WireRandom(seed: 19)
        for octets in [plausibleText(count, &random), random.octets(count)] {
            let length = try Compressing(level: level).message(octets).count
            for room in Set([0, 1, length / 2, length - 1]) where room < length {
                #expect(try Compressing(level: level).message(octets, atMost: room) == nil, "\(room) of \(length)")
            }
            for room in [length, length + 1, 2 * length] {
                #expect(try Compressing(level: level).message(octets, atMost: room)?.count == length)
            }
        }
    }

    @Test func `a room without slack takes nothing`() throws {
        var deflater = try Deflater(windowBits: 15, memoryLevel: 8, level: 6)
        withUnsafeTemporaryAllocation(byteCount: Deflater.slack + 1, alignment: 1) { memory in
            for payload in [[], Self.hello] {
                for count in 0...Deflater.slack {
                    let room = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
                    let length = payload.withUnsafeBytes { deflater.compressMessage($0, into: room) }
                    #expect(length == nil)
                }
            }
            let length = deflater.compressMessage(UnsafeRawBufferPointer(start: nil, count: 0), into: memory)
            #expect(length == 1 && memory[0] == 0)
        }
    }

    @Test func `after a message that did not fit nothing refers to it`() throws {
        var random = WireRandom(seed: 38)
        let compressing = try Compressing()
        let inflating = try Inflating()
        var reference = ReferenceInflater()
        for size in [10, 1000, 100_000] {
            let known = plausibleText(size, &random)
            let unsent = random.octets(size)
            #expect(try inflating.message(try compressing.message(known)) == known)
            #expect(compressing.message(unsent, atMost: size - 1) == nil)
            for message in [known, unsent, known] {
                let payload = try compressing.message(message)
                #expect(try inflating.message(payload) == message)
            }
            #expect(try reference.inflate(try Compressing().message(unsent)) == unsent)
        }
    }

    // MARK: Parts

    @Test(arguments: [64, 65, 100, 4096, 1 << 17], [1, 6])
    func `a message in parts is the message, whatever the parts and the memory`(piece: Int, level: Int) throws {
        var random = WireRandom(seed: 7)
        let compressing = try Compressing(level: level)
        let inflating = try Inflating()
        for size in [0, 1, 5, 300, 5000, 200_000] {
            for octets in [plausibleText(size, &random), random.octets(size)] {
                var parts: [(ArraySlice<UInt8>, Deflater.PartEnd)] = []
                var rest = octets[...]
                while !rest.isEmpty {
                    let part = rest.prefix(Int.random(in: 0...max(1, size / 3), using: &random))
                    parts.append((part, random.chance(30) ? .flush : .more))
                    rest = rest.dropFirst(part.count)
                }
                if random.chance(50), let last = parts.popLast() {
                    parts.append((last.0, .last))
                } else {
                    parts.append(([], .last))
                }
                let payload = compressing.parts(parts, piece: piece).flatMap(\.self)
                #expect(try inflating.message(payload) == octets, "\(size) in \(parts.map { ($0.0.count, $0.1) })")
                #expect(!payload.isEmpty)
            }
        }
    }

    @Test func `what was flushed can be read before the message ends`() throws {
        var random = WireRandom(seed: 8)
        let compressing = try Compressing()
        let inflating = try Inflating()
        let parts = [3, 0, 1000, 1, 0, 70_000].map { plausibleText($0, &random) }
        for _ in 0..<2 {
            let payloads = compressing.parts(parts.map { ($0[...], .flush) } + [([], .last)])
            for (index, (part, payload)) in zip(parts, payloads).enumerated() {
                #expect(try inflating.part(payload[...], isFirst: index == 0) == part)
            }
            #expect(try inflating.part((payloads.last ?? [])[...], isLast: true) == [])
        }
    }

    @Test(
        arguments: [
            ([.last], [[0x00]]), ([.more, .last], [[], [0x00]]), ([.flush, .last], [[], [0x00]]),
            ([.more, .flush, .more, .flush, .last], [[], [], [], [], [0x00]]),
        ] as [([Deflater.PartEnd], [[UInt8]])])
    func `a message of empty parts is one octet`(ends: [Deflater.PartEnd], expected: [[UInt8]]) throws {
        let compressing = try Compressing()
        // A first flush says more than one after another.
        _ = try compressing.message(Self.hello)
        for _ in 0..<2 { #expect(compressing.parts(ends.map { ([], $0) }) == expected) }
        #expect(try compressing.message(Self.hello) == [0xF2, 0x00, 0x11, 0x00, 0x00])
        for ends in [ends, ends] {
            let fresh = try Compressing()
            let payload = fresh.parts(ends.map { ([], $0) }).flatMap(\.self)
            #expect(try Inflating().message(payload).isEmpty && !payload.isEmpty)
        }
    }

    @Test func `flushes in a row send nothing, and the last part may become nothing`() throws {
        let compressing = try Compressing()
        let payloads = compressing.parts([(Self.hello[...], .flush), ([], .flush), ([], .more), ([], .last)])
        #expect(payloads == [[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [], [], []])
    }

    @Test func `a message that is given up leaves no trace after a reset`() throws {
        let compressing = try Compressing()
        for end in [Deflater.PartEnd.more, .flush] {
            _ = compressing.parts([(Self.hello[...], end)])
            compressing.reset()
            #expect(try compressing.message(Self.hello) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
            compressing.reset()
        }
    }

    // MARK: Settings

    @Test(
        arguments: [
            (7, 8, 6, .invalidWindowBits(7)), (16, 8, 6, .invalidWindowBits(16)), (-15, 8, 6, .invalidWindowBits(-15)),
            (15, 0, 6, .invalidMemoryLevel(0)), (15, 10, 6, .invalidMemoryLevel(10)), (15, 8, -1, .invalidLevel(-1)),
            (15, 8, 10, .invalidLevel(10)), (.max, .min, .max, .invalidWindowBits(.max)),
        ] as [(Int, Int, Int, CompressionError)])
    func `settings that zlib does not have are refused`(
        windowBits: Int, memoryLevel: Int, level: Int, error: CompressionError
    ) {
        #expect(throws: error) { _ = try Compressing(windowBits: windowBits, memoryLevel: memoryLevel, level: level) }
        if case .invalidWindowBits(let bits) = error {
            #expect(throws: error) { _ = try Inflating(windowBits: bits) }
        }
    }

    @Test(arguments: 8...15, 1...9) func `every other setting works`(windowBits: Int, memoryLevel: Int) throws {
        for level in 0...9 {
            let payload = try Compressing(windowBits: windowBits, memoryLevel: memoryLevel, level: level)
                .message(Self.hello)
            #expect(try Inflating(windowBits: windowBits).message(payload) == Self.hello)
        }
    }

    @Test func `memory follows the formula of zlib`() {
        // Octets that zlib 1.2.13 asks for, counted in its allocator, and the 112 of the stream.
        #expect(Deflater.memory(windowBits: 15, memoryLevel: 4) == 145_216 + 112)
        #expect(Deflater.memory(windowBits: 11, memoryLevel: 4) == 22_336 + 112)
        #expect(Deflater.memory(windowBits: 9, memoryLevel: 4) == 16_192 + 112)
        #expect(Deflater.memory(windowBits: 8, memoryLevel: 4) == 16_192 + 112)
        #expect(Inflater.memory(windowBits: 15) == 39_928 + 112)
        #expect(Inflater.memory(windowBits: 11) == 9_208 + 112)
        #expect(Inflater.memory(windowBits: 8) == 7_672 + 112)
    }
}
