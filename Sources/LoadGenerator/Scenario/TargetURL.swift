/// A WebSocket URI (RFC 6455 §3).
package struct TargetURL: Sendable, Hashable, CustomStringConvertible {
    package let isSecure: Bool
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: UInt16
    /// The resource name: path and query, beginning with `/`.
    package let resource: String

    package var description: String { "\(isSecure ? "wss" : "ws")://\(authority)\(resource)" }

    /// Host and port, in the form of the Host field and of addresses in a scenario.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package struct Invalid: Error, Sendable, Hashable {
        /// A sentence without its full stop.
        package let message: String
    }

    package init(parsing text: String) throws(Invalid) {
        let example = "write for example `ws://127.0.0.1:9001/chat`"
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else {
            throw Invalid(message: "a URL has no spaces, control or non-ASCII characters; encode them as %XX")
        }
        var rest = Substring(text)
        let scheme = rest.prefix { $0 != ":" }.lowercased()
        switch scheme {
        case "ws": isSecure = false
        case "wss": isSecure = true
        case "http", "https":
            throw Invalid(message: "a WebSocket URL begins with `ws://` or `wss://`, not `\(scheme)://`; \(example)")
        default:
            throw Invalid(message: "`\(text)` does not begin with `ws://` or `wss://`; \(example)")
        }
        rest = rest.dropFirst(scheme.count)
        guard rest.hasPrefix("://") else { throw Invalid(message: "`//` is missing after the scheme; \(example)") }
        rest = rest.dropFirst(3)
        // A fragment never reaches the server, so it may not be in the URI (RFC 6455 §3).
        guard !rest.contains("#") else { throw Invalid(message: "a WebSocket URL has no fragment (`#…`)") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let resource = rest.dropFirst(authority.count)
        self.resource = resource.hasPrefix("/") ? String(resource) : "/" + resource
        guard !authority.contains("@") else {
            throw Invalid(message: "the URL may not hold a user name; use `headers: { authorization: … }`")
        }
        (host, port) = try Self.address(authority, defaultPort: isSecure ? 443 : 80)
    }

    /// Splits `host:port`; without a default the port is required.
    static func address(_ text: Substring, defaultPort: UInt16?) throws(Invalid) -> (host: String, port: UInt16) {
        let host: Substring
        let behind: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw Invalid(message: "the `[` of the address is not closed")
            }
            host = text[text.index(after: text.startIndex)..<end]
            behind = text[text.index(after: end)...]
            guard IPAddress.isVersion6(String(host)) else {
                throw Invalid(message: "`\(host)` is not an IPv6 address")
            }
        } else {
            host = text.prefix { $0 != ":" }
            behind = text.dropFirst(host.count)
            guard !host.isEmpty else { throw Invalid(message: "the host is missing in `\(text)`") }
            guard host.utf8.allSatisfy(isHostByte) else { throw Invalid(message: "`\(host)` is not a host name") }
        }
        if behind.isEmpty || behind == ":" {
            guard let defaultPort else {
                throw Invalid(message: "the port is missing in `\(text)`; write `\(text):9001`")
            }
            return (String(host), defaultPort)
        }
        let digits = behind.dropFirst()
        guard behind.hasPrefix(":"), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let port = UInt16(digits), port > 0
        else { throw Invalid(message: "`\(digits)` is not a port between 1 and 65535") }
        return (String(host), port)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
