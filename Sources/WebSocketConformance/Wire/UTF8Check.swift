/// Validity of UTF-8 by the letter of RFC 3629 §4, independent of the validator that this package ships.
enum UTF8Check {
    static func isValid(_ octets: some Sequence<UInt8>) -> Bool {
        var validator = Validator()
        for octet in octets where !validator.accept(octet) { return false }
        return validator.isComplete
    }

    /// Octet by octet: the row of the RFC's grammar that the character so far belongs to.
    struct Validator: Sendable {
        private var remaining = 0
        private var least: UInt8 = 0x80
        private var greatest: UInt8 = 0xbf

        init() {}

        /// Whether the text may end here.
        var isComplete: Bool { remaining == 0 }

        /// Returns false at the first octet that no valid text has there.
        mutating func accept(_ octet: UInt8) -> Bool {
            if remaining > 0 {
                guard octet >= least, octet <= greatest else { return false }
                (least, greatest) = (0x80, 0xbf)
                remaining -= 1
                return true
            }
            switch octet {
            case 0x00...0x7f: return true
            case 0xc2...0xdf: remaining = 1
            case 0xe0...0xef:
                remaining = 2
                if octet == 0xe0 { least = 0xa0 }
                // Surrogates.
                if octet == 0xed { greatest = 0x9f }
            case 0xf0...0xf4:
                remaining = 3
                if octet == 0xf0 { least = 0x90 }
                if octet == 0xf4 { greatest = 0x8f }
            default: return false
            }
            return true
        }
    }
}
