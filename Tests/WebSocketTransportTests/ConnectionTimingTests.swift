import Testing

@testable import WebSocketTransport

/// Virtual time: a nanosecond before each boundary, and the boundary itself.
@Suite struct ConnectionTimingTests {
    typealias Observation = ConnectionTiming.Observation
    typealias Action = ConnectionTiming.Action

    private static let start: UInt64 = 1_000_000

    /// Ping after 100 ns of silence, 40 ns to answer; idle after 1000 ns; 300 ns for the outbox.
    private static func timing(ping: Int? = 100, idle: Int? = 1000, outbox: Int = 300) -> ConnectionTiming {
        var configuration = WebSocketConfiguration()
        configuration.pingInterval = ping.map { .nanoseconds($0) }
        configuration.pingTimeout = .nanoseconds(40)
        configuration.idleTimeout = idle.map { .nanoseconds($0) }
        configuration.outboxTimeout = .nanoseconds(outbox)
        return ConnectionTiming(configuration)
    }

    private static func seen(
        received: UInt64 = 0, message: UInt64 = 0, pingSent: UInt64? = nil, stalled: UInt64? = nil, paused: Bool = false
    ) -> Observation {
        Observation(
            lastReceived: start + received, lastMessage: start + message, pingSent: pingSent.map { start + $0 },
            stalledSince: stalled.map { start + $0 }, isReadingPaused: paused)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let now: UInt64
        let seen: Observation
        let expected: Action

        init(_ description: String, at now: UInt64, _ seen: Observation, _ expected: Action) {
            testDescription = description
            self.now = now
            self.seen = seen
            self.expected = expected
        }
    }

    private static func wait(_ time: UInt64) -> Action { .wait(until: start + time) }

    static let rows = [
        Row("a fresh connection waits for silence", at: 0, seen(), wait(100)),
        Row("just before the interval of silence is over", at: 99, seen(), wait(100)),
        Row("the interval of silence is over", at: 100, seen(), .ping),
        Row("bytes put the ping off", at: 100, seen(received: 1), wait(101)),
        Row("a ping was just sent", at: 100, seen(pingSent: 100), wait(140)),
        Row("just before the ping timeout", at: 139, seen(pingSent: 100), wait(140)),
        Row("the ping timeout", at: 140, seen(pingSent: 100), .endUnanswered),
        Row(
            "a byte at the time of the ping does not answer it", at: 140, seen(received: 100, pingSent: 100),
            .endUnanswered),
        Row("any byte after the ping answers it", at: 140, seen(received: 101, pingSent: 100), wait(201)),
        Row("an answered ping is followed by the next", at: 201, seen(received: 101, pingSent: 100), .ping),
        Row("just before the idle timeout", at: 999, seen(received: 990), wait(1000)),
        Row("the idle timeout, though bytes arrive", at: 1000, seen(received: 990), .closeIdle),
        Row("a message puts the idle timeout off", at: 1000, seen(received: 990, message: 1), wait(1001)),
        Row("just before the outbox timeout", at: 309, seen(received: 300, stalled: 10), wait(310)),
        Row("the outbox timeout", at: 310, seen(received: 300, stalled: 10), .endSlow),
        Row("a slow peer is told apart first", at: 1000, seen(pingSent: 100, stalled: 10), .endSlow),
        Row("an idle one before an unanswered one", at: 1000, seen(pingSent: 100), .closeIdle),
        Row("while nothing is read, silence means nothing", at: 5000, seen(pingSent: 100, paused: true), wait(5300)),
        Row("while nothing is read, a stall still counts", at: 310, seen(stalled: 10, paused: true), .endSlow),
    ]

    @Test(arguments: rows)
    func `each action is due at its deadline and not before`(_ row: Row) {
        #expect(Self.timing().action(at: Self.start + row.now, row.seen) == row.expected)
    }

    @Test func `without ping and idle timeout a stall is looked for as often as it may last`() {
        let timing = Self.timing(ping: nil, idle: nil)
        #expect(timing.action(at: Self.start + 7, Self.seen()) == Self.wait(307))
        #expect(timing.action(at: Self.start + 307, Self.seen(stalled: 20)) == Self.wait(320))
        #expect(timing.action(at: Self.start + 320, Self.seen(stalled: 20)) == .endSlow)
    }

    @Test func `a ping timeout longer than the interval does not slow the pings down`() {
        let timing = Self.timing(ping: 30, idle: nil)
        // Due at 30, answered at 31: looked at again at 60, so that the next one can leave at 61.
        #expect(timing.action(at: Self.start + 30, Self.seen(pingSent: 30)) == Self.wait(60))
        #expect(timing.action(at: Self.start + 60, Self.seen(received: 31, pingSent: 30)) == Self.wait(61))
        #expect(timing.action(at: Self.start + 61, Self.seen(received: 31, pingSent: 30)) == .ping)
        #expect(timing.action(at: Self.start + 69, Self.seen(pingSent: 30)) == Self.wait(70))
        #expect(timing.action(at: Self.start + 70, Self.seen(pingSent: 30)) == .endUnanswered)
    }

    @Test func `an interval of zero pings once and then waits`() {
        let timing = Self.timing(ping: 0, idle: nil)
        #expect(timing.action(at: Self.start, Self.seen()) == .ping)
        let after = timing.action(at: Self.start, Self.seen(pingSent: 0))
        #expect(after != .ping)
    }

    @Test func `timeouts without end never come`() {
        var configuration = WebSocketConfiguration()
        configuration.pingInterval = .seconds(Int64.max)
        configuration.pingTimeout = .seconds(Int64.max)
        configuration.idleTimeout = .seconds(Int64.max)
        configuration.outboxTimeout = .seconds(Int64.max)
        let timing = ConnectionTiming(configuration)
        #expect(timing.action(at: Self.start, Self.seen()) == .nothing)
        #expect(timing.action(at: .max - 1, Self.seen(pingSent: 0, stalled: 0)) == .nothing)
    }
}
