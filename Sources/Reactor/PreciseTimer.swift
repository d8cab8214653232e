/// A timer that is exact to some tens of microseconds, for pacing. Belongs to one loop; keep it alive while it is set.
///
/// Coarse timeouts of many connections belong in ``Stream/scheduleTimer(at:)``, which costs less.
package final class PreciseTimer {
    private unowned let loop: EventLoop
    private let action: (UInt64) -> Void
    /// When it fires next; nil while it is not set.
    package private(set) var deadline: UInt64?

    /// - Parameter action: runs on the loop, with the time at which it was called.
    package init(on loop: EventLoop, action: @escaping (UInt64) -> Void) {
        self.loop = loop
        self.action = action
    }

    /// Sets or moves the timer; a deadline in the past fires in this turn.
    package func schedule(at deadline: UInt64) {
        loop.assertIsCurrent()
        if self.deadline == nil { loop.preciseTimers.append(self) }
        self.deadline = deadline
        loop.nextPreciseDeadline = min(loop.nextPreciseDeadline, deadline)
    }

    package func cancel() {
        loop.assertIsCurrent()
        guard deadline != nil else { return }
        deadline = nil
        loop.preciseTimers.removeAll { $0 === self }
    }

    func fire(now: UInt64) {
        deadline = nil
        action(now)
    }
}

extension EventLoop {
    /// Fires what is due, earliest first. A loop has a handful of precise timers (one per pacer), so a list is the right structure.
    func firePreciseTimers(now: UInt64) {
        while let index = earliestPreciseTimer, let deadline = preciseTimers[index].deadline, deadline <= now {
            let timer = preciseTimers[index]
            preciseTimers.swapAt(index, preciseTimers.count - 1)
            preciseTimers.removeLast()
            timer.fire(now: now)
        }
        nextPreciseDeadline = earliestPreciseTimer.flatMap { preciseTimers[$0].deadline } ?? .max
    }

    private var earliestPreciseTimer: Int? {
        preciseTimers.indices.min { preciseTimers[$0].deadline ?? .max < preciseTimers[$1].deadline ?? .max }
    }
}
