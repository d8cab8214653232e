package import Reactor

/// The thread on which cases run: an event loop, and everything that belongs to it. Cases of a lane share it in turn, never
/// at once, so nothing of theirs needs a lock.
package struct Lane: Sendable {
    package let loop: EventLoop

    package init(loop: EventLoop) { self.loop = loop }

    /// Nanoseconds of the monotonic clock.
    package var now: UInt64 { monotonicNanoseconds() }

    /// Lets the time pass.
    package func pause(nanoseconds: UInt64) async {
        try? await Task.sleep(nanoseconds: nanoseconds)
    }
}
