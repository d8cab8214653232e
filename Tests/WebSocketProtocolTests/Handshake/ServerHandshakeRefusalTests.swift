import Testing

@testable import WebSocketProtocol

/// What a server refuses, and how; ids are those of the conformance catalogue.
@Suite struct ServerHandshakeRefusalTests {
    private static let valid = MessageText.request
    private static let plain = MessageText.plainRequest

    private static func refusal(of octets: [UInt8]) -> Refusal? {
        var handshake = ServerHandshake()
        let (_, outcome) = octets.withUnsafeBytes { handshake.receive($0) }
        guard case .refuse(let refusal) = outcome else { return nil }
        return refusal
    }

    @Test(arguments: [
        HandshakeRow("H-018 HTTP/1.0", valid.startLine("GET /chat HTTP/1.0"), "426"),
        HandshakeRow("H-019 HTTP/0.9", valid.startLine("GET /chat"), "400"),
        HandshakeRow("H-019 HTTP/2.0", valid.startLine("GET /chat HTTP/2.0"), "505"),
        HandshakeRow("H-019 HTTP/0.9 in words", valid.startLine("GET /chat HTTP/0.9"), "505"),
        HandshakeRow("H-019 HTTP/3.0", valid.startLine("GET /chat HTTP/3.0"), "505"),
        HandshakeRow("H-019 HTTP/1.10", valid.startLine("GET /chat HTTP/1.10"), "400"),
        HandshakeRow("H-019 http/1.1", valid.startLine("GET /chat http/1.1"), "400"),
        HandshakeRow("H-084 HTTP/2 preface", MessageText(startLine: "PRI * HTTP/2.0", headers: []), "505"),
        HandshakeRow("H-020 no Host", valid.without("Host"), "400"),
        HandshakeRow("H-021 Host twice, same", valid.adding("Host: server.example.com"), "400"),
        HandshakeRow("H-021 Host twice, different", valid.adding("Host: other.example.com"), "400"),
        HandshakeRow("H-022 Host with a space", valid.with("Host: a b"), "400"),
        HandshakeRow("H-022 Host with a huge port", valid.with("Host: host:99999"), "400"),
        HandshakeRow("H-022 Host with a port of letters", valid.with("Host: host:abc"), "400"),
        HandshakeRow("H-022 Host with an open bracket", valid.with("Host: [::1"), "400"),
        HandshakeRow("H-022 empty Host", valid.with("Host:"), "400"),
        HandshakeRow("H-022 Host with a user", valid.with("Host: user@host"), "400"),
        HandshakeRow("H-022 Host list", valid.with("Host: a,b"), "400"),
        HandshakeRow("H-022 Host twice in HTTP/1.0", plain.startLine("GET / HTTP/1.0").adding("Host: a"), "400"),
        HandshakeRow("H-023 no Upgrade", valid.without("Upgrade"), "426"),
        HandshakeRow("H-024 Upgrade: h2c", valid.with("Upgrade: h2c"), "426"),
        HandshakeRow("H-024 Upgrade: websocketx", valid.with("Upgrade: websocketx"), "426"),
        HandshakeRow("H-024 Upgrade: web socket", valid.with("Upgrade: web socket"), "426"),
        HandshakeRow("H-024 empty Upgrade", valid.with("Upgrade:"), "426"),
        HandshakeRow("H-024 Upgrade with the Kelvin sign", valid.with("Upgrade: websoc\u{212A}et"), "426"),
        HandshakeRow("H-025 no Connection", valid.without("Connection"), "400"),
        HandshakeRow("H-026 Connection: keep-alive", valid.with("Connection: keep-alive"), "400"),
        HandshakeRow("H-026 Connection: close", valid.with("Connection: close"), "400"),
        HandshakeRow("H-026 Connection: Upgraded", valid.with("Connection: Upgraded"), "400"),
        HandshakeRow("H-026 Connection: not-upgrade", valid.with("Connection: not-upgrade"), "400"),
        HandshakeRow("H-027 no key", valid.without("Sec-WebSocket-Key"), "400"),
        HandshakeRow("H-028 empty key", key(""), "400"),
        HandshakeRow("H-028 key of 8 octets", key("AQIDBAUGBwg="), "400"),
        HandshakeRow("H-028 key of 15 octets", key("AQIDBAUGBwgJCgsMDQ4P"), "400"),
        HandshakeRow("H-028 key of 17 octets", key("AQIDBAUGBwgJCgsMDQ4PEBE="), "400"),
        HandshakeRow("H-028 key of 18 octets", key("AQIDBAUGBwgJCgsMDQ4PEBES"), "400"),
        HandshakeRow("H-028 key of 20 octets", key("AQIDBAUGBwgJCgsMDQ4PEBESExQ="), "400"),
        HandshakeRow("H-029 URL-safe key", key("-_IDBAUGBwgJCgsMDQ4PEA=="), "400"),
        HandshakeRow("H-029 space in the key", key("AQIDBAUGBwg CgsMDQ4PEA=="), "400"),
        HandshakeRow("H-029 key without padding", key("AQIDBAUGBwgJCgsMDQ4PEA"), "400"),
        HandshakeRow("H-029 key with a third =", key("AQIDBAUGBwgJCgsMDQ4PEA==="), "400"),
        HandshakeRow("H-029 key with = within", key("AQID=AUGBwgJCgsMDQ4PEA=="), "400"),
        HandshakeRow("H-029 key with = for its last character", key("AQIDBAUGBwgJCgsMDQ4PE==="), "400"),
        HandshakeRow("H-029 URL-safe last character", key("AQIDBAUGBwgJCgsMDQ4PE-=="), "400"),
        HandshakeRow("H-029 key of obs-text", key("\u{E9}QIDBAUGBwgJCgsMDQ4PEA=="), "400"),
        HandshakeRow("H-029 key !!!", key("!!!"), "400"),
        HandshakeRow("H-030 key twice, same", valid.adding("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), "400"),
        HandshakeRow("H-030 key twice, different", valid.adding("Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA=="), "400"),
        HandshakeRow("H-030 keys in a list", key("dGhlIHNhbXBsZSBub25jZQ==, AQIDBAUGBwgJCgsMDQ4PEA=="), "400"),
        HandshakeRow("H-032 no version", valid.without("Sec-WebSocket-Version"), "400"),
        HandshakeRow("H-036 version twice, same", valid.adding("Sec-WebSocket-Version: 13"), "400"),
        HandshakeRow("H-036 version twice, different", valid.adding("Sec-WebSocket-Version: 8"), "400"),
        HandshakeRow("H-036 versions in a list", valid.with("Sec-WebSocket-Version: 13, 8"), "400"),
        HandshakeRow("H-045 subprotocol a b", subprotocol("a b"), "400"),
        HandshakeRow("H-045 subprotocol a/b", subprotocol("x, a/b"), "400"),
        HandshakeRow("H-045 subprotocol a;b", subprotocol("a;b"), "400"),
        HandshakeRow("H-045 subprotocol a\"b", subprotocol("a\"b"), "400"),
        HandshakeRow("H-045 subprotocol with NUL", subprotocol("a\0b"), "400"),
        HandshakeRow("H-045 subprotocol with DEL", subprotocol("a\u{7F}b"), "400"),
        HandshakeRow("H-045 subprotocol with 0xff", subprotocol("a\u{FF}b"), "400"),
        HandshakeRow("H-045 subprotocol with the Kelvin sign", subprotocol("\u{212A}"), "400"),
        HandshakeRow("H-047 subprotocol twice", subprotocol("a, a"), "400"),
        HandshakeRow(
            "H-047 subprotocol twice over two lines", subprotocol("a").adding("Sec-WebSocket-Protocol: a"), "400"),
        HandshakeRow("H-052 Origin twice", valid.adding("Origin: https://a", "Origin: https://a"), "400"),
        HandshakeRow("H-056 target without slash", valid.startLine("GET chat HTTP/1.1"), "400"),
        HandshakeRow("H-056 space in the target", valid.startLine("GET /a b HTTP/1.1"), "400"),
        HandshakeRow("H-056 control character in the target", valid.startLine("GET /a\u{1}b HTTP/1.1"), "400"),
        HandshakeRow("H-056 tab in the target", valid.startLine("GET /a\tb HTTP/1.1"), "400"),
        HandshakeRow("H-056 fragment", valid.startLine("GET /a#b HTTP/1.1"), "400"),
        HandshakeRow("H-056 fragment after a query", valid.startLine("GET /a?b#c HTTP/1.1"), "400"),
        HandshakeRow("H-056 empty target", valid.startLine("GET  HTTP/1.1"), "400"),
        HandshakeRow("H-056 asterisk", valid.startLine("GET * HTTP/1.1"), "400"),
        HandshakeRow("H-056 obs-text in the target", valid.startLine("GET /\u{E9} HTTP/1.1"), "400"),
        HandshakeRow("H-056 backslash in the path", valid.startLine("GET /a\\b HTTP/1.1"), "400"),
        HandshakeRow("H-056 broken percent-encoding", valid.startLine("GET /a%2 HTTP/1.1"), "400"),
        HandshakeRow("H-056 percent-encoding cut by the query", valid.startLine("GET /a%2?0 HTTP/1.1"), "400"),
        HandshakeRow("H-056 other scheme", valid.startLine("GET ftp://a/b HTTP/1.1"), "400"),
        HandshakeRow("H-056 absolute target without host", valid.startLine("GET http:///b HTTP/1.1"), "400"),
        HandshakeRow("H-056 absolute target with a user", valid.startLine("GET http://u@a/b HTTP/1.1"), "400"),
        HandshakeRow("H-056 scheme only", valid.startLine("GET http: HTTP/1.1"), "400"),
        HandshakeRow("two spaces before the version", valid.startLine("GET /a  HTTP/1.1"), "400"),
        HandshakeRow("space before the method", valid.startLine(" GET /a HTTP/1.1"), "400"),
        HandshakeRow("method that is no token", valid.startLine("GE(T /a HTTP/1.1"), "400"),
        HandshakeRow("space at the end of the line", valid.startLine("GET /a HTTP/1.1 "), "400"),
        HandshakeRow("H-065 two empty lines before", valid.startLine("\r\n\r\nGET /chat HTTP/1.1"), "400"),
        HandshakeRow("H-066 bare LF", valid.lineEnd("\n"), "400"),
        HandshakeRow("H-066 bare LF before", valid.startLine("\nGET /chat HTTP/1.1"), "400"),
        HandshakeRow("H-066 one bare LF", valid.adding("X-A: b\nX-C: d"), "400"),
        HandshakeRow("H-066 bare LF in a name", valid.adding("X-A\n"), "400"),
        HandshakeRow("H-067 bare CR in a value", valid.adding("X-A: b\rc"), "400"),
        HandshakeRow("H-067 bare CR in the request line", valid.startLine("GET /\r HTTP/1.1"), "400"),
        HandshakeRow("H-067 NUL in a value", valid.adding("X-A: b\0c"), "400"),
        HandshakeRow("H-067 escape in a value", valid.adding("X-A: \u{1B}[2J"), "400"),
        HandshakeRow("H-067 DEL in a value", valid.adding("X-A: \u{7F}"), "400"),
        HandshakeRow("H-068 space before the colon", valid.adding("X-A : b"), "400"),
        HandshakeRow("H-068 tab before the colon", valid.adding("X-A\t: b"), "400"),
        HandshakeRow("H-069 folded by a space", valid.adding("X-A: b", " c"), "400"),
        HandshakeRow("H-069 folded by a tab", valid.adding("X-A: b", "\tHost: c"), "400"),
        HandshakeRow("H-070 no colon", valid.adding("X-A"), "400"),
        HandshakeRow("H-070 empty name", valid.adding(": b"), "400"),
        HandshakeRow("H-070 name that is no token", valid.adding("X(A): b"), "400"),
        HandshakeRow("H-070 name of obs-text", valid.adding("X\u{E9}: b"), "400"),
        HandshakeRow("H-070 space before the first header", valid.mapHeaders { " " + $0 }, "400"),
        HandshakeRow("H-071 body with a length", valid.adding("Content-Length: 5"), "400"),
        HandshakeRow("H-072 chunked body", valid.adding("Transfer-Encoding: chunked"), "400"),
        HandshakeRow("H-073 length and coding", plain.adding("Content-Length: 5", "Transfer-Encoding: chunked"), "400"),
        HandshakeRow(
            "H-073 no length and coding", plain.adding("Content-Length: 0", "Transfer-Encoding: chunked"), "400"),
        HandshakeRow("H-073 two lengths, same", plain.adding("Content-Length: 5", "Content-Length: 5"), "400"),
        HandshakeRow("H-073 two lengths, different", plain.adding("Content-Length: 5", "Content-Length: 6"), "400"),
        HandshakeRow("H-073 lengths in a list", plain.adding("Content-Length: 5, 5"), "400"),
        HandshakeRow("H-073 negative length", plain.adding("Content-Length: -1"), "400"),
        HandshakeRow("H-073 length with a sign", plain.adding("Content-Length: +1"), "400"),
        HandshakeRow("H-073 empty length", plain.adding("Content-Length:"), "400"),
        HandshakeRow("H-073 coding that does not end", plain.adding("Transfer-Encoding: gzip"), "400"),
        HandshakeRow("H-073 chunked not last", plain.adding("Transfer-Encoding: chunked, gzip"), "400"),
        HandshakeRow("H-073 chunked twice", plain.adding("Transfer-Encoding: chunked, chunked"), "400"),
        HandshakeRow(
            "H-073 chunked twice over two lines",
            plain.adding("Transfer-Encoding: chunked", "Transfer-Encoding: Chunked"), "400"),
        HandshakeRow("H-073 chunked with a parameter", plain.adding("Transfer-Encoding: chunked;a=b"), "400"),
        HandshakeRow("H-073 chunked in quotes", plain.adding("Transfer-Encoding: \"chunked\""), "400"),
        HandshakeRow("H-073 chunked and more", plain.adding("Transfer-Encoding: xchunked"), "400"),
        HandshakeRow("H-073 identity", plain.adding("Transfer-Encoding: identity"), "400"),
        HandshakeRow("H-073 vertical tab before the coding", plain.adding("Transfer-Encoding: \u{B}chunked"), "400"),
        HandshakeRow("H-073 space before the coding's colon", plain.adding("Transfer-Encoding : chunked"), "400"),
        HandshakeRow("H-073 folded coding", plain.adding("Transfer-Encoding:", " chunked"), "400"),
        HandshakeRow(
            "H-073 coding in HTTP/1.0", plain.startLine("POST / HTTP/1.0").adding("Transfer-Encoding: chunked"), "400"),
        HandshakeRow("H-073 hexadecimal length", plain.adding("Content-Length: 0x5"), "400"),
        HandshakeRow("H-073 length with a comma", plain.adding("Content-Length: 5,"), "400"),
        HandshakeRow("H-073 length with a space", plain.adding("Content-Length: 1 5"), "400"),
        HandshakeRow(
            "H-073 length in obs-text digits", plain.adding("Content-Length: \u{B2}"), "400"),
        HandshakeRow("H-073 empty coding", plain.adding("Transfer-Encoding:"), "400"),
        HandshakeRow("H-073 unknown coding", plain.adding("Transfer-Encoding: gzip, chunked"), "501"),
        HandshakeRow("H-074 waiting body", valid.adding("Expect: 100-continue", "Content-Length: 5"), "400"),
        HandshakeRow("H-074 unknown expectation", plain.adding("Expect: tea"), "417"),
        HandshakeRow(
            "H-074 unknown expectation beside the known one", valid.adding("Expect: 100-continue, tea"), "417"),
        HandshakeRow(
            "H-083 Hixie-76",
            MessageText(
                startLine: "GET /demo HTTP/1.1",
                headers: [
                    "Host: a", "Connection: Upgrade", "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00", "Upgrade: WebSocket",
                    "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Origin: http://a",
                ]), "400"),
        HandshakeRow("X-007 quoted value that is no token", extensions("a; b=\"c d\""), "400"),
        HandshakeRow("X-009 ;", extensions(";"), "400"),
        HandshakeRow("X-009 after another line", extensions("a").adding("Sec-WebSocket-Extensions: b;"), "400"),
    ])
    func `an invalid request is refused, however it is cut`(_ row: HandshakeRow) {
        let run = runEveryWay(row.message.octets) { runServer($0) }
        #expect(run.outcome.hasPrefix("refuse \(row.expected) "), "\(run.outcome)")
    }

    private static func key(_ key: String) -> MessageText { valid.with("Sec-WebSocket-Key: \(key)") }
    private static func subprotocol(_ list: String) -> MessageText { valid.adding("Sec-WebSocket-Protocol: \(list)") }
    private static func extensions(_ list: String) -> MessageText { valid.adding("Sec-WebSocket-Extensions: \(list)") }

    @Test(arguments: ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE"])
    func `H-016: another method than GET is answered with 405 and Allow`(_ method: String) throws {
        let octets = Self.valid.startLine("\(method) /chat HTTP/1.1").octets
        let refusal = try #require(Self.refusal(of: octets))
        #expect(refusal.status == .methodNotAllowed)
        #expect(refusal.headers.values(for: "Allow") == ["GET"])
        #expect(refusal.answersHead == (method == "HEAD"))
    }

    @Test(arguments: ["get", "Get", "GETT", "LOCK", "x"])
    func `H-017: a method that HTTP does not define is answered with 501`(_ method: String) throws {
        let octets = Self.valid.startLine("\(method) /chat HTTP/1.1").octets
        #expect(try #require(Self.refusal(of: octets)).status == .notImplemented)
    }

    @Test(arguments: ["CONNECT server.example.com:80 HTTP/1.1", "CONNECT /chat HTTP/1.1"])
    func `H-016: CONNECT is refused, with or without an upgrade`(_ line: String) throws {
        for message in [Self.valid, Self.plain] {
            #expect(try #require(Self.refusal(of: message.startLine(line).octets)).status == .methodNotAllowed)
        }
    }

    @Test(arguments: ["0", "4", "7", "8", "12", "14", "25", "99", "255"])
    func `H-033, H-034: another version is answered with 426 and the right one`(_ version: String) throws {
        let octets = Self.valid.with("Sec-WebSocket-Version: \(version)").octets
        let refusal = try #require(Self.refusal(of: octets))
        #expect(refusal.status == .upgradeRequired)
        let response = text(ServerResponse.refuse(refusal, date: nil))
        #expect(response.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
        #expect(response.contains("\r\nSec-WebSocket-Version: 13\r\n"))
        #expect(response.contains("\r\nUpgrade: websocket\r\n"))
        #expect(response.contains("\r\nConnection: close, Upgrade\r\n"))
    }

    @Test(arguments: ["013", "13.0", "+13", "0x0d", "13;q=1", "-1", "256", "999", "1300", "00", "", "\u{FF11}\u{FF13}"])
    func `H-035: a malformed version is answered with 400 and the right one`(_ version: String) throws {
        let octets = Self.valid.with("Sec-WebSocket-Version: \(version)").octets
        let refusal = try #require(Self.refusal(of: octets))
        #expect(refusal.status == .badRequest)
        #expect(refusal.headers.values(for: "Sec-WebSocket-Version") == ["13"])
    }

    @Test(arguments: [0x16, 0x00, 0xFF, 0x0A, 0x80] as [UInt8])
    func `H-084: octets that are no text are refused at once`(_ octet: UInt8) {
        #expect(runServer([[octet, 0x03, 0x01]]).outcome.hasPrefix("refuse 400"))
        #expect(runServer([[octet]]).outcome.hasPrefix("refuse 400"))
    }

    @Test func `H-085: no refusal shows anything of the request`() throws {
        let secret = "S3cret"
        let messages = [
            Self.valid.startLine("GET \(secret) HTTP/1.1"), Self.valid.with("Host: \(secret)\\"),
            Self.valid.with("Sec-WebSocket-Key: \(secret)"), Self.valid.adding("X(\(secret)): b"),
            Self.valid.adding("Sec-WebSocket-Protocol: \(secret)/"), Self.valid.with("Upgrade: \(secret)"),
            Self.plain.adding("Expect: \(secret)"), Self.plain.adding("Transfer-Encoding: \(secret)"),
        ]
        for message in messages {
            let refusal = try #require(Self.refusal(of: message.octets), "\(message.headers)")
            #expect(!text(ServerResponse.refuse(refusal, date: nil)).contains(secret))
            #expect(refusal.closesConnection)
        }
    }
}
