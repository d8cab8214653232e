import Foundation
import Reactor
import Synchronization
import Testing
import WebSocketProtocol
import WebSocketTransport

/// What a server answers to requests, good, ordinary and bad.
@Suite(.timeLimit(.minutes(5))) struct ServerAnswerTests {
    private static func exchange(
        _ request: String, with server: WebSocketServer
    ) async throws -> (head: String, rest: String) {
        let port = server.address.port
        return try await script {
            let peer = try RawPeer(port: port)
            try peer.send(request)
            let head = try peer.readHead()
            return (head, String(decoding: try peer.readToTheEnd(), as: UTF8.self))
        }
    }

    private static func upgrade(_ headers: String = "") -> String {
        String(decoding: RawPeer.openingRequest.dropLast(2), as: UTF8.self) + headers + "\r\n"
    }

    @Test func `an ordinary request is answered by the application, or with 404`() async throws {
        let respond: WebSocketServer.Respond = { request in
            guard request.path == "/health" else { return nil }
            return HTTPResponse(.ok, headers: HTTPHeaders([("X-Test", "1")]), body: "fine\n")
        }
        try await withServer(respond: respond, decide: { _ in .refuse(.forbidden) }) { server in
            let healthy = try await Self.exchange(
                "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", with: server)
            #expect(healthy.head.hasPrefix("HTTP/1.1 200 OK\r\nX-Test: 1\r\n"))
            #expect(healthy.head.contains("\r\nConnection: close\r\n"))
            #expect(healthy.rest == "fine\n")
            let missing = try await Self.exchange("GET /other HTTP/1.1\r\nHost: a\r\n\r\n", with: server)
            #expect(missing.head.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        }
    }

    @Test(
        arguments: [
            ("GET /other", "404"), ("POST /other", "404"), ("OPTIONS /other", "404"), ("OPTIONS *", "204"),
            ("BREW /other", "501"), ("get /other", "501"),
        ])
    func `without an answer of the application the status fits the method`(
        _ line: String, _ status: String
    ) async throws {
        try await withServer { server in
            let answer = try await Self.exchange(
                "\(line) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", with: server)
            #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "), "\(answer.head)")
            #expect(answer.head.contains("\r\nAllow: GET, HEAD, OPTIONS\r\n") == (status == "204"))
        }
    }

    @Test func `every answer but a 101 says when it was given`() async throws {
        try await withServer(.testing { $0.handshakeTimeout = .milliseconds(500) }) { server in
            for request in [
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET", "OPTIONS * HTTP/1.0\r\n\r\n",
            ] {
                let before = Date().addingTimeInterval(-1)
                let head = try await Self.exchange(request, with: server).head
                let date = try #require(Self.date(in: head), "\(head)")
                #expect(date >= before && date <= Date(), "\(head)")
            }
        }
    }

    private static func date(in head: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return head.split(separator: "\r\n").first { $0.hasPrefix("Date: ") }
            .flatMap { formatter.date(from: String($0.dropFirst(6))) }
    }

    @Test func `a HEAD is answered without a body`() async throws {
        let respond: WebSocketServer.Respond = { _ in HTTPResponse(.ok, body: "fine\n") }
        try await withServer(respond: respond, decide: { _ in .refuse(.forbidden) }) { server in
            let answer = try await Self.exchange(
                "HEAD /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", with: server)
            #expect(answer.head.contains("\r\nContent-Length: 5\r\n"))
            #expect(answer.rest == "")
        }
    }

    @Test func `a peer that ends its side after its request still gets the answer`() async throws {
        try await withServer { server in
            let port = server.address.port
            let answer = try await script {
                let peer = try RawPeer(port: port)
                try peer.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
                peer.finishSending()
                return String(decoding: try peer.readToTheEnd(), as: UTF8.self)
            }
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func `frames behind a refused request are never looked at`() async throws {
        let recorder = Recorder.echo()
        try await withServer(decide: { _ in .refuse(.forbidden, body: "No.\n") }) { server in
            let frames = String(decoding: WireFrame.text("x").octets(to: .client), as: UTF8.self)
            let answer = try await Self.exchange(Self.upgrade() + frames, with: server)
            #expect(answer.head.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
            #expect(answer.rest == "No.\n")
        }
        #expect(recorder.closureCount == 0)
    }

    @Test func `the application's subprotocol and headers are part of the 101`() async throws {
        try await withServer(decide: { request in
            let subprotocol = request.chooseSubprotocol(from: ["b", "a"])
            return .accept(Recorder.echo(), subprotocol: subprotocol, headers: HTTPHeaders([("X-Test", "1")]))
        }) { server in
            let port = server.address.port
            let head = try await script {
                let peer = try RawPeer(port: port)
                try peer.send(Self.upgrade("Sec-WebSocket-Protocol: a, b\r\n"))
                return try peer.readHead()
            }
            #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(head.contains("\r\nSec-WebSocket-Protocol: b\r\n"))
            #expect(head.contains("\r\nX-Test: 1\r\n"))
        }
    }

    @Test func `headers that cannot be sent are answered with 500, whoever set them`() async throws {
        let bad = HTTPHeaders([("X-Test", "1\r\nX-More: 2")])
        try await withServer(
            respond: { _ in HTTPResponse(.ok, headers: bad) },
            decide: { request in
                request.path == "/accept" ? .accept(Recorder.echo(), headers: bad) : .refuse(.forbidden, headers: bad)
            }
        ) { server in
            let requests = [
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n", Self.upgrade(),
                Self.upgrade().replacing("GET / ", with: "GET /accept "),
            ]
            for request in requests {
                let answer = try await Self.exchange(request, with: server)
                #expect(answer.head.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
                #expect(!answer.head.contains("X-More"))
            }
        }
    }

    @Test func `limits given with the decision replace the server's`() async throws {
        let recorder = Recorder.obedient()
        let strict = WebSocketConfiguration.testing {
            $0.messageLimits.maximumMessageSize = 100
            $0.outboxLimit = 1 << 20
        }
        try await withServer(decide: { _ in .accept(recorder, configuration: strict) }) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer.open(port: port)
                try peer.send(.binary([UInt8](repeating: 0, count: 101)))
                try peer.expectClose(1009)
                try peer.expectEnd()
            }
            _ = try await recorder.closure()
            // Within the server's own limit, and more than the kernel takes for a peer that does not read.
            let idle = try await script {
                let peer = try RawPeer.open(port: port, receiveBuffer: 4096)
                try peer.send(.text("send \(24 << 20)"))
                return Kept(peer)
            }
            let closure = try await recorder.closure()
            #expect(closure.cause == .slowConsumer)
            idle.value.disconnect()
        }
    }

    @Test func `a 101 and first messages leave in order, and messages behind the request are read`() async throws {
        let recorder = Recorder { event, connection in
            switch event {
            case .opened: connection.send("welcome")
            case .message(let message): connection.send(message)
            case .pong, .writable, .closed: break
            }
        }
        try await withServer(handler: recorder) { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port)
                try peer.send(RawPeer.openingRequest + [.text("early"), .ping("p")].octets(to: .server))
                try peer.expect(RawPeer.openingAnswer)
                try peer.expect(.text("welcome"), .text("early"), .pong("p"))
            }
        }
    }

    @Test(arguments: ["", "GET / HTTP/1.1\r\nHost: lo"])
    func `an opening handshake that is not finished in time is answered with 408`(_ start: String) async throws {
        try await withServer(.testing { $0.handshakeTimeout = .milliseconds(50) }) { server in
            let answer = try await Self.exchange(start, with: server)
            #expect(answer.head.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test func `octets that trickle in do not extend the time for the handshake`() async throws {
        try await withServer(.testing { $0.handshakeTimeout = .milliseconds(100) }) { server in
            let port = server.address.port
            let head = try await script {
                let peer = try RawPeer(port: port)
                try peer.send("GET / HTTP/1.1\r\n")
                while !peer.isReadable(within: 10) { try peer.send("X") }
                return try peer.readHead()
            }
            #expect(head.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `a connection that was opened is no longer under the handshake timeout`() async throws {
        // The ping comes long after the handshake's time was over.
        let configuration = WebSocketConfiguration.testing {
            $0.handshakeTimeout = .seconds(2)
            $0.pingInterval = .seconds(3)
            $0.pingTimeout = .seconds(120)
        }
        try await converse(as: .server, configuration) { peer in
            try peer.expect(.ping())
            try peer.send(.text("open"))
            try peer.expect(.text("open"))
        }
    }
}
