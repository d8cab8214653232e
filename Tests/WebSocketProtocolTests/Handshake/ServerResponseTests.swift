import Testing

@testable import WebSocketProtocol

@Suite struct ServerResponseTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    @Test func `H-001: the answer to the RFC's key is the RFC's`() throws {
        let response = text(try ServerResponse.accept(key: Self.key))
        #expect(
            response == """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r\n
                """)
    }

    @Test func `what was agreed and the application's headers are part of the answer`() throws {
        let response = text(
            try ServerResponse.accept(
                key: Self.key, subprotocol: "chat", extensions: "permessage-deflate; server_no_context_takeover",
                headers: HTTPHeaders([("Set-Cookie", "a=b"), ("X-Caf\u{65}", "é")])))
        #expect(response.contains("\r\nSec-WebSocket-Protocol: chat\r\n"))
        #expect(response.contains("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"))
        #expect(response.hasSuffix("\r\nSet-Cookie: a=b\r\nX-Cafe: é\r\n\r\n"))
    }

    @Test(arguments: [
        ("a b", "c", HTTPHeaderError.invalidName("a b")), ("", "c", .invalidName("")),
        ("a:", "c", .invalidName("a:")), ("a\r\nb", "c", .invalidName("a\r\nb")), ("é", "c", .invalidName("é")),
        ("a", "b\r\nc: d", .invalidValue(name: "a")), ("a", "b\nc", .invalidValue(name: "a")),
        ("a", "b\0", .invalidValue(name: "a")), ("a", "\u{7F}", .invalidValue(name: "a")),
        ("content-length", "5", .reserved(name: "content-length")),
        ("Connection", "close", .reserved(name: "Connection")),
        ("Transfer-Encoding", "x", .reserved(name: "Transfer-Encoding")),
        ("Sec-WebSocket-Accept", "x", .reserved(name: "Sec-WebSocket-Accept")),
    ])
    func `S-003: a header that would change the answer is refused`(
        _ name: String, _ value: String, _ expected: HTTPHeaderError
    ) {
        let headers = HTTPHeaders([("X-Good", "x"), (name, value)])
        #expect(throws: expected) { try ServerResponse.accept(key: Self.key, headers: headers) }
        #expect(throws: ServerResponseError.header(expected)) {
            try ServerResponse.respond(status: .ok, headers: headers, date: nil)
        }
    }

    @Test(arguments: ["Upgrade", "Sec-WebSocket-Protocol", "sec-websocket-extensions", "Sec-WebSocket-Version"])
    func `headers of the handshake are reserved in a 101 only`(_ name: String) throws {
        let headers = HTTPHeaders([(name, "x")])
        #expect(throws: HTTPHeaderError.reserved(name: name)) {
            try ServerResponse.accept(key: Self.key, headers: headers)
        }
        #expect(
            try text(ServerResponse.respond(status: .upgradeRequired, headers: headers, date: nil)).contains(
                "\(name): x"))
    }

    @Test(arguments: ["", "a b", "a,b", "a\r\nb", "é"])
    func `a subprotocol that is no token is refused`(_ subprotocol: String) {
        #expect(throws: HTTPHeaderError.invalidValue(name: "Sec-WebSocket-Protocol")) {
            try ServerResponse.accept(key: Self.key, subprotocol: subprotocol)
        }
    }

    @Test(arguments: ["", "a\r\nb", "a\0"])
    func `extensions that cannot be sent are refused`(_ extensions: String) {
        #expect(throws: HTTPHeaderError.invalidValue(name: "Sec-WebSocket-Extensions")) {
            try ServerResponse.accept(key: Self.key, extensions: extensions)
        }
    }

    @Test func `H-059: a refusal is a complete response that closes`() {
        let refusal = Refusal(.serviceUnavailable, "Try later.", headers: HTTPHeaders([("Retry-After", "5")]))
        #expect(
            text(ServerResponse.refuse(refusal, date: nil)) == """
                HTTP/1.1 503 Service Unavailable\r
                Retry-After: 5\r
                Connection: close\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Length: 11\r
                \r
                Try later.\n
                """)
    }

    @Test func `L-013: the answer of a full server fits a request of any method`() {
        #expect(
            text(ServerResponse.turnAway(retryAfter: 5, date: HTTPDate(secondsSince1970: 0))) == """
                HTTP/1.1 503 Service Unavailable\r
                Retry-After: 5\r
                Date: Thu, 01 Jan 1970 00:00:00 GMT\r
                Connection: close\r
                Content-Length: 0\r
                \r\n
                """)
    }

    @Test func `the answer to a HEAD announces its body and leaves it out`() throws {
        var handshake = ServerHandshake()
        let octets = MessageText.request.startLine("HEAD / HTTP/1.1").octets
        let (_, outcome) = octets.withUnsafeBytes { handshake.receive($0) }
        guard case .refuse(let refusal) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let refused = text(ServerResponse.refuse(refusal, date: nil))
        #expect(refused.hasSuffix("\r\nContent-Length: 26\r\n\r\n"))
        let answered = text(try ServerResponse.respond(status: .ok, date: nil, body: "fine", answersHead: true))
        #expect(answered.hasSuffix("\r\nContent-Length: 4\r\n\r\n"))
    }

    /// A request that is refused before its end, in pieces.
    private static func refusal(of pieces: [ArraySlice<UInt8>]) -> Refusal? {
        var handshake = ServerHandshake()
        for piece in pieces {
            let (_, outcome) = piece.withUnsafeBytes { handshake.receive($0) }
            if case .refuse(let refusal) = outcome { return refusal }
        }
        return nil
    }

    @Test(
        arguments: [
            ("HEAD / HTTP/1.1\r\nX", true), ("GET / HTTP/1.1\r\nX", false), ("\r\nHEAD / HTTP/1.1\r\nX", true),
            ("HEAD /", true), ("head / HTTP/1.1\r\nX", false), ("HEADER / HTTP/1.1\r\nX", false),
        ])
    func `a HEAD that is refused before its end gets no body either`(_ start: String, _ isHead: Bool) throws {
        // A control character, which nothing may hold.
        let octets = latin1(start + "\u{1}")
        let whole = try #require(Self.refusal(of: [octets[...]]))
        let byteByByte = try #require(Self.refusal(of: octets.indices.map { octets[$0...$0] }))
        for refusal in [whole, byteByByte] {
            #expect(refusal.status == .badRequest)
            #expect(refusal.answersHead == isHead)
            #expect(text(ServerResponse.refuse(refusal, date: nil)).hasSuffix("\r\n\r\n") == isHead)
        }
    }

    @Test(arguments: [
        ("", false), ("HEAD", false), ("HEAD ", true), ("HEAD / HTTP/1.1\r\nX: ", true), ("GET /", false),
    ])
    func `H-078: a handshake that takes too long is refused once, without a body for a HEAD`(
        _ start: String, _ isHead: Bool
    ) {
        var handshake = ServerHandshake()
        _ = latin1(start).withUnsafeBytes { handshake.receive($0) }
        let refusal = handshake.expire()
        #expect(refusal.status == .requestTimeout)
        #expect(refusal.answersHead == isHead)
        let octets = MessageText.request.octets
        let (consumed, outcome) = octets.withUnsafeBytes { handshake.receive($0) }
        #expect(consumed == octets.count)
        guard case .needMore = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func `a HEAD that was answered says nothing about the next request`() {
        var handshake = ServerHandshake()
        let octets = MessageText.plainRequest.startLine("HEAD / HTTP/1.1").octets
        _ = octets.withUnsafeBytes { handshake.receive($0) }
        let refusal = handshake.expire()
        #expect(!refusal.answersHead)
    }

    @Test func `an answer has a length, even an empty one`() throws {
        let empty = text(try ServerResponse.respond(status: .ok, date: nil))
        #expect(empty == "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        let json = text(
            try ServerResponse.respond(
                status: .ok, headers: HTTPHeaders([("content-type", "application/json")]), date: nil, body: "{}"))
        #expect(
            json
                == "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
        )
    }

    @Test(
        arguments: [
            (true, [], "Connection: close"), (false, [], nil), (true, [("Upgrade", "a")], "Connection: close, Upgrade"),
            (false, [("Upgrade", "a")], "Connection: Upgrade"),
        ] as [(Bool, [(String, String)], String?)])
    func `an answer says whether the connection goes on`(
        _ closes: Bool, _ headers: [(String, String)], _ expected: String?
    ) throws {
        let answer = text(
            try ServerResponse.respond(status: .ok, headers: HTTPHeaders(headers), date: nil, closes: closes))
        let lines = answer.split(separator: "\r\n").filter { $0.hasPrefix("Connection:") }
        #expect(lines == (expected.map { [$0[...]] } ?? []))
    }

    @Test func `an answer says when it was given, unless the application does`() throws {
        let date = HTTPDate(secondsSince1970: 784_111_777)
        let line = "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        #expect(text(ServerResponse.refuse(.badRequest("No."), date: date)).contains(line))
        #expect(!text(ServerResponse.refuse(.badRequest("No."), date: nil)).contains("Date"))
        #expect(try text(ServerResponse.respond(status: .ok, date: date)).contains(line))
        let own = HTTPHeaders([("date", "Thu, 01 Jan 1970 00:00:00 GMT")])
        let answer = text(try ServerResponse.respond(status: .ok, headers: own, date: date))
        #expect(!answer.contains("Date:"))
        #expect(answer.contains("\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"))
    }

    @Test func `204 and 304 have neither a body nor a length`() throws {
        let response = text(try ServerResponse.respond(status: .noContent, date: nil, body: "x"))
        #expect(response == "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    }

    @Test func `S-002: an interim status is no answer`() throws {
        let continued = try #require(HTTPStatus(100, reason: "Continue"))
        for status in [HTTPStatus.switchingProtocols, continued] {
            #expect(throws: ServerResponseError.interimStatus(status)) {
                try ServerResponse.respond(status: status, date: nil)
            }
        }
    }

    @Test func `a status has a code of three digits and a reason of one line`() {
        #expect(HTTPStatus(418, reason: "I'm a teapot")?.description == "418 I'm a teapot")
        #expect(HTTPStatus(404, reason: "Gone missing") == .notFound)
        for code in [Int.min, 0, 99, 600, Int.max] { #expect(HTTPStatus(code, reason: "") == nil) }
        #expect(HTTPStatus(200, reason: "OK\r\nX: y") == nil)
    }

    @Test(arguments: [
        (["chat", "superchat"], ["superchat", "chat"], "superchat"), (["chat"], ["superchat"], nil),
        ([], ["chat"], nil),
        (["chat"], [], nil), (["CHAT"], ["chat"], nil), (["K"], ["\u{212A}"], nil), (["a", "b", "c"], ["b"], "b"),
    ])
    func `H-038 to H-044: the server's first choice among the offered is taken, octet for octet`(
        _ offered: [String], _ supported: [String], _ expected: String?
    ) {
        #expect(Subprotocol.choose(offered: offered, supported: supported) == expected)
    }
}
