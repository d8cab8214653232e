import CLinux
import Glibc

/// What a stream's owner does with what happens on it. Called on the loop.
package protocol StreamHandler: AnyObject {
    /// Bytes have arrived. They lie in the loop's shared buffer: use them, change them in place, but do not keep them.
    func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream)
    /// Where the next bytes should go instead of the shared buffer, while ``Stream/receivesDirectly`` is set.
    func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer?
    /// `count` bytes have arrived in the window.
    func receivedDirectly(_ count: Int, on stream: Stream)
    /// The peer sends no more (FIN). Writing may still be possible.
    func inputEnded(on stream: Stream)
    /// The outbox had risen above the high watermark and is now below the low one.
    func drained(_ stream: Stream)
    /// The timer set by ``Stream/scheduleTimer(at:)`` is due.
    func timerFired(on stream: Stream, now: UInt64)
    /// The stream is gone. The last call.
    func closed(_ stream: Stream, _ end: StreamEnd)
}

/// Why a stream is gone.
package enum StreamEnd: Equatable, Sendable {
    /// We closed it, and everything written was handed to the kernel.
    case finished
    /// We closed it without waiting.
    case aborted
    /// A call on the socket failed: the peer reset the connection, or the network did.
    case failed(SocketError)
    /// The peer did not take what was written, and the outbox reached its limit.
    case outboxFull
    /// The loop stopped.
    case loopStopped
}

/// How much a stream may hold for a peer that reads slowly. Bytes.
package struct OutboxLimits: Sendable {
    /// Above it ``Stream/isAboveHighWatermark`` tells the writer to pause.
    package var highWatermark: Int
    /// Below it ``StreamHandler/drained(_:)`` tells the writer to go on.
    package var lowWatermark: Int
    /// The stream is reset rather than hold more.
    package var maximum: Int

    package init(highWatermark: Int = 64 * 1024, lowWatermark: Int = 16 * 1024, maximum: Int = 16 * 1024 * 1024) {
        self.highWatermark = highWatermark
        self.lowWatermark = lowWatermark
        self.maximum = maximum
    }
}

/// A connected socket of a loop: bytes in, bytes out.
///
/// An idle stream owns no buffer. What is written gathers in the loop's send buffer and leaves in one call at the end of
/// the turn; what the socket does not take then becomes the outbox. A layer that transforms bytes (TLS) belongs between
/// a stream and its handler: it is the stream's handler and offers the same calls upwards.
package final class Stream: Pollable {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let paused = Flags(rawValue: 1)
        static let inputEnded = Flags(rawValue: 2)
        /// No more may be written; the write side ends when the outbox is empty.
        static let finishing = Flags(rawValue: 4)
        static let outputEnded = Flags(rawValue: 8)
        static let failing = Flags(rawValue: 16)
        static let aboveHighWatermark = Flags(rawValue: 32)
        static let direct = Flags(rawValue: 64)
        /// What arrives is thrown away until the peer ends.
        static let discarding = Flags(rawValue: 128)
    }

    /// Reads per event at most, so that one busy peer does not starve the others.
    private static let readBudget = 4
    /// From this size on, bytes are sent from where they are instead of being gathered first.
    package static let gatherLimit = 16 * 1024
    /// What a peer may still send after we have ended our side, before it is cut off.
    private static let discardLimit = 4 * 1024 * 1024

    @exclusivity(unchecked) private var flags: Flags = []
    private var discarded: Int32 = 0
    /// Must outlive the stream; shared by all streams of an owner.
    package var limits: UnsafePointer<OutboxLimits>
    private let cork: UnsafeMutablePointer<Cork>
    @exclusivity(unchecked) private var outbox: UnsafeMutablePointer<Outbox>?
    @exclusivity(unchecked) private var handler: (any StreamHandler)?
    /// When bytes last arrived, in nanoseconds of the monotonic clock.
    @exclusivity(unchecked) package private(set) var lastReceived: UInt64

    /// Takes over a connected, non-blocking socket.
    ///
    /// - Parameter limits: see ``limits``.
    /// - Throws: ``SocketError`` when the loop cannot watch it; the descriptor is closed then.
    package init(
        descriptor: Int32, on loop: EventLoop, limits: UnsafePointer<OutboxLimits>, handler: any StreamHandler
    ) throws(SocketError) {
        self.limits = limits
        cork = loop.cork
        self.handler = handler
        lastReceived = loop.now
        super.init(descriptor: descriptor)
        try attach(to: loop, interest: .readable)
    }

    deinit { freeOutbox() }

    package var currentHandler: (any StreamHandler)? { handler }

    /// Hands the stream over to another handler.
    package func setHandler(_ handler: any StreamHandler) {
        // A stream that is gone calls nobody, and would keep the handler for as long as the handler keeps it.
        if isAttached { self.handler = handler }
    }

    // MARK: - Reading

    /// Asks the handler for a window before each read while set; see ``StreamHandler/directWindow(of:)``.
    package var receivesDirectly: Bool {
        get { flags.contains(.direct) }
        set { if newValue && !flags.contains(.discarding) { flags.insert(.direct) } else { flags.remove(.direct) } }
    }

    package func pauseReading() {
        guard flags.isDisjoint(with: [.paused, .discarding]) else { return }
        flags.insert(.paused)
        removeInterest(.readable)
    }

    package func resumeReading() {
        guard flags.contains(.paused) else { return }
        flags.remove(.paused)
        watchInput()
    }

    private func watchInput() {
        guard !flags.contains(.inputEnded) else { return }
        removeInterest(.onlyChanges)
        addInterest(.readable)
    }

    package var isReadingPaused: Bool { flags.contains(.paused) }

    override func ready(_ events: ReadyEvents) {
        let loop = self.loop
        if events.contains(.writable) { flushOutbox() }
        if isAttached && events != .writable {
            if flags.contains(.paused) && events.isDisjoint(with: .error) && !flags.contains(.inputEnded) {
                // Both directions have ended, but what the peer sent before is still to be read: its end is behind that.
                if events.contains(.hangUp) { addInterest(.onlyChanges) }
            } else if flags.contains(.paused) || flags.contains(.inputEnded) {
                // Only an error or a hang-up is reported then, and it would be reported for ever.
                if !events.isDisjoint(with: [.error, .hangUp]) { failFromSocket("receive") }
            } else {
                read(on: loop)
            }
        }
        loop.uncork()
    }

    private func read(on loop: EventLoop) {
        var budget = Self.readBudget
        var full = true
        // The handler may be another one after each call: a handshake hands over to a connection.
        while full && budget > 0 && isAttached && flags.isDisjoint(with: [.paused, .failing]), let handler {
            budget -= 1
            let count: Int
            if flags.contains(.direct), let window = handler.directWindow(of: self), window.count > 0 {
                count = clinux_receive(descriptor, window.baseAddress, window.count)
                full = count == window.count
                if count > 0 {
                    lastReceived = loop.now
                    handler.receivedDirectly(count, on: self)
                    continue
                }
            } else {
                count = clinux_receive(descriptor, loop.receiveBuffer, EventLoop.receiveCapacity)
                full = count == EventLoop.receiveCapacity
                if count > 0 {
                    lastReceived = loop.now
                    if flags.contains(.discarding) {
                        discard(count)
                    } else {
                        handler.received(
                            UnsafeMutableRawBufferPointer(start: loop.receiveBuffer, count: count), on: self)
                    }
                    continue
                }
            }
            if count == 0 {
                endInput(handler)
            } else if errno != EAGAIN && errno != EINTR {
                end(.failed(SocketError("receive")))
            }
            return
        }
    }

    private func endInput(_ handler: any StreamHandler) {
        flags.insert(.inputEnded)
        removeInterest(.readable)
        if !flags.contains(.discarding) { handler.inputEnded(on: self) }
        if flags.contains(.outputEnded) && !flags.contains(.failing) { end(.finished) }
    }

    private func discard(_ count: Int) {
        discarded += Int32(count)
        if discarded > Self.discardLimit { cutOff() }
    }

    /// The peer has used up what a finishing stream grants it.
    private func cutOff() { end(outbox == nil ? .finished : .aborted) }

    private func failFromSocket(_ operation: String) {
        let code = clinux_socket_error(descriptor)
        end(.failed(SocketError(operation, code: code == 0 ? ECONNRESET : code)))
    }

    // MARK: - Writing

    /// Whether something can still be written.
    package var isWritable: Bool {
        isAttached && flags.isDisjoint(with: [.finishing, .outputEnded, .failing])
    }

    /// Bytes accepted but not yet taken by the socket.
    package var pendingBytes: Int { outbox.map { $0.pointee.count } ?? 0 }

    /// Since when the socket has taken nothing although bytes wait; nil when none wait.
    package var stalledSince: UInt64? { outbox.map { $0.pointee.stalledSince } }

    package var isAboveHighWatermark: Bool { flags.contains(.aboveHighWatermark) }

    /// Room for `count` bytes at the end of what the loop gathers for this stream; the caller fills all of it at once.
    ///
    /// - Parameter count: at most ``gatherLimit`` and some header bytes.
    /// - Returns: nil when nothing can be written any more.
    @inline(__always)
    package func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
        guard isWritable else { return nil }
        guard cork.pointee.belongs(to: self), cork.pointee.count &+ count <= Cork.capacity else {
            return reserveAfresh(count)
        }
        let room = cork.pointee.bytes + cork.pointee.count
        cork.pointee.count &+= count
        return room
    }

    /// Sends what is gathered, for this stream or another, and begins anew.
    private func reserveAfresh(_ count: Int) -> UnsafeMutableRawPointer? {
        loop.uncork()
        guard isWritable else { return nil }
        cork.pointee.owner = .passUnretained(self)
        cork.pointee.count = count
        return cork.pointee.bytes
    }

    /// Writes a copy of `bytes`.
    package func write(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > Self.gatherLimit else {
            guard bytes.count > 0, let source = bytes.baseAddress, let room = reserve(bytes.count) else { return }
            memcpy(room, source, bytes.count)
            return
        }
        writeLarge(bytes)
    }

    /// Sends `bytes` behind what is gathered, from where they are; only what the socket does not take is copied.
    package func writeLarge(_ bytes: UnsafeRawBufferPointer) {
        // Takes the cork, so that what was gathered for this stream leaves in the same call.
        guard reserve(0) != nil else { return }
        let gathered = UnsafeRawBufferPointer(start: cork.pointee.bytes, count: cork.pointee.count)
        loop.dropCork()
        guard outbox == nil else {
            enqueue(gathered)
            enqueue(bytes)
            return
        }
        let sent = clinux_send_two(descriptor, gathered.baseAddress, gathered.count, bytes.baseAddress, bytes.count)
        guard sent >= 0 || errno == EAGAIN || errno == EINTR else {
            return failAfterTurn(.failed(SocketError("send")))
        }
        let taken = max(sent, 0)
        if taken < gathered.count {
            enqueue(UnsafeRawBufferPointer(rebasing: gathered[taken...]))
            enqueue(bytes)
        } else if taken - gathered.count < bytes.count {
            enqueue(UnsafeRawBufferPointer(rebasing: bytes[(taken - gathered.count)...]))
        }
    }

    /// Sends what the loop gathered for this stream.
    func transmit(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, isAttached, !flags.contains(.failing) else { return }
        guard outbox == nil else { return enqueue(bytes) }
        let sent = clinux_send(descriptor, bytes.baseAddress, bytes.count)
        if sent == bytes.count { return }
        guard sent >= 0 || errno == EAGAIN || errno == EINTR else {
            return failAfterTurn(.failed(SocketError("send")))
        }
        enqueue(UnsafeRawBufferPointer(rebasing: bytes[max(sent, 0)...]))
    }

    private func enqueue(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, !flags.contains(.failing) else { return }
        guard bytes.count <= limits.pointee.maximum - pendingBytes else { return failAfterTurn(.outboxFull) }
        if let outbox {
            outbox.pointee.append(bytes)
        } else {
            let fresh = UnsafeMutablePointer<Outbox>.allocate(capacity: 1)
            fresh.initialize(to: Outbox(capacity: bytes.count, now: loop.now))
            fresh.pointee.append(bytes)
            outbox = fresh
            addInterest(.writable)
        }
        if pendingBytes > limits.pointee.highWatermark { flags.insert(.aboveHighWatermark) }
    }

    private func flushOutbox() {
        guard let outbox else { return removeInterest(.writable) }
        while outbox.pointee.count > 0 {
            let bytes = outbox.pointee.bytes
            let sent = clinux_send(descriptor, bytes.baseAddress, bytes.count)
            if sent < 0 && errno == EINTR { continue }
            guard sent >= 0 || errno == EAGAIN else { return end(.failed(SocketError("send"))) }
            guard sent > 0 else { break }
            outbox.pointee.removeFirst(sent, now: loop.now)
        }
        if outbox.pointee.count == 0 {
            freeOutbox()
            removeInterest(.writable)
            if flags.contains(.finishing) { endOutput() }
        }
        // At least 1: an empty outbox is drained whatever the low watermark, nothing would come later to say so.
        if flags.contains(.aboveHighWatermark) && pendingBytes < max(1, limits.pointee.lowWatermark) {
            flags.remove(.aboveHighWatermark)
            handler?.drained(self)
        }
    }

    private func freeOutbox() {
        guard let outbox else { return }
        self.outbox = nil
        outbox.deinitialize(count: 1)
        outbox.deallocate()
    }

    // MARK: - Ending

    /// Ends our side after everything written has left (FIN), throws away what still arrives, and closes when the peer
    /// has ended its side too, or at `deadline`. So the peer reads our last bytes even if it was still sending
    /// (RFC 6455 §7.1.1). May follow ``finishWriting()``; the first call's deadline counts.
    package func finish(by deadline: UInt64) {
        guard isAttached, flags.isDisjoint(with: [.discarding, .failing]) else { return }
        if cork.pointee.belongs(to: self) { loop.uncork() }
        guard !flags.contains(.failing) else { return }
        flags.insert(.finishing)
        startDiscarding()
        setTimer(at: deadline)
        if outbox == nil { endOutput() }
    }

    /// Ends our side of the connection after everything written has left; reading goes on (half-close).
    package func finishWriting() {
        guard isWritable else { return }
        loop.uncork()
        guard isWritable else { return }
        flags.insert(.finishing)
        if outbox == nil { endOutput() }
    }

    private func endOutput() {
        guard !flags.contains(.outputEnded) else { return }
        flags.insert(.outputEnded)
        shutdown(descriptor, Int32(SHUT_WR))
        if flags.contains(.inputEnded) { failAfterTurn(.finished) }
    }

    private func startDiscarding() {
        flags.insert(.discarding)
        flags.remove(.direct)
        flags.remove(.paused)
        watchInput()
    }

    /// Closes at once; what was not taken by the socket is lost.
    package func abort() {
        guard isAttached else { return }
        end(.aborted)
    }

    /// Closes at once with a TCP reset.
    package func reset() {
        guard isAttached else { return }
        _ = clinux_reset_on_close(descriptor)
        end(.aborted)
    }

    /// Ends the stream at the end of this turn: the caller is in the middle of a write and must not be called back.
    private func failAfterTurn(_ end: StreamEnd) {
        guard !flags.contains(.failing) else { return }
        flags.insert(.failing)
        loop.endAfterTurn(self, end)
    }

    func end(_ end: StreamEnd) {
        guard let loop = loopIfAttached else { return }
        if cork.pointee.belongs(to: self) {
            if end == .aborted { loop.uncork() } else { loop.dropCork() }
        }
        if end == .outboxFull || end == .loopStopped { _ = clinux_reset_on_close(descriptor) }
        freeOutbox()
        detach()
        let handler = self.handler
        self.handler = nil
        handler?.closed(self, end)
    }

    // MARK: - Timer

    /// Sets or moves the stream's one coarse timer.
    package func scheduleTimer(at deadline: UInt64) {
        // From then on the timer is the deadline of ``finish(by:)``.
        if !flags.contains(.discarding) { setTimer(at: deadline) }
    }
    package func removeTimer() { if !flags.contains(.discarding) { cancelTimer() } }

    override func timerFired(now: UInt64) {
        // The handler is out of the game once the stream is finishing.
        if flags.contains(.discarding) { return cutOff() }
        handler?.timerFired(on: self, now: now)
    }

    override func loopStopped() { end(.loopStopped) }
}
