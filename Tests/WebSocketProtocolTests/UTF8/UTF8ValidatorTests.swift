import ProtocolReference
import Testing
import WebSocketProtocol

@Suite struct UTF8ValidatorTests {
    /// What a validator says of pieces: the offset of the first bad octet, and whether the text may end.
    private struct Verdict: Equatable {
        var invalid: Int?
        var isComplete: Bool
    }

    private func validate(_ pieces: [ArraySlice<UInt8>]) -> Verdict {
        var validator = UTF8Validator()
        var before = 0
        for piece in pieces {
            let invalid = piece.withUnsafeBytes { validator.firstInvalidOffset(in: $0) }
            if let invalid { return Verdict(invalid: before + invalid, isComplete: false) }
            before += piece.count
        }
        return Verdict(invalid: nil, isComplete: validator.isComplete)
    }

    private func expected(_ octets: [UInt8]) -> Verdict {
        let invalid = firstInvalidOffset(octets)
        return Verdict(invalid: invalid, isComplete: invalid == nil && isValidUTF8(octets))
    }

    /// Compares with the standard library: whole, octet by octet, and at every two-part cut.
    private func check(_ octets: [UInt8], _ comment: Comment? = nil) {
        let expected = expected(octets)
        #expect(validate([octets[...]]) == expected, comment)
        #expect(validate(octets.indices.map { octets[$0...$0] }) == expected, comment)
        for cut in 0...octets.count { #expect(validate([octets[..<cut], octets[cut...]]) == expected, comment) }
    }

    // U-001, U-014, U-015
    @Test(
        arguments: [
            0x00, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFDD0, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1FFFE,
            0x3FFFF,
            0x40000, 0xFFFFF, 0x100000, 0x10FFFE, 0x10FFFF,
        ] as [UInt32])
    func `the first and last characters of each length are valid`(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        let octets = Array(String(Character(scalar)).utf8)
        #expect(validate([octets[...]]) == Verdict(invalid: nil, isComplete: true))
        check(Array("a".utf8) + octets + octets + Array("z".utf8))
    }

    // U-006, U-008 to U-013
    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2], [0xDF, 0x20],
            [0xE0, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE0, 0xA0], [0xE1, 0x80, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0x9F],
            [0xEF, 0xBF], [0xEF, 0x41], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90],
            [0xF0, 0x90, 0x80],
            [0xF0, 0x90, 0x80, 0x41], [0xF3, 0xBF, 0xBF, 0xBF, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF],
            [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE],
            [0xFF],
        ] as [[UInt8]])
    func `what is not UTF-8 is refused at the first octet that cannot stand`(octets: [UInt8]) {
        #expect(expected(octets) != Verdict(invalid: nil, isComplete: true))
        check(octets)
        check(Array("ab".utf8) + octets)
        check(octets + Array("ab".utf8))
        check(Array("€".utf8) + octets + Array("€".utf8))
    }

    // U-021
    @Test(arguments: [0, 1, 2, 3, 7, 8, 15, 16, 18, 19, 31, 32, 63, 64, 66, 67, 127, 128, 4095])
    func `a bad octet is found at every offset of long text`(offset: Int) {
        for bad in [0x80, 0xC0, 0xC1, 0xF5, 0xFF, 0xE2] as [UInt8] {
            var octets = [UInt8](repeating: 0x61, count: 4096)
            octets[offset] = bad
            let isLead = bad == 0xE2
            let expected = Verdict(
                invalid: !isLead ? offset : offset == 4095 ? nil : offset + 1, isComplete: false)
            #expect(validate([octets[...]]) == expected, "\(bad)")
        }
    }

    // U-022
    @Test(arguments: ["é", "€", "😀"], [16, 19, 32, 35, 64, 67, 83, 131, 4096])
    func `characters may lie across every boundary`(character: String, boundary: Int) {
        for start in boundary - 4...boundary {
            for length in [boundary + 8, boundary + 40, boundary + 200] {
                var octets = [UInt8](repeating: 0x61, count: length)
                let width = character.utf8.count
                octets.replaceSubrange(start..<start + width, with: character.utf8)
                #expect(validate([octets[...]]) == Verdict(invalid: nil, isComplete: true))
                octets[start + width - 1] = 0x61
                #expect(validate([octets[...]]) == Verdict(invalid: start + width - 1, isComplete: false))
            }
        }
    }

    @Test(arguments: ["é", "€", "😀", "ab€", "a😀"])
    func `every end inside a character is incomplete, in vectors too`(character: String) {
        for padding in [0, 15, 16, 17, 18, 19, 20, 61, 62, 63, 64, 65, 66, 67, 68, 80, 83, 131] {
            let octets = [UInt8](repeating: 0x61, count: padding) + Array(character.utf8)
            for count in padding...octets.count {
                let piece = octets[..<count]
                #expect(
                    validate([piece]) == Verdict(invalid: nil, isComplete: isValidUTF8(piece)), "\(padding) \(count)")
                // What follows must be taken up where it was cut.
                let rest = octets[count...] + [0x62]
                #expect(validate([piece, rest]) == Verdict(invalid: nil, isComplete: true), "\(padding) \(count)")
            }
        }
    }

    @Test(arguments: 0..<40)
    func `random and damaged text is judged as the standard library does`(seed: UInt64) {
        var random = WireRandom(seed: seed)
        for _ in 0..<12 {
            var octets = mixedText(&random, characters: Int.random(in: 0...50, using: &random))
            if random.chance(70), !octets.isEmpty {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let index = Int.random(in: 0..<octets.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: octets[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 1: octets[index] = UInt8.random(in: 0x80...0xFF, using: &random)
                    default: octets.remove(at: index)
                    }
                    if octets.isEmpty { break }
                }
            }
            check(octets, "seed \(seed)")
        }
    }

    // U-028
    @Test(arguments: 0..<4)
    func `random octets are valid only where the standard library says so`(seed: UInt64) {
        var random = WireRandom(seed: seed)
        // Octets above ASCII and a few ranges that make valid sequences likely.
        let pool: [UInt8] = [
            0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4,
        ]
        for _ in 0..<2500 {
            let octets = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                random.chance(90) ? pool.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
            }
            #expect(validate([octets[...]]) == expected(octets), "seed \(seed), \(octets)")
            // The same octets in the vector path.
            let padding = Int.random(in: 3...70, using: &random)
            let text = [UInt8](repeating: 0x61, count: padding) + octets + [UInt8](repeating: 0x61, count: 70)
            let follows = expected(octets + [0x61])
            #expect(
                validate([text[...]])
                    == Verdict(invalid: follows.invalid.map { $0 + padding }, isComplete: follows.isComplete),
                "seed \(seed), \(octets) after \(padding)")
        }
    }

    @Test func `nothing is valid and the state is four octets`() {
        var validator = UTF8Validator()
        let isValid = validator.validate(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(isValid)
        #expect(validator.isComplete)
        #expect(MemoryLayout<UTF8Validator>.size <= 8)
    }
}

/// Text of characters of all widths, valid.
func mixedText(_ random: inout WireRandom, characters count: Int) -> [UInt8] {
    var text = String.UnicodeScalarView()
    while text.count < count {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
        ]
        let range = random.chance(40) ? ranges[0] : ranges.randomElement(using: &random) ?? ranges[0]
        if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
    }
    return Array(String(text).utf8)
}
