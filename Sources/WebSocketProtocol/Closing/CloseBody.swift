/// The payload of a Close frame: nothing, or a code in network order and a reason in UTF-8 (RFC 6455 §5.5.1).
package enum CloseBody {
    /// What is left of a control frame's 125 octets beside the code.
    package static let maximumReasonLength = 123

    /// Writes a body to `target`, which has room for 125 octets, and returns its length.
    ///
    /// A missing code makes an empty body; codes that are for local use are refused, as are reasons without a code.
    package static func encode(
        code: CloseCode?, reason: String = "", into target: UnsafeMutableRawPointer
    ) throws(CloseBodyError) -> Int {
        try check(code: code, reason: reason)
        guard let code else { return 0 }
        target.storeBytes(of: code.rawValue.bigEndian, as: UInt16.self)
        var length = 2
        for octet in reason.utf8 {
            target.storeBytes(of: octet, toByteOffset: length, as: UInt8.self)
            length += 1
        }
        return length
    }

    /// Throws what `encode` would throw, so that a caller's mistake is found before anything is sent.
    package static func check(code: CloseCode?, reason: String = "") throws(CloseBodyError) {
        guard let code else {
            guard reason.isEmpty else { throw .reasonWithoutCode }
            return
        }
        guard code.isAllowedOnWire else { throw .codeNotAllowed(code) }
        let length = reason.utf8.count
        guard length <= maximumReasonLength else { throw .reasonTooLong(length: length) }
    }

    /// Reads a whole body of at most 125 octets. The reason points into it.
    package static func decode(
        _ body: UnsafeRawBufferPointer
    ) throws(ProtocolError) -> (code: CloseCode?, reason: UnsafeRawBufferPointer) {
        guard let start = body.baseAddress, body.count > 0 else {
            return (nil, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        guard body.count >= 2 else { throw .closeBodyOfOneByte }
        let code = CloseCode(rawValue: UInt16(bigEndian: start.loadUnaligned(as: UInt16.self)))
        guard code.isAllowedOnWire else { throw .invalidCloseCode(code.rawValue) }
        let reason = UnsafeRawBufferPointer(start: start + 2, count: body.count - 2)
        var validator = UTF8Validator()
        if let offset = validator.firstInvalidOffset(in: reason) { throw .invalidUTF8InCloseReason(offset: offset) }
        guard validator.isComplete else { throw .invalidUTF8InCloseReason(offset: reason.count) }
        return (code, reason)
    }
}

/// A Close that the application asked for and that must not be sent.
public enum CloseBodyError: Error, Equatable, Sendable {
    /// 1005, 1006 and 1015 are for local use, others are reserved (RFC 6455 §7.4).
    case codeNotAllowed(CloseCode)
    /// The reason has more than 123 octets of UTF-8.
    case reasonTooLong(length: Int)
    /// A reason can only follow a code.
    case reasonWithoutCode
}

extension CloseBodyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .codeNotAllowed(let code): "Close code \(code) must not be sent; use 1000-1003, 1007-1014 or 3000-4999."
        case .reasonTooLong(let length): "The Close reason has \(length) octets of UTF-8; 123 are allowed."
        case .reasonWithoutCode: "A Close reason needs a code before it."
        }
    }
}
