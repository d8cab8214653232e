import Testing

@testable import WebSocketConformance

struct OutcomeTests {
    private static let sent: [Event] = [.text("one"), .pong("1"), .pong("2"), .text("two"), .pong("3")]

    @Test func `an exact exchange is matched by its own order only`() {
        let outcome = Outcome.exchange(Self.sent)
        #expect(outcome.matches(Self.sent))
        #expect(!outcome.matches(Self.sent.reversed()))
        #expect(!outcome.matches(Array(Self.sent.dropLast())))
    }

    @Test func `pongs may overtake messages but neither each other nor be missing`() {
        let outcome = Outcome.exchange(Self.sent, matching: .pongsApart)
        #expect(outcome.matches([.pong("1"), .pong("2"), .pong("3"), .text("one"), .text("two")]))
        #expect(!outcome.matches([.pong("2"), .pong("1"), .pong("3"), .text("one"), .text("two")]))
        #expect(!outcome.matches([.pong("1"), .pong("3"), .text("one"), .text("two")]))
        #expect(!outcome.matches([.pong("1"), .pong("2"), .pong("3"), .text("two"), .text("one")]))
    }

    @Test func `pongs do not count where others judge them, but may not be made up`() {
        let outcome = Outcome.exchange(Self.sent, matching: .anyPongs)
        #expect(outcome.matches([.text("one"), .text("two")]))
        #expect(outcome.matches([.text("one"), .pong("2"), .text("two")]))
        #expect(!outcome.matches([.text("one"), .pong("4"), .text("two")]))
        #expect(!outcome.matches([.text("two"), .pong("1"), .text("one")]))
    }

    @Test(arguments: [
        (["3"], true), (["1", "3"], true), (["1", "2", "3"], true), ([], false), (["1", "2"], false),
        (["3", "3"], false), (["2", "1", "3"], false),
    ])
    func `the newest pong must be there and the others may`(pongs: [String], isMatch: Bool) {
        let outcome = Outcome.exchange(Self.sent, matching: .newestPongs)
        #expect(outcome.matches([.text("one"), .text("two")] + pongs.map { .pong($0) }) == isMatch)
    }
}
