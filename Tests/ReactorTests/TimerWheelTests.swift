import Testing

@testable import Reactor

/// The timer wheel in virtual time: no clock, no thread.
struct TimerWheelTests {
    private static let tick = UInt64(1) << TimerWheel.tickShift
    /// One turn of the wheel.
    private static let turn = tick * 1024

    @Test(arguments: [
        0, 1, tick - 1, tick, tick + 1, 5 * tick, turn - 1, turn, turn + 1, turn + tick, 3 * turn + 7, 100 * turn,
    ])
    func `a timer rings at its deadline or at most one tick later`(delay: UInt64) {
        let start = 123 * Self.tick + 77
        let clockwork = Clockwork(now: start)
        let bell = Bell()
        clockwork.schedule(bell, at: start + delay)

        // Every instant at which something could change, from the start to one tick after the deadline.
        var rangAt: UInt64?
        var steps = [start + delay - min(delay, 1), start + delay]
        steps.append(contentsOf: (0...3).map { ((start + delay) / Self.tick + $0) * Self.tick })
        steps.append(start + delay + Self.tick)
        for now in steps.sorted() where now >= start && rangAt == nil {
            if clockwork.advance(to: now).contains(where: { $0 === bell }) { rangAt = now }
        }

        guard let rangAt else {
            Issue.record("it has not rung one tick after its deadline")
            return
        }
        #expect(rangAt >= start + delay)
        #expect(rangAt <= start + delay + Self.tick)
        #expect(bell.ringCount == 1)
        #expect(clockwork.count == 0)
    }

    @Test func `timers that are due together all ring, whatever the order they were set in`() {
        let deadlines = (1...50).map { UInt64($0) * Self.tick / 3 }
        for order in [deadlines, deadlines.reversed()] {
            let clockwork = Clockwork(now: 0)
            let bells = order.map { deadline in
                let bell = Bell()
                clockwork.schedule(bell, at: deadline)
                return bell
            }
            let rung = clockwork.advance(to: 20 * Self.tick)
            #expect(rung.count == bells.count)
            #expect(bells.allSatisfy { $0.ringCount == 1 })
        }
    }

    @Test func `a deadline in the past rings with the next tick`() {
        let clockwork = Clockwork(now: 10 * Self.tick)
        let bell = Bell()
        clockwork.schedule(bell, at: 3)
        #expect(clockwork.advance(to: 10 * Self.tick + 1).isEmpty)
        #expect(clockwork.advance(to: 11 * Self.tick).count == 1)
    }

    @Test func `a timer set to the end of time never rings and costs no wake-up that is overdue`() throws {
        let clockwork = Clockwork(now: 5)
        let bell = Bell()
        clockwork.schedule(bell, at: .max)
        for step in 1...5 {
            let now = UInt64(step) * Self.turn
            #expect(clockwork.advance(to: now).isEmpty)
            let wake = try #require(clockwork.nextWake)
            #expect(wake > now)
        }
        clockwork.cancel(bell)
        #expect(clockwork.nextWake == nil)
    }

    @Test func `a cancelled timer does not ring, and cancelling twice is harmless`() {
        let clockwork = Clockwork(now: 0)
        let (cancelled, other) = (Bell(), Bell())
        clockwork.schedule(cancelled, at: 100)
        clockwork.schedule(other, at: 100)
        clockwork.cancel(cancelled)
        clockwork.cancel(cancelled)
        let rung = clockwork.advance(to: 3 * Self.tick)
        #expect(rung.count == 1 && rung.first === other)
        #expect(cancelled.ringCount == 0)
    }

    @Test func `a timer can be moved forward and back`() {
        let clockwork = Clockwork(now: 0)
        let bell = Bell()
        clockwork.schedule(bell, at: 2 * Self.tick)
        clockwork.schedule(bell, at: 9 * Self.tick)
        #expect(clockwork.advance(to: 8 * Self.tick).isEmpty)
        clockwork.schedule(bell, at: 5 * Self.turn)
        clockwork.schedule(bell, at: 10 * Self.tick)
        #expect(clockwork.count == 1)
        #expect(clockwork.advance(to: 12 * Self.tick).count == 1)
        #expect(clockwork.count == 0)
    }

    @Test func `a timer that sets itself again while ringing rings once per round`() {
        let clockwork = Clockwork(now: 0)
        let bell = Bell()
        bell.script = { [unowned clockwork] bell, now in clockwork.schedule(bell, at: now) }
        clockwork.schedule(bell, at: 1)
        for round in 1...10 {
            #expect(clockwork.advance(to: UInt64(round) * Self.tick).count == 1)
        }
        bell.script = nil
    }

    @Test func `a ringing timer may cancel and set others that are due in the same round`() {
        let clockwork = Clockwork(now: 0)
        let bells = (0..<6).map { _ in Bell() }
        // Whichever rings first takes all others back and sets one of them again.
        for bell in bells {
            bell.script = { [unowned clockwork] rung, now in
                for other in bells where other !== rung { clockwork.cancel(other) }
                guard let next = bells.first(where: { $0 !== rung && $0.ringCount == 0 }) else { return }
                clockwork.schedule(next, at: now + 1)
            }
            clockwork.schedule(bell, at: 10)
        }
        for round in 1...6 {
            #expect(clockwork.advance(to: UInt64(round) * 2 * Self.tick).count == 1)
        }
        #expect(bells.allSatisfy { $0.ringCount == 1 })
        #expect(clockwork.count == 0)
        for bell in bells { bell.script = nil }
    }

    @Test(arguments: [turn - tick, turn, turn + tick, 7 * turn + 3, 1 << 60])
    func `a long pause loses no timer and rings none that lies behind it`(pause: UInt64) {
        let clockwork = Clockwork(now: 50)
        let due = (0..<2000).map { index in
            let bell = Bell()
            clockwork.schedule(bell, at: 50 + UInt64(index) * ((pause - 2 * Self.tick) / 2000))
            return bell
        }
        let later = (0..<2000).map { index in
            let bell = Bell()
            clockwork.schedule(bell, at: 50 + pause + 1 + UInt64(index) * Self.tick)
            return bell
        }
        #expect(clockwork.advance(to: 50 + pause).count == due.count)
        #expect(later.allSatisfy { $0.ringCount == 0 })
        #expect(clockwork.advance(to: 50 + pause + 2002 * Self.tick).count == later.count)
    }

    /// Against a plain table of deadlines, with random calls and random steps of time.
    @Test(arguments: [1, 2, 3, 20_260_611])
    func `the wheel agrees with a table of deadlines`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let clockwork = Clockwork(now: .random(in: 0...1 << 50, using: &random))
        let bells = (0..<200).map { _ in Bell() }
        var deadlines: [ObjectIdentifier: UInt64] = [:]
        for step in 0..<6000 {
            guard let bell = bells.randomElement(using: &random) else { return }
            let now = clockwork.now
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let far: [UInt64] = [0, Self.tick, 20 * Self.tick, Self.turn, 4 * Self.turn]
                let reach = far.randomElement(using: &random) ?? 0
                let deadline =
                    now + .random(in: 0...reach, using: &random) - min(now, .random(in: 0...5, using: &random))
                clockwork.schedule(bell, at: deadline)
                deadlines[ObjectIdentifier(bell)] = deadline
            case 5...6:
                clockwork.cancel(bell)
                deadlines[ObjectIdentifier(bell)] = nil
            default:
                let pauses: [UInt64] = [0, Self.tick / 2, 3 * Self.tick, Self.turn / 2, Self.turn, 3 * Self.turn]
                let pause = pauses.randomElement(using: &random) ?? 0
                let later = now + .random(in: 0...pause, using: &random)
                for rung in clockwork.advance(to: later) {
                    guard let deadline = deadlines.removeValue(forKey: ObjectIdentifier(rung)), deadline <= later else {
                        Issue.record("seed \(seed), step \(step): a timer rang that was not due")
                        return
                    }
                }
                if let overdue = deadlines.values.min(), overdue + Self.tick <= later {
                    Issue.record("seed \(seed), step \(step): a timer is late by \(later - overdue) ns")
                    return
                }
            }
            guard clockwork.count == deadlines.count else {
                Issue.record("seed \(seed), step \(step): count \(clockwork.count), expected \(deadlines.count)")
                return
            }
            let wake = clockwork.nextWake
            guard let first = deadlines.values.min() else {
                #expect(wake == nil, "seed \(seed), step \(step)")
                continue
            }
            // Asking then must be soon enough for the first timer, and not at once for nothing.
            let latest = max(first, clockwork.now) + Self.tick
            guard let wake, wake <= latest, wake > clockwork.now else {
                Issue.record(
                    "seed \(seed), step \(step): wake \(wake ?? 0), now \(clockwork.now), first deadline \(first)")
                return
            }
        }
    }
}

/// A timer that counts how often it rang.
private final class Bell: Timed {
    private(set) var ringCount = 0
    var script: ((Bell, UInt64) -> Void)?

    override func timerFired(now: UInt64) {
        ringCount += 1
        script?(self, now)
    }
}

/// A wheel and the virtual time it lives in.
private final class Clockwork {
    private var wheel: TimerWheel
    private(set) var now: UInt64
    /// The wheel does not retain.
    private var kept: [Bell] = []

    init(now: UInt64) {
        self.now = now
        wheel = TimerWheel(now: now)
    }

    var count: Int { wheel.count }
    var nextWake: UInt64? { wheel.nextWake }

    func schedule(_ bell: Bell, at deadline: UInt64) {
        kept.append(bell)
        wheel.schedule(bell, at: deadline)
    }

    func cancel(_ bell: Bell) { wheel.cancel(bell) }

    /// Rings what is due at `now`, as the loop does, and returns it.
    func advance(to now: UInt64) -> [Bell] {
        self.now = now
        var rung: [Bell] = []
        while let timed = wheel.popDue(now: now) {
            timed.timerFired(now: now)
            if let bell = timed as? Bell { rung.append(bell) }
        }
        return rung
    }
}
