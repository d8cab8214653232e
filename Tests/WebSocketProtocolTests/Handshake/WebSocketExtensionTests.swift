import Testing

@testable import WebSocketProtocol

@Suite struct WebSocketExtensionTests {
    private static func parse(_ lines: String...) throws -> [String] {
        // As they arrive, so that any octet can be given.
        var octets: [UInt8] = []
        var fields: [HTTPHeaders.Field] = []
        for line in lines {
            let start = octets.count
            octets += latin1("Sec-WebSocket-Extensions")
            let middle = octets.count
            octets += latin1(line)
            fields.append(HTTPHeaders.Field(name: start..<middle, value: middle..<octets.count))
        }
        return try ExtensionList(HTTPHeaders(octets: octets, fields: fields)).elements.map(\.description)
    }

    @Test(arguments: [
        ("a", ["a"]), ("a,b", ["a", "b"]), ("a; b", ["a; b"]), ("a; b=c; d", ["a; b=c; d"]),
        ("a; b=\"c\"", ["a; b=c"]), ("a; b=\"\\c\\d\"", ["a; b=cd"]), (" a \t;\tb = c , d ", ["a; b=c", "d"]),
        ("a;b=\t\"10\" ,c", ["a; b=10", "c"]), ("", []), (" , ,\t", []), ("a,,b,", ["a", "b"]),
        ("a; b; b=1; b=2", ["a; b; b=1; b=2"]), ("Permessage-Deflate", ["Permessage-Deflate"]),
    ])
    func `lists follow the grammar of RFC 6455`(_ line: String, _ expected: [String]) throws {
        #expect(try Self.parse(line) == expected)
    }

    @Test(arguments: [
        ";", "a;", "a; ", ";a", "=x", "a;=x", "a;b=", "a;b=;c", "a;b=,c", "a;b=\"c", "a;b=\"\"", "a;b=\"c d\"",
        "a;b=\"c\"d",
        "a;b=\"\\\"", "a;b=\"\\", "a;b=\"\\\"\"", "a b", "a=b", "a;b c", "a;b=c d", "a/b", "a\u{1}", "a\u{E9}",
        "a;b=\u{E9}",
        "a;b=\"\u{E9}\"", "\"a\"", "a;\"b\"", "a;b==c", "a;;b",
    ])
    func `X-009: violations of the grammar are errors`(_ line: String) {
        #expect(throws: ExtensionSyntaxError()) { try Self.parse(line) }
        #expect(throws: ExtensionSyntaxError()) { try Self.parse("a, \(line)") }
        #expect(throws: ExtensionSyntaxError()) { try Self.parse("a", line) }
    }

    @Test func `X-005: several lines are one list`() throws {
        #expect(try Self.parse("a; b", "c,d", "", "e") == ["a; b", "c", "d", "e"])
    }

    @Test func `X-031: elements and parameters beyond the limits are left out, but still checked`() throws {
        let many = String(repeating: "a,", count: 1000)
        #expect(try Self.parse(many).count == 32)
        #expect(throws: ExtensionSyntaxError()) { try Self.parse(many + ";") }
        let sixteen = "a" + String(repeating: ";b", count: 16)
        #expect(try Self.parse("\(sixteen),c").count == 2)
        #expect(try Self.parse("\(sixteen);b,c") == ["c"])
        #expect(throws: ExtensionSyntaxError()) { try Self.parse("\(sixteen);b;") }
    }

    @Test func `an element of the application is made of tokens`() {
        #expect(WebSocketExtension("a", parameters: [("b", nil), ("c", "1")])?.description == "a; b; c=1")
        for name in ["", "a b", "a\r\n", "a;b", "é"] {
            #expect(WebSocketExtension(name) == nil)
            #expect(WebSocketExtension("a", parameters: [(name, nil)]) == nil)
            #expect(WebSocketExtension("a", parameters: [("b", name)]) == nil)
        }
    }
}
