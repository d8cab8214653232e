import Testing

@testable import Reactor

struct PreciseTimerTests {
    private static let millisecond: UInt64 = 1_000_000

    private struct Firing: Sendable {
        let name: Int
        let now: UInt64
        let deadline: UInt64
    }

    /// Timers of one test, on its loop.
    private final class Timers {
        var timers: [PreciseTimer] = []
    }

    @Test func `timers fire at or after their deadlines, in the order of the deadlines`() async throws {
        try await withLoop { loop in
            let firings = Events<Firing>()
            let kept = OnLoop(Timers())
            try await loop.perform {
                for name in [3, 0, 4, 1, 2] {
                    let deadline = loop.now + UInt64(name + 1) * 3 * Self.millisecond
                    let timer = PreciseTimer(on: loop) { firings.send(Firing(name: name, now: $0, deadline: deadline)) }
                    timer.schedule(at: deadline)
                    kept.value.timers.append(timer)
                }
            }
            let fired = try await firings.next(5)
            #expect(fired.map(\.name) == [0, 1, 2, 3, 4])
            #expect(fired.allSatisfy { $0.now >= $0.deadline })
            #expect(try await loop.perform { kept.value.timers.allSatisfy { $0.deadline == nil } })
        }
    }

    @Test func `timers that are overdue together fire in the order of their deadlines`() async throws {
        try await withLoop { loop in
            let fired = Events<Int>()
            try await loop.perform {
                for name in [4, 1, 5, 2, 3, 0] {
                    PreciseTimer(on: loop) { _ in fired.send(name) }.schedule(at: 1000 + UInt64(name))
                }
            }
            #expect(try await fired.next(6) == [0, 1, 2, 3, 4, 5])
        }
    }

    @Test func `a deadline in the past fires in the same turn`() async throws {
        try await withLoop { loop in
            let fired = OnLoop(false)
            try await loop.perform {
                PreciseTimer(on: loop) { _ in fired.value = true }.schedule(at: 0)
            }
            #expect(try await loop.perform { fired.value })
        }
    }

    @Test func `a cancelled timer does not fire, and cancelling twice is harmless`() async throws {
        try await withLoop { loop in
            let fired = Events<Int>()
            try await loop.perform {
                let soon = loop.now + 2 * Self.millisecond
                let cancelled = PreciseTimer(on: loop) { _ in fired.send(1) }
                cancelled.schedule(at: soon)
                cancelled.cancel()
                cancelled.cancel()
                PreciseTimer(on: loop) { _ in fired.send(2) }.schedule(at: soon + 1)
            }
            #expect(try await fired.next() == 2)
            #expect(fired.takeAll().isEmpty)
        }
    }

    @Test func `a timer may cancel another one that is due with it`() async throws {
        try await withLoop { loop in
            let fired = Events<Int>()
            try await loop.perform {
                let second = PreciseTimer(on: loop) { _ in fired.send(2) }
                PreciseTimer(on: loop) { _ in
                    second.cancel()
                    fired.send(1)
                }.schedule(at: 1)
                second.schedule(at: 2)
            }
            try await loop.takeTurns()
            #expect(fired.takeAll() == [1])
        }
    }

    @Test func `a moved timer fires once, at its last deadline`() async throws {
        try await withLoop { loop in
            let firings = Events<UInt64>()
            let deadline = try await loop.perform {
                let timer = PreciseTimer(on: loop) { firings.send($0) }
                let start = loop.now
                timer.schedule(at: start + 60_000 * Self.millisecond)
                timer.schedule(at: start + Self.millisecond)
                timer.schedule(at: start + 5 * Self.millisecond)
                return start + 5 * Self.millisecond
            }
            #expect(try await firings.next() >= deadline)
            try await loop.takeTurns()
            #expect(firings.takeAll().isEmpty)
        }
    }

    /// A pacer: each firing sets the next deadline one interval after the intended one, never after the actual one.
    @Test func `a timer that sets itself again from its action keeps its pace`() async throws {
        try await withLoop { loop in
            let firings = Events<Firing>()
            let kept = OnLoop<PreciseTimer?>(nil)
            try await loop.perform {
                var next = loop.now
                var step = 0
                let timer = PreciseTimer(on: loop) { now in
                    firings.send(Firing(name: step, now: now, deadline: next))
                    step += 1
                    next += 200_000
                    if step < 100 { kept.value?.schedule(at: next) }
                }
                kept.value = timer
                timer.schedule(at: next)
            }
            let fired = try await firings.next(100)
            #expect(fired.map(\.name) == Array(0..<100))
            #expect(fired.allSatisfy { $0.now >= $0.deadline })
            #expect(zip(fired, fired.dropFirst()).allSatisfy { $1.now >= $0.now })
            try await loop.perform { kept.value = nil }
        }
    }
}
