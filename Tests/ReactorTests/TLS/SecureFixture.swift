import CLinux
import Glibc
import TestTLS

@testable import Reactor

/// Credentials and contexts for streams under test, made once: nothing in them changes.
struct SecureFixture: Sendable {
    let root: TestAuthority
    let certificate: TestCertificate
    let server: TLSServerContext
    let client: TLSClientContext

    init(
        authority: String = "Test Root",
        client change: (inout TLSClientConfiguration) -> Void = { _ in },
        server changeServer: (inout TLSServerConfiguration) throws -> Void = { _ in }
    ) throws {
        root = try TestAuthority(authority)
        certificate = try root.issue("server.example", names: ["server.example", "127.0.0.1"])
        var serverConfiguration = TLSServerConfiguration(credentials: certificate.credentials)
        try changeServer(&serverConfiguration)
        server = try TLSServerContext(serverConfiguration)
        var clientConfiguration = TLSClientConfiguration()
        clientConfiguration.trust = .authorities(.bytes(root.certificate))
        change(&clientConfiguration)
        client = try TLSClientContext(clientConfiguration)
    }

    init(_ version: TLSVersion) throws { try self.init(client: { $0.versions = version...version }) }

    /// Which side of TLS a stream under test is.
    enum Side: CaseIterable, Sendable {
        case server, client
    }

    func layer(_ side: Side, on loop: EventLoop) throws -> TLSLayer {
        switch side {
        case .server: try server.makeLayer(on: loop)
        case .client: try client.makeLayer(host: "server.example", port: 443, on: loop)
        }
    }

    /// The other end for a stream of this side: OpenSSL on a blocking socket.
    func peer(of side: Side, _ descriptor: Int32, options: TLSPeer.Options = TLSPeer.Options()) throws -> TLSPeer {
        switch side {
        case .server: try TLSPeer(descriptor: descriptor, role: .client(serverName: "server.example"), options: options)
        case .client: try TLSPeer(descriptor: descriptor, role: .server(certificate), options: options)
        }
    }

    /// A stream with TLS, and a peer whose handshake with it is over.
    func connect(
        _ side: Side, on loop: EventLoop, limits: OutboxLimits = OutboxLimits(),
        handler: ScriptedHandler = ScriptedHandler(), options: TLSPeer.Options = TLSPeer.Options()
    ) async throws -> (stream: TestedStream, peer: TLSPeer) {
        let (descriptor, other) = try connectedSockets()
        let peer = try self.peer(of: side, other, options: options)
        let stream = try await TestedStream(descriptor, on: loop, limits: limits, tls: (self, side), handler: handler)
        try await onThread { try peer.handshake() }
        return (stream, peer)
    }

    /// A stream with TLS whose peer is a plain socket.
    func connectPlain(
        _ side: Side, on loop: EventLoop, handler: ScriptedHandler = ScriptedHandler()
    ) async throws -> (stream: TestedStream, peer: ScriptedPeer) {
        let (descriptor, peer) = try SocketKind.ipv4.connectedPair()
        let stream = try await TestedStream(descriptor, on: loop, tls: (self, side), handler: handler)
        return (stream, peer)
    }
}

/// Both ends of a TCP connection, the first one non-blocking.
func connectedSockets() throws -> (Int32, Int32) {
    let listening = try ListeningSocket(on: SocketAddress.ipv4())
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0, listening.address.withSockaddr({ connect(descriptor, $0, $1) }) == 0 else {
        throw CallFailed("connect")
    }
    return (try listening.accept(), descriptor)
}
