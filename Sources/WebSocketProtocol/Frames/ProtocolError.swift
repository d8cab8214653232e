/// What the peer did that ends the connection (RFC 6455 §7.1.7).
///
/// `closeCode` is the code it is told, `description` one fixed sentence that fits a Close reason. Values from the
/// network are in the cases only.
public enum ProtocolError: Error, Equatable, Sendable {
    /// RSV bits that no negotiated extension defines for this frame (§5.2), as they lie in the first octet.
    case reservedBitsSet(bits: UInt8)
    /// An opcode of 3-7 or 11-15 (§5.2).
    case reservedOpcode(UInt8)
    /// A ping, pong or Close without FIN (§5.5).
    case fragmentedControlFrame(opcode: UInt8)
    /// A ping, pong or Close with more than 125 octets (§5.5).
    case controlFrameTooLong(opcode: UInt8)
    /// A client must mask every frame (§5.1).
    case unmaskedFrame
    /// A server must not mask any frame (§5.1).
    case maskedFrame
    /// A length that would have fitted a shorter form; `form` is 16 or 64 bits (§5.2).
    case nonMinimalLength(length: UInt64, form: Int)
    /// A 64-bit length with its most significant bit set (§5.2).
    case lengthTooLarge
    /// A continuation without a message to continue (§5.4).
    case unexpectedContinuation
    /// A new text or binary frame before the message in progress was finished (§5.4).
    case expectedContinuation(opcode: UInt8)
    /// The declared lengths of the message's fragments so far exceed `MessageLimits.maximumMessageSize`, or the message
    /// became at least this long when it was inflated.
    case messageTooLarge(length: UInt64, limit: Int)
    /// One fragment more than `MessageLimits.maximumFragments`.
    case tooManyFragments(limit: Int)
    /// Text whose octet at this offset of the message cannot continue it; the message's length if it ended too early
    /// (§8.1).
    case invalidUTF8(offset: Int)
    /// A Close body of one octet, half a code (§5.5.1).
    case closeBodyOfOneByte
    /// A code that must not be on the wire (§7.4).
    case invalidCloseCode(UInt16)
    /// A Close reason whose octet at this offset cannot continue it; the reason's length if it ended too early
    /// (§5.5.1).
    case invalidUTF8InCloseReason(offset: Int)
    /// Compressed data that breaks a rule of RFC 1951, noticed before this offset of what was sent of the message.
    case corruptCompressedData(offset: Int)
    /// A compressed message of this many octets that ends within a block (RFC 7692 §7.2.2).
    case cutCompressedMessage(length: Int)
    /// A compressed message of which one octet became more than `limit` octets: no text does, but an attack.
    case compressionRatioTooHigh(limit: Int)
    /// Not the peer's fault: the system refused memory for octets that arrived.
    case outOfMemory(requested: Int)

    /// The code of the Close frame that fails the connection.
    public var closeCode: CloseCode {
        switch self {
        case .reservedBitsSet, .reservedOpcode, .fragmentedControlFrame, .controlFrameTooLong, .unmaskedFrame,
            .maskedFrame, .nonMinimalLength, .lengthTooLarge, .unexpectedContinuation, .expectedContinuation,
            .closeBodyOfOneByte, .invalidCloseCode:
            .protocolError
        // RFC 7692 names no code for what cannot be inflated; it is not data of the type that the frame says.
        case .invalidUTF8, .invalidUTF8InCloseReason, .corruptCompressedData, .cutCompressedMessage:
            .invalidPayloadData
        case .messageTooLarge, .compressionRatioTooHigh: .messageTooBig
        case .tooManyFragments: .policyViolation
        case .outOfMemory: .internalError
        }
    }
}

extension ProtocolError {
    /// One fixed sentence per case, at most 123 octets of ASCII. It is for the peer, and on purpose not what an
    /// interpolated error becomes: that is the case with its values, for the log.
    public var description: String {
        switch self {
        case .reservedBitsSet: "A reserved bit is set that no negotiated extension defines."
        case .reservedOpcode: "The opcode is reserved."
        case .fragmentedControlFrame: "A control frame is fragmented."
        case .controlFrameTooLong: "A control frame is longer than 125 octets."
        case .unmaskedFrame: "A frame from a client is not masked."
        case .maskedFrame: "A frame from a server is masked."
        case .nonMinimalLength: "A payload length is not in its shortest form."
        case .lengthTooLarge: "A payload length has its most significant bit set."
        case .unexpectedContinuation: "A continuation frame has no message to continue."
        case .expectedContinuation: "A new message began before the previous one was finished."
        case .messageTooLarge: "The message is larger than the limit."
        case .tooManyFragments: "The message has more fragments than the limit."
        case .invalidUTF8: "A text message is not valid UTF-8."
        case .closeBodyOfOneByte: "A Close frame has a body of one octet."
        case .invalidCloseCode: "A Close frame has a code that must not be sent."
        case .invalidUTF8InCloseReason: "The reason of a Close frame is not valid UTF-8."
        case .corruptCompressedData: "The compressed data is corrupt."
        case .cutCompressedMessage: "A compressed message ends within a block."
        case .compressionRatioTooHigh: "A compressed message grows by more than the limit."
        case .outOfMemory: "There is no memory for the message."
        }
    }
}
