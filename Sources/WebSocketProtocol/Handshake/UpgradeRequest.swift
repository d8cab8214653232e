/// A valid request to open a WebSocket (RFC 6455 §4.2.1), for the application to accept or refuse.
///
/// Everything is as the client sent it, nothing is decoded: compare `path` as it is, so that `/a` and `/%61` stay two
/// paths.
public struct UpgradeRequest: Sendable {
    /// Percent-encoded as sent, at least `/`.
    public let path: String
    /// Percent-encoded as sent, without the question mark; nil if there is none.
    public let query: String?
    /// The request target as sent; an absolute URL if the client asked as it would ask a proxy.
    public let rawTarget: String
    /// Host and perhaps port that the client means to talk to, as sent.
    public let host: String
    /// The web page's origin, sent by browsers; see ``OriginPolicy``.
    public let origin: String?
    /// The subprotocols offered, most wanted first; tokens without repetition.
    public let subprotocols: [String]
    /// The extensions offered, most wanted first, at most 32 of at most 16 parameters each; others are left out.
    public let extensions: [WebSocketExtension]
    public let headers: HTTPHeaders
    /// The Sec-WebSocket-Key as sent.
    package let key: String

    /// The first of `supported` that the client offers, in the client's own spelling; nil if there is none.
    public func chooseSubprotocol(from supported: [String]) -> String? {
        Subprotocol.choose(offered: subprotocols, supported: supported)
    }
}
