/// Why a session reads no further frame.
enum Ending: Error {
    /// The peer broke the protocol (RFC 6455 §7.1.7); the code that it is told.
    case violation(UInt16, String)
    case closeReceived(CloseBody)
    case finished
    /// Under TLS: FIN without close_notify.
    case truncated
    case reset
    case closeTimeout
    case pingTimeout
}

/// How a connection ended, as the application is told.
struct Closure: Sendable, Equatable {
    /// The peer's code, 1005 for a Close without one, 1006 without a Close (RFC 6455 §7.1.5).
    let code: UInt16
    let reason: String
    /// Whether both sides sent a Close.
    let isClean: Bool

    static let abnormal = Closure(code: 1006, reason: "", isClean: false)
}

/// The body of a Close frame (RFC 6455 §5.5.1).
struct CloseBody: Equatable {
    /// Nil for an empty body.
    let code: UInt16?
    let reason: [UInt8]

    init(_ octets: [UInt8], fault: Fault?) throws(Ending) {
        guard octets.count >= 2 else {
            guard octets.isEmpty || fault == .halfACodeAccepted else {
                throw .violation(1002, "A Close frame has a body of one octet.")
            }
            code = nil
            reason = []
            return
        }
        let code = UInt16(octets[0]) << 8 | UInt16(octets[1])
        guard Self.isAllowed(code, fault: fault) else {
            throw .violation(1002, "A Close frame has a code that must not be sent.")
        }
        reason = Array(octets[2...])
        if fault == .longReasonRefused, reason.count > 100 {
            throw .violation(1002, "The reason is too long.")
        }
        guard UTF8Check.isValid(reason) || fault == .reasonUnchecked else {
            throw .violation(1007, "The reason of a Close frame is not valid UTF-8.")
        }
        self.code = code
    }

    /// Whether a code may be on the wire (§7.4 and the registry of IANA).
    static func isAllowed(_ code: UInt16, fault: Fault?) -> Bool {
        switch code {
        case 1007...1011: fault != .codesAbove1003Refused
        case 1000...1003: true
        case 1012...1014: fault != .newCodesRefused
        case 3000...4999: fault != .applicationCodesRefused
        case 0..<1000: fault == .lowCodesAccepted
        case 1004, 1005, 1006: fault == .localCodesAccepted
        case 1015: fault == .code1015Accepted
        case 1016...2999: fault == .reservedCodesAccepted
        default: fault == .highCodesAccepted
        }
    }
}
