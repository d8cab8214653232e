/// A stream that waits for more to be written, so that it leaves together.
struct HeldStream {
    let stream: Stream
    /// When it waits no longer, in nanoseconds of the monotonic clock.
    let deadline: UInt64
}

extension EventLoop {
    /// Sends what `stream` holds back at `deadline`, if it still does.
    func sendLater(_ stream: Stream, at deadline: UInt64) {
        held.append(HeldStream(stream: stream, deadline: deadline))
        scheduleHeld(at: deadline)
    }

    private func sendHeld(now: UInt64) {
        var next = UInt64.max
        held.removeAll { held in
            guard held.deadline > now else {
                held.stream.sendHeld()
                return true
            }
            next = min(next, held.deadline)
            return false
        }
        if next != .max { scheduleHeld(at: next) }
    }

    private func scheduleHeld(at deadline: UInt64) {
        let timer = heldTimer ?? PreciseTimer(on: self) { [unowned self] now in sendHeld(now: now) }
        heldTimer = timer
        if timer.deadline ?? .max > deadline { timer.schedule(at: deadline) }
    }
}
