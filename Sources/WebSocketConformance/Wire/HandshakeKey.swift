import COpenSSL

/// Sec-WebSocket-Key and Sec-WebSocket-Accept (RFC 6455 §4.1, §4.2.2).
enum HandshakeKey {
    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// 16 random octets in base64.
    static func random(_ random: inout SeededRandom) -> String { base64(random.octets(16)) }

    /// What a server must answer to `key`, taken as text.
    static func accept(for key: String) -> String { accept(forOctets: Array(key.utf8)) }

    /// The same of any octets.
    static func accept(forOctets key: [UInt8]) -> String {
        let text = key + Array(identifier.utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        _ = SHA1(text, text.count, &digest)
        return base64(digest)
    }

    /// RFC 4648 §4.
    static func base64(_ octets: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(3 - group.count) * 8
            for position in 0..<4 {
                text.append(
                    position <= group.count ? alphabet[Int(bits >> (18 - UInt32(position) * 6) & 63)] : 0x3d)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The octets of strict base64 with padding; nil for anything else.
    static func decodedBase64(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        var octets: [UInt8] = []
        for start in stride(from: 0, to: characters.count, by: 4) {
            let group = characters[start..<start + 4]
            let padding = group.reversed().prefix { $0 == 0x3d }.count
            guard padding <= 2, padding == 0 || start + 4 == characters.count else { return nil }
            var bits: UInt32 = 0
            for character in group.dropLast(padding) {
                guard let value = base64Value(character) else { return nil }
                bits = bits << 6 | UInt32(value)
            }
            bits <<= UInt32(padding) * 6
            octets += bigEndian(UInt64(bits), octets: 3).prefix(3 - padding)
        }
        return octets
    }

    private static func base64Value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
