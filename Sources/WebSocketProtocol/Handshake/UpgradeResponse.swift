/// The answer by which a server opened a WebSocket.
public struct UpgradeResponse: Sendable {
    /// Always 101; the reason is the server's.
    public let status: HTTPStatus
    public let headers: HTTPHeaders
    /// One of those that were asked for, or nil if the server chose none.
    public let subprotocol: String?
    /// What the server accepted of the extensions offered.
    public let extensions: [WebSocketExtension]
}
