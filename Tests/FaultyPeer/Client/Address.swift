/// A `ws` or `wss` URL (RFC 6455 §3).
struct Address {
    let isSecure: Bool
    let authority: Authority
    let port: UInt16
    /// Path and query as they are sent, never empty.
    let target: String

    /// Throws `DialError.refused` for what is no such URL.
    init(_ text: String, fault: Fault?) throws(DialError) {
        let octets = Array(text.utf8)
        let isLenient = fault == .urlUnchecked
        guard isLenient || octets.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .refused("the URL has a space or control character")
        }
        let lower = text.lowercased()
        if lower.hasPrefix("ws://") {
            isSecure = false
        } else if lower.hasPrefix("wss://") {
            isSecure = true
        } else if isLenient, lower.hasPrefix("http://") {
            isSecure = false
        } else {
            throw .refused("the URL's scheme is not ws or wss")
        }
        var rest = octets[(isSecure ? 6 : lower.hasPrefix("http") ? 7 : 5)...]
        if let fragment = rest.firstIndex(of: 0x23), fault != .fragmentSent {
            guard isLenient else { throw .refused("the URL has a fragment") }
            rest = rest[..<fragment]
        }
        let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? rest.endIndex
        var place = rest[..<end]
        if isLenient, let at = place.lastIndex(of: 0x40) { place = place[(at + 1)...] }
        guard place.allSatisfy({ $0 < 0x80 }), let authority = Authority(place.text) else {
            throw .refused("the URL's host or port is malformed")
        }
        self.authority = authority
        port = authority.port ?? (isSecure ? 443 : 80)
        target = try Self.target(rest[end...], fault)
    }

    private static func target(_ octets: ArraySlice<UInt8>, _ fault: Fault?) throws(DialError) -> String {
        var text = ""
        for octet in octets {
            switch octet {
            // Also what generic URLs must escape: quotes, angle brackets, backslash, caret, grave, braces and bar.
            case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D, 0x80...0xFF:
                if fault == .nonASCIIUnescaped {
                    text.unicodeScalars.append(Unicode.Scalar(octet))
                } else {
                    let digits = Array("0123456789ABCDEF")
                    text += "%\(digits[Int(octet >> 4)])\(digits[Int(octet & 15)])"
                }
            default: text.unicodeScalars.append(Unicode.Scalar(octet))
            }
        }
        if fault == .queryNotSent { text = text.split(separator: "?").first.map(String.init) ?? "" }
        if text.hasPrefix("/") || fault == .emptyPathSent { return text }
        return "/" + text
    }

    /// The Host header: without the port that the scheme implies.
    func host(fault: Fault?) -> String {
        let name = authority.isIPv6 && fault != .bracketsMissing ? "[\(authority.host)]" : authority.host
        return port == (isSecure ? 443 : 80) || fault == .portMissingInHost ? name : "\(name):\(port)"
    }
}
