import Logging
import Reactor
import WebSocketProtocol
import WebSocketTransport

/// Our endpoint in one of its roles, with a scripted peer in the other one; the opening handshake is done.
///
/// - Parameters:
///   - role: ours.
///   - handler: what our endpoint does; by default it echoes.
///   - peer: the script, on a thread of its own.
func converse<Result: Sendable>(
    as role: Role, _ configuration: WebSocketConfiguration = .testing, handler: Recorder = .echo(),
    _ peer: @escaping @Sendable (RawPeer) throws -> Result
) async throws -> Result {
    switch role {
    case .server:
        return try await withServer(configuration, handler: handler) { server in
            let port = server.address.port
            return try await script { try peer(try RawPeer.open(port: port)) }
        }
    case .client:
        let server = try RawServer()
        return try await withClient(of: server, configuration, handler: handler) {
            try await script { try peer(try server.acceptWebSocket()) }
        }
    }
}

/// Lets our client connect to a scripted server, and stops its loop when `body` has returned.
func withClient<Result>(
    of server: RawServer, _ configuration: WebSocketConfiguration = .testing, handler: Recorder,
    _ body: () async throws -> Result
) async throws -> Result {
    let loop = try EventLoop.start(name: "client")
    defer { loop.stop() }
    let url = try WebSocketURL(server.url)
    loop.execute {
        let connector = WebSocketConnector(on: loop, configuration: configuration, logger: silent)
        // The options are the defaults, which can be sent.
        _ = try? connector.connect(to: url, handler: handler) { _ in }
    }
    return try await body()
}

extension Recorder {
    /// Echoes, and does what a message says: `close` closes with 1000 "bye", `abort` aborts, `send N` sends N octets.
    static func obedient() -> Recorder {
        Recorder { event, connection in
            guard case .message(let message) = event else { return }
            switch message {
            case .text("close"): try? connection.close(code: .normalClosure, reason: "bye")
            case .text("abort"): connection.abort()
            case .text(let order) where order.hasPrefix("send "):
                let count = Int(order.dropFirst(5)) ?? 0
                connection.send(.binary([UInt8](repeating: 0xAB, count: count)))
            case .text, .binary: connection.send(message)
            }
        }
    }
}

extension RawPeer {
    /// Expects the end of a connection whose closing handshake is complete. A client of ours leaves that to the server.
    func expectEnd(of role: Role) throws {
        if role == .client { finishSending() }
        try expectEnd()
    }
}
