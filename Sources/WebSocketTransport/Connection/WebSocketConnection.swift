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
    /// Nil once the socket is gone.
    var stream: Stream?
    var handler: any WebSocketHandler
    var reader: MessageReader
    var closing: CloseHandshake
    private var isOver = false
    private var pauses: Pauses = []
    private var lastMessage: UInt64
    private var pingSent: UInt64?

    init(context: ConnectionContext, stream: Stream, handler: any WebSocketHandler) {
        self.context = context
        self.stream = stream
        self.handler = handler
        reader = MessageReader(role: context.role, limits: context.configuration.messageLimits)
        closing = CloseHandshake(role: context.role)
        lastMessage = context.loop.now
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

    /// Whether messages can be sent: the handshake is complete and no Close frame was sent or received.
    public var isOpen: Bool { closing.maySend && !isOver }

    /// Whether the peer keeps up. When false, hold back what can wait until ``WebSocketHandler/becameWritable(_:)``.
    public var isWritable: Bool { isOpen && !(stream?.isAboveHighWatermark ?? true) }

    /// Bytes accepted for sending that the socket has not taken yet.
    public var pendingBytes: Int { stream?.pendingBytes ?? 0 }

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
        let handler = self.handler
        self.handler = Ended.handler
        handler.closed(self, WebSocketClosure(code: code, reason: reason, cause: cause))
    }

    /// Ends the connection at once with a TCP reset and without a Close frame.
    public func abort() {
        loop.assertIsCurrent()
        abort(.aborted)
    }

    private func abort(_ cause: WebSocketClosure.Cause) {
        end(code: .abnormalClosure, reason: "", cause: cause)
        stream?.reset()
    }

    /// Stops taking from the peer until ``resumeReading()``. What was read already still arrives.
    public func pauseReading() {
        loop.assertIsCurrent()
        // The peer's Close and the end of TCP must be read.
        guard isOpen else { return }
        pauses.insert(.application)
        stream?.pauseReading()
    }

    public func resumeReading() {
        loop.assertIsCurrent()
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
        pauses = []
        stream?.resumeReading()
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
        case .endSlow: abort(.slowConsumer)
        case .closeIdle:
            close(.goingAway, reason: "idle for too long")
        }
    }
}

extension WebSocketConnection: StreamHandler {
    package func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) {
        guard let start = bytes.baseAddress else { return }
        var input = InputCursor(start: start, count: bytes.count)
        do throws(ProtocolError) {
            while let event = try reader.next(&input) { handle(event) }
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
            handle(event)
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
        stream.receivesDirectly = reader.outstandingPayload >= Self.directMinimum
        // A server does not read from a peer that does not read. A client must: two that wait for each other never end.
        if stream.isAboveHighWatermark && context.role == .server && closing.maySend {
            pauses.insert(.pressure)
            stream.pauseReading()
        }
    }

    @inline(__always)
    private func handle(_ event: MessageReader.Event) {
        switch event {
        case .message(let kind, _, let payload):
            guard closing.maySend, !isOver else { return }
            lastMessage = context.loop.now
            handler.received(payload.bytes, kind: kind, on: self)
        case .ping(let payload):
            if closing.maySend { sendControl(.pong, payload) }
        case .pong(let payload):
            if closing.maySend { handler.receivedPong(payload.bytes, on: self) }
        case .close(let code, let reason):
            peerClosed(code, reason: String(decoding: reason, as: UTF8.self))
        }
    }

    package func inputEnded(on stream: Stream) {
        // After both Closes this is how it should be; our own may still wait behind messages that the peer asked for.
        if isOver { return stream.finish(by: loop.now.later(by: context.timing.closeTimeout)) }
        end(code: .abnormalClosure, reason: "", cause: .peerVanished)
        stream.abort()
    }

    package func drained(_ stream: Stream) {
        resume(.pressure)
        if isOpen { handler.becameWritable(self) }
    }

    package func timerFired(on stream: Stream, now: UInt64) {
        if closing.maySend {
            armTimer(now: now)
        } else {
            end(code: .abnormalClosure, reason: "", cause: .closeTimeout)
            stream.abort()
        }
    }

    package func closed(_ stream: Stream, _ streamEnd: StreamEnd) {
        self.stream = nil
        switch streamEnd {
        case .outboxFull: end(code: .abnormalClosure, reason: "", cause: .slowConsumer)
        case .failed(let error): end(code: .abnormalClosure, reason: "", cause: .transport(error))
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
