/// Timeouts in constant time: a hashed wheel of intrusive lists (Varghese & Lauck 1987, scheme 6).
///
/// Deadlines are rounded up to ticks of 16.8 ms, so a timer never fires early and at most one tick late. What lies
/// more than one turn of the wheel (17 s) ahead stays in its slot and is passed over. Scheduling and cancelling allocate
/// nothing: the links are fields of the ``Timed`` object. Time is an argument, so tests need no clock.
struct TimerWheel: ~Copyable {
    /// log2 of a tick in nanoseconds: a tick is a shift away, without division.
    static let tickShift: UInt64 = 24
    private static let slotCount: UInt64 = 1024

    /// One list per slot, and behind them the list of timers that are due but not yet handed out.
    private let lists: UnsafeMutablePointer<Unmanaged<Timed>?>
    /// Every timer up to this tick has been moved to the due list.
    private var currentTick: UInt64
    /// How many timers are scheduled.
    private(set) var count = 0
    /// No scheduled timer is due before this tick; exact right after it was reached.
    private var earliestTick = UInt64.max

    init(now: UInt64) {
        lists = .allocate(capacity: Int(Self.slotCount) + 1)
        lists.initialize(repeating: nil, count: Int(Self.slotCount) + 1)
        currentTick = now >> Self.tickShift
    }

    deinit { lists.deallocate() }

    /// Sets or moves the timer of `timed`. The owner keeps `timed` alive and cancels before releasing it.
    mutating func schedule(_ timed: Timed, at deadline: UInt64) {
        if timed.wheelTick == .none { count += 1 } else { unlink(timed) }
        // The end of time is a tick that can be turned back into a time.
        let tick = min(max((deadline >> Self.tickShift) + 1, currentTick + 1), UInt64.max >> Self.tickShift)
        link(timed, tick: .at(tick))
        earliestTick = min(earliestTick, tick)
    }

    mutating func cancel(_ timed: Timed) {
        guard timed.wheelTick != .none else { return }
        unlink(timed)
        timed.wheelTick = .none
        count -= 1
    }

    /// When the caller should ask again, or nil when nothing is scheduled. It may be too early, after timers were
    /// cancelled or when they lie more than a turn ahead.
    var nextWake: UInt64? {
        guard count > 0 else { return nil }
        return lists[Int(Self.slotCount)] == nil ? earliestTick << Self.tickShift : 0
    }

    /// Removes one timer that is due at `now` and returns it. Call until it returns nil: a fired timer may schedule or
    /// cancel others.
    mutating func popDue(now: UInt64) -> Timed? {
        let target = now >> Self.tickShift
        if target >= earliestTick { collectDue(until: target) }
        guard let first = lists[Int(Self.slotCount)] else { return nil }
        let timed = first.takeUnretainedValue()
        cancel(timed)
        return timed
    }

    /// Moves everything due to the due list. After a long pause one turn over all slots finds everything.
    private mutating func collectDue(until target: UInt64) {
        var tick = max(currentTick + 1, target > Self.slotCount ? target - Self.slotCount + 1 : 0)
        currentTick = target
        earliestTick = .max
        guard count > 0 else { return }
        while tick <= target {
            var candidate = lists[Int(tick % Self.slotCount)]
            while let timed = candidate?.takeUnretainedValue() {
                candidate = timed.wheelNext
                if case .at(let due) = timed.wheelTick, due <= tick {
                    unlink(timed)
                    link(timed, tick: .due)
                }
            }
            tick += 1
        }
        while tick <= target + Self.slotCount && lists[Int(tick % Self.slotCount)] == nil { tick += 1 }
        if tick <= target + Self.slotCount { earliestTick = tick }
    }

    private mutating func link(_ timed: Timed, tick: Timed.WheelTick) {
        timed.wheelTick = tick
        let list = lists + listIndex(of: timed)
        timed.wheelNext = list.pointee
        timed.wheelPrevious = nil
        list.pointee?._withUnsafeGuaranteedRef { $0.wheelPrevious = .passUnretained(timed) }
        list.pointee = .passUnretained(timed)
    }

    private mutating func unlink(_ timed: Timed) {
        if let previous = timed.wheelPrevious {
            previous._withUnsafeGuaranteedRef { $0.wheelNext = timed.wheelNext }
        } else {
            lists[listIndex(of: timed)] = timed.wheelNext
        }
        timed.wheelNext?._withUnsafeGuaranteedRef { $0.wheelPrevious = timed.wheelPrevious }
        timed.wheelNext = nil
        timed.wheelPrevious = nil
    }

    private func listIndex(of timed: Timed) -> Int {
        switch timed.wheelTick {
        case .at(let tick): Int(tick % Self.slotCount)
        case .due, .none: Int(Self.slotCount)
        }
    }
}

/// Something with one coarse timer, linked into its loop's timer wheel.
package class Timed {
    /// Where the object is in the wheel.
    fileprivate enum WheelTick: Equatable {
        case none
        case due
        case at(UInt64)
    }

    @exclusivity(unchecked) fileprivate var wheelTick = WheelTick.none
    @exclusivity(unchecked) fileprivate var wheelNext: Unmanaged<Timed>?
    @exclusivity(unchecked) fileprivate var wheelPrevious: Unmanaged<Timed>?

    init() {}

    /// Called on the loop when the time has come; the timer is no longer set.
    func timerFired(now: UInt64) {}
}
