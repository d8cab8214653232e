import CLinux
import Glibc

/// Nanoseconds of the monotonic clock.
struct Instant: Comparable, Sendable {
    let nanoseconds: UInt64

    static var now: Instant { Instant(nanoseconds: clinux_monotonic_ns()) }
    static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    static func after(milliseconds: UInt64) -> Instant { now.later(milliseconds: milliseconds) }

    func later(milliseconds: UInt64) -> Instant { Instant(nanoseconds: nanoseconds + milliseconds * 1_000_000) }

    /// What poll(2) takes: milliseconds from now, rounded up, at most an hour; 0 when it is past.
    var pollTimeout: Int32 {
        let now = Instant.now
        guard now < self else { return 0 }
        return Int32(min((nanoseconds - now.nanoseconds + 999_999) / 1_000_000, 3_600_000))
    }
}

/// Suspends the calling thread; for what a fault or a full table of descriptors asks, never to wait for an event.
func pause(milliseconds: UInt64) {
    usleep(UInt32(min(milliseconds, 60_000) * 1000))
}

/// Runs `body` on a thread of its own, with a stack that lets ten thousand of them live at a time.
///
/// Returns false when the system has no room for another thread.
@discardableResult
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 512 << 10)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let box = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, &attributes,
        { argument in
            if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, box.toOpaque())
    if status != 0 { box.release() }
    return status == 0
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
