import Reactor

/// Lets one task of a lane wait for news, up to a deadline. Confined to the lane.
final class Bell {
    private let lane: Lane
    private var waiter: CheckedContinuation<Void, Never>?
    /// It rang while nobody waited; whoever waits next is told at once.
    private var hasRung = false
    private var timer: PreciseTimer?

    init(lane: Lane) { self.lane = lane }

    /// Wakes who waits.
    func ring() {
        hasRung = true
        waiter?.resume()
        waiter = nil
    }

    /// Waits until it rings.
    ///
    /// - Parameter deadline: nanoseconds of the monotonic clock.
    /// - Returns: false when the deadline has passed.
    func wait(until deadline: UInt64) async -> Bool {
        guard lane.now < deadline else { return false }
        let timer = timer ?? PreciseTimer(on: lane.loop) { [weak self] _ in self?.ring() }
        self.timer = timer
        timer.schedule(at: deadline)
        await withCheckedContinuation { continuation in
            if hasRung {
                continuation.resume()
            } else {
                // Nobody is left waiting for ever, not even by a case that waits twice at once.
                waiter?.resume()
                waiter = continuation
            }
        }
        hasRung = false
        timer.cancel()
        return lane.now < deadline
    }

    /// What `find` finds, looked for anew whenever it rings; nil when it found nothing until `deadline`.
    func first<Value>(until deadline: UInt64, _ find: () throws -> Value?) async rethrows -> Value? {
        while true {
            if let value = try find() { return value }
            guard await wait(until: deadline) else { return try find() }
        }
    }
}
