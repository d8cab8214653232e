import Testing

@testable import WebSocketProtocol

@Suite struct WebSocketURLTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let host: String
        let port: UInt16
        let isSecure: Bool
        let target: String
        let hostHeader: String

        init(
            _ url: String, _ host: String, _ port: UInt16, _ target: String, _ hostHeader: String, secure: Bool = false
        ) {
            testDescription = url
            self.host = host
            self.port = port
            self.target = target
            self.hostHeader = hostHeader
            isSecure = secure
        }
    }

    @Test(arguments: [
        Row("ws://a", "a", 80, "/", "a"), Row("ws://a/", "a", 80, "/", "a"),
        Row("wss://a", "a", 443, "/", "a", secure: true),
        Row("WSS://A.Example:443/x", "a.example", 443, "/x", "a.example", secure: true),
        Row("ws://a:443", "a", 443, "/", "a:443"), Row("wss://a:80", "a", 80, "/", "a:80", secure: true),
        Row("ws://a:/b", "a", 80, "/b", "a"),
        Row("ws://127.0.0.1:9001/echo", "127.0.0.1", 9001, "/echo", "127.0.0.1:9001"),
        Row("ws://[::1]/", "::1", 80, "/", "[::1]"),
        Row("ws://[2001:DB8::a:1]:81", "2001:db8::a:1", 81, "/", "[2001:db8::a:1]:81"),
        Row("ws://a?", "a", 80, "/?", "a"), Row("ws://a?q=1&r=/x?y", "a", 80, "/?q=1&r=/x?y", "a"),
        Row("ws://a/b%20c?d=%C3%A9", "a", 80, "/b%20c?d=%C3%A9", "a"),
        Row("ws://a/é?ü=日", "a", 80, "/%C3%A9?%C3%BC=%E6%97%A5", "a"),
        Row("ws://a/[b]?c[]=\"d\"|{e}\\", "a", 80, "/%5Bb%5D?c%5B%5D=%22d%22%7C%7Be%7D%5C", "a"),
        Row("ws://a/x@y:z", "a", 80, "/x@y:z", "a"), Row("ws://a_b-c.d~:1/", "a_b-c.d~", 1, "/", "a_b-c.d~:1"),
        Row("ws://a:65535/", "a", 65535, "/", "a:65535"),
    ])
    func `H-200, H-202, H-214: a URL is taken apart`(_ row: Row) throws {
        let url = try WebSocketURL(row.testDescription)
        #expect(url.host == row.host)
        #expect(url.port == row.port)
        #expect(url.isSecure == row.isSecure)
        #expect(url.requestTarget == row.target)
        #expect(url.hostHeader == row.hostHeader)
        #expect(try WebSocketURL(url.description) == url)
    }

    @Test(arguments: [
        ("", WebSocketURLError.missingScheme), ("a/b", .missingScheme), ("ws:a", .missingScheme),
        ("ws:/a", .missingScheme),
        ("://a", .missingScheme), ("//a", .missingScheme), ("http://a", .unsupportedScheme("http")),
        ("wsss://a", .unsupportedScheme("wsss")), ("ws://", .emptyHost), ("ws:///a", .emptyHost),
        ("ws://?a", .emptyHost), ("ws://:80", .emptyHost), ("ws://a:65536", .invalidPort("a:65536")),
        ("ws://a:0", .invalidPort("a:0")), ("ws://a:-1", .invalidPort("a:-1")), ("ws://a:8x", .invalidPort("a:8x")),
        ("ws://a:80:80", .invalidPort("a:80:80")), ("ws://[::1]x", .invalidPort("[::1]x")),
        ("ws://a:99999999999999999999999", .invalidPort("a:99999999999999999999999")),
        ("ws://u:p@a", .userinfo), ("ws://u@a", .userinfo), ("ws://a/#b", .fragment), ("ws://a#", .fragment),
        ("ws://a /", .space(offset: 6)), (" ws://a", .space(offset: 0)), ("ws://a/b c", .space(offset: 8)),
        ("ws://a/\r\nX: y", .controlCharacter(offset: 7)), ("ws://a/\0", .controlCharacter(offset: 7)),
        ("ws://a/\u{7F}", .controlCharacter(offset: 7)), ("ws://a\t/", .controlCharacter(offset: 6)),
        ("ws://bücher.example/", .nonASCIIHost("bücher.example")), ("ws://a%20b/", .invalidHost("a%20b")),
        ("ws://a\\b/", .invalidHost("a\\b")), ("ws://a,b", .invalidHost("a,b")),
        ("ws://[::1", .invalidIPv6Address("[::1")),
        ("ws://[1::2::3]", .invalidIPv6Address("[1::2::3]")),
        ("ws://[fe80::1%25eth0]", .invalidIPv6Address("[fe80::1%25eth0]")),
        ("ws://a/%", .invalidPercentEncoding), ("ws://a/%2", .invalidPercentEncoding),
        ("ws://a?%zz", .invalidPercentEncoding),
    ])
    func `H-201, H-213, H-215: what is no WebSocket URL is refused`(_ text: String, _ expected: WebSocketURLError) {
        #expect(throws: expected) { try WebSocketURL(text) }
        #expect(!expected.description.isEmpty)
    }

    @Test func `an error does not show a password`() {
        #expect(throws: WebSocketURLError.userinfo) { try WebSocketURL("ws://user:secret@a") }
        #expect(!"\(WebSocketURLError.userinfo)".contains("secret"))
    }

    // Found by fuzzing: only the controls of ASCII were escaped.
    @Test(arguments: [
        ("w\u{1B}s", #""w\u{1B}s""#), ("w\u{9B}s", #""w\u{9B}s""#), ("w\u{202E}s", #""w\u{202E}s""#),
        ("w\u{2028}s", #""w\u{2028}s""#), ("w\ns", #""w\ns""#), ("w\"\\s", #""w\"\\s""#), ("wüs'", #""wüs'""#),
    ])
    func `a quotation shows nothing that acts on a terminal`(_ text: String, _ quoted: String) {
        #expect(text.quotedForMessage == quoted)
    }

    @Test func `random text never traps`() {
        let seed: UInt64 = 7
        var random = HandshakeRandom(seed: seed)
        let alphabet = Array("ws:/[]@?#%.a1é\u{0}\r 日:/::".unicodeScalars)
        for _ in 0..<5000 {
            var text = "ws://"
            for _ in 0..<Int.random(in: 0..<24, using: &random) {
                text.unicodeScalars.append(alphabet.randomElement(using: &random) ?? " ")
            }
            guard let url = try? WebSocketURL(text) else { continue }
            let isSendable = url.requestTarget.utf8.allSatisfy { $0.isVisible }
            #expect(isSendable, "seed \(seed): \(text.debugDescription)")
            #expect((try? WebSocketURL(url.description)) == url, "seed \(seed): \(text.debugDescription)")
        }
    }

    @Test(arguments: [
        "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "abcd:EF01::", "::1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4", "::ffff:255.255.255.255", "1:2::0.0.0.0",
    ])
    func `IPv6 addresses are hosts in brackets`(_ address: String) throws {
        #expect(try WebSocketURL("ws://[\(address)]").host == address.lowercased())
        #expect(throws: WebSocketURLError.self) { try WebSocketURL("ws://\(address)") }
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
        "1::2::3",
        "12345::", "g::", "1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::256.1.1.1", "::1.2.3.04", "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1..2.3", "1:::2", "v1.a", "::1%eth0", "1:2:3:4:5:6:7:8:", "::.1.2.3", "::a.1.2.3", "1:2:3:4:5:6::1.2.3.4",
    ])
    func `what is no IPv6 address is no host in brackets`(_ address: String) {
        #expect(throws: WebSocketURLError.invalidIPv6Address("[\(address)]")) { try WebSocketURL("ws://[\(address)]") }
    }
}
