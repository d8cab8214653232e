/// Tells as octets arrive whether they can still become UTF-8 (RFC 3629 §4).
struct UTF8Check {
    private let fault: Fault?
    /// Octets that the character in progress still wants.
    private var wanted = 0
    /// What the next of them may be.
    private var range: ClosedRange<UInt8> = 0x80...0xBF
    private var scalar: UInt32 = 0
    /// Octets seen.
    private var offset = 0

    init(fault: Fault?) { self.fault = fault }

    var isBetweenCharacters: Bool { wanted == 0 }

    /// Whether text may continue like this. After false nothing more may be given.
    mutating func accept(_ octets: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < octets.count {
            if wanted == 0 {
                let run = asciiRun(octets, from: index)
                if run > 0 {
                    index += run
                    offset += run
                    continue
                }
            }
            guard accept(octets[index]) else { return false }
            index += 1
            offset += 1
            if fault == .charactersCutAt4096, wanted > 0, offset % 4096 == 0 { return false }
        }
        return true
    }

    /// How many octets from `index` on are known to be ASCII; whole words only.
    private func asciiRun(_ octets: UnsafeRawBufferPointer, from index: Int) -> Int {
        // NUL is to be seen one by one where it is not liked.
        guard fault != .nulRefused else { return 0 }
        let high: UInt64 = fault == .wordCheckMissesOctet ? 0x0080_8080_8080_8080 : 0x8080_8080_8080_8080
        var end = index
        while end + 8 <= octets.count, octets.loadUnaligned(fromByteOffset: end, as: UInt64.self) & high == 0 {
            end += 8
        }
        return end - index
    }

    private mutating func accept(_ octet: UInt8) -> Bool {
        if wanted > 0 {
            if fault == .brokenCharacterSkipped, octet < 0x80 {
                wanted = 0
                return true
            }
            guard range ~= octet else { return false }
            range = 0x80...0xBF
            scalar = scalar << 6 | UInt32(octet & 0x3F)
            wanted -= 1
            return wanted > 0 || fault != .nonCharactersRefused || !isNonCharacter
        }
        switch octet {
        case 0x00: return fault != .nulRefused
        case 0x01..<0x80: return true
        case 0x80..<0xC0:
            return fault == .loneContinuationAccepted || fault == .firstOctetUnchecked && offset == 0
        case 0xC0, 0xC1: return fault == .overlongAccepted && begin(1, octet & 0x1F)
        case 0xC2..<0xE0: return begin(1, octet & 0x1F)
        case 0xE0: return begin(2, octet & 0x0F, fault == .overlongAccepted ? 0x80...0xBF : 0xA0...0xBF)
        case 0xED: return begin(2, octet & 0x0F, fault == .surrogatesAccepted ? 0x80...0xBF : 0x80...0x9F)
        case 0xE1..<0xF0: return begin(2, octet & 0x0F)
        case 0xF0: return begin(3, octet & 0x07, fault == .overlongAccepted ? 0x80...0xBF : 0x90...0xBF)
        case 0xF1..<0xF4: return begin(3, octet & 0x07)
        case 0xF4: return begin(3, octet & 0x07, fault == .beyondUnicodeAccepted ? 0x80...0xBF : 0x80...0x8F)
        case 0xF5..<0xF8: return fault == .beyondUnicodeAccepted && begin(3, octet & 0x07)
        default: return fault == .impossibleOctetsAccepted
        }
    }

    private mutating func begin(_ wanted: Int, _ bits: UInt8, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
        self.wanted = wanted
        self.range = range
        scalar = UInt32(bits)
        return true
    }

    /// Characters that are reserved for internal use, and valid all the same.
    private var isNonCharacter: Bool { 0xFDD0...0xFDEF ~= scalar || scalar & 0xFFFE == 0xFFFE }

    static func isValid(_ octets: [UInt8], fault: Fault? = nil) -> Bool {
        var check = UTF8Check(fault: fault)
        return octets.withUnsafeBytes { check.accept($0) } && check.isBetweenCharacters
    }
}
