import Testing

@testable import WebSocketProtocol

/// What a server accepts; ids are those of the conformance catalogue.
@Suite struct ServerHandshakeTests {
    private static let valid = MessageText.request

    private static func upgrade(_ octets: [UInt8]) -> UpgradeRequest? {
        var handshake = ServerHandshake()
        let (_, outcome) = octets.withUnsafeBytes { handshake.receive($0) }
        guard case .upgrade(let request) = outcome else { return nil }
        return request
    }

    @Test(arguments: [
        HandshakeRow("H-001 minimal", valid),
        HandshakeRow("H-007 lower case names", valid.mapHeaders { rename($0) { $0.lowercased() } }),
        HandshakeRow("H-007 upper case names", valid.mapHeaders { rename($0) { $0.uppercased() } }),
        HandshakeRow("H-007 mixed case names", valid.mapHeaders { rename($0, mixedCase) }),
        HandshakeRow("H-009 Upgrade: WebSocket", valid.with("Upgrade: WebSocket")),
        HandshakeRow("H-009 Upgrade: WEBSOCKET", valid.with("Upgrade: WEBSOCKET")),
        HandshakeRow("H-010 Connection: upgrade", valid.with("Connection: upgrade")),
        HandshakeRow("H-010 keep-alive, Upgrade", valid.with("Connection: keep-alive, Upgrade")),
        HandshakeRow("H-010 Upgrade,keep-alive", valid.with("Connection: Upgrade,keep-alive")),
        HandshakeRow("H-010 padded", valid.with("Connection: \t keep-alive ,\t Upgrade \t")),
        HandshakeRow("H-010 two lines", valid.adding("Connection: keep-alive")),
        HandshakeRow("H-010 unknown options", valid.with("Connection: x, Upgrade, y")),
        HandshakeRow("H-011 websocket, h2c", valid.with("Upgrade: websocket, h2c")),
        HandshakeRow("H-011 h2c, websocket", valid.with("Upgrade: h2c, websocket")),
        HandshakeRow("H-012 symbols in a name", valid.adding("!#$%&'*+-.^_`|~09: x")),
        HandshakeRow("H-012 empty value", valid.adding("X-Empty:", "X-Blank:  \t ")),
        HandshakeRow("H-012 obs-text", valid.adding("X-Name: caf\u{E9} \u{80}\u{FF}")),
        HandshakeRow("H-013 padded values", valid.mapHeaders { pad($0) }),
        HandshakeRow("H-013 no space", valid.mapHeaders { String($0.replacing(": ", with: ":")) }),
        HandshakeRow("H-019 HTTP/1.2", valid.startLine("GET /chat HTTP/1.2")),
        HandshakeRow("H-019 HTTP/1.9", valid.startLine("GET /chat HTTP/1.9")),
        HandshakeRow("H-022 host and port", valid.with("Host: server.example.com:8080")),
        HandshakeRow("H-022 IPv6 host", valid.with("Host: [2001:db8::1]:8080")),
        HandshakeRow("H-031 pad bits", valid.with("Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==")),
        HandshakeRow("H-065 an empty line before", valid.startLine("\r\nGET /chat HTTP/1.1")),
        HandshakeRow("H-071 Content-Length: 0", valid.adding("Content-Length: 0")),
        HandshakeRow("H-074 expectation without a body", valid.adding("Expect: 100-continue")),
        HandshakeRow(
            "X-013 names of object properties", valid.adding("Sec-WebSocket-Extensions: __proto__; constructor")),
    ])
    func `a valid request is an upgrade, however it is cut`(_ row: HandshakeRow) {
        let octets = row.message.octets
        let run = runEveryWay(octets) { runServer($0) }
        #expect(run.outcome.hasPrefix("upgrade /chat path /chat query nil"), "\(run.outcome)")
        #expect(run.consumed == octets.count)
    }

    @Test func `H-008: the order of headers does not matter`() {
        let seed: UInt64 = 8
        var random = HandshakeRandom(seed: seed)
        for _ in 0..<20 {
            var message = Self.valid
            message.headers.shuffle(using: &random)
            #expect(runServer([message.octets[...]]).outcome.hasPrefix("upgrade"), "seed \(seed): \(message.headers)")
        }
    }

    @Test func `H-002: every key of 16 octets is accepted as it was sent`() throws {
        let seed: UInt64 = 2
        var random = HandshakeRandom(seed: seed)
        for _ in 0..<200 {
            let key = WebSocketKey.encode((random.next(), random.next()))
            let request = try #require(
                Self.upgrade(Self.valid.with("Sec-WebSocket-Key: \(key)").octets), "seed \(seed): \(key)")
            #expect(request.key == key)
        }
    }

    @Test(arguments: [
        ("/", "/", nil), ("/a%20b/%C3%A9", "/a%20b/%C3%A9", nil), ("/a?x=1&y=%2F", "/a", "x=1&y=%2F"), ("/?", "/", ""),
        ("/a?b?c/d", "/a", "b?c/d"), ("/a?q=[1]|{2}^`\\100%", "/a", "q=[1]|{2}^`\\100%"),
        ("//ws", "//ws", nil), ("/./ws", "/./ws", nil), ("/ws%2f..", "/ws%2f..", nil), ("/WS", "/WS", nil),
        ("/ws;x", "/ws;x", nil),
    ])
    func `H-015, H-055: path and query are those of the wire`(_ target: String, _ path: String, _ query: String?) throws
    {
        let request = try #require(Self.upgrade(Self.valid.startLine("GET \(target) HTTP/1.1").octets))
        #expect(request.rawTarget == target)
        #expect(request.path == path)
        #expect(request.query == query)
        #expect(request.host == "server.example.com")
    }

    @Test(arguments: [
        ("http://other.example:81/a?b", "/a", "b", "other.example:81"),
        ("HTTPS://other.example", "/", nil, "other.example"),
        ("ws://[::1]?b", "/", "b", "[::1]"), ("wss://a/b", "/b", nil, "a"),
    ])
    func `H-014: an absolute target replaces the Host header`(
        _ target: String, _ path: String, _ query: String?, _ host: String
    ) throws {
        let request = try #require(Self.upgrade(Self.valid.startLine("GET \(target) HTTP/1.1").octets))
        #expect(request.path == path)
        #expect(request.query == query)
        #expect(request.host == host)
    }

    @Test(arguments: [
        ("GET /a HTTP/1.1", "server.example.com"), ("GET http://other.example:81/a HTTP/1.1", "other.example:81"),
        ("GET /a HTTP/1.0", ""), ("GET http://other.example/a HTTP/1.0", "other.example"),
    ])
    func `an ordinary request is for the host of its target, else of its header`(_ line: String, _ host: String) {
        let message = MessageText.plainRequest.startLine(line)
        var handshake = ServerHandshake()
        let octets = (line.hasSuffix("0") ? message.without("Host") : message).octets
        let (_, outcome) = octets.withUnsafeBytes { handshake.receive($0) }
        guard case .request(let request, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(request.host == host)
        #expect(request.path == "/a")
    }

    @Test(arguments: [
        (["chat"], ["chat"]), (["chat, superchat"], ["chat", "superchat"]), (["b", "a"], ["b", "a"]),
        (["a ,\t b", "c,d"], ["a", "b", "c", "d"]), (["a,,b,"], ["a", "b"]), ([",a"], ["a"]), ([""], []), ([","], []),
        (["CHAT, chat"], ["CHAT", "chat"]),
    ])
    func `H-042, H-043, H-046: subprotocols are one ordered list`(_ lines: [String], _ expected: [String]) throws {
        var message = Self.valid
        message.headers += lines.map { "Sec-WebSocket-Protocol: \($0)" }
        #expect(try #require(Self.upgrade(message.octets)).subprotocols == expected)
    }

    @Test func `H-048: a thousand subprotocols are taken in order`() throws {
        let offered = (0..<1000).map { "protocol\($0)" }
        let message = Self.valid.adding("Sec-WebSocket-Protocol: \(offered.joined(separator: ","))")
        #expect(try #require(Self.upgrade(message.octets)).subprotocols == offered)
    }

    @Test func `origin and headers are handed on as sent`() throws {
        let message = Self.valid.adding("Origin: https://Good.example", "Cookie: a=b", "X-Name: caf\u{C3}\u{A9}")
        let request = try #require(Self.upgrade(message.octets))
        #expect(request.origin == "https://Good.example")
        #expect(request.headers.first(for: "cookie") == "a=b")
        #expect(request.headers.first(for: "x-name") == "café")
        #expect(request.headers.count == 8)
    }

    @Test func `H-063, H-064: octets after the head stay for the frames`() {
        let head = Self.valid.octets
        for rest in [[0x81], [0x81, 0x85, 1, 2, 3], [UInt8](repeating: 0x0D, count: 300)] as [[UInt8]] {
            let whole = runServer([(head + rest)[...]])
            #expect(whole.consumed == head.count)
            for cut in head.indices {
                let run = runServer([head[..<cut], (head[cut...] + rest)[...]])
                #expect(run == whole, "cut at \(cut)")
            }
        }
    }

    @Test func `H-060: after an end nothing is looked at`() {
        for first in [Self.valid, Self.valid.without("Host"), MessageText.plainRequest.adding("Content-Length: 5")] {
            var handshake = ServerHandshake()
            _ = first.octets.withUnsafeBytes { handshake.receive($0) }
            let octets = Self.valid.octets
            let (consumed, outcome) = octets.withUnsafeBytes { handshake.receive($0) }
            #expect(consumed == octets.count)
            guard case .needMore = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }

    @Test func `H-081: an upgrade may follow an ordinary request`() {
        let octets = MessageText.plainRequest.octets + Self.valid.octets
        var handshake = ServerHandshake()
        let first = octets.withUnsafeBytes { handshake.receive($0) }
        guard case .request(_, isLast: false) = first.outcome else {
            Issue.record("\(first)")
            return
        }
        let second = octets[first.consumed...].withUnsafeBytes { handshake.receive($0) }
        guard case .upgrade = second.outcome else {
            Issue.record("\(second)")
            return
        }
        #expect(first.consumed + second.consumed == octets.count)
    }

    @Test(arguments: [
        HandshakeRow("GET", .plainRequest, "request GET /health"),
        HandshakeRow("HEAD", .plainRequest.startLine("HEAD /health HTTP/1.1"), "request HEAD /health"),
        HandshakeRow("OPTIONS *", .plainRequest.startLine("OPTIONS * HTTP/1.1"), "request OPTIONS *"),
        HandshakeRow("own method", .plainRequest.startLine("get /a?b HTTP/1.1"), "request get /a?b"),
        HandshakeRow("HTTP/1.0", .plainRequest.startLine("GET / HTTP/1.0").without("Host"), "request GET / last"),
        HandshakeRow(
            "upgrade to another protocol", .plainRequest.adding("Upgrade: h2c", "Connection: Upgrade"),
            "request GET /health last"),
        HandshakeRow(
            "the upgrade to h2c of RFC 7540",
            .plainRequest.adding("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"),
            "request GET /health last"),
        HandshakeRow(
            "an end that is asked for", .plainRequest.adding("Connection: x, Close"), "request GET /health last"),
        HandshakeRow("a connection to keep", .plainRequest.adding("Connection: keep-alive"), "request GET /health"),
        HandshakeRow(
            "a body with a length", .plainRequest.startLine("POST / HTTP/1.1").adding("Content-Length: 10"),
            "request POST / last"),
        HandshakeRow(
            "a length of many digits", .plainRequest.adding("Content-Length: 00000000000000000000000001"),
            "request GET /health last"),
        HandshakeRow(
            "no body", .plainRequest.startLine("POST / HTTP/1.1").adding("Content-Length: 00"), "request POST /"),
        HandshakeRow(
            "a chunked body", .plainRequest.startLine("POST / HTTP/1.1").adding("Transfer-Encoding: Chunked"),
            "request POST / last"),
        HandshakeRow(
            "a chunked body of a GET", .plainRequest.adding("Transfer-Encoding: chunked"),
            "request GET /health last"),
        HandshakeRow(
            "a length beyond any number", .plainRequest.adding("Content-Length: 99999999999999999999999999"),
            "request GET /health last"),
        HandshakeRow(
            "a body that waits", .plainRequest.adding("Expect: 100-Continue", "Content-Length: 5"),
            "request GET /health last"),
        HandshakeRow(
            "an expectation in HTTP/1.0", .plainRequest.startLine("GET / HTTP/1.0").adding("Expect: tea"),
            "request GET / last"),
        HandshakeRow(
            "a length in HTTP/1.0", .plainRequest.startLine("POST / HTTP/1.0").adding("Content-Length: 5"),
            "request POST / last"),
    ])
    func `an ordinary request is handed on`(_ row: HandshakeRow) {
        let octets = row.message.octets
        let run = runEveryWay(octets) { runServer($0) }
        #expect(run == HandshakeRun(consumed: octets.count, outcome: row.expected))
    }
}

private func rename(_ line: String, _ change: (String) -> String) -> String {
    let name = line.prefix { $0 != ":" }
    return change(String(name)) + line.dropFirst(name.count)
}

private func mixedCase(_ name: String) -> String {
    String(
        name.enumerated().map {
            $0.offset % 2 == 0 ? Character($0.element.lowercased()) : Character($0.element.uppercased())
        })
}

private func pad(_ line: String) -> String { line.replacing(": ", with: ":\t  ") + " \t" }
