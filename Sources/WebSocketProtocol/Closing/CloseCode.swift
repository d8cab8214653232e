/// Why a connection ended (RFC 6455 §7.4 and the IANA WebSocket Close Code Number Registry).
public struct CloseCode: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Whether a Close frame may carry it: received otherwise it is a protocol error, and we never send it otherwise.
    ///
    /// 1000-1003 and 1007-1014 are registered, 3000-3999 belong to libraries and 4000-4999 to applications. 1004 is
    /// reserved, 1005, 1006 and 1015 are for local use, 1016-2999 are kept for the protocol's future.
    public var isAllowedOnWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

extension CloseCode {
    /// 1000: the purpose of the connection is fulfilled.
    public static let normalClosure = CloseCode(rawValue: 1000)
    /// 1001: a server goes down, or a browser leaves the page.
    public static let goingAway = CloseCode(rawValue: 1001)
    /// 1002: the peer broke the protocol.
    public static let protocolError = CloseCode(rawValue: 1002)
    /// 1003: a kind of message that the endpoint does not take.
    public static let unsupportedData = CloseCode(rawValue: 1003)
    /// 1005, local only: the peer's Close had no code.
    public static let noStatusReceived = CloseCode(rawValue: 1005)
    /// 1006, local only: the connection ended without a Close from the peer.
    public static let abnormalClosure = CloseCode(rawValue: 1006)
    /// 1007: data that contradicts its type, as text that is not UTF-8.
    public static let invalidPayloadData = CloseCode(rawValue: 1007)
    /// 1008: a rule of the endpoint was broken.
    public static let policyViolation = CloseCode(rawValue: 1008)
    /// 1009: a message too big to process.
    public static let messageTooBig = CloseCode(rawValue: 1009)
    /// 1010: the client misses an extension that it needs.
    public static let mandatoryExtension = CloseCode(rawValue: 1010)
    /// 1011: the endpoint failed for reasons of its own.
    public static let internalError = CloseCode(rawValue: 1011)
    /// 1012: the service restarts.
    public static let serviceRestart = CloseCode(rawValue: 1012)
    /// 1013: the service is overloaded, try again later.
    public static let tryAgainLater = CloseCode(rawValue: 1013)
    /// 1014: a gateway got an invalid answer from upstream.
    public static let badGateway = CloseCode(rawValue: 1014)
    /// 1015, local only: the TLS handshake failed.
    public static let tlsHandshakeFailure = CloseCode(rawValue: 1015)
    /// 3000: credentials are missing or invalid.
    public static let unauthorized = CloseCode(rawValue: 3000)
    /// 3003: the credentials do not allow it.
    public static let forbidden = CloseCode(rawValue: 3003)
    /// 3008: the peer took too long.
    public static let timeout = CloseCode(rawValue: 3008)
}

extension CloseCode: CustomStringConvertible {
    /// The number, and its name where one is registered.
    public var description: String {
        guard let name else { return "\(rawValue)" }
        return "\(rawValue) (\(name))"
    }

    private var name: String? {
        switch self {
        case .normalClosure: "normal closure"
        case .goingAway: "going away"
        case .protocolError: "protocol error"
        case .unsupportedData: "unsupported data"
        case .noStatusReceived: "no status received"
        case .abnormalClosure: "abnormal closure"
        case .invalidPayloadData: "invalid payload data"
        case .policyViolation: "policy violation"
        case .messageTooBig: "message too big"
        case .mandatoryExtension: "mandatory extension"
        case .internalError: "internal error"
        case .serviceRestart: "service restart"
        case .tryAgainLater: "try again later"
        case .badGateway: "bad gateway"
        case .tlsHandshakeFailure: "TLS handshake failure"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .timeout: "timeout"
        default: nil
        }
    }
}
