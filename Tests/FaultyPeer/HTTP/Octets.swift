extension UInt8 {
    var isDigit: Bool { 0x30...0x39 ~= self }
    var isHexDigit: Bool { isDigit || 0x41...0x46 ~= self || 0x61...0x66 ~= self }
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    var isVisible: Bool { 0x21...0x7E ~= self }
    /// What a header value may hold (RFC 9110 §5.5).
    var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }

    /// `tchar` of RFC 9110 §5.6.2.
    var isToken: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: Self.tokenMarks.contains(self)
        }
    }

    private static let tokenMarks = Array("!#$%&'*+-.^_`|~".utf8)

    var lowercased: UInt8 { 0x41...0x5A ~= self ? self | 0x20 : self }
}

extension Sequence<UInt8> {
    /// One scalar for each octet, so that texts are equal exactly if their octets are.
    var text: String {
        var scalars = String.UnicodeScalarView()
        for octet in self { scalars.append(Unicode.Scalar(octet)) }
        return String(scalars)
    }

    var lowercased: [UInt8] { map(\.lowercased) }
}

extension BidirectionalCollection<UInt8> where SubSequence == Self {
    /// Without the spaces and tabs around it.
    var trimmed: Self {
        guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}

extension String {
    /// The octets of what ``Sequence/text`` made.
    var octets: [UInt8] { unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    var isToken: Bool { !isEmpty && utf8.allSatisfy(\.isToken) }

    /// ASCII letters only: others differ from each other in more ways than protocols know.
    var lowercasedASCII: String { octets.lowercased.text }

    func equalsIgnoringCase(_ other: String) -> Bool { octets.lowercased == other.octets.lowercased }
}
