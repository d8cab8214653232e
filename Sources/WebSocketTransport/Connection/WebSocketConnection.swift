import Logging
import Reactor
import WebSocketProtocol

/// One WebSocket connection, of either role, after its opening handshake.
///
/// Confined to its event loop: call it from handlers, or from elsewhere through `connection.loop.execute`.
///
/// `@unchecked Sendable`: every entry point asserts that it runs on the loop.
public final class WebSocketConnection: @unchecked Sendable {
    let context: ConnectionContext
    /// Copied from the context, so that sending needs not look there.
    let role: Role
    /// Nil once the socket is gone; retained by hand, so that a send counts no references.
    @exclusivity(unchecked) private var streamReference: Unmanaged<Stream>?
    @exclusivity(unchecked) var handler: any WebSocketHandler
    @exclusivity(unchecked) var reader: MessageReader
    @exclusivity(unchecked) var closing: CloseHandshake
    @exclusivity(unchecked) private var isOver = false
    @exclusivity(unchecked) private var pauses: Pauses = []
    @exclusivity(unchecked) private var lastMessage: UInt64
    /// A message came in the current read: the clock is looked at once, after it.
    @exclusivity(unchecked) private var hasNewMessage = false
    private var pingSent: UInt64?
    /// permessage-deflate, if it was agreed on.
    let compression: ConnectionCompression?
    /// What waits behind a message that takes several turns to send.
    @exclusivity(unchecked) var queue: OutgoingQueue?
    /// Whether a message can be sent as it is, at once.
    @exclusivity(unchecked) var sendsPlainly: Bool
    /// What was received and must wait, because what came before takes long to inflate or to compress: a few octets can ask
    /// for megabytes. Nil unless something does.
    @exclusivity(unchecked) private var unread: [UInt8]?
    /// What it waits for, if that is a message being inflated.
    @exclusivity(unchecked) var inflating: InflatingMessage?
    /// Whether the handler takes messages in parts.
    private let takesParts: Bool

    init(
        context: ConnectionContext, stream: Stream, handler: any WebSocketHandler,
        compression: ConnectionCompression? = nil
    ) {
        self.context = context
        role = context.role
        streamReference = .passRetained(stream)
        self.handler = handler
        self.compression = compression
        sendsPlainly = compression == nil
        takesParts = handler is any WebSocketPartHandler
        reader = MessageReader(
            role: context.role, limits: context.configuration.messageLimits,
            allowedReservedBits: compression == nil ? 0 : FrameHeader.rsv1, deliversParts: takesParts)
        closing = CloseHandshake(role: context.role)
        lastMessage = context.loop.now
    }

    deinit { streamReference?.release() }

    /// Nil once the socket is gone.
    var stream: Stream? { streamReference?.takeUnretainedValue() }

    /// Calls `body` with the stream, if there still is one, without counting references.
    @inline(__always)
    func withStream(_ body: (Stream) -> Void) { streamReference?._withUnsafeGuaranteedRef(body) }

    /// Lends the reader's memory for the time of a read; nothing that a handler may call looks at the reader.
    @inline(__always)
    private func withReader(
        _ body: (UnsafeMutablePointer<MessageReader>) throws(ProtocolError) -> Void
    ) throws(ProtocolError) {
        try withUnsafeMutablePointer(to: &reader, body)
    }

    /// Who wants reading to rest.
    private struct Pauses: OptionSet {
        let rawValue: UInt8
        static let application = Pauses(rawValue: 1)
        /// The peer does not read what we send.
        static let pressure = Pauses(rawValue: 2)
    }

    /// The loop that the connection belongs to.
    public var loop: EventLoop { context.loop }

    @inline(__always)
    func assertOnLoop() {
        assert(context.loop.isCurrent, "a connection was used from outside its event loop")
    }

    /// Whether messages can be sent: no Close frame was sent or received, and the connection is not over.
    ///
    /// Says the same as `closing`, where asking costs an access check for each message.
    @exclusivity(unchecked) public internal(set) var isOpen = true

    /// Whether the peer keeps up. When false, hold back what can wait until ``WebSocketHandler/becameWritable(_:)``.
    public var isWritable: Bool {
        isOpen && !(stream?.isAboveHighWatermark ?? true) && !(queue?.isAboveHighWatermark ?? false)
    }

    /// Bytes accepted for sending that the socket has not taken yet.
    public var pendingBytes: Int { (stream?.pendingBytes ?? 0) + (queue?.count ?? 0) }

    /// Whether the peer agreed to permessage-deflate.
    public var isCompressed: Bool { compression != nil }

    /// The socket, for who measures what a bare call on it costs; -1 once it is gone.
    package var descriptor: Int32 { stream?.descriptor ?? -1 }

    /// Octets that compression spared on this loop since the last call, for a message of so many octets: never more.
    package func takeSparedOctets(sending: Int = 0, receiving: Int = 0) -> Int {
        guard compression != nil else { return 0 }
        let spared = context.compression.spared
        let taken = (sending: min(sending, spared.sending), receiving: min(receiving, spared.receiving))
        context.compression.spared = (spared.sending - taken.sending, spared.receiving - taken.receiving)
        return taken.sending + taken.receiving
    }

    /// What TLS agreed on: version, protocol, the peer's certificate. Nil without TLS, and when the socket is gone.
    public var tlsAgreement: TLSAgreement? { stream?.tlsAgreement }

    /// When bytes last arrived, in nanoseconds of the monotonic clock.
    package var lastReceived: UInt64 { stream?.lastReceived ?? 0 }

    /// Takes over the stream: `rest` arrived together with the end of the handshake.
    func open(rest: UnsafeMutableRawBufferPointer) {
        armTimer(now: loop.now)
        handler.opened(self)
        if rest.count > 0, let stream, !isOver { received(rest, on: stream) }
    }

    // MARK: - Ending

    /// Tells the application, once, that the connection is over.
    func end(code: CloseCode, reason: String, cause: WebSocketClosure.Cause) {
        guard !isOver else { return }
        isOver = true
        isOpen = false
        let handler = self.handler
        self.handler = Ended.handler
        handler.closed(self, WebSocketClosure(code: code, reason: reason, cause: cause))
    }

    /// Ends the connection at once with a TCP reset and without a Close frame.
    public func abort() {
        assertOnLoop()
        abort(.aborted)
    }

    /// The peer does not take what it is sent.
    func endSlowConsumer() { abort(.slowConsumer) }

    private func abort(_ cause: WebSocketClosure.Cause) {
        end(code: .abnormalClosure, reason: "", cause: cause)
        stream?.reset()
    }

    /// Stops taking from the peer until ``resumeReading()``. What was read already still arrives.
    public func pauseReading() {
        assertOnLoop()
        // The peer's Close and the end of TCP must be read.
        guard isOpen else { return }
        pauses.insert(.application)
        stream?.pauseReading()
    }

    public func resumeReading() {
        assertOnLoop()
        resume(.application)
    }

    private func resume(_ reason: Pauses) {
        guard !pauses.isEmpty else { return }
        pauses.remove(reason)
        guard pauses.isEmpty else { return }
        stream?.resumeReading()
        // The time in which nothing was read counts neither as an unanswered ping nor as idle.
        pingSent = nil
        lastMessage = loop.now
        if isOpen { armTimer(now: loop.now) }
    }

    /// Reads on whoever wanted it to rest.
    func resumeForClosing() {
        pauses = unread != nil ? .pressure : []
        if pauses.isEmpty { stream?.resumeReading() }
    }

    // MARK: - Timer

    private func armTimer(now: UInt64) {
        let seen = ConnectionTiming.Observation(
            lastReceived: stream?.lastReceived ?? now, lastMessage: lastMessage, pingSent: pingSent,
            stalledSince: stream?.stalledSince, isReadingPaused: !pauses.isEmpty)
        switch context.timing.action(at: now, seen) {
        case .wait(let deadline): stream?.scheduleTimer(at: deadline)
        case .nothing: stream?.removeTimer()
        case .ping:
            pingSent = now
            sendControl(.ping, UnsafeRawBufferPointer(start: nil, count: 0))
            armTimer(now: now)
        case .endUnanswered: abort(.pingTimeout)
        case .endSlow: endSlowConsumer()
        case .closeIdle:
            close(.goingAway, reason: "idle for too long")
        }
    }
}

extension WebSocketConnection: StreamHandler {
    package func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) {
        guard let start = bytes.baseAddress else { return }
        do throws(ProtocolError) {
            // Both held once for the whole read. Once the connection is over its events go nowhere.
            let handler = self.handler
            try withReader { (reader) throws(ProtocolError) in
                var input = InputCursor(start: start, count: bytes.count)
                while unread == nil, let event = try reader.pointee.next(&input) { try handle(event, handler) }
                if unread != nil {
                    reader.pointee.releaseEvent()
                    unread?.append(contentsOf: UnsafeRawBufferPointer(start: input.position, count: input.count))
                }
            }
        } catch {
            return fail(error)
        }
        afterReading(on: stream)
    }

    package func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? {
        reader.directWindow(atLeast: Self.directMinimum)
    }

    package func receivedDirectly(_ count: Int, on stream: Stream) {
        do throws(ProtocolError) {
            guard let event = try reader.commitDirect(count) else { return afterReading(on: stream) }
            try handle(event, handler)
            // The message's memory is not kept until the next read.
            reader.releaseEvent()
        } catch {
            return fail(error)
        }
        afterReading(on: stream)
    }

    /// Payload bytes still outstanding from which on they are received straight into the message.
    private static let directMinimum = 16 * 1024

    private func afterReading(on stream: Stream) {
        if hasNewMessage { noteMessage() }
        stream.receivesDirectly = reader.outstandingPayload >= Self.directMinimum
        // A server does not read from a peer that does not read. A client must: two that wait for each other never end.
        if (unread != nil || stream.isAboveHighWatermark && role == .server) && isOpen {
            pauses.insert(.pressure)
            stream.pauseReading()
        }
    }

    @inline(__always)
    private func handle(_ event: MessageReader.Event, _ handler: any WebSocketHandler) throws(ProtocolError) {
        switch event {
        case .message(let kind, let reserved, let payload):
            guard isOpen else { return }
            hasNewMessage = true
            guard reserved == 0 && !takesParts else {
                return try deliver(kind, payload, isCompressed: reserved != 0, isLast: true, handler)
            }
            handler.received(payload.bytes, kind: kind, on: self)
        case .part(let kind, let reserved, let payload, let isLast):
            guard isOpen else { return }
            hasNewMessage = true
            try deliver(kind, payload, isCompressed: reserved != 0, isLast: isLast, handler)
        case .ping(let payload):
            if isOpen { sendControl(.pong, payload) }
        case .pong(let payload):
            if isOpen { handler.receivedPong(payload.bytes, on: self) }
        case .close(let code, let reason):
            peerClosed(code, reason: String(decoding: reason, as: UTF8.self))
        }
    }

    func noteMessage() {
        hasNewMessage = false
        lastMessage = context.loop.now
    }

    /// Lets what arrives wait until ``endHoldingBack()``.
    func holdBack() { if unread == nil { unread = [] } }

    /// Lets what arrives wait until a large answer is compressed; returns whether it has to.
    @discardableResult
    func holdBackForQueue() -> Bool {
        guard role == .server, isOpen, let queue, queue.isAboveHighWatermark, queue.current?.slices != nil else {
            return false
        }
        queue.holdsBackInput = true
        holdBack()
        return true
    }

    /// Reads what was held back, in a turn of its own, and then goes on.
    func endHoldingBack() {
        loop.execute { [self] in
            guard let stream, var bytes = unread else { return }
            unread = nil
            bytes.withUnsafeMutableBytes { received($0, on: stream) }
            // Unless it was too much again.
            if unread == nil && !stream.isAboveHighWatermark { resume(.pressure) }
        }
    }

    /// Hands on a message that is compressed, or one whose handler takes parts.
    private func deliver(
        _ kind: MessageKind, _ payload: UnsafeRawBufferPointer, isCompressed: Bool, isLast: Bool,
        _ handler: any WebSocketHandler
    ) throws(ProtocolError) {
        guard let partHandler = handler as? any WebSocketPartHandler else {
            guard let compression else { return }
            guard payload.count <= LoopCompression.inflatedAtOnce else { return beginInflating(kind, payload) }
            let message = try compression.inflate(payload, kind: kind, limits: context.inflationLimits)
            handler.received(message.bytes, kind: kind, on: self)
            compression.messageDelivered()
            holdBackForQueue()
            return
        }
        guard isCompressed, let compression else {
            return partHandler.received(part: payload.bytes, kind: kind, isLast: isLast, on: self)
        }
        try compression.inflate(part: payload, isLast: isLast, kind: kind, limits: context.partLimits) { part in
            if isOpen { partHandler.received(part: part.bytes, kind: kind, isLast: false, on: self) }
        }
        // Only now it is known that nothing follows.
        guard isLast, isOpen else { return }
        partHandler.received(
            part: UnsafeRawBufferPointer(start: nil, count: 0).bytes, kind: kind, isLast: true, on: self)
    }

    package func inputEnded(on stream: Stream) {
        // After both Closes this is how it should be; our own may still wait behind messages that the peer asked for.
        if isOver { return stream.finish(by: loop.now.later(by: context.timing.closeTimeout)) }
        end(code: .abnormalClosure, reason: "", cause: .peerVanished)
        stream.abort()
    }

    package func drained(_ stream: Stream) {
        if let queue { advance(queue) }
        if unread == nil { resume(.pressure) }
        if isWritable { handler.becameWritable(self) }
    }

    package func timerFired(on stream: Stream, now: UInt64) {
        if isOpen {
            armTimer(now: now)
        } else {
            end(code: .abnormalClosure, reason: "", cause: .closeTimeout)
            stream.abort()
        }
    }

    package func closed(_ stream: Stream, _ streamEnd: StreamEnd) {
        streamReference?.release()
        streamReference = nil
        dropQueue()
        switch streamEnd {
        case .outboxFull: end(code: .abnormalClosure, reason: "", cause: .slowConsumer)
        case .failed(let error): end(code: .abnormalClosure, reason: "", cause: .transport(error))
        case .truncated: end(code: .abnormalClosure, reason: "", cause: .truncated)
        case .tls(let error): end(code: .abnormalClosure, reason: "", cause: .tls(error))
        case .finished, .aborted, .loopStopped: end(code: .abnormalClosure, reason: "", cause: .aborted)
        }
        context.released()
    }
}

/// Stands in for the application's handler once it was told that the connection is over, so that it can be freed.
private final class Ended: WebSocketHandler {
    /// Stateless, so any thread may use it.
    nonisolated(unsafe) static let handler = Ended()

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {}
}
