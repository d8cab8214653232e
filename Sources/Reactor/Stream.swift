import CLinux
import Glibc

/// A connected socket of a loop: bytes in, bytes out.
///
/// An idle stream owns no buffer. What is written gathers in a slot of the loop's cork and leaves in one call at the end of
/// the event or turn; what the socket does not take then becomes the outbox. With TLS the same holds for its handler, with
/// these differences: nothing can be written before ``StreamHandler/secured(_:)``, what waits is counted as ciphertext, and
/// nothing is received directly.
package final class Stream: Pollable {
    private struct Flags: OptionSet {
        let rawValue: UInt16
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
        /// The outbox waits for more to be written, not for the socket.
        static let held = Flags(rawValue: 256)
        /// TLS is not agreed on yet.
        static let securing = Flags(rawValue: 512)
    }

    /// Reads per event at most, so that one busy peer does not starve the others.
    private static let readBudget = 4
    /// From this size on, bytes are sent from where they are instead of being gathered first.
    package static let gatherLimit = 16 * 1024
    /// Up to this size a copy of shared bytes costs less than a call of their own.
    private static let sharedCopyLimit = 4 * 1024
    /// What of a peer is still read, and thrown away, after we have ended our side. Of more than that nothing is read: to
    /// close then would be a reset, by which the peer loses our last bytes (RFC 9293 §3.6.1), just when they say that it
    /// sends too much.
    static let discardLimit = 4 * 1024 * 1024
    /// How long a peer may take to end its side after TLS failed, so that it can read why, in nanoseconds.
    private static let alertTime: UInt64 = 1_000_000_000

    @exclusivity(unchecked) private var flags: Flags = []
    private var discarded: Int32 = 0
    /// Must outlive the stream; shared by all streams of an owner.
    package var limits: UnsafePointer<OutboxLimits>
    private let cork: UnsafeMutablePointer<Cork>
    /// Encrypts and decrypts; nil without TLS.
    private let tls: TLSLayer?
    /// Where this stream gathers; nil while nothing is gathered.
    @exclusivity(unchecked) private var slot: UnsafeMutablePointer<Cork.Slot>?
    @exclusivity(unchecked) private var outbox: UnsafeMutablePointer<Outbox>?
    @exclusivity(unchecked) private var handler: (any StreamHandler)?
    /// When bytes last arrived, in nanoseconds of the monotonic clock.
    @exclusivity(unchecked) package private(set) var lastReceived: UInt64

    /// Takes over a connected, non-blocking socket.
    ///
    /// - Parameters:
    ///   - limits: see ``limits``.
    ///   - tls: one side of a TLS connection that has not begun; nil sends and receives bytes as they are.
    /// - Throws: ``SocketError`` when the loop cannot watch it; the descriptor is closed then.
    package init(
        descriptor: Int32, on loop: EventLoop, limits: UnsafePointer<OutboxLimits>, tls: TLSLayer? = nil,
        handler: any StreamHandler
    ) throws(SocketError) {
        self.limits = limits
        cork = loop.cork
        self.tls = tls
        self.handler = handler
        lastReceived = loop.now
        super.init(descriptor: descriptor)
        try attach(to: loop, interest: .readable)
        if let tls {
            flags.insert(.securing)
            tls.begin(on: self)
        }
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
        set {
            if newValue && tls == nil && !flags.contains(.discarding) {
                flags.insert(.direct)
            } else {
                flags.remove(.direct)
            }
        }
    }

    package func pauseReading() {
        guard flags.isDisjoint(with: [.paused, .discarding]) else { return }
        flags.insert(.paused)
        removeInterest(.readable)
    }

    package func resumeReading() {
        guard flags.contains(.paused), !flags.contains(.discarding) else { return }
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
            if flags.isSuperset(of: [.paused, .discarding]) && events.contains(.hangUp) {
                // The peer is gone, and what it sent before is wanted by nobody.
                events.contains(.error) ? failFromSocket("receive") : cutOff()
            } else if flags.contains(.paused) && events.isDisjoint(with: .error) && !flags.contains(.inputEnded) {
                // Both directions have ended, but what the peer sent before is still to be read: its end is behind that.
                if events.contains(.hangUp) { addInterest(.onlyChanges) }
            } else if flags.contains(.paused) || flags.contains(.inputEnded) {
                // Only an error or a hang-up is reported then, and it would be reported for ever.
                if !events.isDisjoint(with: [.error, .hangUp]) { failFromSocket("receive") }
            } else {
                read(on: loop)
            }
        }
        uncork()
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
                    } else if let tls {
                        tls.received(UnsafeRawBufferPointer(start: loop.receiveBuffer, count: count), on: self)
                    } else {
                        handler.received(
                            UnsafeMutableRawBufferPointer(start: loop.receiveBuffer, count: count), on: self)
                    }
                    continue
                }
            }
            if count == 0 {
                if let tls, !flags.contains(.discarding) { return end(tls.endOfInput) }
                endInput()
            } else if errno != EAGAIN && errno != EINTR {
                end(.failed(SocketError("receive")))
            }
            return
        }
    }

    /// The peer sends no more.
    func endInput() {
        flags.insert(.inputEnded)
        removeInterest(.readable)
        if !flags.contains(.discarding) { handler?.inputEnded(on: self) }
        if flags.contains(.outputEnded) && !flags.contains(.failing) { end(.finished) }
    }

    private func discard(_ count: Int) {
        discarded += Int32(count)
        guard discarded > Self.discardLimit else { return }
        flags.insert(.paused)
        removeInterest(.readable)
    }

    /// The peer has used up the time that a finishing stream grants it, or is gone.
    private func cutOff() { end(outbox == nil ? .finished : .aborted) }

    private func failFromSocket(_ operation: String) {
        let code = clinux_socket_error(descriptor)
        end(.failed(SocketError(operation, code: code == 0 ? ECONNRESET : code)))
    }

    // MARK: - Writing

    /// Whether something can be written: with TLS not before it is agreed on, and never after the end was asked for.
    package var isWritable: Bool {
        isAttached && flags.isDisjoint(with: [.finishing, .outputEnded, .failing, .securing])
    }

    /// Bytes accepted but not yet taken by the socket; what is gathered in this turn not counted.
    package var pendingBytes: Int { outbox.map { $0.pointee.count } ?? 0 }

    /// Since when the socket has taken nothing although bytes wait for it; nil when none do.
    package var stalledSince: UInt64? { flags.contains(.held) ? nil : outbox.map { $0.pointee.stalledSince } }

    package var isAboveHighWatermark: Bool { flags.contains(.aboveHighWatermark) }

    /// Room for `count` bytes at the end of what is gathered for this stream; the caller fills all of it at once.
    ///
    /// - Parameter count: at most ``gatherLimit`` and some header bytes.
    /// - Returns: nil when nothing can be written any more.
    @inline(__always)
    package func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
        guard isWritable else { return nil }
        guard let slot, slot.pointee.count &+ count <= Cork.capacity else { return reserveAfresh(count) }
        let room = slot.pointee.bytes + slot.pointee.count
        slot.pointee.count &+= count
        return room
    }

    /// Sends what is gathered, and begins anew with a slot of the cork.
    private func reserveAfresh(_ count: Int) -> UnsafeMutableRawPointer? {
        uncork()
        guard isWritable else { return nil }
        var free = cork.pointee.take(for: self)
        while free == nil, let victim = cork.pointee.nextVictim() {
            victim._withUnsafeGuaranteedRef { $0.uncork() }
            free = cork.pointee.take(for: self)
        }
        guard let free else { return nil }
        slot = free
        free.pointee.count = count
        return free.pointee.bytes
    }

    /// Sends what is gathered for this stream now, instead of at the end of the event or turn.
    package func uncork() {
        guard let slot else { return }
        let bytes = UnsafeRawBufferPointer(start: slot.pointee.bytes, count: slot.pointee.count)
        dropCork()
        if let tls { return tls.seal(bytes, on: self) }
        transmit(bytes)
    }

    /// Forgets what is gathered.
    private func dropCork() {
        guard let slot else { return }
        self.slot = nil
        cork.pointee.giveBack(slot)
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
        guard isWritable else { return }
        let rest = sendNow(bytes)
        if rest < bytes.count { enqueue(UnsafeRawBufferPointer(rebasing: bytes[rest...])) }
    }

    /// Writes `shared`: small bytes are gathered with others, large ones are sent from where they are. What the socket does
    /// not take is not copied.
    package func write(_ shared: SharedBytes) {
        let bytes = shared.bytes
        guard isWritable, let source = bytes.baseAddress, bytes.count > 0 else { return }
        if bytes.count <= Self.sharedCopyLimit && outbox == nil {
            guard let room = reserve(bytes.count) else { return }
            memcpy(room, source, bytes.count)
            return
        }
        let rest = sendNow(bytes)
        if rest < bytes.count { enqueue(shared, from: rest) }
    }

    /// Sends what is gathered and then `bytes`, in one call, unless something waits already or the stream fails.
    ///
    /// - Returns: how many of `bytes` are done with.
    private func sendNow(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let tls {
            uncork()
            tls.seal(bytes, on: self)
            return bytes.count
        }
        if flags.contains(.held) { sendHeld() }
        guard outbox == nil else {
            uncork()
            return flags.contains(.failing) ? bytes.count : 0
        }
        let gathered = UnsafeRawBufferPointer(start: slot?.pointee.bytes, count: slot?.pointee.count ?? 0)
        dropCork()
        let sent = clinux_send_two(descriptor, gathered.baseAddress, gathered.count, bytes.baseAddress, bytes.count)
        guard sent >= 0 || errno == EAGAIN || errno == EINTR else {
            failAfterTurn(.failed(SocketError("send")))
            return bytes.count
        }
        let taken = max(sent, 0)
        guard taken < gathered.count else { return taken - gathered.count }
        enqueue(UnsafeRawBufferPointer(rebasing: gathered[taken...]))
        return flags.contains(.failing) ? bytes.count : 0
    }

    /// Sends what was gathered for this stream, with TLS what was made of it.
    func transmit(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, canTransmit else { return }
        guard outbox == nil else {
            enqueue(bytes)
            if flags.contains(.held) && pendingBytes >= Self.gatherLimit { sendHeld() }
            return
        }
        guard
            limits.pointee.writeDelay == 0 || bytes.count >= Self.gatherLimit
                || !flags.isDisjoint(with: [.finishing, .securing])
        else { return hold(bytes) }
        let sent = clinux_send(descriptor, bytes.baseAddress, bytes.count)
        if sent == bytes.count { return }
        guard sent >= 0 || errno == EAGAIN || errno == EINTR else {
            return failAfterTurn(.failed(SocketError("send")))
        }
        enqueue(UnsafeRawBufferPointer(rebasing: bytes[max(sent, 0)...]))
    }

    // MARK: - Waiting to be sent

    private func enqueue(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, let outbox = outbox(toHold: bytes.count) else { return }
        outbox.pointee.append(bytes)
        noteHighWatermark()
    }

    private func enqueue(_ shared: SharedBytes, from offset: Int) {
        guard let outbox = outbox(toHold: shared.bytes.count - offset) else { return }
        outbox.pointee.append(shared, from: offset)
        noteHighWatermark()
    }

    /// The outbox, made when there is none yet; nil when the stream is failing or must fail, for it would hold too much.
    private func outbox(toHold count: Int) -> UnsafeMutablePointer<Outbox>? {
        guard !flags.contains(.failing) else { return nil }
        guard count <= limits.pointee.maximum - pendingBytes else {
            failAfterTurn(.outboxFull)
            return nil
        }
        if let outbox { return outbox }
        let fresh = UnsafeMutablePointer<Outbox>.allocate(capacity: 1)
        fresh.initialize(to: Outbox(now: loop.now))
        outbox = fresh
        if !flags.contains(.held) { addInterest(.writable) }
        return fresh
    }

    private func noteHighWatermark() {
        if pendingBytes > limits.pointee.highWatermark && !flags.contains(.held) { flags.insert(.aboveHighWatermark) }
    }

    /// Lets `bytes` wait for more to leave with them, at most for the write delay.
    private func hold(_ bytes: UnsafeRawBufferPointer) {
        flags.insert(.held)
        enqueue(bytes)
        loop.sendLater(self, at: loop.now.addingReportingOverflow(limits.pointee.writeDelay).partialValue)
    }

    /// Ends the wait for more.
    func sendHeld() {
        guard flags.contains(.held) else { return }
        flags.remove(.held)
        guard isAttached, !flags.contains(.failing) else { return }
        sendWaiting()
        guard outbox != nil else { return }
        noteHighWatermark()
        addInterest(.writable)
    }

    /// Sends what waits, as far as the socket takes it.
    private func sendWaiting() {
        guard let outbox else { return }
        while outbox.pointee.count > 0 {
            let sent = outbox.pointee.withPieces {
                clinux_send_pieces(descriptor, $0.baseAddress, $0.count)
            }
            if sent < 0 && errno == EINTR { continue }
            guard sent >= 0 || errno == EAGAIN else { return failAfterTurn(.failed(SocketError("send"))) }
            guard sent > 0 else { return }
            outbox.pointee.removeFirst(sent, now: loop.now)
        }
        freeOutbox()
        if flags.contains(.finishing) { endOutput() }
    }

    /// The socket takes bytes again.
    private func flushOutbox() {
        sendWaiting()
        guard !flags.contains(.failing) else { return }
        if outbox == nil { removeInterest(.writable) }
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
        uncork()
        sendHeld()
        guard !flags.contains(.failing) else { return }
        flags.insert(.finishing)
        startDiscarding()
        setTimer(at: deadline)
        if outbox == nil { endOutput() }
    }

    /// Ends our side of the connection after everything written has left; reading goes on (half-close).
    package func finishWriting() {
        uncork()
        sendHeld()
        guard isWritable else { return }
        flags.insert(.finishing)
        if outbox == nil { endOutput() }
    }

    private func endOutput() {
        guard !flags.contains(.outputEnded) else { return }
        if let tls {
            tls.endOutput(on: self)
            // What it says about the end may have to wait, like everything else; then the end comes behind it.
            guard outbox == nil, !flags.contains(.failing) else { return }
        }
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
        guard isAttached else { return }
        if end == .aborted {
            uncork()
            sendHeld()
        } else {
            dropCork()
        }
        if end == .outboxFull || end == .loopStopped { _ = clinux_reset_on_close(descriptor) }
        freeOutbox()
        detach()
        let handler = self.handler
        self.handler = nil
        handler?.closed(self, tls?.failure.map { .tls($0) } ?? end)
    }

    // MARK: - TLS

    /// What was agreed on; nil without TLS, and before it is agreed on.
    package var tlsAgreement: TLSAgreement? { tls?.agreement }

    /// Whether TLS may go on with what arrived: its handler may have ended the stream meanwhile.
    var takesInput: Bool { isAttached && flags.isDisjoint(with: [.discarding, .failing]) }

    var canTransmit: Bool { isAttached && !flags.contains(.failing) }

    func secured() {
        flags.remove(.securing)
        handler?.secured(self)
    }

    /// Hands decrypted bytes on.
    func deliver(_ plaintext: UnsafeMutableRawBufferPointer) { handler?.received(plaintext, on: self) }

    /// Ends a stream whose TLS has failed, once the peer had time to read the alert that says why: bytes that arrive at a
    /// closed socket would make it lose what it has not read yet.
    func endAfterAlert() {
        dropCork()
        finish(by: loop.now.addingReportingOverflow(Self.alertTime).partialValue)
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
