/// What a stream's owner does with what happens on it. Called on the loop.
package protocol StreamHandler: AnyObject {
    /// Bytes have arrived. They lie in the loop's shared buffer: use them, change them in place, but do not keep them.
    func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream)
    /// Where the next bytes should go instead of the shared buffer, while ``Stream/receivesDirectly`` is set.
    func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer?
    /// `count` bytes have arrived in the window.
    func receivedDirectly(_ count: Int, on stream: Stream)
    /// TLS is agreed on: from now on the stream can be written to. Never called for a stream without TLS.
    func secured(_ stream: Stream)
    /// The peer sends no more (FIN, with TLS its close_notify). Writing may still be possible.
    func inputEnded(on stream: Stream)
    /// The outbox had risen above the high watermark and is now below the low one.
    func drained(_ stream: Stream)
    /// The timer set by ``Stream/scheduleTimer(at:)`` is due.
    func timerFired(on stream: Stream, now: UInt64)
    /// The stream is gone. The last call.
    func closed(_ stream: Stream, _ end: StreamEnd)
}

extension StreamHandler {
    package func secured(_ stream: Stream) {}
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
    /// The peer ended the TCP connection without saying so by TLS: something may be missing, perhaps cut off by an attacker.
    case truncated
    /// TLS was not agreed on, or broken.
    case tls(TLSError)
    /// The loop stopped.
    case loopStopped
}

/// How much a stream may hold for a peer that reads slowly, in bytes, and for how long it may wait for more to send.
package struct OutboxLimits: Sendable {
    /// Above it ``Stream/isAboveHighWatermark`` tells the writer to pause.
    package var highWatermark: Int
    /// Below it ``StreamHandler/drained(_:)`` tells the writer to go on.
    package var lowWatermark: Int
    /// The stream is reset rather than hold more.
    package var maximum: Int
    /// How long less than ``Stream/gatherLimit`` waits for more to leave with it, in nanoseconds. With 0 it leaves at the
    /// end of the turn.
    package var writeDelay: UInt64

    package init(
        highWatermark: Int = 64 * 1024, lowWatermark: Int = 16 * 1024, maximum: Int = 16 * 1024 * 1024,
        writeDelay: UInt64 = 0
    ) {
        self.highWatermark = highWatermark
        self.lowWatermark = lowWatermark
        self.maximum = maximum
        self.writeDelay = writeDelay
    }
}
