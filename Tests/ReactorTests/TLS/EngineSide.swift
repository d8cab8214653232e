import COpenSSL
import TestTLS

@testable import Reactor

/// One side of a TLS connection without sockets, and what became of it.
final class EngineSide {
    let session: TLSSession
    let exchange: UnsafeMutablePointer<TLSExchange>
    private(set) var isEstablished = false
    private(set) var received: [UInt8] = []
    private(set) var hasEnded = false
    private(set) var failure: TLSError?

    private init(_ session: consuming TLSSession, _ exchange: UnsafeMutablePointer<TLSExchange>) {
        self.session = session
        self.exchange = exchange
    }

    deinit { Self.free(exchange) }

    static func server(_ context: TLSServerContext) throws -> EngineSide {
        let exchange = makeExchange()
        do {
            return EngineSide(try context.makeSession(exchange), exchange)
        } catch {
            free(exchange)
            throw error
        }
    }

    static func client(
        _ context: TLSClientContext, host: String = "server.example", port: UInt16 = 443
    ) throws -> EngineSide {
        let exchange = makeExchange()
        do {
            return EngineSide(try context.makeSession(host: host, port: port, exchange), exchange)
        } catch {
            free(exchange)
            throw error
        }
    }

    private static func makeExchange() -> UnsafeMutablePointer<TLSExchange> {
        let exchange = UnsafeMutablePointer<TLSExchange>.allocate(capacity: 1)
        exchange.initialize(to: TLSExchange())
        return exchange
    }

    private static func free(_ exchange: UnsafeMutablePointer<TLSExchange>) {
        exchange.deinitialize(count: 1)
        exchange.deallocate()
    }

    var agreement: TLSAgreement? { session.agreement() }

    /// Takes what the other side sent, as far as it makes sense, and returns what is to be sent.
    func take(_ ciphertext: [UInt8] = []) -> [UInt8] {
        var output: [UInt8] = []
        // In memory of its own: what TLS keeps must be kept by TLS.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: ciphertext.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: ciphertext)
        session.feed(UnsafeRawBufferPointer(copy))
        defer { session.endFeeding() }
        while failure == nil && !isEstablished {
            let step = session.handshake()
            output += takeOutput()
            switch step {
            case .established: isEstablished = true
            case .needsInput: return output
            case .needsRoom: break
            case .failed(let error): failure = error
            }
        }
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while failure == nil && !hasEnded {
            let step = buffer.withUnsafeMutableBytes { session.read(into: $0) }
            output += takeOutput()
            switch step {
            case .plaintext(let count): received += buffer[..<count]
            case .needsInput: return output
            case .needsRoom: break
            case .ended: hasEnded = true
            case .failed(let error): failure = error
            }
        }
        return output
    }

    /// Encrypts `bytes`, in records of at most `record` octets.
    func write(_ bytes: [UInt8], record: Int = 16 * 1024) throws -> [UInt8] {
        var output: [UInt8] = []
        var written = 0
        while written < bytes.count {
            let end = min(bytes.count, written + record)
            let step = bytes[written..<end].withUnsafeBytes { session.write($0) }
            output += takeOutput()
            switch step {
            case .written(let count): written += count
            case .needsRoom: break
            case .failed(let error): throw error
            }
        }
        return output
    }

    func finishWriting() -> [UInt8] {
        session.finishWriting()
        return takeOutput()
    }

    func takeOutput() -> [UInt8] {
        defer { exchange.pointee.clearOutput() }
        return Array(exchange.pointee.output)
    }
}

/// Carries bytes between two sides until neither has more to say.
///
/// - Parameter cut: the pieces in which what one side sent reaches the other.
func converse(
    _ client: EngineSide, _ server: EngineSide, opening: [UInt8]? = nil, cut: ([UInt8]) -> [[UInt8]] = { [$0] }
) {
    var toServer = opening ?? client.take()
    var toClient: [UInt8] = []
    while !toServer.isEmpty || !toClient.isEmpty {
        let piecesToServer = toServer.isEmpty ? [] : cut(toServer)
        toServer = []
        for piece in piecesToServer { toClient += server.take(piece) }
        let piecesToClient = toClient.isEmpty ? [] : cut(toClient)
        toClient = []
        for piece in piecesToClient { toServer += client.take(piece) }
    }
}

func byteByByte(_ bytes: [UInt8]) -> [[UInt8]] { bytes.map { [$0] } }

/// A root authority, and configurations around what it signs.
struct Credentials {
    let root: TestAuthority

    init() throws { root = try TestAuthority() }

    /// A server for `names`, with a certificate of this root.
    func server(_ names: String...) throws -> TLSServerConfiguration {
        TLSServerConfiguration(credentials: try root.issue(names.first ?? "", names: names).credentials)
    }

    /// A client that trusts this root.
    var client: TLSClientConfiguration {
        var configuration = TLSClientConfiguration()
        configuration.trust = .authorities(.bytes(root.certificate))
        return configuration
    }
}

extension TestCertificate {
    var credentials: TLSCredentials { TLSCredentials(certificateChain: .bytes(chain), privateKey: .bytes(key)) }
}

/// A client and a server after their conversation.
struct Pair {
    let client: EngineSide
    let server: EngineSide

    init(
        _ client: TLSClientConfiguration, _ server: TLSServerConfiguration, host: String = "server.example",
        cut: ([UInt8]) -> [[UInt8]] = { [$0] }
    ) throws {
        try self.init(TLSClientContext(client), TLSServerContext(server), host: host, cut: cut)
    }

    init(
        _ client: TLSClientContext, _ server: TLSServerContext, host: String = "server.example",
        cut: ([UInt8]) -> [[UInt8]] = { [$0] }
    ) throws {
        self.client = try .client(client, host: host)
        self.server = try .server(server)
        converse(self.client, self.server, cut: cut)
    }

    /// Two sides that trust each other, speaking `version`.
    init(_ version: TLSVersion) throws {
        let credentials = try Credentials()
        var client = credentials.client
        client.versions = version...version
        try self.init(client, credentials.server("server.example"))
    }
}
