import WebSocketProtocol

/// What a server answers to a request to open a WebSocket.
public enum UpgradeDecision {
    /// Opens the connection and gives it to `handler`.
    ///
    /// - `subprotocol`: one of those that the client offered, or nil.
    /// - `headers`: further headers of the 101 answer.
    /// - `configuration`: other limits and timeouts than the server's, from here on.
    case accept(
        any WebSocketHandler, subprotocol: String? = nil, headers: HTTPHeaders = HTTPHeaders(),
        configuration: WebSocketConfiguration? = nil)
    /// Opens the connection and runs `body` for it, as a task on the connection's loop. When it returns the connection
    /// is closed with 1000; when it throws, with 1011.
    case serve(subprotocol: String? = nil, @Sendable (WebSocket) async throws -> Void)
    /// Answers with this status instead; the TCP connection is then closed.
    case refuse(HTTPStatus, headers: HTTPHeaders = HTTPHeaders(), body: String = "")
}

/// An answer to an ordinary HTTP request; what frames it (Connection, Content-Length) and Date are added.
public struct HTTPResponse: Sendable {
    public var status: HTTPStatus
    public var headers: HTTPHeaders
    public var body: String

    public init(_ status: HTTPStatus, headers: HTTPHeaders = HTTPHeaders(), body: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension HTTPResponse {
    /// The answer when the application has none (RFC 9110 §9.1, §9.3.7).
    static func ofNobody(to request: HTTPRequest) -> HTTPResponse {
        guard request.hasKnownMethod else { return HTTPResponse(.notImplemented, body: "Not implemented.\n") }
        // The asterisk asks about the server as a whole, not about a resource.
        guard request.path != "*" else {
            return HTTPResponse(.noContent, headers: HTTPHeaders([("Allow", "GET, HEAD, OPTIONS")]))
        }
        return HTTPResponse(.notFound, body: "Not found.\n")
    }
}
