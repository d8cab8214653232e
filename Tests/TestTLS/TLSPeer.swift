import CTestOpenSSL
import Glibc

/// The other end of a TLS connection: OpenSSL over a blocking socket, without any of our own code, and able to do what our
/// code never would. For use on a thread that may wait; no call waits longer than a minute.
///
/// `@unchecked Sendable`: used by one thread after the other.
package final class TLSPeer: @unchecked Sendable {
    package enum Side: Sendable {
        case client(serverName: String?)
        case server(TestCertificate)
    }

    package struct Options: Sendable {
        /// Versions as they stand on the wire; 0x0302 is TLS 1.1.
        package var versions: ClosedRange<Int32> = 0x0303...0x0304
        /// For a client: what it shows when asked.
        package var certificate: TestCertificate?
        /// Names of application protocols that a client offers.
        package var offers: [String] = []
        /// What a server chooses, whatever the client offered.
        package var chooses: String?

        package init() {}
    }

    /// What one look at the connection gave.
    package enum Received: Equatable, Sendable {
        case bytes([UInt8])
        /// The other side said that it sends nothing more (close_notify).
        case closeNotify
        /// The TCP connection ended without that.
        case end
        case failed(String)
    }

    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    private let context: OpaquePointer
    private let session: OpaquePointer
    private let descriptor: Int32
    private let choice: UnsafeMutablePointer<[UInt8]>

    /// Takes over a connected descriptor.
    package init(descriptor: Int32, role: Side, options: Options = Options()) throws {
        // OpenSSL writes to the socket without MSG_NOSIGNAL.
        signal(SIGPIPE, SIG_IGN)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let context = SSL_CTX_new(TLS_method()) else { throw NotMade("a context") }
        self.context = context
        self.descriptor = descriptor
        choice = .allocate(capacity: 1)
        choice.initialize(to: options.chooses.map { Array($0.utf8) } ?? [])
        ctest_allow_old_versions(context, options.versions.lowerBound, options.versions.upperBound)
        if case .server(let certificate) = role { try Self.use(certificate, in: context) }
        if let certificate = options.certificate { try Self.use(certificate, in: context) }
        let offers = options.offers.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !offers.isEmpty { SSL_CTX_set_alpn_protos(context, offers, UInt32(offers.count)) }
        if options.chooses != nil {
            SSL_CTX_set_alpn_select_cb(
                context,
                { _, name, length, _, _, argument in
                    guard let choice = argument?.assumingMemoryBound(to: [UInt8].self) else { return 3 }
                    name?.pointee = choice.pointee.withUnsafeBufferPointer { $0.baseAddress }
                    length?.pointee = UInt8(choice.pointee.count)
                    return 0
                }, choice)
        }
        guard let session = SSL_new(context), SSL_set_fd(session, descriptor) == 1 else {
            throw NotMade("a connection")
        }
        self.session = session
        switch role {
        case .server: SSL_set_accept_state(session)
        case .client(let name):
            SSL_set_connect_state(session)
            if let name { _ = ctest_set_server_name(session, name) }
        }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
        choice.deinitialize(count: 1)
        choice.deallocate()
        Glibc.close(descriptor)
    }

    private static func use(_ certificate: TestCertificate, in context: OpaquePointer) throws {
        guard let chain = BIO_new_mem_buf(certificate.chain, Int32(certificate.chain.count)),
            let keyText = BIO_new_mem_buf(certificate.key, Int32(certificate.key.count))
        else { throw NotMade("a stream in memory") }
        defer {
            BIO_free(chain)
            BIO_free(keyText)
        }
        guard let leaf = PEM_read_bio_X509(chain, nil, nil, nil),
            let key = PEM_read_bio_PrivateKey(keyText, nil, nil, nil)
        else { throw NotMade("a certificate") }
        defer {
            X509_free(leaf)
            EVP_PKEY_free(key)
        }
        guard SSL_CTX_use_certificate(context, leaf) == 1, SSL_CTX_use_PrivateKey(context, key) == 1 else {
            throw NotMade("credentials")
        }
    }

    // MARK: - Talking

    package func handshake() throws {
        ERR_clear_error()
        guard SSL_do_handshake(session) == 1 else { throw failure() }
    }

    package func write(_ bytes: [UInt8]) throws {
        ERR_clear_error()
        var written = 0
        guard SSL_write_ex(session, bytes, bytes.count, &written) == 1, written == bytes.count else { throw failure() }
    }

    package func receive(upTo limit: Int = 64 * 1024) -> Received {
        ERR_clear_error()
        var buffer = [UInt8](repeating: 0, count: limit)
        var count = 0
        if SSL_read_ex(session, &buffer, limit, &count) == 1 { return .bytes(Array(buffer[..<count])) }
        if SSL_get_error(session, 0) == SSL_ERROR_ZERO_RETURN { return .closeNotify }
        let code = ERR_peek_error()
        if ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING { return .end }
        return .failed(failure().description)
    }

    package func receive(exactly count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let received = receive(upTo: count - bytes.count)
            guard case .bytes(let more) = received else { throw Failed(description: "\(received)") }
            bytes += more
        }
        return bytes
    }

    /// Everything, and how it ended.
    package func receiveAll() -> (bytes: [UInt8], end: Received) {
        var bytes: [UInt8] = []
        while true {
            let received = receive()
            guard case .bytes(let more) = received else { return (bytes, received) }
            bytes += more
        }
    }

    /// Whether, after everything, the socket itself has ended too (FIN), not only TLS.
    package func seesEndOfSocket() -> Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 0
    }

    // MARK: - Misbehaving, and ending

    package func sendCloseNotify() { SSL_shutdown(session) }

    /// Ends the sending side of the socket, whatever TLS has said.
    package func finishSocket() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Takes a new key at the next write, and asks the other side for one too (RFC 8446 §4.6.3).
    package func updateKeys() throws {
        guard SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) == 1 else { throw failure() }
    }

    /// Asks for a second handshake in the middle of the connection; TLS 1.2.
    package func renegotiate() throws {
        ctest_allow_renegotiation(session)
        guard SSL_renegotiate(session) == 1 else { throw failure() }
        try handshake()
    }

    package var version: Int32 { SSL_version(session) }

    private func failure() -> Failed {
        let reason = ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) }
        return Failed(description: reason ?? "errno \(errno)")
    }
}
