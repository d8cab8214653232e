import BenchResults
import Testing

@testable import WebSocketConformance

struct HTTPHeadTextTests {
    private let ordinary = HTTPHeadText(
        startLine: "GET / HTTP/1.1", fields: [("Host", "example"), ("Upgrade", "websocket")])

    @Test func `every octet can be written`() {
        var head = ordinary
        head.fields = [("X", (UInt8.min...UInt8.max).map { HTTPHeadText.octet($0) }.joined())]
        let expected = Array("GET / HTTP/1.1\r\nX: ".utf8) + Array(UInt8.min...UInt8.max) + Array("\r\n\r\n".utf8)
        #expect(head.octets == expected)
    }

    @Test func `other characters leave as UTF-8`() {
        var head = ordinary
        head.fields = [("X", "13 \u{ff11} \u{1f600}")]
        #expect(head.octets == Array("GET / HTTP/1.1\r\nX: 13 \u{ff11} \u{1f600}\r\n\r\n".utf8))
    }

    @Test func `line ends and separators are as given`() {
        var head = ordinary
        head.lineEnd = "\n"
        head.separator = ":"
        #expect(head.octets == Array("GET / HTTP/1.1\nHost:example\nUpgrade:websocket\n\n".utf8))
    }

    @Test func `changed and added lines are marked, others are not`() {
        var bent = ordinary
        bent.set("Upgrade", "h2c")
        bent.add("X", "1")
        let notes = bent.notes(against: ordinary, isOffending: true)
        #expect(notes.map(\.text) == [" \"Upgrade: h2c\"", " \"X: 1\""])
        #expect(notes.map(\.offset) == [31, 45])
        #expect(notes.map(\.count) == [12, 4])
        #expect(notes.allSatisfy { $0.isOffending })
        #expect(ordinary.notes(against: ordinary, isOffending: true).isEmpty)
    }

    @Test func `an acceptance says in words what it accepts, the best first`() {
        #expect(
            Acceptance.refuse(426, 400).summaries == [
                "a whole answer with 426", "a whole answer with 400",
                "non-strict: a whole answer with a status from 400 to 599",
            ])
        #expect(Acceptance.open.summaries == ["101, and an echo works"])
    }
}
