import Testing

@testable import WebSocketProtocol

/// Answers that a client does not accept; ids are those of the conformance catalogue.
@Suite struct ClientHandshakeRefusalTests {
    private static let valid = MessageText.response
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// A message and the error that it must give.
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let message: MessageText
        let error: HandshakeError

        init(_ description: String, _ message: MessageText, _ error: HandshakeError) {
            testDescription = description
            self.message = message
            self.error = error
        }
    }

    @Test(arguments: [
        Row("H-227 no Upgrade", valid.without("Upgrade"), .missingHeader("Upgrade")),
        Row("H-227 Upgrade: h2c", valid.with("Upgrade: h2c"), .unexpectedUpgrade("h2c")),
        Row("H-227 Upgrade list", valid.with("Upgrade: websocket, h2c"), .unexpectedUpgrade("websocket, h2c")),
        Row("H-227 Upgrade twice", valid.adding("Upgrade: websocket"), .repeatedHeader("Upgrade")),
        Row("H-228 no Connection", valid.without("Connection"), .missingHeader("Connection")),
        Row("H-228 Connection: close", valid.with("Connection: close"), .connectionWithoutUpgrade),
        Row("H-229 no accept", valid.without("Sec-WebSocket-Accept"), .missingHeader("Sec-WebSocket-Accept")),
        Row("H-230 random", accept("AAAAAAAAAAAAAAAAAAAAAAAAAAA="), wrong("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
        Row("H-230 lower case", accept(accept.lowercased()), wrong(accept.lowercased())),
        Row("H-230 URL-safe", accept("s3pPLMBiTxaQ9kYGzzhZRbK-xOo="), wrong("s3pPLMBiTxaQ9kYGzzhZRbK-xOo=")),
        Row("H-230 no padding", accept("s3pPLMBiTxaQ9kYGzzhZRbK+xOo"), wrong("s3pPLMBiTxaQ9kYGzzhZRbK+xOo")),
        Row("H-230 suffix", accept(accept + "x"), wrong(accept + "x")),
        Row("H-230 the key", accept("dGhlIHNhbXBsZSBub25jZQ=="), wrong("dGhlIHNhbXBsZSBub25jZQ==")),
        Row("H-230 empty", accept(""), wrong("")),
        Row(
            "H-231 accept twice", valid.adding("Sec-WebSocket-Accept: \(accept)"),
            .repeatedHeader("Sec-WebSocket-Accept")),
        Row("H-231 other accept", valid.adding("sec-websocket-accept: x"), .repeatedHeader("Sec-WebSocket-Accept")),
        Row("H-233 HTTP/1.0", valid.startLine("HTTP/1.0 101 X"), .unsupportedVersion("HTTP/1.0")),
        Row("H-233 HTTP/2", valid.startLine("HTTP/2 101"), .unsupportedVersion("HTTP/2")),
        Row("H-237 subprotocol", subprotocol("chat"), .unrequestedSubprotocol("chat", requested: [])),
        Row("H-239 empty subprotocol", subprotocol(""), .unrequestedSubprotocol("", requested: [])),
        Row("H-241 extension", extensions("permessage-deflate"), .unrequestedExtension("permessage-deflate")),
        Row("H-242 empty", extensions(""), .malformedExtensions),
        Row("H-242 ;", extensions(";"), .malformedExtensions),
        Row("H-242 a;=b", extensions("a;=b"), .malformedExtensions),
        Row("H-242 unterminated quote", extensions("a; b=\"c"), .malformedExtensions),
        Row("H-242 a b", extensions("a b"), .malformedExtensions),
        Row("H-242 control", extensions("a\u{1}"), .malformedResponse(.invalidOctetInValue(1))),
        Row("H-244 Content-Length: 5", valid.adding("Content-Length: 5"), .unexpectedBody(header: "Content-Length")),
        Row("H-244 chunked", valid.adding("Transfer-Encoding: chunked"), .unexpectedBody(header: "Transfer-Encoding")),
        Row("H-248 ICY", valid.startLine("ICY 200 OK"), .malformedStatusLine("ICY 200 OK")),
        Row("H-248 SSH", valid.startLine("SSH-2.0-OpenSSH_9.2"), .malformedStatusLine("SSH-2.0-OpenSSH_9.2")),
        Row("H-248 request", valid.startLine("GET / HTTP/1.1"), .malformedStatusLine("GET / HTTP/1.1")),
        Row("H-248 binary", valid.startLine("\u{16}\u{3}"), .malformedResponse(.invalidOctetInStartLine(0x16))),
        Row("empty line", valid.startLine(""), .malformedResponse(.missingStartLine)),
        Row("code of two digits", valid.startLine("HTTP/1.1 10 X"), .malformedStatusLine("HTTP/1.1 10 X")),
        Row("code of four digits", valid.startLine("HTTP/1.1 1010 X"), .malformedStatusLine("HTTP/1.1 1010 X")),
        Row("code 099", valid.startLine("HTTP/1.1 099 X"), .malformedStatusLine("HTTP/1.1 099 X")),
        Row("code 600", valid.startLine("HTTP/1.1 600 X"), .malformedStatusLine("HTTP/1.1 600 X")),
        Row("no code", valid.startLine("HTTP/1.1 "), .malformedStatusLine("HTTP/1.1 ")),
        Row("no version", valid.startLine("HTTP/ 101 X"), .unsupportedVersion("HTTP/")),
        Row("bare LF", valid.lineEnd("\n"), .malformedResponse(.bareLineFeed)),
        Row("NUL in a value", valid.adding("X: \0"), .malformedResponse(.invalidOctetInValue(0))),
        Row("folded", valid.adding(" x"), .malformedResponse(.foldedLine)),
        Row("space before the colon", valid.adding("X : y"), .malformedResponse(.whitespaceBeforeColon)),
        Row("no colon", valid.adding("X"), .malformedResponse(.missingColon)),
    ])
    func `an invalid answer fails, however it is cut`(_ row: Row) throws {
        let run = try runEveryWay(row.message.octets) { try runClient($0) }
        #expect(run.outcome == "failed \(row.error)")
    }

    private static func accept(_ value: String) -> MessageText { valid.with("Sec-WebSocket-Accept: \(value)") }
    private static func wrong(_ value: String) -> HandshakeError { .wrongAccept(received: value, expected: accept) }
    private static func subprotocol(_ name: String) -> MessageText { valid.adding("Sec-WebSocket-Protocol: \(name)") }
    private static func extensions(_ list: String) -> MessageText { valid.adding("Sec-WebSocket-Extensions: \(list)") }

    @Test func `H-230: text that Swift calls equal is not the same accept`() throws {
        let kelvin = Self.accept.replacing("K", with: "\u{212A}")
        #expect(kelvin == Self.accept)
        let octets = Array(text(Self.valid.octets).replacing(Self.accept, with: kelvin).utf8)
        #expect(try runClient([octets[...]]).outcome.hasPrefix("failed the server's Sec-WebSocket-Accept is"))
    }

    @Test(arguments: [200, 201, 204, 206, 301, 302, 307, 308, 400, 401, 403, 404, 426, 503])
    func `H-232: another status fails with status and headers`(_ code: Int) throws {
        let octets = MessageText(
            startLine: "HTTP/1.1 \(code) Some Reason", headers: ["Location: /b", "Content-Length: 4"]
        ).octets
        for rest in ["", "body"] {
            var handshake = try ClientHandshake(url: WebSocketURL("ws://a"), keyBytes: sampleKeyBytes)
            let (consumed, outcome) = (octets + latin1(rest)).withUnsafeBytes { handshake.receive($0) }
            guard case .failed(let error) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            let headers = HTTPHeaders([("location", "/b"), ("content-length", "4")])
            #expect(error == .status(code: code, reason: "Some Reason", headers: headers))
            #expect(consumed == octets.count)
        }
    }

    @Test(arguments: ["superchat", "CHAT", "chat, other", "cha", ""])
    func `H-238, H-239: a subprotocol must be one of the requested`(_ answer: String) throws {
        let octets = Self.subprotocol(answer).octets
        let run = try runEveryWay(octets) { try runClient($0, subprotocols: ["chat", "other"]) }
        #expect(run.outcome == "failed \(HandshakeError.unrequestedSubprotocol(answer, requested: ["chat", "other"]))")
    }

    @Test func `H-239: two subprotocol headers fail`() throws {
        let octets = Self.subprotocol("chat").adding("Sec-WebSocket-Protocol: chat").octets
        let run = try runEveryWay(octets) { try runClient($0, subprotocols: ["chat"]) }
        #expect(run.outcome == "failed \(HandshakeError.repeatedHeader("Sec-WebSocket-Protocol"))")
    }

    @Test func `H-241, X-056: every extension must be one of the offered`() throws {
        let offers = [try #require(WebSocketExtension("a"))]
        for (answer, error) in [
            ("b", HandshakeError.unrequestedExtension("b")), ("a, b", .unrequestedExtension("b")),
            ("A", .unrequestedExtension("A")), ("a,a;", .malformedExtensions),
            (String(repeating: "a,", count: 33), .malformedExtensions),
        ] {
            let octets = Self.extensions(answer).octets
            let run = try runEveryWay(octets) { try runClient($0, extensions: offers) }
            #expect(run.outcome == "failed \(error)")
        }
    }
}
