import Glibc
import Logging
import TestTLS
import WebSocketProtocol
import WebSocketTransport

/// A root authority, a server's certificate for `localhost` and 127.0.0.1, and clients that trust it.
struct SecureWorld: Sendable {
    let root: TestAuthority
    let certificate: TestCertificate
    let server: TLSServerContext
    let client: TLSClientContext

    init(
        client change: (inout TLSClientConfiguration) throws -> Void = { _ in },
        server changeServer: (inout TLSServerConfiguration) throws -> Void = { _ in }
    ) throws {
        root = try TestAuthority()
        certificate = try root.issue("server", names: ["localhost", "127.0.0.1"])
        var serverConfiguration = TLSServerConfiguration(credentials: certificate.credentials)
        try changeServer(&serverConfiguration)
        server = try TLSServerContext(serverConfiguration)
        var clientConfiguration = TLSClientConfiguration()
        clientConfiguration.trust = .authorities(.bytes(root.certificate))
        try change(&clientConfiguration)
        client = try TLSClientContext(clientConfiguration)
    }

    /// Runs `body` against a server with TLS, then stops it and checks that nothing is left of it.
    @discardableResult func withServer<Result>(
        _ configuration: WebSocketConfiguration = .testing, loops: Int = 1, handler: Recorder = .echo(),
        _ body: (WebSocketServer) async throws -> Result
    ) async throws -> Result {
        let server = try WebSocketServer.start(
            on: "127.0.0.1:0", loops: loops, configuration: configuration, tls: server, logger: silent,
            decide: { _ in .accept(handler) })
        let result: Result
        do {
            result = try await body(server)
        } catch {
            await server.shutdown(within: .zero)
            throw error
        }
        try await bounded("the server to stop") { await server.shutdown(within: .seconds(1)) }
        guard server.connectionCount == 0 else { throw WaitedInVain(what: "the last connection to be gone") }
        return result
    }

    func connect(
        to server: WebSocketServer, _ configuration: WebSocketConfiguration = .testing
    ) async throws -> WebSocket {
        try await WebSocket.connect(
            to: server.secureURL, options: WebSocketClientOptions(tls: client), configuration: configuration,
            logger: silent)
    }

    /// OpenSSL on a plain socket as the client of a server of ours; the handshake of TLS is over.
    func peer(of port: UInt16, options: TLSPeer.Options = TLSPeer.Options()) throws -> TLSPeer {
        let peer = try TLSPeer(
            descriptor: plainSocket(to: port), role: .client(serverName: "localhost"), options: options)
        try peer.handshake()
        return peer
    }

    /// The same, with the opening handshake of WebSocket over too.
    func openPeer(of port: UInt16) throws -> TLSPeer {
        let peer = try peer(of: port)
        try peer.write(Array(openingRequest.utf8))
        _ = try peer.readHead()
        return peer
    }
}

let openingRequest = """
    GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
    """

extension TestCertificate {
    var credentials: TLSCredentials { TLSCredentials(certificateChain: .bytes(chain), privateKey: .bytes(key)) }
}

extension WebSocketServer {
    var secureURL: String { "wss://localhost:\(address.port)/" }
}

/// A connected, blocking socket.
func plainSocket(to port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, 16) }
    }
    guard result == 0 else {
        close(descriptor)
        throw PeerError("cannot connect: errno \(errno)")
    }
    return descriptor
}

extension TLSPeer {
    /// An HTTP head, up to and with its empty line.
    func readHead() throws -> String {
        var octets: [UInt8] = []
        while !octets.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            octets += try receive(exactly: 1)
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// Sends frames in records of `record` octets.
    func send(_ frames: WireFrame..., to role: Role = .server, record: Int = 16 * 1024) throws {
        var rest = frames.octets(to: role)[...]
        while !rest.isEmpty {
            try write(Array(rest.prefix(record)))
            rest = rest.dropFirst(record)
        }
    }

    func expect(_ frames: WireFrame..., to role: Role = .client) throws {
        let expected = frames.octets(to: role)
        let received = try receive(exactly: expected.count)
        guard received == expected else { throw PeerError("\(received.prefix(40)) instead of \(expected.prefix(40))") }
    }
}
