import AdapterLines
import Testing

struct AdapterCommandTests {
    @Test func `a dial without options offers nothing, echoes, and tells of messages`() throws {
        let command = try AdapterCommand(line: #"{"command":"dial","id":7,"url":"ws://h/"}"#)
        guard case .dial(7, let dial) = command else {
            Issue.record("not a dial: \(command)")
            return
        }
        #expect(dial.url == "ws://h/")
        #expect(dial.subprotocols.isEmpty && dial.headers.isEmpty)
        #expect(dial.deflate == .off && dial.authorities == nil && dial.echoes && dial.reportsMessages)
    }

    @Test func `a dial can do without the messages`() throws {
        let command = try AdapterCommand(line: #"{"command":"dial","id":1,"url":"ws://h","messages":false}"#)
        guard case .dial(_, let dial) = command else {
            Issue.record("not a dial: \(command)")
            return
        }
        #expect(!dial.reportsMessages)
    }

    @Test(arguments: [("true", DialCommand.Deflate.on), ("false", .off)])
    func `deflate is on or off`(text: String, expected: DialCommand.Deflate) throws {
        let command = try AdapterCommand(line: #"{"command":"dial","id":1,"url":"ws://h","deflate":\#(text)}"#)
        guard case .dial(_, let dial) = command else {
            Issue.record("not a dial: \(command)")
            return
        }
        #expect(dial.deflate == expected)
    }

    @Test func `deflate can be an exact offer`() throws {
        let line =
            #"{"command":"dial","id":1,"url":"ws://h","deflate":{"clientMaxWindowBits":10,"serverNoContextTakeover":true}}"#
        guard case .dial(_, let dial) = try AdapterCommand(line: line), case .exactly(let offer) = dial.deflate else {
            Issue.record("no exact offer")
            return
        }
        #expect(offer.clientMaxWindowBits == 10 && offer.serverMaxWindowBits == nil)
        #expect(offer.serverNoContextTakeover && !offer.clientNoContextTakeover)
    }

    @Test func `the other commands carry what they need`() throws {
        #expect(
            try AdapterCommand(line: #"{"command":"send","id":1,"type":"text","data":"48656C6c6f"}"#)
                == .send(id: 1, isText: true, data: Array("Hello".utf8)))
        #expect(
            try AdapterCommand(line: #"{"command":"close","id":1,"code":1000,"reason":"bye"}"#)
                == .close(id: 1, code: 1000, reason: "bye"))
        #expect(try AdapterCommand(line: #"{"command":"close","id":1}"#) == .close(id: 1, code: nil, reason: ""))
        #expect(try AdapterCommand(line: #"{"command":"ping","id":1,"data":""}"#) == .ping(id: 1, data: []))
        #expect(try AdapterCommand(line: #"{"command":"abort","id":1}"#) == .abort(id: 1))
    }

    @Test(arguments: [
        "", "{}", "no JSON", #"{"command":"fly","id":1}"#, #"{"command":"dial","id":1}"#,
        #"{"command":"send","id":1,"type":"text","data":"0"}"#,
        #"{"command":"send","id":1,"type":"picture","data":""}"#,
        #"{"command":"send","id":1,"type":"text","data":"0g"}"#, #"{"command":"close","id":1,"code":65536}"#,
    ])
    func `a line that is no command is refused`(line: String) {
        #expect(throws: AdapterLineError.self) { try AdapterCommand(line: line) }
    }
}

struct AdapterEventTests {
    @Test func `what there is none of is null in open`() {
        let event = AdapterEvent.open(id: 1, subprotocol: nil, extensions: nil)
        #expect(event.line == #"{"event":"open","extensions":null,"id":1,"subprotocol":null}"#)
    }

    @Test func `an error is told only when there is one`() {
        let clean = AdapterEvent.closed(id: 1, AdapterClosure(code: 1000, reason: "bye", isClean: true))
        #expect(clean.line == #"{"clean":true,"code":1000,"event":"closed","id":1,"reason":"bye"}"#)
        let failed = AdapterEvent.closed(id: 1, .failed("no", status: 404))
        #expect(
            failed.line
                == #"{"clean":false,"code":1006,"error":"no","event":"closed","id":1,"reason":"","status":404}"#)
    }

    @Test func `payloads are hexadecimal`() {
        let event = AdapterEvent.message(id: 2, isText: false, data: [0x00, 0xFF, 0x1A])
        #expect(event.line == #"{"data":"00ff1a","event":"message","id":2,"type":"binary"}"#)
        #expect(Hex.octets("00ff1A") == [0x00, 0xFF, 0x1A])
    }
}
