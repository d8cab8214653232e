import Testing

@testable import WebSocketConformance

/// The lines between the suite and an adapter.
struct AdapterLineTests {
    @Test func `a command is one JSON object a line, without what it does not say`() {
        var command = AdapterCommand("dial", id: 7)
        command.url = "ws://127.0.0.1:1/a\n\"b"
        command.deflate = .off
        #expect(
            String(decoding: command.line, as: UTF8.self)
                == #"{"command":"dial","deflate":false,"id":7,"url":"ws://127.0.0.1:1/a\n\"b"}"# + "\n")
    }

    @Test func `an offer of compression names its parameters`() {
        var command = AdapterCommand("dial", id: 1)
        command.deflate = .with(
            DeflateWish(clientNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 0))
        #expect(
            String(decoding: command.line, as: UTF8.self)
                == #"{"command":"dial","deflate":{"clientNoContextTakeover":true,"serverMaxWindowBits":10},"id":1}"#
                + "\n")
    }

    @Test func `events are read`() {
        let events: [(String, ClientEvent)] = [
            (
                #"{"event":"open","id":1,"subprotocol":"chat","extensions":null}"#,
                .open(subprotocol: "chat", extensions: nil)
            ),
            (#"{"event":"message","id":1,"type":"text","data":"48656C6c6f"}"#, .message(.text("Hello"))),
            (#"{"event":"message","id":1,"type":"binary","data":""}"#, .message(.binary([]))),
            (
                #"{"event":"closed","id":1,"code":1006,"reason":"","clean":false,"error":"no","status":404}"#,
                .closed(ClientEvent.Ending(code: 1006, reason: "", isClean: false, error: "no", status: 404))
            ),
            (#"{"event":"refused","id":1,"command":"close","error":"no"}"#, .refused(command: "close", error: "no")),
        ]
        for (line, event) in events {
            #expect(AdapterReport(line: line.utf8)?.content == event, "\(line)")
        }
    }

    @Test(
        arguments: [
            "", "hello", "[]", "{}", "1", #"{"event":"open"}"#, #"{"id":1}"#, #"{"event":"open","id":"1"}"#,
            #"{"event":"open","id":99999999999999999999}"#, #"{"event":"closed","id":1,"code":"1000"}"#,
            "{\"event\":\u{0}",
        ])
    func `a line that is no event is passed over`(line: String) {
        #expect(AdapterReport(line: line.utf8) == nil)
    }

    @Test(
        arguments: [
            #"{"event":"cheer","id":1}"#, #"{"event":"message","id":1}"#,
            #"{"event":"message","id":1,"type":"text","data":"4"}"#,
            #"{"event":"message","id":1,"type":"text","data":"4g"}"#,
            #"{"event":"message","id":1,"type":"x","data":""}"#,
        ])
    func `an event that the protocol does not have says nothing`(line: String) {
        let report = AdapterReport(line: line.utf8)
        #expect(report != nil)
        #expect(report?.content == nil)
    }

    @Test func `octets become digits and come back`() {
        let all = (UInt8.min...UInt8.max).map { $0 }
        #expect(octets(hexadecimal: hexadecimal(all)) == all)
    }
}
