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
    public func send(_ message: RawSpan, kind: MessageKind) {
        message.withUnsafeBytes { send($0, kind: kind) }
    }

    /// Sends one text message.
    public func send(_ text: String) {
        var text = text
        text.withUTF8 { send(UnsafeRawBufferPointer($0), kind: .text) }
    }

    /// Sends one message from memory that the caller keeps valid during the call.
    package func send(_ payload: UnsafeRawBufferPointer, kind: MessageKind) {
        assertOnLoop()
        guard isOpen else { return }
        sendFrame(kind == .text ? .text : .binary, payload)
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

    @inline(__always)
    private func sendFrame(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) {
        withStream { stream in
            if role == .server {
                sendUnmasked(opcode, payload, on: stream)
            } else {
                sendMasked(opcode, payload, on: stream)
            }
        }
    }

    @inline(__always)
    private func sendUnmasked(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, on stream: Stream) {
        let headerLength = FrameHeader.encodedLength(payload: payload.count, masked: false)
        let isGathered = payload.count <= Stream.gatherLimit
        guard let room = stream.reserve(isGathered ? headerLength &+ payload.count : headerLength) else { return }
        _ = FrameHeader.write(
            into: room, fin: true, reserved: 0, opcode: opcode, payloadLength: payload.count, maskKey: nil)
        if isGathered {
            if let source = payload.baseAddress {
                (room + headerLength).copyMemory(from: source, byteCount: payload.count)
            }
        } else {
            stream.writeLarge(payload)
        }
    }

    /// A masked payload is another payload, so it is copied in any case: piece by piece through the send buffer.
    private func sendMasked(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, on stream: Stream) {
        let headerLength = FrameHeader.encodedLength(payload: payload.count, masked: true)
        let key = context.maskKeys.next()
        let first = min(payload.count, Stream.gatherLimit)
        guard let room = stream.reserve(headerLength + first) else { return }
        _ = FrameHeader.write(
            into: room, fin: true, reserved: 0, opcode: opcode, payloadLength: payload.count, maskKey: key)
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
