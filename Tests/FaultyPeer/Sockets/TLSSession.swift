import CLinux
import Glibc
import COpenSSL
import Synchronization

/// TLS over one descriptor, one call of OpenSSL at a time.
///
/// `@unchecked Sendable`: OpenSSL's object is touched under the lock only.
final class TLSSession: @unchecked Sendable {
    private let session: OpaquePointer
    private let lock = Mutex(())

    /// Takes its own reference of `context`; nil when OpenSSL has no memory.
    init?(_ context: TLSContext, descriptor: Int32) {
        guard let session = SSL_new(context.pointer) else { return nil }
        self.session = session
        SSL_set_fd(session, descriptor)
    }

    deinit { SSL_free(session) }

    func acceptClient() { SSL_set_accept_state(session) }

    /// Names the host for SNI and for the check of the certificate; an address has no SNI (RFC 6066 §3).
    func expectServer(_ host: String, fault: Fault?) {
        SSL_set_connect_state(session)
        var octets = in6_addr()
        let isAddress = inet_pton(AF_INET, host, &octets) == 1 || inet_pton(AF_INET6, host, &octets) == 1
        if !isAddress || fault == .sniForAddresses, fault != .noServerName {
            _ = copenssl_set_server_name(session, host)
        }
        guard fault != .hostNameUnchecked else { return }
        if isAddress {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host)
        } else {
            SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            SSL_set1_host(session, host)
        }
    }

    /// `done` with nil when TLS is agreed on, else with what is wrong.
    func handshake() -> IOAttempt<String?> {
        lock.withLock { _ in
            ERR_clear_error()
            let result = SSL_do_handshake(session)
            if result == 1 { return .done(nil) }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ: return .wants(POLLIN)
            case SSL_ERROR_WANT_WRITE: return .wants(POLLOUT)
            default:
                let reason = ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) }
                return .done(reason ?? "the connection ended during the TLS handshake")
            }
        }
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOAttempt<Arrival> {
        lock.withLock { _ in
            ERR_clear_error()
            var count = 0
            let result = SSL_read_ex(session, buffer.baseAddress, buffer.count, &count)
            if result == 1 { return .done(.octets(count)) }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ: return .wants(POLLIN)
            case SSL_ERROR_WANT_WRITE: return .wants(POLLOUT)
            case SSL_ERROR_ZERO_RETURN: return .done(.finished)
            default:
                // OpenSSL 3 tells a FIN without close_notify by this reason.
                let isEnd = ERR_peek_error() & 0x7F_FFFF == UInt(SSL_R_UNEXPECTED_EOF_WHILE_READING)
                return .done(isEnd ? .truncated : .reset)
            }
        }
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> IOAttempt<Int> {
        lock.withLock { _ in
            ERR_clear_error()
            var count = 0
            let result = SSL_write_ex(session, bytes.baseAddress, bytes.count, &count)
            if result == 1 { return .done(count) }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ: return .wants(POLLIN)
            case SSL_ERROR_WANT_WRITE: return .wants(POLLOUT)
            default: return .done(0)
            }
        }
    }

    /// Sends close_notify (RFC 8446 §6.1).
    func sayEnd() {
        lock.withLock { _ in
            guard SSL_in_init(session) == 0 else { return }
            ERR_clear_error()
            SSL_shutdown(session)
        }
    }
}

/// OpenSSL's settings for all sessions of a role.
///
/// `@unchecked Sendable`: not changed after `init`; OpenSSL counts references atomically.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private init(_ method: OpaquePointer?, fault: Fault?) throws(Unusable) {
        guard let pointer = SSL_CTX_new(method) else { throw Unusable(description: "OpenSSL has no memory") }
        self.pointer = pointer
        // RFC 8996 leaves 1.2 and 1.3.
        _ = copenssl_set_minimum_version(pointer, fault == .oldTLSVersions ? TLS1_VERSION : TLS1_2_VERSION)
        // The old versions have only signatures that this level allows.
        if fault == .oldTLSVersions { SSL_CTX_set_security_level(pointer, 0) }
        // A send that was cut short goes on from another place in memory.
        copenssl_set_mode(pointer, Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
    }

    deinit { SSL_CTX_free(pointer) }

    /// A server's, from PEM files.
    convenience init(certificate: String, key: String, fault: Fault?) throws(Unusable) {
        try self.init(TLS_server_method(), fault: fault)
        guard SSL_CTX_use_certificate_chain_file(pointer, certificate) == 1,
            SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1
        else { throw Unusable(description: "the certificate or its key cannot be used") }
        // HTTP/1.1 is all that is spoken here; other offers end the handshake (RFC 7301 §3.2).
        SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, chosen, length, offered, offeredLength, _ in
                guard let chosen, let length, let offered else { return SSL_TLSEXT_ERR_NOACK }
                let name: StaticString = "\u{8}http/1.1"
                var found: UnsafeMutablePointer<UInt8>?
                let result = SSL_select_next_proto(
                    &found, length, name.utf8Start, UInt32(name.utf8CodeUnitCount), offered, offeredLength)
                guard result == OPENSSL_NPN_NEGOTIATED, let found else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                chosen.pointee = UnsafePointer(found)
                return SSL_TLSEXT_ERR_OK
            }, nil)
    }

    /// A client's; trusts the authorities in a PEM file, or those of this system.
    convenience init(authorities: String?, fault: Fault?) throws(Unusable) {
        try self.init(TLS_client_method(), fault: fault)
        let isLoaded =
            authorities.map { SSL_CTX_load_verify_file(pointer, $0) } ?? SSL_CTX_set_default_verify_paths(pointer)
        guard isLoaded == 1 else { throw Unusable(description: "the authorities cannot be read") }
        SSL_CTX_set_verify(pointer, fault == .certificateUnchecked ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nil)
        let protocols: StaticString = "\u{8}http/1.1"
        SSL_CTX_set_alpn_protos(pointer, protocols.utf8Start, UInt32(protocols.utf8CodeUnitCount))
    }
}
