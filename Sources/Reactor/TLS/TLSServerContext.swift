import COpenSSL
import Glibc
import Synchronization

/// Certificates and demands of a server, ready for any number of listeners, loops and connections.
///
/// ```swift
/// let credentials = TLSCredentials(certificateChain: .file("chain.pem"), privateKey: .file("key.pem"))
/// let tls = try TLSServerContext(TLSServerConfiguration(credentials: credentials))
/// ```
public final class TLSServerContext: Sendable {
    private let configuration: TLSServerConfiguration
    private let current: Mutex<ServerGeneration>

    /// Reads certificates and keys.
    ///
    /// - Throws: ``TLSError/unusable(what:reason:)``, which names the file.
    public init(_ configuration: TLSServerConfiguration) throws(TLSError) {
        self.configuration = configuration
        current = Mutex(try ServerGeneration(configuration))
    }

    /// Reads all files again: from now on new connections see what they hold, old ones go on as they are. Tickets issued
    /// before are of no use afterwards.
    ///
    /// - Throws: what is wrong with the files; everything stays as it was then.
    public func reload() throws(TLSError) {
        let fresh = try ServerGeneration(configuration)
        current.withLock { $0 = fresh }
    }

    /// A server's side of one connection.
    ///
    /// - Throws: when there is no memory.
    func makeSession(_ exchange: UnsafeMutablePointer<TLSExchange>) throws(TLSError) -> TLSSession {
        let generation = current.withLock { $0 }
        return try TLSSession.server(generation, exchange)
    }
}

/// What was read at one time. Connections keep it: OpenSSL's callbacks of a handshake refer to it.
final class ServerGeneration: Sendable {
    /// In order; the first one is for clients that fit none.
    private let identities: [ServerIdentity]
    private let refusesUnknownHosts: Bool
    private let protocols: ALPNList

    init(_ configuration: TLSServerConfiguration) throws(TLSError) {
        protocols = try ALPNList(configuration.applicationProtocols)
        refusesUnknownHosts = configuration.refusesUnknownHosts
        var identities: [ServerIdentity] = []
        for credentials in configuration.credentials {
            identities.append(try ServerIdentity(credentials, configuration))
        }
        guard !identities.isEmpty else {
            throw .unusable(what: "a TLS server without credentials", reason: "it has nothing to show to clients")
        }
        self.identities = identities
        // Not retained: whoever has a connection in its handshake keeps this object.
        let argument = Unmanaged.passUnretained(self).toOpaque()
        copenssl_set_server_name_callback(identities[0].context.pointer, Self.serverNameAsked, argument)
        if !protocols.wire.isEmpty {
            for identity in identities {
                SSL_CTX_set_alpn_select_cb(identity.context.pointer, Self.protocolsOffered, argument)
            }
        }
    }

    /// OpenSSL's settings that a connection begins with.
    var initialContext: OpaquePointer { identities[0].context.pointer }

    private static let serverNameAsked:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?
        ) -> Int32 = { session, alert, argument in
            guard let session, let argument, let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name) else {
                return SSL_TLSEXT_ERR_NOACK
            }
            let generation = Unmanaged<ServerGeneration>.fromOpaque(argument).takeUnretainedValue()
            guard let identity = generation.identities.first(where: { $0.isFor(name) }) else {
                alert?.pointee = SSL_AD_UNRECOGNIZED_NAME
                // Not acknowledged means that the name made no difference (RFC 6066 §3).
                return generation.refusesUnknownHosts ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK
            }
            SSL_set_SSL_CTX(session, identity.context.pointer)
            return SSL_TLSEXT_ERR_OK
        }

    private static let protocolsOffered:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
            UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, chosen, length, offered, offeredLength, argument in
            guard let argument, let chosen, let length, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            let generation = Unmanaged<ServerGeneration>.fromOpaque(argument).takeUnretainedValue()
            // The result points into one of the two lists; both outlive the handshake's next step.
            return generation.protocols.wire.withUnsafeBufferPointer { ours in
                var result: UnsafeMutablePointer<UInt8>?
                let outcome = SSL_select_next_proto(
                    &result, length, ours.baseAddress, UInt32(ours.count), offered, offeredLength)
                guard outcome == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                chosen.pointee = UnsafePointer(result)
                return SSL_TLSEXT_ERR_OK
            }
        }
}

/// One certificate of a server with everything the server demands.
private final class ServerIdentity: Sendable {
    let context: TLSContext

    private static let sessionMark = Array("websocket".utf8)
    /// Suites of TLS 1.2 with forward secrecy and authenticated encryption only (RFC 9325 §4.2). Those of TLS 1.3 all are.
    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"

    init(_ credentials: TLSCredentials, _ configuration: TLSServerConfiguration) throws(TLSError) {
        context = try TLSContext.make(role: .server, versions: configuration.versions)
        guard SSL_CTX_set_cipher_list(context.pointer, Self.ciphers) == 1 else {
            throw .unusable(what: "OpenSSL", reason: ErrorQueue.takeReason())
        }
        try context.use(credentials)
        try demand(configuration.clientCertificates)
        configureTickets(isOn: configuration.issuesTickets)
    }

    private func demand(_ certificates: TLSServerConfiguration.ClientCertificates) throws(TLSError) {
        let authorities: PEMSource
        var mode = SSL_VERIFY_PEER
        switch certificates {
        case .ignored: return
        case .optional(let source): authorities = source
        case .required(let source):
            authorities = source
            mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
        try context.trust(authorities)
        // The names of the authorities are told to clients, so that they can choose among their certificates.
        try authorities.forEachCertificate { (certificate) throws(TLSError) in
            SSL_CTX_add_client_CA(context.pointer, certificate.pointer)
        }
        SSL_CTX_set_verify(context.pointer, mode, nil)
    }

    private func configureTickets(isOn: Bool) {
        // All a server would remember is in the ticket.
        copenssl_set_session_cache_mode(context.pointer, Int(SSL_SESS_CACHE_OFF))
        // One, not OpenSSL's two: a client of WebSocket needs it for its next connection, not for parallel ones.
        SSL_CTX_set_num_tickets(context.pointer, isOn ? 1 : 0)
        if !isOn { SSL_CTX_set_options(context.pointer, copenssl_no_ticket) }
        // OpenSSL resumes no session of a client with a certificate without such a mark. One for all certificates: which
        // host a session is good for is for the client to know (RFC 8446 §4.6.1), and what is demanded of clients is the
        // same for all. A reload that demands something else brings other keys, and so ends all sessions.
        _ = SSL_CTX_set_session_id_context(context.pointer, Self.sessionMark, UInt32(Self.sessionMark.count))
    }

    /// Whether the certificate names this host.
    func isFor(_ host: UnsafePointer<CChar>) -> Bool {
        guard let certificate = SSL_CTX_get0_certificate(context.pointer) else { return false }
        return X509_check_host(certificate, host, strlen(host), UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS), nil) == 1
    }
}
