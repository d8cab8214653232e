/// Turns the octets of one direction of a connection into messages and control frames (RFC 6455 §5 and §6.2).
///
/// Give it every receive as an `InputCursor` and call `next` until it returns nil: then all of the input is consumed,
/// and what is cut is kept here. A message that arrives whole is not copied. Between messages the reader owns no
/// memory.
///
/// The first error is final, and so is a Close frame: afterwards `next` consumes everything and returns nil (§5.5.1,
/// §7.1.7).
@usableFromInline
package struct MessageReader: ~Copyable {
    /// What arrived. Buffers are borrowed, from the input or from the reader, and valid until the next call of the
    /// reader.
    @usableFromInline
    package enum Event {
        /// A whole message, with the reserved bits of its first frame as they lie in the first octet.
        case message(MessageKind, reserved: UInt8, UnsafeRawBufferPointer)
        /// What has arrived of a message that is taken in parts. A part may end within a character, and only the last one
        /// may be empty.
        case part(MessageKind, reserved: UInt8, UnsafeRawBufferPointer, isLast: Bool)
        case ping(UnsafeRawBufferPointer)
        case pong(UnsafeRawBufferPointer)
        /// The code is nil when the Close has no body.
        case close(CloseCode?, reason: UnsafeRawBufferPointer)
    }

    @usableFromInline
    enum Phase: UInt8 {
        /// Between messages, with nothing kept: the only phase of the fast path.
        case idle
        /// Inside a header, or between the fragments of a message, or a message to release is still held.
        case header
        case dataPayload
        case controlPayload
        /// After an error or a Close.
        case finished
    }

    /// The message in progress; it stays after its delivery until the next call.
    var assembly = AssemblyBuffer()
    /// What the frames of the message declared so far, together at most `maximumMessageSize`.
    var declaredTotal = 0
    /// Octets of the payload that have not arrived; while a header is read, the length as far as it is known.
    var frameRemaining = 0
    @usableFromInline
    let maximumMessageSize: Int
    var control = ControlBuffer()
    /// The key for the next payload octet; 0 for a client.
    var maskKey: UInt32 = 0
    /// Complete between messages: a text that is not complete at its end is an error.
    var validator = UTF8Validator()
    /// Frames of the message so far.
    var fragments: UInt32 = 0
    let maximumFragments: UInt32
    @usableFromInline
    var phase = Phase.idle
    /// The mask bit that the peer's second octets must have.
    @usableFromInline
    let expectedMaskBit: UInt8
    /// The longest payload of the fast path: 125, or less if messages must be smaller.
    @usableFromInline
    let shortLimit: UInt8
    /// RSV bits that the first frame of a message may have.
    let allowedReservedBits: UInt8
    /// Whether messages are handed on as they arrive, instead of when they are whole.
    let deliversParts: Bool
    /// Whether a part of the message in progress was handed on.
    var hasDeliveredPart = false
    /// The kind of the message in progress, nil between messages.
    var messageKind: MessageKind?
    /// The RSV bits of its first frame.
    var messageReserved: UInt8 = 0
    /// How many octets of a cut header are read.
    var headerOctets: UInt8 = 0
    /// The first two octets of the header, as far as they are read.
    var firstOctet: UInt8 = 0
    var secondOctet: UInt8 = 0

    /// `allowedReservedBits` are the RSV bits that negotiated extensions define for the first frame of a message, as
    /// they lie in the first octet. Text that has one is not checked to be UTF-8: the extension will transform it
    /// first.
    ///
    /// With `deliversParts` a message that does not arrive at once is reported in parts. Nothing is kept then, so the limits of
    /// size and fragments do not apply.
    package init(
        role: Role, limits: MessageLimits = MessageLimits(), allowedReservedBits: UInt8 = 0, deliversParts: Bool = false
    ) {
        maximumMessageSize = deliversParts ? .max : max(0, limits.maximumMessageSize)
        maximumFragments = deliversParts ? .max : UInt32(clamping: max(1, limits.maximumFragments))
        self.deliversParts = deliversParts
        expectedMaskBit = role == .server ? FrameHeader.maskBit : 0
        shortLimit = UInt8(min(maximumMessageSize, FrameHeader.longestShortPayload))
        self.allowedReservedBits = allowedReservedBits & FrameHeader.reservedBits
    }

    /// Returns the next event of the input, or nil when the input is exhausted.
    @inlinable
    @inline(__always)
    package mutating func next(_ input: inout InputCursor) throws(ProtocolError) -> Event? {
        guard phase == .idle else { return try nextInGeneral(&input) }
        let available = input.count
        guard available >= 2 else { return available == 0 ? nil : try nextInGeneral(&input) }
        // A whole message in one frame with the 7-bit length form; everything else takes the general way.
        let start = input.position
        let kind = start.load(as: UInt8.self) ^ 0x80
        let length = start.load(fromByteOffset: 1, as: UInt8.self) ^ expectedMaskBit
        guard kind == 1 || kind == 2, length <= shortLimit else { return try nextInGeneral(&input) }
        let count = Int(length)
        let isMasked = expectedMaskBit != 0
        let payload = start + (isMasked ? 6 : 2)
        guard input.end - payload >= count else { return try nextInGeneral(&input) }
        input.position = payload + count
        let message = UnsafeRawBufferPointer(start: payload, count: count)
        // Unmasked octets go through with a key of 0, for the sake of the check.
        let key = isMasked ? start.loadUnaligned(fromByteOffset: 2, as: UInt32.self) : 0
        let isASCII = Masking.transformShort(from: payload, to: payload, count: count, key: key)
        guard kind == 1 else { return .message(.binary, reserved: 0, message) }
        if !isASCII { try checkShortText(message, &input) }
        return .message(.text, reserved: 0, message)
    }

    /// Whether nothing is kept: an end of the transport now loses no octet of a message.
    package var isIdle: Bool { phase == .idle || (phase == .header && headerOctets == 0 && messageKind == nil) }

    /// Whether an error or a Close frame ended the reading.
    package var isFinished: Bool { phase == .finished }

    /// How much memory the reader owns.
    package var retainedOctets: Int {
        assembly.capacity + (control.start == nil ? 0 : FrameHeader.longestShortPayload)
    }

    /// Ends the life of the last event's buffer early. Every other call does the same.
    package mutating func releaseEvent() {
        if messageKind == nil, assembly.start != nil { assembly.release() }
        if phase != .controlPayload, control.start != nil { control.release() }
        if phase == .header, headerOctets == 0, messageKind == nil { phase = .idle }
    }

    /// Everything that the fast path leaves.
    @usableFromInline
    @inline(never)
    mutating func nextInGeneral(_ input: inout InputCursor) throws(ProtocolError) -> Event? {
        releaseEvent()
        do throws(ProtocolError) {
            return try advance(&input)
        } catch {
            input.consumeAll()
            throw finish(with: error)
        }
    }

    private mutating func advance(_ input: inout InputCursor) throws(ProtocolError) -> Event? {
        while true {
            switch phase {
            case .idle, .header:
                guard try readHeader(&input) else { return nil }
                phase = isControlFrame ? .controlPayload : .dataPayload
            case .dataPayload:
                let event = try readData(&input)
                if event != nil || phase == .dataPayload { return event }
            case .controlPayload:
                return try readControl(&input)
            case .finished:
                input.consumeAll()
                return nil
            }
        }
    }

    /// Checks the text of the fast path.
    @usableFromInline
    @inline(never)
    mutating func checkShortText(
        _ text: UnsafeRawBufferPointer, _ input: inout InputCursor
    ) throws(ProtocolError) {
        /// Complete between messages: a text that is not complete at its end is an error.
        var validator = UTF8Validator()
        let invalid = validator.firstInvalidOffset(in: text)
        if invalid == nil && validator.isComplete { return }
        input.consumeAll()
        throw finish(with: .invalidUTF8(offset: invalid ?? text.count))
    }

    /// Ends the reading for good and frees what was kept.
    mutating func finish(with error: ProtocolError) -> ProtocolError {
        phase = .finished
        messageKind = nil
        releaseEvent()
        return error
    }
}
