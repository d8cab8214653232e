/// Something that a system under test may have, and cases may need.
package enum Capability: String, Sendable, CaseIterable, Hashable {
    // Fixtures of a server (paths).
    case echo
    case deflate
    case limit
    case subprotocol
    case origin
    case auth
    case redirect
    case close
    case push
    case textOnly = "text-only"
    case throwing = "throw"
    case idle
    case info
    // What the suite knows of how it is reached or run.
    /// Reached over TLS.
    case tls
    /// Started by the suite (`--exec`), so that its process can be looked at.
    case process
    /// Started by the suite, and may be ended by a case: nobody else needs it meanwhile.
    case restart
    /// A client driven by line commands, or a server that is told what to send: not only a harness that echoes.
    case adapter
    // Behaviour that is configured or not.
    case keepAlive = "keep-alive"
    case messageLimit = "message-limit"
    case handshakeTimeout = "handshake-timeout"
    case closeTimeout = "close-timeout"
    case connectionLimit = "connection-limit"
    case proxy
    case reconnects
    case browser

    /// What a capability file calls a path.
    static let fixtures: [Capability] = [
        .echo, .deflate, .limit, .subprotocol, .origin, .auth, .redirect, .close, .push, .textOnly, .throwing, .idle,
        .info,
    ]

    package var absence: String {
        switch self {
        case .restart: "ends the server, which needs --exec to start it again, and no load on it"
        default: "needs \(rawValue), which the capability file does not declare"
        }
    }
}

/// What the system under test offers beyond the compulsory echo, as its capability file says.
package struct Capabilities: Sendable, Equatable {
    /// Request targets by fixture.
    package var paths: [Capability: String] = [:]
    /// Capabilities that are no paths.
    package var features: Set<Capability> = []
    /// Octets of a message at the `limit` fixture, or, for a client, of any message.
    package var messageLimit = 1 << 20
    /// How long a handshake may take, in seconds.
    package var handshakeTimeout = 10.0
    /// After which time without a pong the `idle` fixture has ended a connection, in seconds.
    package var idleTimeout = 5.0
    /// How long it waits for the answer to a Close that it sent, in seconds.
    package var closeTimeout = 10.0
    /// How many connections it serves at once.
    package var connectionLimit = 0

    package init() {}

    package func has(_ capability: Capability) -> Bool {
        features.contains(capability) || paths[capability] != nil
    }

    /// The names of everything declared, sorted.
    package var names: [String] { (features.union(paths.keys)).map(\.rawValue).sorted() }
}
