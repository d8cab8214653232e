import Foundation
import Testing
import WebSocketProtocol
import WebSocketTransport

/// The answers of a server as they are on the wire, to requests whole and octet by octet; ids are those of the
/// conformance catalogue. What each rule accepts and refuses in detail is tested without sockets.
@Suite(.timeLimit(.minutes(5))) struct HTTPFaceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: [UInt8]
        let status: String
        let lines: [String]
        let hasBody: Bool

        init(_ description: String, _ status: String, _ request: String, _ lines: String..., hasBody: Bool = true) {
            testDescription = description
            // One octet for each character up to U+00FF.
            self.request = request.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            self.status = status
            self.lines = lines
            self.hasBody = hasBody
        }
    }

    private static func plain(_ line: String, _ lines: String...) -> String {
        ([line, "Host: a"] + lines + ["", ""]).joined(separator: "\r\n")
    }

    /// A valid request to open a WebSocket, with another first line and other headers.
    private static func upgrade(
        _ line: String = "GET / HTTP/1.1", host: String = "Host: a", version: String = "Sec-WebSocket-Version: 13",
        adding added: String? = nil
    ) -> String {
        let headers = [
            line, host, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            version,
        ]
        return (headers.filter { !$0.isEmpty } + (added.map { [$0] } ?? []) + ["", ""]).joined(separator: "\r\n")
    }

    private static let long = String(repeating: "a", count: 70_000)

    static let refusals = [
        Row("H-016 POST", "405", upgrade("POST / HTTP/1.1"), "Allow: GET"),
        Row("H-016 HEAD", "405", upgrade("HEAD / HTTP/1.1"), "Allow: GET", hasBody: false),
        Row("H-016 CONNECT", "405", plain("CONNECT a:80 HTTP/1.1"), "Allow: GET"),
        Row("H-017 get", "501", upgrade("get / HTTP/1.1")),
        Row("H-018 HTTP/1.0", "426", upgrade("GET / HTTP/1.0"), "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        Row("H-019 no version", "400", upgrade("GET /")),
        Row("H-019 HTTP/2.0", "505", upgrade("GET / HTTP/2.0")),
        Row("H-020 no Host", "400", upgrade(host: "")),
        Row("H-021 two Hosts", "400", upgrade(adding: "Host: b")),
        Row("H-022 Host with a space", "400", upgrade(host: "Host: a b")),
        Row("H-022 Host without an end", "400", upgrade(host: "Host: [::1")),
        Row("H-023 no Upgrade", "426", upgrade().replacing("Upgrade: websocket\r\n", with: ""), "Upgrade: websocket"),
        Row("H-025 no Connection", "400", upgrade().replacing("Connection: Upgrade\r\n", with: "")),
        Row("H-029 a key that is none", "400", upgrade().replacing("dGhl", with: "!!!!")),
        Row(
            "H-033 version 8", "426", upgrade(version: "Sec-WebSocket-Version: 8"), "Sec-WebSocket-Version: 13",
            "Upgrade: websocket", "Connection: close, Upgrade"),
        Row("H-035 version 013", "400", upgrade(version: "Sec-WebSocket-Version: 013"), "Sec-WebSocket-Version: 13"),
        Row("H-054 no resource", "404", upgrade("GET /missing HTTP/1.1")),
        Row("H-054 no resource, no upgrade", "404", plain("GET /missing HTTP/1.1")),
        Row("H-054 no resource, HEAD", "404", plain("HEAD /missing HTTP/1.1"), hasBody: false),
        Row("H-056 a target without slash", "400", upgrade("GET x HTTP/1.1")),
        Row("H-056 a fragment", "400", upgrade("GET /#x HTTP/1.1")),
        Row("H-066 a bare LF", "400", upgrade(adding: "X: a\nY: b")),
        Row("H-067 a bare CR", "400", upgrade(adding: "X: a\rY: b")),
        Row("H-067 NUL", "400", upgrade(adding: "X: a\0")),
        Row("H-068 a space before the colon", "400", upgrade(adding: "X : a")),
        Row("H-069 a folded line", "400", upgrade(adding: "X: a\r\n b")),
        Row("H-070 no colon", "400", upgrade(adding: "X")),
        Row("H-075 a long target", "414", "GET /\(long) HTTP/1.1\r\n"),
        Row("H-075 a long method", "501", "\(long) / HTTP/1.1\r\n"),
        Row("H-076 a long header", "431", "GET / HTTP/1.1\r\nX: \(long)\r\n"),
        Row("H-076 a long header after HEAD", "431", "HEAD / HTTP/1.1\r\nX: \(long)\r\n", hasBody: false),
        Row("H-077 many headers", "431", "GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 200)),
        Row("H-083 Hixie-76", "400", plain("GET / HTTP/1.1", "Upgrade: WebSocket", "Sec-WebSocket-Key1: 4 @1  4")),
        Row("H-084 octets that are no text", "400", "\u{16}\u{3}\u{1}\u{2}\u{0}"),
    ]

    @Test(arguments: refusals, [true, false])
    func `a refusal is a complete answer that ends the connection`(_ row: Row, _ isWhole: Bool) async throws {
        let answer = try await withServer(decide: { request in
            request.path == "/missing" ? .refuse(.notFound, body: "Not found.\n") : .accept(Recorder.echo())
        }) { server in
            let port = server.address.port
            return try await script {
                let peer = try RawPeer(port: port)
                if isWhole {
                    try peer.send(row.request)
                } else {
                    // Long ones are refused long before their end.
                    for octet in row.request.prefix(20_000) { try peer.send([octet]) }
                }
                peer.finishSending()
                return String(decoding: try peer.readToTheEnd(), as: UTF8.self)
            }
        }
        let end = try #require(answer.firstRange(of: "\r\n\r\n"), "\(answer)")
        let (head, body) = (answer[..<end.lowerBound], answer[end.upperBound...])
        let lines = head.components(separatedBy: "\r\n")
        #expect(lines[0].hasPrefix("HTTP/1.1 \(row.status) "))
        for line in row.lines { #expect(lines.contains(line), "\(head)") }
        #expect(lines.contains { $0.hasPrefix("Connection: close") })
        #expect(lines.contains { $0.hasPrefix("Date: ") && $0.hasSuffix(" GMT") })
        let length = lines.compactMap { $0.hasPrefix("Content-Length: ") ? Int($0.dropFirst(16)) : nil }
        #expect(length.count == 1)
        #expect(body.utf8.count == (row.hasBody ? length.first : 0))
        #expect((length.first ?? 0) > 0)
    }

    static let openings = [
        Row("H-001 minimal", "/ a", upgrade()),
        Row(
            "H-010 among other options", "/ a",
            upgrade().replacing("Connection: Up", with: "Connection: keep-alive, up")),
        Row("H-014 an absolute target", "/x b:81", upgrade("GET http://b:81/x HTTP/1.1")),
        Row("H-015 a query", "/x%20y a", upgrade("GET /x%20y?z=%2F HTTP/1.1")),
        Row("H-019 a later minor version", "/ a", upgrade("GET / HTTP/1.2")),
        Row("H-065 an empty line before", "/ a", "\r\n" + upgrade()),
        Row("H-071 a length of 0", "/ a", upgrade(adding: "Content-Length: 0")),
        Row("H-074 an expectation without a body", "/ a", upgrade(adding: "Expect: 100-continue")),
        Row("H-012 obs-text", "/ a", upgrade(adding: "X: caf\u{E9}")),
    ]

    @Test(arguments: openings, [true, false])
    func `a valid request opens the WebSocket that it names`(_ row: Row, _ isWhole: Bool) async throws {
        let greeter: @Sendable (UpgradeRequest) -> UpgradeDecision = { request in
            let text = "\(request.path) \(request.host)"
            return .accept(
                Recorder { event, connection in if case .opened = event { connection.send(text) } })
        }
        try await withServer(decide: greeter) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port)
                if isWhole {
                    try peer.send(row.request)
                } else {
                    for octet in row.request { try peer.send([octet]) }
                }
                try peer.expect(RawPeer.openingAnswer)
                try peer.expect(.text(row.status))
                try peer.send(.close(1000))
                try peer.expect(.close(1000))
                try peer.expectEnd()
            }
        }
    }
}
