import COpenSSL
import Glibc

/// What a client trusts and shows, ready for any number of connections; keeps sessions to resume them.
///
/// ```swift
/// var configuration = TLSClientConfiguration()
/// configuration.trust = .authorities(.file("ca.pem"))
/// let tls = try TLSClientContext(configuration)
/// ```
public final class TLSClientContext: Sendable {
    private let context: TLSContext
    private let configuration: TLSClientConfiguration
    private let resumption: ResumptionCache?

    /// Trusts the authorities of this system. Made on first use, which reads files.
    package static let system = Result { () throws(TLSError) in try TLSClientContext(TLSClientConfiguration()) }

    /// Reads certificates and keys.
    ///
    /// - Throws: ``TLSError/unusable(what:reason:)``, which names the file.
    public init(_ configuration: TLSClientConfiguration) throws(TLSError) {
        self.configuration = configuration
        let protocols = try ALPNList(configuration.applicationProtocols)
        context = try TLSContext.make(role: .client, versions: configuration.versions)
        switch configuration.trust {
        case .system: try context.trustSystem()
        case .authorities(let source): try context.trust(source)
        case .insecure: break
        }
        if case .insecure = configuration.trust {
            SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil)
        } else {
            SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        }
        if let credentials = configuration.credentials { try context.use(credentials) }
        // It returns 0 for success.
        if !protocols.wire.isEmpty {
            let result = SSL_CTX_set_alpn_protos(context.pointer, protocols.wire, UInt32(protocols.wire.count))
            guard result == 0 else {
                throw .unusable(what: "the list of application protocols", reason: ErrorQueue.takeReason())
            }
        }
        resumption =
            configuration.resumptionCapacity > 0 ? ResumptionCache(capacity: configuration.resumptionCapacity) : nil
        if resumption != nil { ResumptionCache.fill(from: context) }
    }

    /// A client's side of one connection.
    ///
    /// - Parameters:
    ///   - host: a name or an IP address; what the certificate is checked for unless the configuration names another one.
    ///   - port: tells servers of one host apart whose sessions are kept.
    func makeSession(
        host: String, port: UInt16, _ exchange: UnsafeMutablePointer<TLSExchange>
    ) throws(TLSError) -> TLSSession {
        let name = configuration.serverName ?? host
        let ticket = resumption.map { TicketHolder(cache: $0, key: "\(name) \(host):\(port)") }
        let session = try TLSSession.client(self, context.pointer, name: name, ticket: ticket, exchange)
        if let kept = ticket?.takeKept() { session.resume(kept) }
        return session
    }
}
