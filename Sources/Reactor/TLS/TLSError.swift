import COpenSSL

/// Why a TLS connection cannot be made or went wrong, and who is to blame.
public enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A certificate, a key, a list of authorities or a setting of our own cannot be used.
    case unusable(what: String, reason: String)
    /// We do not trust the peer's certificate. `name` is the host that it had to be for; nil for a client's certificate.
    case certificateRefused(CertificateFault, name: String?)
    /// The client showed no certificate although one is required.
    case noClientCertificate
    /// The client asked for a host that this server does not serve.
    case unknownServerName(String)
    /// The peer gave up and said why.
    case alert(TLSAlert)
    /// The peer does not speak TLS at all.
    case notTLS
    /// The peer speaks only versions of TLS that we refuse.
    case noCommonVersion
    /// No cipher suite, group or signature algorithm is known to both sides.
    case noCommonCipher
    /// No application protocol (ALPN) is known to both sides.
    case noCommonProtocol
    /// The peer ended the connection before TLS was agreed on.
    case closedDuringHandshake
    /// The peer broke the TLS protocol, in the words of OpenSSL.
    case violation(String)

    public var description: String {
        switch self {
        case .unusable(let what, let reason): "\(what) cannot be used: \(reason)"
        case .certificateRefused(let fault, let name?): "the certificate of \(name) was refused: \(fault)"
        case .certificateRefused(let fault, nil): "the client's certificate was refused: \(fault)"
        case .noClientCertificate: "the client showed no certificate"
        case .unknownServerName(let name): "the client asked for the unknown host \(name)"
        case .alert(let alert): "the peer refused TLS: \(alert)"
        case .notTLS: "the peer does not speak TLS"
        case .noCommonVersion: "the peer speaks no version of TLS that is accepted"
        case .noCommonCipher: "the peer knows no cipher suite that is accepted"
        case .noCommonProtocol: "the peer speaks none of the application protocols (ALPN)"
        case .closedDuringHandshake: "the peer closed the connection during the TLS handshake"
        case .violation(let reason): "the TLS connection failed: \(reason)"
        }
    }
}

/// What is wrong with a certificate: OpenSSL's verification result, of which there are many more than are named here.
public struct CertificateFault: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let expired = Self(rawValue: X509_V_ERR_CERT_HAS_EXPIRED)
    public static let notYetValid = Self(rawValue: X509_V_ERR_CERT_NOT_YET_VALID)
    /// It is for another host name.
    public static let hostMismatch = Self(rawValue: X509_V_ERR_HOSTNAME_MISMATCH)
    /// It is for another IP address.
    public static let addressMismatch = Self(rawValue: X509_V_ERR_IP_ADDRESS_MISMATCH)
    /// It signs itself and is not among the authorities.
    public static let selfSigned = Self(rawValue: X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
    /// Its chain ends in a root that is not among the authorities.
    public static let untrustedRoot = Self(rawValue: X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN)
    /// Whoever signed it is not among the authorities, nor in the chain that the peer sent.
    public static let unknownAuthority = Self(rawValue: X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
    /// It was made for something else: a server's certificate shown by a client, for example.
    public static let wrongPurpose = Self(rawValue: X509_V_ERR_INVALID_PURPOSE)

    public var description: String {
        guard let text = X509_verify_cert_error_string(Int(rawValue)) else { return "error \(rawValue)" }
        return String(cString: text)
    }
}

/// An alert of TLS (RFC 8446 §6): what one side tells the other when it gives up.
public struct TLSAlert: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let unexpectedMessage = Self(rawValue: 10)
    public static let handshakeFailure = Self(rawValue: 40)
    public static let badCertificate = Self(rawValue: 42)
    public static let unsupportedCertificate = Self(rawValue: 43)
    public static let certificateExpired = Self(rawValue: 45)
    public static let certificateUnknown = Self(rawValue: 46)
    public static let unknownAuthority = Self(rawValue: 48)
    public static let decryptError = Self(rawValue: 51)
    public static let protocolVersion = Self(rawValue: 70)
    public static let unrecognizedName = Self(rawValue: 112)
    public static let certificateRequired = Self(rawValue: 116)
    public static let noApplicationProtocol = Self(rawValue: 120)

    public var description: String {
        guard let text = SSL_alert_desc_string_long(Int32(rawValue)) else { return "alert \(rawValue)" }
        return "alert \(rawValue), \(String(cString: text))"
    }
}
