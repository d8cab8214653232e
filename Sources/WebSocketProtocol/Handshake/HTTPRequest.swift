/// A well-formed HTTP request that does not ask for a WebSocket, such as a health check.
public struct HTTPRequest: Sendable {
    /// Case-sensitive, as sent.
    public let method: String
    /// The request target as sent.
    public let rawTarget: String
    /// Percent-encoded as sent; `*` for `OPTIONS *`.
    public let path: String
    /// Percent-encoded as sent, without the question mark; nil if there is none.
    public let query: String?
    /// Host and perhaps port that the client means to talk to, as sent: of an absolute target, else of the Host header
    /// (RFC 9112 §3.2.2). Empty in HTTP/1.0 without either.
    public let host: String
    public let headers: HTTPHeaders

    /// Whether HTTP defines the method; another one is not implemented (501) rather than not found or not allowed.
    package var hasKnownMethod: Bool { HTTPMethod.isKnown(method) }
}
