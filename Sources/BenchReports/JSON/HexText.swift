/// Octets as hexadecimal digits, and back.
enum HexText {
    static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + (nibble & 0xf) - 10
    }

    /// Two digits an octet, without anything between.
    static func text(_ octets: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for octet in octets {
            text.append(digit(octet >> 4))
            text.append(digit(octet & 0xf))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The octets that digits stand for, up to the first pair that is none: a result file may hold anything.
    static func octets(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            guard let value = value(character) else { break }
            if let upper = high {
                octets.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return octets
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
