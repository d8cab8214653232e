import WebSocketTransport

/// Maps the fixture paths to what they do.
struct Endpoints: Sendable {
    let configuration: WebSocketConfiguration

    private static let origins = try? OriginPolicy(allowing: ["https://good.example"])
    private static let supportedSubprotocols = ["chat", "superchat"]
    /// `user:pass` in the Basic scheme (RFC 7617).
    private static let credentials = "Basic dXNlcjpwYXNz"

    /// Takes permessage-deflate where it is offered, even if the server has it off elsewhere.
    private var compressing: WebSocketConfiguration {
        var compressing = configuration
        if compressing.compression.mode == .off { compressing.compression.mode = .dedicated() }
        return compressing
    }

    func decide(_ request: UpgradeRequest) -> UpgradeDecision {
        switch request.path {
        case "/", "/echo": return .accept(Echo.shared)
        case "/echo-deflate": return .accept(Echo.shared, configuration: compressing)
        case "/limit":
            var limited = compressing
            limited.messageLimits.maximumMessageSize = 1 << 20
            return .accept(Echo.shared, configuration: limited)
        case "/subproto":
            return .accept(Echo.shared, subprotocol: request.chooseSubprotocol(from: Self.supportedSubprotocols))
        case "/origin":
            guard Self.origins?.allows(request.origin) ?? false else {
                return .refuse(.forbidden, body: "This origin is not allowed.\n")
            }
            return .accept(Echo.shared)
        case "/auth":
            guard request.headers.first(for: "Authorization") == Self.credentials else {
                let challenge = HTTPHeaders([("WWW-Authenticate", "Basic realm=\"fixture\"")])
                return .refuse(.unauthorized, headers: challenge, body: "Credentials are required.\n")
            }
            return .accept(Echo.shared)
        case "/redirect":
            return .refuse(.found, headers: HTTPHeaders([("Location", "/echo")]), body: "See /echo.\n")
        case "/close": return .accept(Closer(QueryItems(request.query)))
        case "/push": return .accept(Pusher(text: "pushed"))
        case "/text-only": return .accept(TextOnly())
        case "/throw": return .accept(Thrower())
        case "/idle":
            var probing = configuration
            probing.pingInterval = .seconds(1)
            probing.pingTimeout = .seconds(2)
            return .accept(Echo.shared, configuration: probing)
        case "/info": return .accept(Pusher(text: RequestInfo.json(request)))
        default: return .refuse(.notFound, body: "Not found.\n")
        }
    }

    func respond(_ request: HTTPRequest) -> HTTPResponse? {
        guard Self.paths.contains(request.path) else { return nil }
        switch request.method {
        case "GET", "HEAD": return Self.upgradeRequired
        case "OPTIONS": return HTTPResponse(.noContent, headers: Self.allowed)
        case "POST", "PUT", "DELETE", "PATCH", "TRACE":
            return HTTPResponse(.methodNotAllowed, headers: Self.allowed, body: "This method is not allowed here.\n")
        // Not one of HTTP's: 501.
        default: return nil
        }
    }

    private static let allowed = HTTPHeaders([("Allow", "GET, HEAD, OPTIONS")])

    private static var upgradeRequired: HTTPResponse {
        let headers = HTTPHeaders([("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")])
        return HTTPResponse(.upgradeRequired, headers: headers, body: "This is a WebSocket endpoint.\n")
    }

    private static let paths: Set<String> = [
        "/", "/echo", "/echo-deflate", "/limit", "/subproto", "/origin", "/auth", "/redirect", "/close", "/push",
        "/text-only", "/throw",
        "/idle", "/info",
    ]
}
