// The character classes of HTTP over single octets, and the few comparisons that the parsers share. Comparisons are
// over octets because `String`'s own treats canonically equivalent text as equal: U+212A would pass for the letter K.

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let backslash: UInt8 = 0x5C

    /// `tchar` of RFC 9110 §5.6.2, as a set of 128 bits.
    var isToken: Bool {
        // Low: ! # $ % & ' * + - . 0-9; high: A-Z ^ _ ` a-z | ~.
        let bits: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return self < 128 && (bits >> UInt64(self & 63)) & 1 == 1
    }

    /// What a header's value may hold (RFC 9110 §5.5): visible ASCII, space, tab and obs-text.
    var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == .tab }

    /// Visible ASCII, `VCHAR` of RFC 5234.
    var isVisible: Bool { self > 0x20 && self < 0x7F }

    var isWhitespace: Bool { self == .space || self == .tab }

    var isDigit: Bool { self &- 0x30 < 10 }

    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }

    /// `unreserved` of RFC 3986 §2.3.
    var isUnreserved: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "~")
    }

    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension Span where Element == UInt8 {
    /// Whether both hold the same octets, ASCII letters in any case.
    func equalsIgnoringCase(_ other: String) -> Bool {
        let other = other.utf8.span
        guard count == other.count else { return false }
        for index in indices where self[index].lowercased != other[index].lowercased { return false }
        return true
    }

    /// Whether these are the first octets, letters in this case.
    func hasPrefix(_ prefix: String) -> Bool {
        let prefix = prefix.utf8.span
        guard count >= prefix.count else { return false }
        for index in prefix.indices where self[index] != prefix[index] { return false }
        return true
    }

    func firstIndex(of octet: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == octet { return index }
            index += 1
        }
        return nil
    }

    /// `range` without the spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isWhitespace { start += 1 }
        while start < end, self[end - 1].isWhitespace { end -= 1 }
        return start..<end
    }

    /// The octets as text; what is not UTF-8 becomes U+FFFD.
    func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    func allSatisfy(in range: Range<Int>, _ condition: (UInt8) -> Bool) -> Bool {
        for index in range where !condition(self[index]) { return false }
        return true
    }

    /// Calls `body` with each element of a comma-separated list, trimmed; empty elements are skipped (RFC 9110
    /// §5.6.1.2).
    func forEachListElement<Failure: Error>(
        in range: Range<Int>, _ body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = range.lowerBound
        var index = start
        while index <= range.upperBound {
            if index == range.upperBound || self[index] == UInt8(ascii: ",") {
                let element = trimmed(start..<index)
                if !element.isEmpty { try body(element) }
                start = index + 1
            }
            index += 1
        }
    }
}

extension String {
    /// Whether this is a token of RFC 9110 §5.6.2, such as a header's name or a subprotocol.
    var isToken: Bool { !isEmpty && utf8.allSatisfy(\.isToken) }

    /// Whether this can be sent as a header's value: no line end, NUL or other control character.
    var isFieldContent: Bool { utf8.allSatisfy(\.isFieldContent) }

    func hasSameOctets(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Text of the peer for a message: cut to 64 characters, quoted, everything escaped that could act on a terminal
    /// or turn what stands beside it around.
    var quotedForMessage: String {
        let start = unicodeScalars.prefix(64)
        let quoted = start.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n", "\r", "\t": scalar.escaped(asASCII: true)
            case _ where scalar.isInvisible: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: String(scalar)
            }
        }
        return "\"" + quoted.joined() + "\"" + (start.endIndex == unicodeScalars.endIndex ? "" : "…")
    }
}

extension Unicode.Scalar {
    /// Controls, also those beyond ASCII, marks of direction, line separators, and what no font knows.
    fileprivate var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
