/// Octets as hexadecimal digits, two for each.
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func text(_ octets: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: octets.count * 2) { text in
            for (index, octet) in octets.enumerated() {
                text[2 * index] = digits[Int(octet >> 4)]
                text[2 * index + 1] = digits[Int(octet & 15)]
            }
            return octets.count * 2
        }
    }

    /// Nil for an odd number of digits, or anything that is none.
    package static func octets(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            octets.append(high << 4 | low)
        }
        return octets
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
