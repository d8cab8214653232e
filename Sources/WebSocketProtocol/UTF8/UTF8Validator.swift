/// Checks UTF-8 (RFC 3629) as it arrives, in pieces cut anywhere.
///
/// Overlong forms, surrogates and everything above U+10FFFF are refused at the first octet that cannot continue. After
/// a refusal the validator must not be used again.
@usableFromInline
package struct UTF8Validator {
    /// The octets of the character in progress, the last one lowest; 0 between characters. Always a valid prefix.
    @usableFromInline
    var pending: UInt32 = 0

    @inlinable
    package init() {}

    /// Whether the text may end here.
    @inlinable
    package var isComplete: Bool { pending == 0 }

    /// Takes the next piece and returns whether it continues the text.
    @inlinable
    package mutating func validate(_ bytes: UnsafeRawBufferPointer) -> Bool {
        firstInvalidOffset(in: bytes) == nil
    }

    /// Takes the next piece and returns the offset of the first octet that cannot continue the text, nil if all do.
    @inlinable
    package mutating func firstInvalidOffset(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        return firstInvalidOffset(start, count: bytes.count)
    }

    @usableFromInline
    mutating func firstInvalidOffset(_ start: UnsafeRawPointer, count: Int) -> Int? {
        // A vector step reads three octets before its own, and the overlapping last one needs 16.
        guard count >= 19 else { return step(start, from: 0, to: count) }
        if let offset = step(start, from: 0, to: 3) { return offset }
        var offset = 3
        while offset &+ 64 <= count {
            let block = start + offset
            if Self.isASCII(block) {
                if Self.unfinished(before: block) != 0 { return offset }
            } else if Self.hasError(
                Self.errors(block) | Self.errors(block + 16) | Self.errors(block + 32)
                    | Self.errors(block + 48))
            {
                return locate(start, from: offset, to: offset &+ 64)
            }
            offset &+= 64
        }
        while offset &+ 16 <= count {
            if Self.hasError(Self.errors(start + offset)) { return locate(start, from: offset, to: offset &+ 16) }
            offset &+= 16
        }
        // The rest is the end of one more step over octets of which the first were found good already.
        if Self.hasError(Self.errors(start + count - 16)) { return locate(start, from: offset, to: count) }
        pending = Self.unfinished(before: start + count)
        return nil
    }

    /// The offset of the error that a vector step found, for which octets before `from` are known to be good.
    private mutating func locate(_ start: UnsafeRawPointer, from: Int, to: Int) -> Int? {
        pending = Self.unfinished(before: start + from)
        return step(start, from: from, to: to)
    }

    /// Takes octets one by one.
    private mutating func step(_ start: UnsafeRawPointer, from: Int, to: Int) -> Int? {
        var offset = from
        while offset < to {
            guard take(start.load(fromByteOffset: offset, as: UInt8.self)) else { return offset }
            offset &+= 1
        }
        return nil
    }

    /// Takes one octet (RFC 3629 §4, table 3-7 of the Unicode standard).
    private mutating func take(_ octet: UInt8) -> Bool {
        guard pending != 0 else {
            if octet < 0x80 { return true }
            guard octet >= 0xC2, octet <= 0xF4 else { return false }
            pending = UInt32(octet)
            return true
        }
        guard octet & 0xC0 == 0x80 else { return false }
        let isComplete: Bool
        if pending < 0x100 {
            switch pending {
            case 0xE0 where octet < 0xA0: return false
            case 0xED where octet > 0x9F: return false
            case 0xF0 where octet < 0x90: return false
            case 0xF4 where octet > 0x8F: return false
            default: isComplete = pending < 0xE0
            }
        } else {
            isComplete = pending >= 0x10000 || pending < 0xF000
        }
        pending = isComplete ? 0 : pending &<< 8 | UInt32(octet)
        return true
    }

    /// The octets of the character that is unfinished at `end`, when the three octets before it belong to good text.
    private static func unfinished(before end: UnsafeRawPointer) -> UInt32 {
        let first = UInt32(end.load(fromByteOffset: -1, as: UInt8.self))
        if first >= 0xC0 { return first }
        let second = UInt32(end.load(fromByteOffset: -2, as: UInt8.self))
        if second >= 0xE0 { return second << 8 | first }
        let third = UInt32(end.load(fromByteOffset: -3, as: UInt8.self))
        return third >= 0xF0 ? third << 16 | second << 8 | first : 0
    }

    @inline(__always)
    private static func isASCII(_ block: UnsafeRawPointer) -> Bool {
        let all = block.loadUnaligned(as: SIMD8<UInt64>.self)
        let half = all.lowHalf | all.highHalf
        let quarter = half.lowHalf | half.highHalf
        return (quarter.x | quarter.y) & 0x8080_8080_8080_8080 == 0
    }

    /// Checks 16 octets against the three before each of them. The result is not zero where an octet cannot stand.
    ///
    /// Each test leaves its answer in the highest bit of the octet's lane and anything in the others. It is made of
    /// additions and bit operations because this compiler walks lane by lane when vectors are compared: `x &+ x` moves
    /// the next bit up, and `&+ 0x7F` tells by the highest bit whether the seven lower ones were zero.
    @inline(__always)
    private static func errors(_ block: UnsafeRawPointer) -> SIMD2<UInt64> {
        typealias Octets = SIMD16<UInt8>
        let octet = block.loadUnaligned(as: Octets.self)
        let first = (block - 1).loadUnaligned(as: Octets.self)
        let second = (block - 2).loadUnaligned(as: Octets.self)
        let third = (block - 3).loadUnaligned(as: Octets.self)
        let octetBit6 = octet &+ octet
        let octetBit5 = octetBit6 &+ octetBit6
        let octetBit4 = octetBit5 &+ octetBit5
        let firstBit6 = first &+ first
        let secondBit6 = second &+ second
        let thirdBit6 = third &+ third
        let thirdBit5 = thirdBit6 &+ thirdBit6

        let isLead = octet & octetBit6
        let isContinuation = octet & ~octetBit6
        let mustContinue =
            (first & firstBit6) | (second & secondBit6 & (secondBit6 &+ secondBit6))
            | (third & thirdBit6 & thirdBit5 & (thirdBit5 &+ thirdBit5))
        // C0 and C1 have nothing in the bits below, F5 and above carry.
        let neverStands =
            (isLead & ~((octet & 0x3E) &+ Octets(repeating: 0x7E)))
            | (octet & ((octet & 0x7F) &+ Octets(repeating: 0x0B)))
        // The octet before is E0, ED, F0 or F4 where nothing differs. It has its highest bit wherever this one
        // continues.
        let lower = first & 0x7F
        let differsE0 = (lower ^ 0x60) &+ Octets(repeating: 0x7F)
        let differsED = (lower ^ 0x6D) &+ Octets(repeating: 0x7F)
        let differsF0 = (lower ^ 0x70) &+ Octets(repeating: 0x7F)
        let differsF4 = (lower ^ 0x74) &+ Octets(repeating: 0x7F)
        let isHigh = octetBit5 | octetBit4
        // E0 80-9F, ED A0-BF, F0 80-8F and F4 90-BF.
        let outside =
            (~octetBit5 & ~differsE0) | (octetBit5 & ~differsED) | (~isHigh & ~differsF0) | (isHigh & ~differsF4)
        let errors = (isContinuation ^ mustContinue) | neverStands | (outside & first)
        return unsafeBitCast(errors, to: SIMD2<UInt64>.self)
    }

    @inline(__always)
    private static func hasError(_ errors: SIMD2<UInt64>) -> Bool { (errors.x | errors.y) & 0x8080_8080_8080_8080 != 0 }
}
