import BenchResults
import Glibc
import Reactor

/// How a connection is cut into segments when it is sent.
enum Cut: Sendable, Equatable {
    /// In one piece.
    case whole
    /// Each octet by itself.
    case everyOctet
    /// Pieces of so many octets.
    case every(Int)
    /// In two or more, behind these octets.
    case at([Int])
    /// A piece for each frame; octets that are no frames stay whole.
    case everyFrame
}

/// A TCP or TLS connection on which everything is visible: each octet, each segment, how it ends. Confined to its lane.
package final class Wire {
    enum End: Sendable, Equatable {
        /// FIN, with TLS its close_notify.
        case finished
        /// FIN under TLS without close_notify.
        case truncated
        case reset
        case failed(String)
    }

    /// Unread octets from which on reading rests.
    static let inboxHigh = 8 * 1024 * 1024

    /// Which connection of its case it is.
    private(set) var index: Int
    let lane: Lane
    private var recorder: WireRecorder
    fileprivate var stream: Stream?
    private var inbox: [UInt8] = []
    private var inboxStart = 0
    /// How the peer ended its direction; nil while it has not.
    private(set) var end: End?
    /// Nanoseconds of the monotonic clock.
    var now: UInt64 { lane.now }
    /// Whether the whole connection is gone.
    private(set) var isGone = false
    private(set) var isSecured = false
    /// Whether the peer has reset the connection, also when its FIN came before.
    private(set) var wasReset = false
    /// Nanoseconds of the monotonic clock: when octets last came, and when the peer's end came.
    private(set) var lastReceived: UInt64 = 0
    private(set) var endedAt: UInt64 = 0
    private(set) var receivedCount = 0
    /// Whether anything was ever sent.
    private(set) var hasSent = false
    private(set) var isFinished = false
    private var waiter: CheckedContinuation<Void, Never>?
    /// Something happened while nobody waited; whoever waits next is told at once.
    private var hasNews = false
    /// The deadline of the wait that has begun is past.
    private var isTimeUp = false
    private var timer: PreciseTimer?
    private var holdsReading = false

    /// Answers no peer ever gets to fill.
    // Written once, before anyone reads it.
    private nonisolated(unsafe) static let limits: UnsafePointer<OutboxLimits> = {
        let limits = UnsafeMutablePointer<OutboxLimits>.allocate(capacity: 1)
        limits.initialize(to: OutboxLimits(highWatermark: 0, lowWatermark: 1, maximum: 1 << 30))
        return UnsafePointer(limits)
    }()

    init(descriptor: Int32, lane: Lane, index: Int, recorder: WireRecorder, tls: TLSLayer?) throws {
        self.index = index
        self.lane = lane
        self.recorder = recorder
        let handler = Handler()
        let stream = try Stream(
            descriptor: descriptor, on: lane.loop, limits: Self.limits, tls: tls, handler: handler)
        self.stream = stream
        handler.wire = self
        isSecured = tls == nil
        lastReceived = lane.now
        recorder.record(.connected, connection: index)
    }

    deinit { stream?.abort() }

    /// Goes on in the log of a case, with what was written down so far: a client connects before it is known for which case.
    func join(_ other: WireRecorder, index: Int) {
        other.take(over: recorder, as: index)
        recorder = other
        self.index = index
    }

    // MARK: - Sending

    /// Sends `octets`, cut as asked; returns when the kernel has taken all of them, the connection is gone, or after
    /// `patience`.
    ///
    /// - Parameter notes: about these octets, for the log.
    func send(
        _ octets: [UInt8], cut: Cut = .whole, notes: [WireLog.Note] = [], patience: UInt64 = 10_000_000_000
    ) async {
        hasSent = true
        recorder.record(.sent, connection: index, octets: octets, notes: notes)
        let pieces = Self.pieces(of: octets.count, cut)
        for (number, piece) in pieces.enumerated() {
            guard let stream else { return }
            octets[piece].withUnsafeBytes { stream.write($0) }
            stream.uncork()
            guard number < pieces.count - 1 else { break }
            // A moment in which the peer can read what it has: the kernel would join the pieces otherwise. Not for
            // thousands of pieces, where most are read by themselves anyway.
            if pieces.count <= 64 {
                await lane.pause(nanoseconds: 1_000_000)
            } else {
                await Task.yield()
            }
        }
        await drain(patience: patience)
    }

    /// Hands `octets` to the kernel without waiting for it to take them.
    func sendWithoutWaiting(_ octets: [UInt8], notes: [WireLog.Note] = []) {
        hasSent = true
        recorder.record(.sent, connection: index, octets: octets, notes: notes)
        octets.withUnsafeBytes { stream?.write($0) }
        stream?.uncork()
    }

    /// Hands `octets` to the kernel, and gives it until `deadline` to take them. The loop turns at least once: a connection
    /// that fails while it is written to is gone only then.
    ///
    /// - Returns: whether all of them were taken.
    func offer(_ octets: [UInt8], until deadline: UInt64) async -> Bool {
        sendWithoutWaiting(octets)
        _ = await wait(until: lane.now)
        while unsentCount > 0, await wait(until: deadline) {}
        return unsentCount == 0 && !isGone
    }

    /// Octets that the kernel has not taken.
    var unsentCount: Int { stream?.pendingBytes ?? 0 }

    private func drain(patience: UInt64) async {
        let deadline = lane.now &+ patience
        while let stream, stream.pendingBytes > 0, await wait(until: deadline) {}
    }

    private static func pieces(of count: Int, _ cut: Cut) -> [Range<Int>] {
        var ends: [Int]
        switch cut {
        case .whole, .everyFrame: ends = [count]
        case .everyOctet: ends = Array(1...max(1, count))
        case .every(let size): ends = Array(stride(from: max(1, size), to: count, by: max(1, size))) + [count]
        case .at(let offsets): ends = offsets.filter { $0 > 0 && $0 < count }.sorted() + [count]
        }
        var start = 0
        return ends.filter { $0 <= count }.map { end in
            defer { start = end }
            return start..<end
        }
    }

    /// Ends our direction (FIN).
    func finish() {
        guard !isFinished, let stream else { return }
        isFinished = true
        recorder.record(.finished, connection: index)
        stream.finishWriting()
    }

    /// Ends the connection with a reset.
    func reset() {
        guard let stream else { return }
        recorder.record(.reset, connection: index)
        stream.reset()
    }

    /// Lets go of the connection without a word.
    func drop() { stream?.abort() }

    /// Stops taking octets from the kernel, so that the peer's window closes.
    func holdReading() {
        holdsReading = true
        stream?.pauseReading()
    }

    func goOnReading() {
        holdsReading = false
        stream?.resumeReading()
    }

    /// What TLS agreed on; nil without TLS.
    var agreement: TLSAgreement? { stream?.tlsAgreement }

    /// The connected socket, for options that only a test wants.
    var descriptor: Int32 { stream?.descriptor ?? -1 }

    // MARK: - Receiving

    /// What came and was not taken yet.
    var unread: ArraySlice<UInt8> { inbox[inboxStart...] }

    /// Takes `count` octets of ``unread``, or all there are.
    func take(_ count: Int = .max) -> ArraySlice<UInt8> {
        let taken = unread.prefix(count)
        inboxStart += taken.count
        if inboxStart == inbox.count {
            inbox = []
            inboxStart = 0
        }
        if !holdsReading, inbox.count - inboxStart < Self.inboxHigh { stream?.resumeReading() }
        return taken
    }

    /// Waits until something happens on the connection.
    ///
    /// - Parameter deadline: nanoseconds of the monotonic clock.
    /// - Returns: false when nothing happened until the deadline, or the connection was gone before.
    func wait(until deadline: UInt64) async -> Bool {
        guard !isGone else { return false }
        // Also with a deadline in the past the loop turns once: while it was busy with another case, what came in time may
        // be waiting in the kernel.
        let timer = timer ?? PreciseTimer(on: lane.loop) { [weak self] _ in self?.timeIsUp() }
        self.timer = timer
        isTimeUp = false
        timer.schedule(at: deadline)
        await withCheckedContinuation { continuation in
            // The loop may have turned between the caller's look at what came and this line.
            if hasNews || isTimeUp {
                continuation.resume()
            } else {
                waiter = continuation
            }
        }
        timer.cancel()
        // What came counts also when the lane was busy with another case until after the deadline.
        defer { hasNews = false }
        return hasNews || isGone
    }

    /// Waits until the peer has ended its direction or the connection is gone.
    func waitForEnd(until deadline: UInt64) async -> End? {
        while end == nil, !isGone {
            _ = take()
            guard await wait(until: deadline) else { break }
        }
        return end
    }

    private func wake() {
        hasNews = true
        resumeWaiter()
    }

    private func timeIsUp() {
        isTimeUp = true
        resumeWaiter()
    }

    private func resumeWaiter() {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume()
    }

    /// Takes a head off what came.
    ///
    /// - Parameter limit: octets after which no end of the head is waited for any more.
    /// - Returns: nil when none came until `deadline`, or the connection ended before.
    func readHead(until deadline: UInt64, limit: Int = 64 * 1024) async -> HTTPHead? {
        while true {
            if let head = HTTPHead.parse(unread) {
                _ = take(head.octets.count)
                return head
            }
            guard unread.count < limit, end == nil, await wait(until: deadline) else { return nil }
        }
    }

    func remark(_ text: String) { recorder.remark(text, connection: index) }

    func annotate(offset: Int, count: Int, _ text: String, isOffending: Bool = false) {
        recorder.annotateReceived(
            connection: index, offset: offset, count: count, text: text, isOffending: isOffending)
    }

    // MARK: - From the stream

    private func received(_ bytes: UnsafeMutableRawBufferPointer) {
        recorder.record(.received, connection: index, octets: bytes)
        lastReceived = lane.now
        receivedCount += bytes.count
        inbox.append(contentsOf: bytes)
        if inbox.count - inboxStart > Self.inboxHigh { stream?.pauseReading() }
        wake()
    }

    private func ended(_ how: End) {
        guard end == nil else { return }
        end = how
        endedAt = lane.now
        switch how {
        case .finished: recorder.record(.peerFinished, connection: index)
        case .truncated: recorder.remark("TCP ended without TLS's close_notify", connection: index, kind: .peerFinished)
        case .reset: recorder.record(.peerReset, connection: index)
        case .failed(let reason): recorder.remark(reason, connection: index, kind: .peerReset)
        }
    }

    /// What the stream calls; does not keep the wire, whose deinit closes the connection.
    private final class Handler: StreamHandler {
        weak var wire: Wire?

        func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) { wire?.received(bytes) }
        func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? { nil }
        func receivedDirectly(_ count: Int, on stream: Stream) {}
        func secured(_ stream: Stream) {
            wire?.isSecured = true
            wire?.wake()
        }
        func inputEnded(on stream: Stream) {
            wire?.ended(.finished)
            wire?.wake()
        }
        func drained(_ stream: Stream) { wire?.wake() }
        func timerFired(on stream: Stream, now: UInt64) {}
        func closed(_ stream: Stream, _ end: StreamEnd) {
            guard let wire else { return }
            wire.stream = nil
            wire.isGone = true
            switch end {
            case .finished, .aborted, .loopStopped, .outboxFull: break
            case .truncated: wire.ended(.truncated)
            case .tls(let error): wire.ended(.failed("\(error)"))
            case .failed(let error):
                wire.wasReset = error.isReset
                wire.ended(error.isReset ? .reset : .failed("\(error)"))
            }
            wire.wake()
        }
    }
}

extension SocketError {
    /// The peer sent a reset, or our octets met one.
    fileprivate var isReset: Bool { code == ECONNRESET || code == EPIPE }
}
