/// Which web pages may open WebSockets here (RFC 6455 §10.2).
///
/// Browsers send the page's origin and do not let it be forged, so an allow-list stops pages of others from using a
/// visitor's cookies. Clients that are no browsers can send any origin: this replaces no authentication.
public struct OriginPolicy: Sendable {
    /// Every origin, and none at all.
    public static let any = OriginPolicy(allowed: nil, allowsMissing: true)

    /// Nil allows all.
    private let allowed: Set<Origin>?
    private let allowsMissing: Bool

    private init(allowed: Set<Origin>?, allowsMissing: Bool) {
        self.allowed = allowed
        self.allowsMissing = allowsMissing
    }

    /// Only these origins, written `https://example.com` or `https://example.com:8443`.
    ///
    /// Scheme, host and port must all match, ASCII letters of scheme and host in any case, the port perhaps the
    /// scheme's default.
    /// - Parameter allowsMissing: whether requests without an Origin header pass; only browsers always send it.
    public init(allowing origins: [String], allowsMissing: Bool = true) throws(OriginError) {
        var allowed = Set<Origin>()
        for text in origins {
            guard let origin = Origin(text) else { throw OriginError(origin: text) }
            allowed.insert(origin)
        }
        self.init(allowed: allowed, allowsMissing: allowsMissing)
    }

    /// Whether a request with this Origin header, nil for none, may pass.
    public func allows(_ origin: String?) -> Bool {
        guard let allowed else { return true }
        guard let origin else { return allowsMissing }
        guard let origin = Origin(origin) else { return false }
        return allowed.contains(origin)
    }
}

/// An entry of an allow-list that is not an origin: scheme, `://`, host and perhaps a port, nothing else.
public struct OriginError: Error, Equatable, Sendable, CustomStringConvertible {
    public let origin: String

    public var description: String {
        "\(origin.quotedForMessage) is not an origin; write it like https://example.com or https://example.com:8443"
    }
}

/// A serialized origin (RFC 6454 §6.2), other than `null`, which names no one.
private struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    /// Nil for the unknown default port of a scheme such as an application's own.
    let port: UInt16?

    init?(_ text: String) {
        let octets = text.utf8.span
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), colon > 0, colon + 2 < octets.count,
            octets[colon + 1] == UInt8(ascii: "/"), octets[colon + 2] == UInt8(ascii: "/"),
            octets.allSatisfy(in: 0..<colon, Self.isSchemeOctet), octets[0].isLetter,
            // The grammar of a URL allows an empty port, a browser never sends it.
            octets[octets.count - 1] != UInt8(ascii: ":"),
            let authority = try? Authority(octets.extracting(colon + 3..<octets.count))
        else { return nil }
        scheme = octets.text(0..<colon).lowercased()
        host = authority.host
        port = authority.port ?? Self.defaultPort(of: scheme)
    }

    private static func isSchemeOctet(_ octet: UInt8) -> Bool {
        octet.isLetter || octet.isDigit || octet == UInt8(ascii: "+") || octet == UInt8(ascii: "-")
            || octet == UInt8(ascii: ".")
    }

    private static func defaultPort(of scheme: String) -> UInt16? {
        switch scheme {
        case "http", "ws": 80
        case "https", "wss": 443
        default: nil
        }
    }
}
