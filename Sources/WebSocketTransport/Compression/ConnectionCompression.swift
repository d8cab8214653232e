import WebSocketProtocol

/// permessage-deflate on one connection: what was agreed, and its contexts once they are used.
///
/// Small, as an idle connection has one too.
final class ConnectionCompression {
    private let loop: LoopCompression
    private let budget: CompressionBudget?
    /// Octets set aside of the budget.
    private let reserved: Int32
    private let threshold: Int32
    private let sendWindowBits: UInt8
    private let receiveWindowBits: UInt8
    private let memoryLevel: UInt8
    private let level: UInt8
    let sendsWithContext: Bool
    private let receivesWithContext: Bool
    /// Whether the peer's window has messages that our compressor has not seen.
    private var isStale = false
    private var deflater: DeflaterBox?
    /// With context takeover the connection's own; without, that of the message in parts which is being received.
    private var inflater: InflaterBox?

    init(
        _ agreed: DeflateParameters, as role: Role, settings: CompressionConfiguration, on loop: LoopCompression,
        reserved: Int
    ) {
        self.loop = loop
        budget = reserved > 0 ? settings.budget : nil
        self.reserved = Int32(clamping: reserved)
        threshold = Int32(clamping: settings.threshold)
        let sending = agreed.sending(as: role)
        let receiving = agreed.receiving(as: role)
        sendWindowBits = UInt8(sending.windowBits)
        receiveWindowBits = UInt8(receiving.windowBits)
        sendsWithContext = settings.keepsContext && sending.keepsContext
        receivesWithContext = receiving.keepsContext
        memoryLevel = UInt8(settings.memoryLevel)
        level = UInt8(settings.level)
    }

    deinit { budget?.release(Int(reserved)) }

    private var key: DeflaterBox.Key {
        DeflaterBox.Key(windowBits: Int(sendWindowBits), memoryLevel: Int(memoryLevel), level: Int(level))
    }

    // MARK: - Sending

    /// Compresses a whole message of at most ``LoopCompression/sliceLength`` octets.
    ///
    /// - Returns: its octets, in memory of the loop; nil when it is to be sent as it is.
    func compress(_ payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard payload.count >= Int(threshold), payload.count > 0 else { return nil }
        guard let box = sendsWithContext ? own() : loop.deflater(key) else { return nil }
        // What is not smaller is sent as it is.
        let room = UnsafeMutableRawBufferPointer(
            rebasing: loop.compressed.bytes.prefix(payload.count - 1 + Deflater.slack))
        guard let count = box.deflater.compressMessage(payload, into: room) else { return nil }
        loop.spared.sending += payload.count - count
        return UnsafeRawBufferPointer(rebasing: room.prefix(count))
    }

    /// The connection's own compressor; nil without memory.
    private func own() -> DeflaterBox? {
        if deflater == nil { deflater = try? DeflaterBox(key) }
        if isStale { deflater?.deflater.reset() }
        isStale = false
        return deflater
    }

    /// A compressor for a message that takes several turns; nil when it is to be sent as it is.
    func beginMessage() -> DeflaterBox? { sendsWithContext ? own() : loop.lend(key) }

    /// Compresses the next part of a message that takes several turns.
    func compress(
        _ part: UnsafeRawBufferPointer, end: Deflater.PartEnd, with box: DeflaterBox,
        emit: (UnsafeRawBufferPointer) -> Void
    ) {
        loop.spared.sending += part.count
        box.deflater.compress(part, end: end, piece: loop.compressed.bytes) { octets in
            loop.spared.sending -= octets.count
            emit(octets)
        }
    }

    func endMessage(_ box: DeflaterBox) { if !sendsWithContext { loop.takeBack(box) } }

    /// The message will be sent as it is after all: the peer will not have it in its window.
    func abandonMessage(_ box: DeflaterBox, afterSparing spared: Int) {
        loop.spared.sending -= spared
        box.deflater.reset()
        endMessage(box)
    }

    /// The frame of a message for many connections, compressed once; nil when it is to be sent as it is.
    func frame(of message: EncodedMessage) -> SharedFrame? {
        guard message.count >= Int(threshold), message.count > 0 else { return nil }
        let frame = message.compressed(windowBits: Int(sendWindowBits), level: Int(level), on: loop)
        // The peer has this message in its window from now on, and our own compressor does not.
        guard let frame else { return nil }
        isStale = true
        loop.spared.sending += message.count - frame.payload.count
        return frame
    }

    // MARK: - Receiving

    /// Inflates a whole message into memory of the loop, valid until the next message is inflated there.
    func inflate(
        _ payload: UnsafeRawBufferPointer, kind: MessageKind, limits: InflationLimits
    ) throws(ProtocolError) -> UnsafeRawBufferPointer {
        let box = try inflaterOfMessage(isInParts: false)
        let message = try box.inflater.inflateMessage(payload, kind: kind, into: &loop.inflated, limits: limits)
        loop.spared.receiving += message.count - payload.count
        return UnsafeRawBufferPointer(message)
    }

    /// Gives back what only a large message needed.
    func messageDelivered() { loop.inflated.shrink() }

    /// Inflates the next part of a message and hands out what it becomes.
    func inflate(
        part: UnsafeRawBufferPointer, isLast: Bool, kind: MessageKind, limits: InflationLimits,
        emit: (UnsafeRawBufferPointer) -> Void
    ) throws(ProtocolError) {
        let box = try inflaterOfMessage(isInParts: true)
        loop.spared.receiving -= part.count
        try box.inflater.inflate(
            part, isLast: isLast, kind: kind, piece: loop.inflatedPart.bytes, limits: limits
        ) { octets in
            loop.spared.receiving += octets.count
            emit(octets)
        }
        if isLast && !receivesWithContext { inflater = nil }
    }

    private func inflaterOfMessage(isInParts: Bool) throws(ProtocolError) -> InflaterBox {
        if let inflater { return inflater }
        do throws(CompressionError) {
            guard receivesWithContext || isInParts else {
                return try loop.inflater(windowBits: Int(receiveWindowBits))
            }
            let box = try InflaterBox(windowBits: Int(receiveWindowBits))
            inflater = box
            return box
        } catch {
            throw .outOfMemory(requested: Inflater.memory(windowBits: Int(receiveWindowBits)))
        }
    }
}

extension CompressionConfiguration {
    var keepsContext: Bool {
        if case .dedicated = mode { true } else { false }
    }

    var memoryLevel: Int {
        if case .dedicated(_, let memoryLevel) = mode { memoryLevel } else { Self.sharedMemoryLevel }
    }
}
