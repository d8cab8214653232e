import COpenSSL

/// The keys by which both sides know that the other one speaks WebSocket (RFC 6455 §4.1, §4.2.2).
enum WebSocketKey {
    /// §1.3.
    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The text of a key of 16 random octets.
    static func encode(_ bytes: (UInt64, UInt64)) -> String {
        var octets: [UInt8] = []
        octets.reserveCapacity(16)
        for word in [bytes.0, bytes.1] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                octets.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return encodeBase64(octets)
    }

    /// Whether `key` is 16 octets in base64. Non-zero pad bits are tolerated, as erratum 3150 shows that they were
    /// sent; the answer is always computed over the text as it is.
    static func isValid(_ key: String) -> Bool {
        let octets = key.utf8.span
        return octets.count == 24 && octets.allSatisfy(in: 0..<22, isBase64)
            && octets.allSatisfy(in: 22..<24) { $0 == UInt8(ascii: "=") }
    }

    /// The value of Sec-WebSocket-Accept that answers `key`.
    static func accept(for key: String) -> String {
        let input = Array((key + identifier).utf8)
        let digest = [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            // SHA1 writes exactly the 20 octets that the buffer has room for.
            _ = SHA1(input, input.count, buffer.baseAddress)
            count = 20
        }
        return encodeBase64(digest)
    }

    private static func isBase64(_ octet: UInt8) -> Bool {
        octet.isLetter || octet.isDigit || octet == UInt8(ascii: "+") || octet == UInt8(ascii: "/")
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func encodeBase64(_ octets: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (octets.count + 2) / 3 * 4) { buffer in
            var length = 0
            for start in stride(from: 0, to: octets.count, by: 3) {
                let group = octets[start..<min(start + 3, octets.count)]
                let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
                for position in 0..<4 {
                    buffer[length] =
                        position <= group.count
                        ? alphabet[bits >> (18 - 6 * position) & 63] : UInt8(ascii: "=")
                    length += 1
                }
            }
            return length
        }
    }
}
