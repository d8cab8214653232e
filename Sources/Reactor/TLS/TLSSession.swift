import COpenSSL
import Glibc

/// One side of one TLS connection, without a socket: ciphertext in, plaintext out, and back; freed with its owner.
///
/// Ciphertext to be sent gathers in the loop's exchange during every call and must be taken from there after it.
struct TLSSession: ~Copyable {
    /// OpenSSL's connection.
    let pointer: OpaquePointer
    /// Owned by `pointer`.
    private let bio: OpaquePointer
    private let exchange: UnsafeMutablePointer<TLSExchange>
    /// Kept because OpenSSL's settings and callbacks refer to it.
    private let owner: any AnyObject & Sendable
    /// A client's; OpenSSL refers to it.
    private let ticket: TicketHolder?
    /// The host that the server's certificate must name; nil on a server.
    private let name: String?

    deinit { SSL_free(pointer) }

    private init(
        _ context: OpaquePointer, owner: any AnyObject & Sendable, name: String?, ticket: TicketHolder?,
        _ exchange: UnsafeMutablePointer<TLSExchange>
    ) throws(TLSError) {
        ErrorQueue.clear()
        guard let bio = TLSExchange.makeBIO(exchange) else {
            throw .unusable(what: "OpenSSL", reason: ErrorQueue.takeReason())
        }
        guard let pointer = SSL_new(context) else {
            BIO_free(bio)
            throw .unusable(what: "OpenSSL", reason: ErrorQueue.takeReason())
        }
        // Takes one reference when both directions are the same stream.
        SSL_set_bio(pointer, bio, bio)
        self.pointer = pointer
        self.bio = bio
        self.exchange = exchange
        self.owner = owner
        self.ticket = ticket
        self.name = name
    }

    static func server(
        _ generation: ServerGeneration, _ exchange: UnsafeMutablePointer<TLSExchange>
    ) throws(TLSError) -> TLSSession {
        let session = try TLSSession(
            generation.initialContext, owner: generation, name: nil, ticket: nil, exchange)
        SSL_set_accept_state(session.pointer)
        return session
    }

    static func client(
        _ client: TLSClientContext, _ context: OpaquePointer, name: String, ticket: TicketHolder?,
        _ exchange: UnsafeMutablePointer<TLSExchange>
    ) throws(TLSError) -> TLSSession {
        let session = try TLSSession(context, owner: client, name: name, ticket: ticket, exchange)
        SSL_set_connect_state(session.pointer)
        if let ticket {
            SSL_set_ex_data(session.pointer, TicketHolder.index, Unmanaged.passUnretained(ticket).toOpaque())
        }
        try session.expect(name)
        return session
    }

    /// Asks for a host and demands a certificate for it (RFC 9525): by its DNS names, never by its subject, wildcards for
    /// whole labels only; for an IP address by its addresses.
    private borrowing func expect(_ name: String) throws(TLSError) {
        // To OpenSSL an empty name means that any will do, and a name ends at its first zero.
        guard !name.isEmpty, !name.utf8.contains(0) else {
            throw .unusable(what: "the host name \"\(name)\"", reason: "it is none")
        }
        if SocketAddress(numeric: name, port: 0) != nil {
            guard X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(pointer), name) == 1 else { throw Self.unusable(name) }
            return
        }
        SSL_set_hostflags(
            pointer, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        guard SSL_set1_host(pointer, name) == 1, copenssl_set_server_name(pointer, name) == 1 else {
            throw Self.unusable(name)
        }
    }

    private static func unusable(_ name: String) -> TLSError {
        .unusable(what: "the host name \(name)", reason: ErrorQueue.takeReason())
    }

    /// Tries to take up an earlier session.
    borrowing func resume(_ session: ResumableSession) { SSL_set_session(pointer, session.pointer) }

    // MARK: - Exchanging

    /// Makes `ciphertext` what the next calls read. They are called until one needs more; then ``endFeeding()``.
    borrowing func feed(_ ciphertext: UnsafeRawBufferPointer) { exchange.pointee.setInput(ciphertext, for: bio) }

    borrowing func endFeeding() { exchange.pointee.setInput(UnsafeRawBufferPointer(start: nil, count: 0), for: bio) }

    enum HandshakeStep: Equatable {
        case established
        case needsInput
        /// The ciphertext must be taken first, then this be called again.
        case needsRoom
        case failed(TLSError)
    }

    /// Goes on with the handshake as far as the input allows. Begins it, on a client.
    borrowing func handshake() -> HandshakeStep {
        ErrorQueue.clear()
        let result = SSL_do_handshake(pointer)
        if result == 1 { return .established }
        switch SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_WANT_WRITE: return .needsRoom
        default: return .failed(ErrorQueue.takeError(of: pointer, name: name))
        }
    }

    enum ReadStep: Equatable {
        case plaintext(Int)
        case needsInput
        /// The ciphertext must be taken first, then this be called again.
        case needsRoom
        /// The peer will send nothing more, and said so (close_notify).
        case ended
        case failed(TLSError)
    }

    /// Decrypts into `destination`; at most one record for each call.
    borrowing func read(into destination: UnsafeMutableRawBufferPointer) -> ReadStep {
        ErrorQueue.clear()
        var count = 0
        let result = SSL_read_ex(pointer, destination.baseAddress, destination.count, &count)
        if result == 1 { return .plaintext(count) }
        switch SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_WANT_WRITE: return .needsRoom
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: return .failed(ErrorQueue.takeError(of: pointer, name: name))
        }
    }

    enum WriteStep: Equatable {
        case written(Int)
        /// The ciphertext must be taken first, then this be called again with the same bytes.
        case needsRoom
        case failed(TLSError)
    }

    /// Encrypts the first of `bytes`, at most one record (16 KiB). The handshake must be over.
    borrowing func write(_ bytes: UnsafeRawBufferPointer) -> WriteStep {
        ErrorQueue.clear()
        var count = 0
        let result = SSL_write_ex(pointer, bytes.baseAddress, bytes.count, &count)
        if result == 1 { return .written(count) }
        if SSL_get_error(pointer, result) == SSL_ERROR_WANT_WRITE { return .needsRoom }
        return .failed(ErrorQueue.takeError(of: pointer, name: name))
    }

    /// Says that we send nothing more (close_notify). Nothing can be written afterwards; reading goes on.
    borrowing func finishWriting() {
        guard SSL_in_init(pointer) == 0 else { return }
        ErrorQueue.clear()
        _ = SSL_shutdown(pointer)
        ErrorQueue.clear()
    }

    // MARK: - What was agreed

    private var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(pointer, &name, &length)
        guard let name, length > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
    }

    /// Nil until the handshake is over.
    borrowing func agreement() -> TLSAgreement? {
        guard SSL_is_init_finished(pointer) == 1, let version = TLSVersion(rawValue: SSL_version(pointer)) else {
            return nil
        }
        return TLSAgreement(
            version: version, cipherSuite: copenssl_cipher_name(pointer).map { String(cString: $0) } ?? "",
            applicationProtocol: applicationProtocol, isResumed: SSL_session_reused(pointer) == 1,
            serverName: SSL_get_servername(pointer, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) },
            peerSubject: peerSubject)
    }

    private var peerSubject: String? {
        guard let certificate = SSL_get0_peer_certificate(pointer),
            let subject = X509_get_subject_name(certificate), let bio = BIO_new(BIO_s_mem())
        else { return nil }
        defer { BIO_free(bio) }
        // The form of RFC 2253, which can be shown and compared: every octet that could mislead is escaped.
        X509_NAME_print_ex(bio, subject, 0, copenssl_name_as_rfc2253)
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 256)
        while true {
            let count = BIO_read(bio, &piece, Int32(piece.count))
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += piece[..<Int(count)]
        }
    }
}

/// What the two sides of a TLS connection agreed on.
public struct TLSAgreement: Sendable, Equatable {
    public let version: TLSVersion
    /// OpenSSL's name of it (`TLS_AES_256_GCM_SHA384`).
    public let cipherSuite: String
    /// By ALPN; nil when one side did not ask.
    public let applicationProtocol: String?
    /// Whether an earlier session was taken up, without certificates.
    public let isResumed: Bool
    /// The host that the client asked for; nil when it asked for none.
    public let serverName: String?
    /// The subject of the peer's certificate in the form of RFC 2253 (`CN=alice,O=Example`); nil when it showed none.
    public let peerSubject: String?
}
