import Testing

@testable import WebSocketProtocol

/// The request of a client and what it accepts; ids are those of the conformance catalogue.
@Suite struct ClientHandshakeTests {
    private static let valid = MessageText.response

    private static func request(
        _ url: String = "ws://server.example.com/chat", subprotocols: [String] = [],
        headers: HTTPHeaders = HTTPHeaders(),
        extensions: [WebSocketExtension] = []
    ) throws -> String {
        let handshake = try ClientHandshake(
            url: WebSocketURL(url), subprotocols: subprotocols, headers: headers, extensions: extensions,
            keyBytes: sampleKeyBytes)
        return text(handshake.requestBytes)
    }

    @Test func `H-203 to H-211: the request is minimal`() throws {
        #expect(
            try Self.request() == """
                GET /chat HTTP/1.1\r
                Host: server.example.com\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r
                \r\n
                """)
    }

    @Test(arguments: [
        ("ws://a", "/", "a"), ("ws://a?q", "/?q", "a"), ("ws://a:80/b?c=d", "/b?c=d", "a"), ("ws://a:81/", "/", "a:81"),
        ("wss://a:443/", "/", "a"), ("wss://a:80/", "/", "a:80"), ("ws://[::1]:9/", "/", "[::1]:9"),
        ("ws://A.Example/é?ü", "/%C3%A9?%C3%BC", "a.example"),
    ])
    func `H-200, H-202, H-214: target and host are those of the URL`(
        _ url: String, _ target: String, _ host: String
    ) throws {
        #expect(try Self.request(url).hasPrefix("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n"))
    }

    @Test func `H-208, H-209: subprotocols, extensions and headers are sent in order`() throws {
        let deflate = try #require(
            WebSocketExtension(
                "permessage-deflate", parameters: [("client_max_window_bits", nil), ("server_max_window_bits", "10")]))
        let other = try #require(WebSocketExtension("x-other"))
        let request = try Self.request(
            subprotocols: ["chat", "superchat"], headers: HTTPHeaders([("Origin", "https://a"), ("Cookie", "b=c")]),
            extensions: [deflate, other])
        #expect(
            request.hasSuffix(
                """
                Sec-WebSocket-Protocol: chat, superchat\r
                Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits=10, x-other\r
                Origin: https://a\r
                Cookie: b=c\r
                \r\n
                """))
    }

    @Test func `H-204, H-205: the key is the 16 octets given`() throws {
        let seed: UInt64 = 204
        var random = HandshakeRandom(seed: seed)
        var keys = Set<String>()
        for _ in 0..<1000 {
            let key = WebSocketKey.encode((random.next(), random.next()))
            #expect(WebSocketKey.isValid(key), "seed \(seed): \(key)")
            #expect("AQgw".contains(key.dropLast(2).last ?? " "), "seed \(seed): pad bits of \(key)")
            keys.insert(key)
        }
        #expect(keys.count == 1000)
    }

    @Test(arguments: [
        ("a\r\nb", "c", HTTPHeaderError.invalidName("a\r\nb")), ("a", "b\r\nc", .invalidValue(name: "a")),
        ("a", "b\0", .invalidValue(name: "a")), ("", "b", .invalidName("")),
        ("host", "b", .reserved(name: "host")), ("Upgrade", "b", .reserved(name: "Upgrade")),
        ("Connection", "b", .reserved(name: "Connection")),
        ("Sec-WebSocket-Key", "b", .reserved(name: "Sec-WebSocket-Key")),
        ("sec-websocket-protocol", "b", .reserved(name: "sec-websocket-protocol")),
        ("Content-Length", "1", .reserved(name: "Content-Length")),
        ("Transfer-Encoding", "chunked", .reserved(name: "Transfer-Encoding")),
        ("Expect", "100-continue", .reserved(name: "Expect")),
    ])
    func `H-211, H-215: a header that cannot be sent is refused`(
        _ name: String, _ value: String, _ expected: HTTPHeaderError
    ) {
        #expect(throws: HandshakeError.invalidHeader(expected)) {
            try Self.request(headers: HTTPHeaders([(name, value)]))
        }
    }

    @Test func `H-208, H-215: subprotocols are unique tokens`() {
        for name in ["", "a b", "a,b", "a\r\nX: y", "é"] {
            #expect(throws: HandshakeError.invalidSubprotocol(name)) { try Self.request(subprotocols: ["x", name]) }
        }
        #expect(throws: HandshakeError.repeatedSubprotocol("a")) { try Self.request(subprotocols: ["a", "b", "a"]) }
    }

    @Test(arguments: [
        HandshakeRow("minimal", valid),
        HandshakeRow(
            "H-219 lower case names", valid.mapHeaders { $0.replacing("U", with: "u").replacing("C", with: "c") }),
        HandshakeRow(
            "H-219 upper case name",
            valid.without("Sec-WebSocket-Accept").adding("SEC-WEBSOCKET-ACCEPT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
        HandshakeRow("H-220 Upgrade: WebSocket", valid.with("Upgrade: WebSocket")),
        HandshakeRow("H-220 Upgrade: WEBSOCKET", valid.with("Upgrade: WEBSOCKET")),
        HandshakeRow("H-221 Connection: upgrade", valid.with("Connection: upgrade")),
        HandshakeRow("H-221 keep-alive, Upgrade", valid.with("Connection: keep-alive, Upgrade")),
        HandshakeRow("H-221 two lines", valid.adding("Connection: keep-alive")),
        HandshakeRow("H-221 padded", valid.with("Connection:\t Upgrade\t , x ")),
        HandshakeRow("H-222 empty reason", valid.startLine("HTTP/1.1 101 ")),
        HandshakeRow("H-222 no reason", valid.startLine("HTTP/1.1 101")),
        HandshakeRow("H-222 unusual reason", valid.startLine("HTTP/1.1 101 Web Socket\tProtocol Handshake!")),
        HandshakeRow("H-222 obs-text", valid.startLine("HTTP/1.1 101 Protokollwechsel \u{E9}\u{FF}")),
        HandshakeRow("H-223 padded accept", valid.with("Sec-WebSocket-Accept:\t s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \t")),
        HandshakeRow("H-244 Content-Length: 0", valid.adding("Content-Length: 0")),
        HandshakeRow("unknown headers", valid.adding("Server: x", "Set-Cookie: a=b", "Sec-WebSocket-Version: 13")),
    ])
    func `H-224: a valid answer opens, however it is cut`(_ row: HandshakeRow) throws {
        let octets = row.message.octets
        let run = try runEveryWay(octets) { try runClient($0) }
        #expect(run.outcome.hasPrefix("open 101"), "\(run.outcome)")
        #expect(run.consumed == octets.count)
    }

    @Test func `H-225, H-226: octets after the head stay for the frames`() throws {
        let octets = Self.valid.octets
        for rest in [[0x81], [0x88, 0x02, 0x03, 0xE8], latin1("HTTP/1.1 101 X\r\n\r\n")] as [[UInt8]] {
            let run = try runClient([(octets + rest)[...]])
            #expect(run.consumed == octets.count)
            let cut = try runClient([octets[..<50], (octets[50...] + rest)[...]])
            #expect(cut == run)
        }
    }

    @Test(arguments: ["100 Continue", "102 Processing", "103 Early Hints", "199 Whatever"])
    func `H-234: interim responses are skipped`(_ status: String) throws {
        let interim = MessageText(startLine: "HTTP/1.1 \(status)", headers: ["Link: </a>"]).octets
        let octets = interim + interim + Self.valid.octets
        let run = try runEveryWay(octets) { try runClient($0) }
        #expect(run.outcome.hasPrefix("open 101"))
        #expect(run.consumed == octets.count)
    }

    @Test func `H-235: interim responses are bounded`() throws {
        let interim = MessageText(startLine: "HTTP/1.1 100 Continue", headers: []).octets
        let most = [[UInt8]](repeating: interim, count: 16).flatMap { $0 }
        #expect(try runEveryWay(most + Self.valid.octets) { try runClient($0) }.outcome.hasPrefix("open"))
        let run = try runEveryWay(most + interim) { try runClient($0) }
        #expect(run.outcome == "failed \(HandshakeError.tooManyInterimResponses(limit: 16))")
    }

    @Test(
        arguments: [
            (["chat"], "chat", "chat"), (["chat", "superchat"], "superchat", "superchat"), (["chat"], nil, "nil"),
        ] as [([String], String?, String)])
    func `H-240: one of the requested subprotocols is chosen, or none`(
        _ requested: [String], _ answer: String?, _ expected: String
    ) throws {
        let message = answer.map { Self.valid.adding("Sec-WebSocket-Protocol: \($0)") } ?? Self.valid
        let run = try runEveryWay(message.octets) { try runClient($0, subprotocols: requested) }
        #expect(run.outcome.contains("subprotocol \(expected) "), "\(run.outcome)")
    }

    @Test func `H-243, X-053: offered extensions are accepted, over several lines`() throws {
        let message = Self.valid.adding("Sec-WebSocket-Extensions: a; x=\"1\"", "Sec-WebSocket-Extensions: b")
        let offers = try ["a", "b", "c"].map { try #require(WebSocketExtension($0)) }
        let run = try runEveryWay(message.octets) { try runClient($0, extensions: offers) }
        #expect(run.outcome.hasSuffix("extensions [a; x=1, b]"), "\(run.outcome)")
    }

    @Test func `after an end nothing is looked at`() throws {
        for first in [Self.valid, Self.valid.without("Upgrade")] {
            var handshake = try ClientHandshake(url: WebSocketURL("ws://a"), keyBytes: sampleKeyBytes)
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
}
