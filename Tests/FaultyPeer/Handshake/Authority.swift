import CLinux
import Glibc

/// A host and an optional port, as in a Host header (RFC 9110 §7.2) or a URL.
struct Authority {
    /// Without the brackets of an IPv6 address.
    let host: String
    let isIPv6: Bool
    let port: UInt16?

    init?(_ text: String) {
        var rest = text.octets[...]
        if rest.first == 0x5B {
            guard let end = rest.firstIndex(of: 0x5D) else { return nil }
            host = rest[1..<end].text
            isIPv6 = true
            var address = in6_addr()
            guard inet_pton(AF_INET6, host, &address) == 1 else { return nil }
            rest = rest[(end + 1)...]
        } else {
            let end = rest.firstIndex(of: 0x3A) ?? rest.endIndex
            host = rest[..<end].text
            isIPv6 = false
            guard !host.isEmpty, rest[..<end].allSatisfy(Self.isHostOctet) else { return nil }
            rest = rest[end...]
        }
        guard let colon = rest.first else {
            port = nil
            return
        }
        let digits = rest.dropFirst()
        guard colon == 0x3A, digits.count <= 5, digits.allSatisfy(\.isDigit) else { return nil }
        guard !digits.isEmpty else {
            port = nil
            return
        }
        guard let number = UInt16(digits.text), number > 0 else { return nil }
        port = number
    }

    private static func isHostOctet(_ octet: UInt8) -> Bool {
        octet.isDigit || 0x61...0x7A ~= octet.lowercased || [0x2D, 0x2E, 0x5F, 0x7E].contains(octet)
    }
}
