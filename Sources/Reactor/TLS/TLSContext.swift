import COpenSSL

/// OpenSSL's settings for any number of connections (`SSL_CTX`); freed with its owner. Connections keep a reference of their own.
///
/// `@unchecked Sendable`: changed only before it is shared; after that OpenSSL only reads it, or locks.
struct TLSContext: ~Copyable, @unchecked Sendable {
    let pointer: OpaquePointer

    deinit { SSL_CTX_free(pointer) }

    enum Role {
        case server
        case client
    }

    static func make(role: Role, versions: ClosedRange<TLSVersion>) throws(TLSError) -> TLSContext {
        let context = try TLSContext(role)
        try context.restrict(to: versions)
        return context
    }

    private init(_ role: Role) throws(TLSError) {
        _ = TLSLibrary.keepsMemoryAtExit
        ErrorQueue.clear()
        let method = role == .server ? TLS_server_method() : TLS_client_method()
        guard let pointer = SSL_CTX_new(method) else {
            throw .unusable(what: "OpenSSL", reason: ErrorQueue.takeReason())
        }
        self.pointer = pointer
    }

    private borrowing func restrict(to versions: ClosedRange<TLSVersion>) throws(TLSError) {
        // Set although the system's configuration may say so too: it may also say something else (RFC 8996).
        guard copenssl_set_minimum_version(pointer, versions.lowerBound.rawValue) == 1,
            copenssl_set_maximum_version(pointer, versions.upperBound.rawValue) == 1
        else { throw .unusable(what: "\(versions.lowerBound)", reason: ErrorQueue.takeReason()) }
        // Renegotiation lets a peer of TLS 1.2 make us work for nothing, compression tells secrets (CRIME).
        SSL_CTX_set_options(pointer, copenssl_no_renegotiation | copenssl_no_compression)
        // Early data can be replayed. It is off by default; what is said here stays when defaults change.
        SSL_CTX_set_max_early_data(pointer, 0)
        // An idle connection keeps no record buffers (34 KiB). Bytes to be written may lie elsewhere when a write is
        // repeated, and a write may end after any record. A chain is shown as it was configured; else OpenSSL would look for
        // one among those that we trust, in every handshake.
        let buffering = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE
        copenssl_set_mode(pointer, Int(buffering | SSL_MODE_NO_AUTO_CHAIN))
    }

    /// Shows these credentials to peers.
    borrowing func use(_ credentials: TLSCredentials) throws(TLSError) {
        var isFirst = true
        let source = credentials.certificateChain
        try source.forEachCertificate { (certificate) throws(TLSError) in
            let result =
                isFirst
                ? SSL_CTX_use_certificate(pointer, certificate.pointer)
                : copenssl_add_chain_certificate(pointer, certificate.pointer)
            guard result == 1 else { throw source.unusable(ErrorQueue.takeReason()) }
            isFirst = false
        }
        try credentials.privateKey.withPrivateKey { (key) throws(TLSError) in
            guard SSL_CTX_use_PrivateKey(pointer, key) == 1 else {
                let reason = ErrorQueue.takeReason()
                throw credentials.privateKey.unusable("it does not belong to \(source) (\(reason))")
            }
        }
    }

    /// Believes these authorities, and any certificate among them in itself.
    borrowing func trust(_ authorities: PEMSource) throws(TLSError) {
        guard let store = SSL_CTX_get_cert_store(pointer) else { throw authorities.unusable("no memory") }
        // Without it only chains that end in a root are believed, however much an intermediate one was meant.
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        try authorities.forEachCertificate { (certificate) throws(TLSError) in
            guard X509_STORE_add_cert(store, certificate.pointer) == 1 else {
                throw authorities.unusable(ErrorQueue.takeReason())
            }
        }
    }

    borrowing func trustSystem() throws(TLSError) {
        guard SSL_CTX_set_default_verify_paths(pointer) == 1 else {
            throw .unusable(what: "the system's certificate authorities", reason: ErrorQueue.takeReason())
        }
    }
}

/// Names of application protocols as they are sent: each behind an octet with its length (RFC 7301 §3.1).
struct ALPNList: Sendable {
    let wire: [UInt8]

    init(_ names: [String]) throws(TLSError) {
        var wire: [UInt8] = []
        for name in names {
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else {
                throw .unusable(
                    what: "the application protocol \"\(name)\"", reason: "it must have from 1 to 255 octets")
            }
            wire.append(length)
            wire += name.utf8
        }
        guard wire.count <= UInt16.max - 2 else {
            throw .unusable(what: "the list of application protocols", reason: "it has more than 65,533 octets")
        }
        self.wire = wire
    }
}
