/// A `ws://` or `wss://` URL (RFC 6455 §3), ready to be connected to.
public struct WebSocketURL: Sendable, Hashable, CustomStringConvertible {
    /// Whether the scheme is `wss`.
    public let isSecure: Bool
    /// Lower case; an IPv6 address without its brackets.
    public let host: String
    /// The scheme's default, 80 or 443, if none is written.
    public let port: UInt16
    /// Path and query as they are sent: at least `/`, and percent-encoded where a URI needs it.
    public let requestTarget: String
    private let isIPv6: Bool

    /// Reads a URL. Characters of path and query that a URI cannot hold are percent-encoded as UTF-8.
    public init(_ text: String) throws(WebSocketURLError) {
        let octets = text.utf8.span
        for index in octets.indices where octets[index] <= .space || octets[index] == 0x7F {
            throw octets[index] == .space ? .space(offset: index) : .controlCharacter(offset: index)
        }
        let (isSecure, start) = try Self.scheme(octets)
        guard octets.firstIndex(of: UInt8(ascii: "#")) == nil else { throw .fragment }
        var end = start
        while end < octets.count, octets[end] != UInt8(ascii: "/"), octets[end] != UInt8(ascii: "?") { end += 1 }
        let authority = try Self.authority(octets.extracting(start..<end))
        self.isSecure = isSecure
        host = authority.host
        isIPv6 = authority.isIPv6
        port = authority.port ?? Self.defaultPort(isSecure)
        requestTarget = try Self.requestTarget(octets.extracting(end..<octets.count))
    }

    /// The value of the Host header: without the scheme's default port.
    public var hostHeader: String {
        let host = isIPv6 ? "[\(host)]" : host
        return port == Self.defaultPort(isSecure) ? host : "\(host):\(port)"
    }

    public var description: String { (isSecure ? "wss://" : "ws://") + hostHeader + requestTarget }

    private static func defaultPort(_ isSecure: Bool) -> UInt16 { isSecure ? 443 : 80 }

    private static func scheme(_ octets: Span<UInt8>) throws(WebSocketURLError) -> (isSecure: Bool, end: Int) {
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), colon > 0, colon + 2 < octets.count,
            octets[colon + 1] == UInt8(ascii: "/"), octets[colon + 2] == UInt8(ascii: "/")
        else { throw .missingScheme }
        let scheme = octets.extracting(0..<colon)
        if scheme.equalsIgnoringCase("ws") { return (false, colon + 3) }
        if scheme.equalsIgnoringCase("wss") { return (true, colon + 3) }
        throw .unsupportedScheme(octets.text(0..<colon))
    }

    private static func authority(_ octets: Span<UInt8>) throws(WebSocketURLError) -> Authority {
        do throws(Authority.Invalid) {
            return try Authority(octets)
        } catch {
            let text = octets.text(0..<octets.count)
            switch error {
            case .emptyHost: throw .emptyHost
            // Not quoted: it may be a password.
            case .userinfo: throw .userinfo
            case .host: throw .invalidHost(text)
            case .nonASCIIHost: throw .nonASCIIHost(text)
            case .ipv6: throw .invalidIPv6Address(text)
            case .port: throw .invalidPort(text)
            }
        }
    }

    /// Takes path and query, either of which may be missing.
    private static func requestTarget(_ octets: Span<UInt8>) throws(WebSocketURLError) -> String {
        var target: [UInt8] = []
        target.reserveCapacity(octets.count + 1)
        if octets.count == 0 || octets[0] != UInt8(ascii: "/") { target.append(UInt8(ascii: "/")) }
        for index in octets.indices {
            let octet = octets[index]
            if octet == UInt8(ascii: "%") {
                guard index + 2 < octets.count, octets[index + 1].isHexDigit, octets[index + 2].isHexDigit
                else { throw .invalidPercentEncoding }
                target.append(octet)
            } else if isInTarget(octet) {
                target.append(octet)
            } else {
                target.append(contentsOf: percentEncoded(octet))
            }
        }
        return String(decoding: target, as: UTF8.self)
    }

    /// What path and query may hold as it is (RFC 3986 §3.3, §3.4), and the question mark between them.
    private static func isInTarget(_ octet: UInt8) -> Bool {
        octet.isUnreserved || "!$&'()*+,;=:@/?".utf8.contains(octet)
    }

    private static func percentEncoded(_ octet: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
    }
}

/// Why a text is not the URL of a WebSocket.
public enum WebSocketURLError: Error, Equatable, Sendable, CustomStringConvertible {
    case missingScheme
    case unsupportedScheme(String)
    case emptyHost
    /// A character that no host name has, or percent-encoding.
    case invalidHost(String)
    /// A host of other than ASCII letters; its `xn--` form is needed.
    case nonASCIIHost(String)
    case invalidIPv6Address(String)
    /// Not a number of 1-65535.
    case invalidPort(String)
    /// A user name or password before the host; browsers refuse it too.
    case userinfo
    /// A `#`, which a WebSocket URL must not have (RFC 6455 §3); written `%23` it is part of the path.
    case fragment
    case space(offset: Int)
    case controlCharacter(offset: Int)
    case invalidPercentEncoding

    public var description: String {
        switch self {
        case .missingScheme: "the URL does not begin with ws:// or wss://"
        case .unsupportedScheme(let scheme):
            "the scheme \(scheme.quotedForMessage) is not one of WebSocket"
        case .emptyHost: "the URL has no host"
        case .invalidHost(let host): "\(host.quotedForMessage) is not a host name"
        case .nonASCIIHost(let host):
            "\(host.quotedForMessage) is not an ASCII host name; write its xn-- form"
        case .invalidIPv6Address(let host): "\(host.quotedForMessage) is not an IPv6 address in brackets"
        case .invalidPort(let authority):
            "the port in \(authority.quotedForMessage) is not a number from 1 to 65535"
        case .userinfo: "the URL holds a user name or password; send an Authorization header instead"
        case .fragment: "the URL has a fragment, which a WebSocket URL must not have; write # as %23"
        case .space(let offset): "there is a space at octet \(offset) of the URL; write it as %20"
        case .controlCharacter(let offset): "there is a control character at octet \(offset) of the URL"
        case .invalidPercentEncoding: "a % in the URL is not followed by two hexadecimal digits; write it as %25"
        }
    }
}
