/// A host and an optional port, as in a Host header, an origin or a URL (RFC 3986 §3.2).
///
/// Hosts are IPv6 literals in brackets, or names and IPv4 addresses of letters, digits, `-`, `.`, `_` and `~`. User
/// information, percent-encoding and sub-delimiters, which the grammar of names also allows, are refused: no name that
/// can be resolved has them, and look-alikes are made of them.
struct Authority: Hashable, Sendable {
    /// Lower case; an IPv6 address without its brackets.
    let host: String
    let isIPv6: Bool
    /// Nil if there is none, or an empty one after a colon.
    let port: UInt16?

    enum Invalid: Error, Equatable {
        case emptyHost
        case userinfo
        case host
        case nonASCIIHost
        case ipv6
        case port
    }

    init(_ octets: Span<UInt8>) throws(Invalid) {
        let hostEnd: Int
        if octets.count > 0, octets[0] == UInt8(ascii: "[") {
            guard let bracket = octets.firstIndex(of: UInt8(ascii: "]")) else { throw .ipv6 }
            guard Self.isIPv6(octets.extracting(1..<bracket)) else { throw .ipv6 }
            isIPv6 = true
            host = octets.text(1..<bracket).lowercased()
            hostEnd = bracket + 1
        } else {
            hostEnd = octets.firstIndex(of: UInt8(ascii: ":")) ?? octets.count
            try Self.checkName(octets, end: hostEnd)
            isIPv6 = false
            host = octets.text(0..<hostEnd).lowercased()
        }
        port = try Self.port(octets, from: hostEnd)
    }

    private static func checkName(_ octets: Span<UInt8>, end: Int) throws(Invalid) {
        guard octets.firstIndex(of: UInt8(ascii: "@")) == nil else { throw .userinfo }
        guard end > 0 else { throw .emptyHost }
        guard octets.allSatisfy(in: 0..<end, { $0 < 0x80 }) else { throw .nonASCIIHost }
        guard octets.allSatisfy(in: 0..<end, \.isUnreserved) else { throw .host }
    }

    /// Reads `:port`, 1-65535; port 0 cannot be connected to.
    private static func port(_ octets: Span<UInt8>, from start: Int) throws(Invalid) -> UInt16? {
        guard start < octets.count else { return nil }
        guard octets[start] == UInt8(ascii: ":") else { throw .port }
        guard start + 1 < octets.count else { return nil }
        var port = 0
        for index in start + 1..<octets.count {
            guard octets[index].isDigit else { throw .port }
            port = port * 10 + Int(octets[index] - UInt8(ascii: "0"))
            guard port <= 65535 else { throw .port }
        }
        guard port > 0 else { throw .port }
        return UInt16(port)
    }

    /// `IPv6address` of RFC 3986 §3.2.2: eight groups, of which one `::` replaces any number, the last two perhaps as
    /// IPv4.
    private static func isIPv6(_ octets: Span<UInt8>) -> Bool {
        var groups = 0
        var hasGap = false
        var index = 0
        if octets.count >= 2, octets[0] == UInt8(ascii: ":"), octets[1] == UInt8(ascii: ":") {
            hasGap = true
            index = 2
        }
        while index < octets.count {
            let start = index
            while index < octets.count, octets[index].isHexDigit { index += 1 }
            if index < octets.count, octets[index] == UInt8(ascii: ".") {
                groups += 2
                return isIPv4(octets.extracting(start..<octets.count)) && (hasGap ? groups < 8 : groups == 8)
            }
            guard 1...4 ~= index - start else { return false }
            groups += 1
            guard index < octets.count else { break }
            guard octets[index] == UInt8(ascii: ":"), groups < 8 else { return false }
            index += 1
            // A colon is followed by a group or is the first of `::`.
            guard index < octets.count else { return false }
            if octets[index] == UInt8(ascii: ":") {
                guard !hasGap else { return false }
                hasGap = true
                index += 1
            }
        }
        return hasGap ? groups < 8 : groups == 8
    }

    private static func isIPv4(_ octets: Span<UInt8>) -> Bool {
        var parts = 0
        var digits = 0
        var value = 0
        for index in 0...octets.count {
            guard index < octets.count, octets[index] != UInt8(ascii: ".") else {
                guard digits > 0 else { return false }
                parts += 1
                (digits, value) = (0, 0)
                continue
            }
            guard octets[index].isDigit, digits == 0 || value > 0 else { return false }
            value = value * 10 + Int(octets[index] - UInt8(ascii: "0"))
            digits += 1
            guard value <= 255 else { return false }
        }
        return parts == 4
    }
}
