import Testing

@testable import WebSocketTransport

@Suite struct DateClockTests {
    @Test func `the date follows the clock, also when it is set back`() {
        var clock = DateClock()
        for (second, expected) in [(0, "00"), (0, "00"), (1, "01"), (59, "59"), (58, "58"), (0, "00")] {
            #expect(clock.date(at: second).description == "Thu, 01 Jan 1970 00:00:\(expected) GMT")
        }
    }
}
