import COpenSSL
import Foundation

/// Sec-WebSocket-Key and what answers it (RFC 6455 §4.2.2).
enum HandshakeKey {
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    static func accept(for key: String, fault: Fault?) -> String {
        var text = key
        if fault == .acceptOfDecodedKey { text = Data(base64Encoded: key).map { [UInt8]($0).text } ?? key }
        if fault != .acceptWithoutGUID { text += guid }
        let octets = text.octets
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        SHA1(octets, octets.count, &digest)
        let accept = Data(digest).base64EncodedString()
        return fault == .acceptInLowerCase ? accept.lowercased() : accept
    }

    /// Whether a key is 16 octets in base64: 22 letters and two `=`. The pad bits of the last letter may be anything
    /// (erratum 3150 is for clients).
    static func isValid(_ key: String, fault: Fault?) -> Bool {
        let octets = key.octets
        if fault == .anyKey { return !key.isEmpty }
        if fault == .keyLengthUnchecked {
            return !key.isEmpty && octets.allSatisfy { isBase64($0) || $0 == 0x3D }
        }
        return octets.count == 24 && octets[22...].allSatisfy { $0 == 0x3D }
            && octets[..<22].allSatisfy { isBase64($0) || fault == .keyAlphabetUnchecked }
    }

    private static func isBase64(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F: true
        default: false
        }
    }
}
