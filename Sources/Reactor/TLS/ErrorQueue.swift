import COpenSSL

/// The calling thread's queue of OpenSSL errors. Whoever asks why a call failed must have cleared it before that call.
enum ErrorQueue {
    static func clear() { ERR_clear_error() }

    /// The reason of the first error, which is the cause; later ones say what failed because of it. Empties the queue.
    static func takeReason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return "unknown reason" }
        // Of an error of the system OpenSSL has no text; the number is errno.
        guard let text = ERR_reason_error_string(code) else { return "error \(ERR_GET_REASON(code))" }
        return String(cString: text)
    }

    /// What went wrong on a connection: the first error of TLS itself that says so, for what it is made of may report its
    /// own before; else the first of all in OpenSSL's words. Empties the queue.
    ///
    /// - Parameters:
    ///   - session: the connection.
    ///   - name: the host that a server's certificate has to be for; nil on a server.
    static func takeError(of session: OpaquePointer, name: String?) -> TLSError {
        var first: String?
        while true {
            let code = ERR_peek_error()
            guard code != 0 else { return .violation(first ?? "unknown reason") }
            if ERR_GET_LIB(code) == ERR_LIB_SSL, let error = error(ERR_GET_REASON(code), of: session, name: name) {
                ERR_clear_error()
                return error
            }
            first = first ?? ERR_reason_error_string(code).map { String(cString: $0) }
            _ = ERR_get_error()
        }
    }

    private static func error(_ reason: Int32, of session: OpaquePointer, name: String?) -> TLSError? {
        if let alert = alert(reason) { return .alert(alert) }
        switch reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            let fault = CertificateFault(rawValue: Int32(truncatingIfNeeded: SSL_get_verify_result(session)))
            return .certificateRefused(fault, name: name)
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return .noClientCertificate
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .notTLS
        // Once the two have agreed on a cipher it is a damaged record.
        case SSL_R_WRONG_VERSION_NUMBER: return SSL_get_current_cipher(session) == nil ? .notTLS : nil
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH, SSL_R_WRONG_SSL_VERSION:
            return .noCommonVersion
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SHARED_GROUPS, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
            return .noCommonCipher
        case SSL_R_NO_APPLICATION_PROTOCOL: return .noCommonProtocol
        case SSL_R_CALLBACK_FAILED:
            let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
            return name.map { .unknownServerName(String(cString: $0)) }
        default: return nil
        }
    }

    /// OpenSSL reports an alert of the peer as a reason of its own, 1000 above the alert's number.
    private static func alert(_ reason: Int32) -> TLSAlert? {
        let number = reason - SSL_AD_REASON_OFFSET
        return UInt8(exactly: number).map(TLSAlert.init)
    }
}
