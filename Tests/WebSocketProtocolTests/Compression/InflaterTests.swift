import ProtocolReference
import Testing
import WebSocketProtocol

/// Group D of the catalogue: what a peer may send.
@Suite struct InflaterTests {
    struct Vector: CustomTestStringConvertible {
        let testDescription: String
        let payload: [UInt8]
        let message: [UInt8]

        init(_ name: String, _ payload: [UInt8], _ message: String) {
            testDescription = name
            self.payload = payload
            self.message = Array(message.utf8)
        }
    }

    // D-001, D-004, D-005, D-007, D-008, D-010, D-028, D-036: the examples of RFC 7692 §7.2.3, and more.
    static let vectors = [
        Vector("a fixed block", [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], "Hello"),
        Vector("a stored block", [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00], "Hello"),
        Vector("a block with BFINAL", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], "Hello"),
        Vector("a block with BFINAL and nothing after it", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], "Hello"),
        Vector(
            "two blocks", [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00], "Hello"),
        Vector(
            "two blocks with BFINAL, and a third that refers to them",
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
                + DeflateWriter.message { $0.fixed { $0.fixedMatch(distance: 10) } }, "HelloHelloHel"),
        Vector("an empty stored block", [0x00], ""),
        Vector("an empty fixed block", [0x02, 0x00], ""),
        Vector("an empty stored block with BFINAL", [0x01], ""),
        Vector("an empty fixed block with BFINAL", [0x03, 0x00], ""),
        Vector("padding that is not zero", [0xF8], ""),
        Vector(
            "a full flush inside",
            [
                0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0xD7,
                0x51, 0xF0, 0x00, 0x51, 0x00, 0x00,
            ], "HelloHello, Hello"),
        Vector(
            "a partial flush inside",
            [
                0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x08, 0x20, 0x0F, 0x10, 0xA1, 0xA3, 0x00, 0xA6, 0x00, 0x00,
            ], "HelloHello, Hello"),
        Vector(
            "a flush to the end of a block inside",
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0xC8, 0x03, 0x44, 0xE8, 0x28, 0x80, 0x29, 0x00, 0x00],
            "HelloHello, Hello"),
        Vector(
            "stored and fixed blocks in turn",
            DeflateWriter.message {
                $0.stored(Array("ab".utf8))
                $0.fixed { $0.fixedSymbol(0x63) }
                $0.stored([])
                $0.fixed { $0.fixedMatch(distance: 3) }
                $0.stored(Array("d".utf8))
            }, "abcabcd"),
        // D-035
        Vector(
            "1,000 empty stored blocks", DeflateWriter.message { for _ in 0..<1000 { $0.stored([]) } }, ""),
        Vector(
            "a stored block of 65,535 octets",
            DeflateWriter.message { $0.stored([UInt8](repeating: 0x61, count: 65535)) },
            String(repeating: "a", count: 65535)),
    ]

    // D-029: octet by octet among the deliveries.
    @Test(arguments: vectors, Delivery.all)
    func `every shape of a message is understood, again and again`(_ vector: Vector, _ delivery: Delivery) throws {
        let inflating = try Inflating()
        for round in 0..<3 {
            for kind in [MessageKind.text, .binary] {
                let message = try inflating.message(vector.payload, kind: kind, delivery)
                #expect(message == vector.message, "\(round), \(kind)")
            }
        }
        var reference = ReferenceInflater()
        #expect(try reference.inflate(vector.payload) == vector.message)
    }

    @Test(arguments: vectors.filter { $0.payload.count < 100 })
    func `a message may be cut anywhere`(_ vector: Vector) throws {
        for cut in 0...vector.payload.count {
            let inflating = try Inflating()
            for _ in 0..<2 {
                var message = try inflating.part(vector.payload[..<cut], isFirst: true, piece: 1)
                message += try inflating.part(vector.payload[cut...], isLast: true, piece: 3)
                #expect(message == vector.message, "cut at \(cut)")
            }
        }
    }

    // D-003, D-023
    @Test(arguments: Delivery.all) func `a message refers to an earlier one`(_ delivery: Delivery) throws {
        let inflating = try Inflating()
        #expect(try inflating.message([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], delivery) == Array("Hello".utf8))
        #expect(try inflating.message([0xF2, 0x00, 0x11, 0x00, 0x00], delivery) == Array("Hello".utf8))
        inflating.reset()
        #expect(throws: ProtocolError.self) { try inflating.message([0xF2, 0x00, 0x11, 0x00, 0x00], delivery) }
    }

    // D-006
    @Test(arguments: Delivery.all, [true, false])
    func `messages after one with BFINAL are intact`(_ delivery: Delivery, keepsContext: Bool) throws {
        var random = WireRandom(seed: 6)
        let compressing = try Compressing(keepsContext: keepsContext)
        let inflating = try Inflating(keepsContext: keepsContext)
        for size in [10, 300, 200 << 10] {
            let final: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]
            #expect(try inflating.message(final, delivery) == Array("Hello".utf8))
            // The peer's own window has it too, nearer than anything else.
            compressing.reset()
            let message = plausibleText(size, &random)
            #expect(try inflating.message(try compressing.message(message), delivery) == message)
        }
    }

    // D-024, D-025. Within one message zlib reads further back than the window, as it has the octets at hand.
    @Test(arguments: 8...15) func `a reference reaches to the edge of the window`(windowBits: Int) throws {
        let window = 1 << windowBits
        let first = (0..<window + 10).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        let inflating = try Inflating(windowBits: windowBits)
        let stored = DeflateWriter.message {
            $0.stored(Array(first.prefix(1000)))
            $0.stored(Array(first.dropFirst(1000)))
        }
        #expect(try inflating.message(stored) == first)
        let edge = try inflating.message(DeflateWriter.message { $0.fixed { $0.fixedMatch(distance: window) } })
        #expect(edge == Array(first.suffix(window).prefix(3)))
        let beyond = DeflateWriter.message { $0.fixed { $0.fixedMatch(distance: window + 1) } }
        switch windowBits {
        // What is sent by a peer whose window of 2^8 is one of 2^9 in truth.
        case 8: #expect(try inflating.message(beyond).count == 3)
        // There is no longer distance in DEFLATE.
        case 15: break
        default:
            let error = #expect(throws: ProtocolError.self) { try inflating.message(beyond) }
            #expect(error?.closeCode == .invalidPayloadData)
        }
    }

    // D-026
    static let corruptions = [
        Vector("a reserved block type", [0x06, 0x00], ""),
        Vector("a stored block whose lengths differ", [0x00, 0x05, 0x00, 0xFB, 0xFF, 0x48, 0x65, 0x00], ""),
        Vector(
            "a distance before the first octet", DeflateWriter.message { $0.fixed { $0.fixedMatch(distance: 1) } }, ""),
        Vector(
            "a distance too far",
            DeflateWriter.message {
                $0.fixed {
                    $0.fixedSymbol(0x61)
                    $0.fixedMatch(distance: 2)
                }
            }, ""),
        Vector("a length that does not exist", DeflateWriter.message { $0.fixed { $0.fixedSymbol(286) } }, ""),
        Vector(
            "a distance that does not exist",
            DeflateWriter.message {
                $0.fixed {
                    $0.fixedSymbol(0x61)
                    $0.fixedSymbol(257)
                    $0.code(30, 5)
                }
            }, ""),
        Vector("too many literals", dynamic(literals: 30, distances: 0, lengths: []), ""),
        Vector("too many distances", dynamic(literals: 0, distances: 30, lengths: []), ""),
        Vector("code lengths that are over-subscribed", dynamic(lengths: [1, 1, 1]), ""),
        Vector("code lengths that leave words without meaning", dynamic(lengths: [2, 2, 2]), ""),
        // 17 and 18 of one bit: zeros alone, and no code for the end.
        Vector(
            "no end of the block",
            dynamic(lengths: [0, 1, 1]) {
                for _ in 0..<2 {
                    $0.code(1, 1)
                    $0.bits(127, 7)
                }
                $0.code(0, 1)
                $0.bits(0, 3)
            }, ""),
        Vector("a repetition of nothing", dynamic(lengths: [1, 1]) { $0.code(0, 1) }, ""),
        Vector("zlib's header", [0x78, 0x9C, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], ""),
    ]

    /// The header of a dynamic block with these lengths of the codes 16, 17, 18, 0, …
    private static func dynamic(
        literals: Int = 0, distances: Int = 0, lengths: [Int], _ content: (inout DeflateWriter) -> Void = { _ in }
    ) -> [UInt8] {
        DeflateWriter.octets {
            $0.header(type: 2)
            $0.bits(literals, 5)
            $0.bits(distances, 5)
            $0.bits(0, 4)
            for index in 0..<4 { $0.bits(index < lengths.count ? lengths[index] : 0, 3) }
            content(&$0)
        } + [0, 0, 0, 0, 0]
    }

    @Test(arguments: corruptions, Delivery.all)
    func `corrupt data is refused, and nothing follows until a reset`(_ vector: Vector, _ delivery: Delivery) throws {
        let inflating = try Inflating()
        for _ in 0..<2 {
            let error = #expect(throws: ProtocolError.self) { try inflating.message(vector.payload, delivery) }
            #expect(error?.closeCode == .invalidPayloadData)
            guard case .corruptCompressedData(let offset) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect((0...vector.payload.count).contains(offset))
            let afterwards = #expect(throws: ProtocolError.self) { try inflating.message([0x00], delivery) }
            #expect(afterwards?.closeCode == .invalidPayloadData)
            // D-041
            inflating.reset()
            #expect(
                try inflating.message([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], delivery) == Array("Hello".utf8))
            inflating.reset()
        }
        var reference = ReferenceInflater()
        #expect(throws: ReferenceInflater.Failure.corrupt) { try reference.inflate(vector.payload) }
    }

    // D-009, D-027: the tail that is added must not become what the peer did not send.
    @Test(arguments: [
        Vector("no octet", [], ""),
        Vector("a fixed block without the next one's header", [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07], ""),
        Vector("a symbol that is cut", [0xF2, 0x48, 0xCD], ""),
        Vector("a stored block without its length", [0x00, 0x05, 0x00], ""),
        Vector("a stored block with one octet of five", [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48], ""),
        Vector("a stored block that the tail would fill", [0x00, 0x04, 0x00, 0xFB, 0xFF], ""),
        Vector("a stored block and no header after it", [0x00, 0x01, 0x00, 0xFE, 0xFF, 0x48], ""),
        Vector("a block that ends with an octet", DeflateWriter.octets { $0.stored([0x61]) }, ""),
        Vector("the head of a dynamic block", [0x04], ""),
        Vector("a dynamic block that is cut", [0x04, 0x00], ""),
        Vector("a message with its tail", [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF], ""),
    ])
    func `a message that is cut is refused, not completed`(_ vector: Vector) throws {
        for delivery in Delivery.all {
            let inflating = try Inflating()
            let whole: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
            for _ in 0..<2 {
                #expect(try inflating.message(whole, delivery) == Array("Hello".utf8))
                #expect(throws: ProtocolError.cutCompressedMessage(length: vector.payload.count)) {
                    try inflating.message(vector.payload, delivery)
                }
                #expect(throws: ProtocolError.self) { try inflating.message(whole, delivery) }
                inflating.reset()
            }
        }
        var reference = ReferenceInflater()
        #expect(throws: ReferenceInflater.Failure.cut) { try reference.inflate(vector.payload) }
    }

    /// A dynamic block without its content, which the tail would be: two matches and the end, to the last bit. Nothing of
    /// zlib's state tells afterwards that the peer did not send it.
    @Test func `a message that the tail would complete is refused`() throws {
        func payload(literals: Int) -> (octets: [UInt8], isAligned: Bool) {
            var writer = DeflateWriter()
            writer.fixed { for _ in 0..<literals { $0.fixedSymbol(255) } }
            writer.header(type: 2)
            // 258 literals and lengths, 30 distances, 18 lengths of their lengths: of 18 one bit, of 2 and 1 two.
            for (value, count) in [(1, 5), (29, 5), (14, 4)] { writer.bits(value, count) }
            for length in [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2] { writer.bits(length, 3) }
            func zeros(_ count: Int) {
                writer.code(0, 1)
                writer.bits(count - 11, 7)
            }
            zeros(97)
            writer.code(3, 2)
            zeros(138)
            zeros(20)
            // The end is 11, a length of three 0, the two longest distances 0 and 1.
            writer.code(3, 2)
            writer.code(2, 2)
            zeros(28)
            writer.code(2, 2)
            writer.code(2, 2)
            return (writer.octets, writer.isAligned)
        }
        let cut = try #require((0..<8).lazy.map(payload).first { $0.isAligned }).octets
        let before = (0..<32768).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        let inflating = try Inflating()
        #expect(try inflating.message(DeflateWriter.message { $0.stored(before) }) == before)
        // Sent, it is a block like any other.
        let sent = try inflating.message(cut + [0x00, 0x00, 0xFF, 0xFF] + [0x00])
        #expect(Array(sent.suffix(3)) == Array((before + sent).dropLast(3).suffix(32768).prefix(3)))
        #expect(throws: ProtocolError.cutCompressedMessage(length: cut.count)) { try inflating.message(cut) }
    }

    @Test(arguments: [1, 6, 9]) func `every beginning of a message is one, or is refused`(level: Int) throws {
        var random = WireRandom(seed: 27)
        let payload = try Compressing(level: level).message(plausibleText(400, &random))
        for length in 0..<payload.count {
            let beginning = Array(payload[..<length])
            var reference = ReferenceInflater()
            let expected = try? reference.inflate(beginning)
            for delivery in [Delivery.whole, .parts(of: 1, piece: 64)] {
                let message = try? Inflating().message(beginning, delivery)
                #expect(message == expected, "\(length) octets of \(payload.count)")
            }
        }
    }

    // D-030
    @Test(arguments: ["é", "e\u{0301}€😀", "", String(repeating: "a€", count: 60_000)])
    func `text is judged after inflation`(text: String) throws {
        let payload = try Compressing().message(Array(text.utf8))
        for delivery in Delivery.all {
            #expect(try Inflating().message(payload, kind: .text, delivery) == Array(text.utf8))
        }
    }

    @Test(arguments: [0, 1, 100, 65_534, 65_535, 65_536, 150_000])
    func `text that is not UTF-8 is refused at its octet`(before: Int) throws {
        let good = [UInt8](repeating: 0x61, count: before)
        for (bad, offset) in [
            ([0xFF], 0), ([0xC3], 1), ([0xE2, 0x82], 2), ([0xE2, 0x82, 0x61], 2), ([0xED, 0xA0], 1),
        ] {
            let octets = good + bad.map(UInt8.init)
            let payload = try Compressing().message(octets)
            for delivery in Delivery.all {
                #expect(throws: ProtocolError.invalidUTF8(offset: before + offset)) {
                    try Inflating().message(payload, kind: .text, delivery)
                }
                #expect(try Inflating().message(payload, kind: .binary, delivery) == octets)
            }
        }
    }

    @Test func `text that is not UTF-8 is not inflated further`() throws {
        let octets = [0xFF] + [UInt8](repeating: 0x61, count: 8 << 20)
        let payload = try Compressing().message(octets)
        let inflating = try Inflating(limits: InflationLimits(maximumRatio: .max))
        #expect(throws: ProtocolError.invalidUTF8(offset: 0)) { try inflating.message(payload, kind: .text) }
        #expect(inflating.capacity <= max(InflationBuffer.smallestCapacity, 4 * payload.count))
        let again = try Inflating(limits: InflationLimits(maximumRatio: .max))
        var isSilent = true
        do {
            isSilent = try again.part(payload[...], isFirst: true, kind: .text, piece: 100).isEmpty
        } catch {
            #expect(error == .invalidUTF8(offset: 0))
        }
        #expect(isSilent)
    }

    @Test func `a text may be cut inside a character, and the next message begins anew`() throws {
        let inflating = try Inflating()
        let stored = { (octets: [UInt8]) in DeflateWriter.message { $0.stored(octets) } }
        let payload = stored([0x61, 0xE2]) + [0x00, 0x00, 0xFF, 0xFF] + stored([0x82, 0xAC])
        for delivery in Delivery.all {
            #expect(try inflating.message(payload, kind: .text, delivery) == Array("a€".utf8))
        }
        #expect(throws: ProtocolError.invalidUTF8(offset: 0)) {
            try inflating.message(stored([0x82, 0xAC]), kind: .text)
        }
    }
}
