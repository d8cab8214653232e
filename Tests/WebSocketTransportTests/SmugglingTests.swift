import Foundation
import Reactor
import Synchronization
import Testing
import WebSocketProtocol
import WebSocketTransport

/// Requests behind which others could hide, as a proxy in front would see them or as we would: what follows is never
/// taken for a request, nor for frames. Catalogue H-060, H-071 to H-074, H-081, S-002.
@Suite(.timeLimit(.minutes(5))) struct SmugglingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let octets: [UInt8]
        let status: String

        init(_ description: String, _ status: String, _ request: String, then rest: [UInt8] = hidden) {
            testDescription = description
            octets = Array(request.utf8) + rest
            self.status = status
        }
    }

    /// A request and frames, neither of which may be seen.
    private static let hidden =
        Array("GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n".utf8) + upgrade("/hidden")
        + [WireFrame.text("hidden"), .ping("hidden")].octets(to: .server)

    private static func upgrade(_ path: String, _ lines: String...) -> [UInt8] {
        var request = String(decoding: RawPeer.openingRequest.dropLast(2), as: UTF8.self)
        request = request.replacing("GET / ", with: "GET \(path) ")
        for line in lines {
            let name = line.prefix { $0 != ":" }
            var kept = request.split(separator: "\r\n").filter { !$0.hasPrefix(name) }
            kept.append(line[...])
            request = kept.joined(separator: "\r\n") + "\r\n"
        }
        return Array((request + "\r\n").utf8)
    }

    private static func plain(_ line: String, _ lines: String...) -> String {
        ([line, "Host: a"] + lines + ["", ""]).joined(separator: "\r\n")
    }

    static let rows = [
        Row("CL.TE", "400", plain("POST / HTTP/1.1", "Content-Length: 6", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Row("TE.CL", "400", plain("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 4") + "5c\r\n"),
        Row("TE.TE", "400", plain("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: x")),
        Row("a coding that hides behind a space", "400", plain("POST / HTTP/1.1", "Transfer-Encoding : chunked")),
        Row("a coding that hides behind a fold", "400", plain("POST / HTTP/1.1", "Transfer-Encoding:", "\tchunked")),
        Row(
            "a coding that hides behind a bare LF", "400", plain("POST / HTTP/1.1", "X: y\nTransfer-Encoding: chunked")),
        Row(
            "a coding that hides behind a bare CR", "400", plain("POST / HTTP/1.1", "X: y\rTransfer-Encoding: chunked")),
        Row("a length that hides behind NUL", "400", plain("POST / HTTP/1.1", "X: y\0", "Content-Length: 40")),
        Row("a coding in HTTP/1.0", "400", plain("POST / HTTP/1.0", "Transfer-Encoding: chunked")),
        Row("two lengths", "400", plain("POST / HTTP/1.1", "Content-Length: 0", "Content-Length: 40")),
        Row("a length with a sign", "400", plain("POST / HTTP/1.1", "Content-Length: +40")),
        Row("no Host", "400", "GET / HTTP/1.1\r\n\r\n"),
        Row("two Hosts", "400", plain("GET / HTTP/1.1", "Host: b")),
        Row("an expectation nobody knows", "417", plain("GET / HTTP/1.1", "Expect: tea")),
        Row("a coding nobody knows", "501", plain("POST / HTTP/1.1", "Transfer-Encoding: gzip, chunked")),
        Row("the preface of HTTP/2", "505", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Row("a body with a length, of a GET", "200", plain("GET / HTTP/1.1", "Content-Length: 37")),
        Row("a chunked body, of a GET", "200", plain("GET / HTTP/1.1", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Row("a body that waits", "200", plain("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 37")),
        Row("a request that asks for the end", "200", plain("GET / HTTP/1.1", "Connection: close")),
        Row("a request of HTTP/1.0", "200", plain("GET / HTTP/1.0", "Connection: keep-alive")),
        Row(
            "an upgrade to h2c", "200",
            plain("GET / HTTP/1.1", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk")),
        Row("no resource", "404", plain("GET /missing HTTP/1.1")),
        Row("another version", "426", "", then: upgrade("/", "Sec-WebSocket-Version: 14") + hidden),
        Row("a version of old", "426", "", then: upgrade("/", "Sec-WebSocket-Version: 8") + hidden),
        Row("no key", "400", "", then: upgrade("/", "Sec-WebSocket-Key: ") + hidden),
        Row("an upgrade with a length", "400", "", then: upgrade("/", "Content-Length: 37") + hidden),
        Row("an upgrade in chunks", "400", "", then: upgrade("/", "Transfer-Encoding: chunked") + hidden),
        Row("an upgrade by POST", "405", plain("POST / HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade")),
        Row("an upgrade of another connection", "400", "", then: upgrade("/", "Connection: keep-alive") + hidden),
        Row("an upgrade to nothing", "404", "", then: upgrade("/missing") + hidden),
        Row("an upgrade that is forbidden", "403", "", then: upgrade("/forbidden") + hidden),
    ]

    /// What the application was asked for.
    private final class Paths: Sendable {
        private let paths = Mutex<[String]>([])
        func add(_ path: String) { paths.withLock { $0.append(path) } }
        var all: [String] { paths.withLock { $0 } }
    }

    @Test(arguments: rows, [true, false])
    func `what hides behind a request stays unseen, whole and octet by octet`(
        _ row: Row, _ isWhole: Bool
    ) async throws {
        let paths = Paths()
        let recorder = Recorder.echo()
        let answers = try await withServer(
            respond: { request in
                paths.add(request.path)
                return request.path == "/missing" ? nil : HTTPResponse(.ok, body: "fine\n")
            },
            decide: { request in
                paths.add(request.path)
                switch request.path {
                case "/missing": return .refuse(.notFound)
                case "/forbidden": return .refuse(.forbidden)
                default: return .accept(recorder)
                }
            }
        ) { server in
            let port = server.address.port
            return try await script {
                let peer = try RawPeer(port: port)
                if isWhole {
                    try peer.send(row.octets)
                } else {
                    for octet in row.octets { try peer.send([octet]) }
                }
                peer.finishSending()
                return String(decoding: try peer.readToTheEnd(), as: UTF8.self)
            }
        }
        #expect(answers.hasPrefix("HTTP/1.1 \(row.status) "), "\(answers)")
        #expect(answers.components(separatedBy: "\r\nDate: ").count == 2, "one answer, not: \(answers)")
        #expect(answers.contains("\r\nConnection: close"), "\(answers)")
        #expect(!paths.all.contains("/hidden"))
        #expect(recorder.closureCount == 0)
    }

    // MARK: - Requests that may follow each other

    @Test func `H-081: an upgrade may follow ordinary requests that were answered`() async throws {
        let respond: WebSocketServer.Respond = { _ in HTTPResponse(.ok, body: "fine\n") }
        try await withServer(respond: respond, decide: { _ in .accept(Recorder.echo()) }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port)
                for method in ["GET", "HEAD", "OPTIONS", "GET"] {
                    try peer.send(Self.plain("\(method) /health HTTP/1.1"))
                    let head = try peer.readHead()
                    guard head.hasPrefix("HTTP/1.1 200 "), !head.contains("Connection:") else { throw PeerError(head) }
                    if method != "HEAD" { try peer.expect(Array("fine\n".utf8)) }
                }
                try peer.send(RawPeer.openingRequest)
                try peer.expect(RawPeer.openingAnswer)
                try peer.send(.text("open"))
                try peer.expect(.text("open"))
            }
        }
    }

    @Test func `requests in one piece are answered up to the first, which says so`() async throws {
        let respond: WebSocketServer.Respond = { _ in HTTPResponse(.ok, body: "fine\n") }
        try await withServer(respond: respond, decide: { _ in .accept(Recorder.echo()) }) { server in
            let port = server.address.port
            let answers = try await script {
                let peer = try RawPeer(port: port)
                try peer.send(Array(Self.plain("GET / HTTP/1.1").utf8) + Self.hidden)
                return String(decoding: try peer.readToTheEnd(), as: UTF8.self)
            }
            #expect(answers.components(separatedBy: "\r\nDate: ").count == 2)
            #expect(answers.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func `a connection on which no request follows is ended without a word, one on which half does is not`()
        async throws
    {
        let respond: WebSocketServer.Respond = { _ in HTTPResponse(.noContent) }
        let configuration = WebSocketConfiguration.testing { $0.handshakeTimeout = .milliseconds(50) }
        try await withServer(configuration, respond: respond, decide: { _ in .accept(Recorder.echo()) }) { server in
            let port = server.address.port
            try await script {
                let silent = try RawPeer(port: port)
                try silent.send(Self.plain("GET / HTTP/1.1"))
                _ = try silent.readHead()
                try silent.expectEnd()
                let slow = try RawPeer(port: port)
                try slow.send(Self.plain("GET / HTTP/1.1"))
                _ = try slow.readHead()
                try slow.send("GET / HT")
                let head = try slow.readHead()
                guard head.hasPrefix("HTTP/1.1 408 ") else { throw PeerError(head) }
            }
        }
    }

    @Test func `a peer that ends its side after a request gets all of a large answer`() async throws {
        let body = String(repeating: "b", count: 8 << 20)
        try await withServer(respond: { _ in HTTPResponse(.ok, body: body) }, decide: { _ in .refuse(.forbidden) }) {
            server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port, receiveBuffer: 4096)
                try peer.send(Self.plain("GET / HTTP/1.1"))
                peer.finishSending()
                _ = try peer.readHead()
                let rest = try peer.readToTheEnd()
                guard rest.count == body.utf8.count else { throw PeerError("\(rest.count) octets of the body came") }
            }
        }
    }

    @Test func `a peer that does not read its answer gets one more, and no third`() async throws {
        let body = String(repeating: "b", count: 8 << 20)
        let asked = Paths()
        let respond: WebSocketServer.Respond = { request in
            asked.add(request.path)
            return HTTPResponse(.ok, body: body)
        }
        try await withServer(respond: respond, decide: { _ in .refuse(.forbidden) }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port, receiveBuffer: 4096)
                try peer.send(Self.plain("GET /1 HTTP/1.1"))
                try peer.wait { asked.all.count == 1 }
                try peer.send(Self.plain("GET /2 HTTP/1.1"))
                try peer.wait { asked.all.count == 2 }
                try peer.send(Self.plain("GET /3 HTTP/1.1"))
                peer.finishSending()
                let answers = String(decoding: try peer.readToTheEnd(), as: UTF8.self)
                guard answers.components(separatedBy: "\r\nConnection: close\r\n").count == 2 else {
                    throw PeerError("no answer says that it is the last")
                }
                guard answers.utf8.count > 2 * body.utf8.count else { throw PeerError("an answer is cut") }
            }
            #expect(asked.all == ["/1", "/2"])
        }
    }
}
