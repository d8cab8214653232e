import Reactor
public import WebSocketProtocol

extension WebSocketConnection {
    /// Sends one message. What the socket does not take at once waits in the outbox, within its limits.
    ///
    /// Does nothing once the connection is closing: the application learns that from
    /// ``WebSocketHandler/closed(_:_:)``.
    ///
    /// - Parameters:
    ///   - message: the payload; copied or sent before the call returns.
    ///   - kind: text must be valid UTF-8 (RFC 6455 §5.6).
    ///   - compress: whether it may be compressed, if that was agreed on. Not for secrets beside what an attacker chose.
    public func send(_ message: RawSpan, kind: MessageKind, compress: Bool = true) {
        message.withUnsafeBytes { send($0, kind: kind, compress: compress) }
    }

    /// Sends one text message.
    public func send(_ text: String, compress: Bool = true) {
        var text = text
        text.withUTF8 { send(UnsafeRawBufferPointer($0), kind: .text, compress: compress) }
    }

    /// Sends one message from memory that the caller keeps valid during the call.
    package func send(_ payload: UnsafeRawBufferPointer, kind: MessageKind, compress: Bool = true) {
        assertOnLoop()
        guard isOpen else { return }
        guard sendsPlainly else { return sendInGeneral(payload, kind, compress) }
        withStream { stream in
            if role == .server {
                sendUnmasked(kind.opcode, payload, true, 0, on: stream)
            } else {
                sendMasked(kind.opcode, payload, true, 0, on: stream)
            }
        }
    }

    /// Everything but a message that can be sent as it is, at once.
    @inline(never)
    private func sendInGeneral(_ payload: UnsafeRawBufferPointer, _ kind: MessageKind, _ compress: Bool) {
        if let queue {
            enqueue(.message(kind, Array(payload), compress: compress), in: queue)
        } else {
            sendWhole(payload, kind: kind, compress: compress)
        }
    }

    /// Sends a message that was encoded once for many connections.
    public func send(_ message: EncodedMessage) {
        assertOnLoop()
        guard isOpen else { return }
        if let queue {
            enqueue(.encoded(message), in: queue)
        } else {
            sendEncoded(message)
        }
    }

    /// Sends a message now, compressed if it was agreed and is worth while.
    func sendWhole(_ payload: UnsafeRawBufferPointer, kind: MessageKind, compress: Bool) {
        guard compress, let compression else { return sendFrame(kind.opcode, payload) }
        if payload.count > LoopCompression.sliceLength {
            if !beginSlices(payload, kind: kind) { sendFrame(kind.opcode, payload) }
        } else if let compressed = compression.compress(payload) {
            sendFrame(kind.opcode, compressed, reserved: FrameHeader.rsv1)
        } else {
            sendFrame(kind.opcode, payload)
        }
    }

    func sendEncoded(_ message: EncodedMessage) {
        let compressed = compression?.frame(of: message)
        if role == .server {
            stream?.write((compressed ?? message.frame).bytes)
        } else if let compressed {
            sendFrame(message.kind.opcode, compressed.payload, reserved: FrameHeader.rsv1)
        } else {
            sendFrame(message.kind.opcode, message.payload)
        }
    }

    /// Sends a ping; the answer arrives at ``WebSocketHandler/receivedPong(_:on:)``.
    ///
    /// - Parameter payload: at most 125 octets, more are cut off (RFC 6455 §5.5).
    public func sendPing(_ payload: RawSpan) {
        assertOnLoop()
        guard isOpen else { return }
        payload.withUnsafeBytes { sendControl(.ping, UnsafeRawBufferPointer(rebasing: $0.prefix(125))) }
    }

    func sendControl(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) {
        sendFrame(opcode, payload)
    }

    @inline(never)
    func sendFrame(
        _ opcode: Opcode, _ payload: UnsafeRawBufferPointer, isFinal: Bool = true, reserved: UInt8 = 0
    ) {
        withStream { stream in
            if role == .server {
                sendUnmasked(opcode, payload, isFinal, reserved, on: stream)
            } else {
                sendMasked(opcode, payload, isFinal, reserved, on: stream)
            }
        }
    }

    @inline(__always)
    private func sendUnmasked(
        _ opcode: Opcode, _ payload: UnsafeRawBufferPointer, _ isFinal: Bool, _ reserved: UInt8, on stream: Stream
    ) {
        let headerLength = FrameHeader.encodedLength(payload: payload.count, masked: false)
        let isGathered = payload.count <= Stream.gatherLimit
        guard let room = stream.reserve(isGathered ? headerLength &+ payload.count : headerLength) else { return }
        _ = FrameHeader.write(
            into: room, fin: isFinal, reserved: reserved, opcode: opcode, payloadLength: payload.count, maskKey: nil)
        if isGathered {
            if let source = payload.baseAddress {
                (room + headerLength).copyMemory(from: source, byteCount: payload.count)
            }
        } else {
            stream.writeLarge(payload)
        }
    }

    /// A masked payload is another payload, so it is copied in any case: piece by piece through the send buffer.
    private func sendMasked(
        _ opcode: Opcode, _ payload: UnsafeRawBufferPointer, _ isFinal: Bool, _ reserved: UInt8, on stream: Stream
    ) {
        let headerLength = FrameHeader.encodedLength(payload: payload.count, masked: true)
        let key = context.maskKeys.next()
        let first = min(payload.count, Stream.gatherLimit)
        guard let room = stream.reserve(headerLength + first) else { return }
        _ = FrameHeader.write(
            into: room, fin: isFinal, reserved: reserved, opcode: opcode, payloadLength: payload.count, maskKey: key)
        guard let source = payload.baseAddress else { return }
        Masking.copy(
            from: UnsafeRawBufferPointer(start: source, count: first), to: room + headerLength, key: key, phase: 0)
        var position = first
        while position < payload.count {
            let count = min(payload.count - position, Stream.gatherLimit)
            guard let room = stream.reserve(count) else { return }
            let piece = UnsafeRawBufferPointer(start: source + position, count: count)
            Masking.copy(from: piece, to: room, key: key, phase: position & 3)
            position += count
        }
    }
}
