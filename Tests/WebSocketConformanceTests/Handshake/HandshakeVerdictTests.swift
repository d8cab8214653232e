import BenchResults
import Reactor
import Testing

@testable import WebSocketConformance

/// Cases of the opening handshake against servers that answer as a table says.
@Suite(.serialized) struct HandshakeVerdictTests {
    /// An answer, and what a case has to think of it.
    struct Answer: Sendable, CustomTestStringConvertible {
        let id: String
        let name: String
        let grade: BehaviorGrade
        let serve: @Sendable (ScriptedConnection) -> Void

        var testDescription: String { "\(id): \(name) is \(grade.rawValue)" }

        /// The same octets to every request; then the end.
        init(_ id: String, _ name: String, _ grade: BehaviorGrade, text: String) {
            self.init(id, name, grade) { connection in
                guard connection.readHead() != nil else { return }
                connection.send(text)
            }
        }

        init(
            _ id: String, _ name: String, _ grade: BehaviorGrade,
            serve: @escaping @Sendable (ScriptedConnection) -> Void
        ) {
            self.id = id
            self.name = name
            self.grade = grade
            self.serve = serve
        }

        /// A 101 with further fields, and an echo.
        static func opening(_ id: String, _ name: String, _ grade: BehaviorGrade, _ fields: String = "") -> Answer {
            Answer(id, name, grade) { connection in
                guard let head = connection.readHead() else { return }
                connection.send(ScriptedConnection.switching(head, fields))
                connection.echo()
            }
        }
    }

    private static let refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n"

    private static let openings: [Answer] = [
        .opening("H-001#sample-key", "a right 101 and an echo", .pass),
        Answer("H-001#sample-key", "the Accept of another key", .fail) { connection in
            guard let head = connection.readHead() else { return }
            let answer = ScriptedConnection.switching(head)
            connection.send(answer.replacing("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", with: "HSmrc0sMlYUkAGmm5OPpG2HaGWk="))
            connection.echo()
        },
        Answer("H-001#sample-key", "an echo of something else", .fail) { connection in
            guard let head = connection.readHead() else { return }
            connection.send(Array(ScriptedConnection.switching(head).utf8) + [0x81, 1, 0x41])
            connection.waitForEnd()
        },
        Answer("H-003#head", "lines that end with LF alone", .fail) { connection in
            guard let head = connection.readHead() else { return }
            connection.send(ScriptedConnection.switching(head).replacing("\r\n", with: "\n"))
        },
        .opening("H-004#plain", "two fields Upgrade", .fail, "Upgrade: websocket\r\n"),
        .opening("H-005", "Content-Length in the 101", .fail, "Content-Length: 0\r\n"),
        .opening("H-006", "Sec-WebSocket-Version in the 101", .nonStrict, "Sec-WebSocket-Version: 13\r\n"),
        .opening("H-020", "a 101 where a refusal is due", .fail),
        .opening("H-022#port-99999", "a 101", .nonStrict),
        .opening("H-031", "a 101", .information),
        .opening("H-033#8", "a draft that is served as well", .nonStrict),
        .opening("H-033#25", "a version that there is not", .fail),
        .opening("H-034#version", "no refusal", .skipped),
        .opening("H-037", "no refusal", .skipped),
        .opening("H-059#bad-key", "no refusal", .skipped),
        .opening("H-060#later", "no refusal", .skipped),
        .opening("H-081#after-refusal", "no refusal", .skipped),
        .opening("H-085#body-no-key", "no refusal", .skipped),
        .opening("X-005#behind", "an offer that is declined", .skipped),
        .opening("H-039#one", "no subprotocol", .pass),
        .opening("H-039#one", "the unknown subprotocol", .fail, "Sec-WebSocket-Protocol: conformance-unknown\r\n"),
        .opening("H-040#first", "the right one", .pass, "Sec-WebSocket-Protocol: chat\r\n"),
        .opening("H-040#first", "in another case", .fail, "Sec-WebSocket-Protocol: Chat\r\n"),
        .opening("H-040#first", "none", .fail),
        .opening("H-046#empty", "an empty subprotocol", .fail, "Sec-WebSocket-Protocol: \r\n"),
        .opening("H-054#path", "a 101, several paths declared", .nonStrict),
        .opening("H-058", "a 101 where a redirect is due", .fail),
    ]

    private static let refusals: [Answer] = [
        Answer("H-020", "a whole 400", .pass, text: refused),
        Answer(
            "H-020", "a 400 in chunks", .pass,
            text: "HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"),
        Answer("H-020", "a 400 until the end", .pass, text: "HTTP/1.1 400 No\r\n\r\nno"),
        Answer("H-020", "another error", .nonStrict, text: refused.replacing("400", with: "404")),
        Answer("H-020", "a success", .fail, text: refused.replacing("400", with: "200")),
        Answer("H-020", "a 400 that is cut off", .fail, text: String(refused.dropLast(2))),
        Answer("H-020", "octets that are no HTTP", .fail, text: "no, no"),
        Answer("H-020", "nothing but the end", .fail, text: ""),
        Answer("H-020", "silence", .timeout) { $0.waitForEnd() },
        Answer("H-068#space", "a whole 400", .pass, text: refused),
        Answer("H-068#space", "nothing but the end", .nonStrict, text: ""),
        Answer("H-070#no-colon", "silence", .nonStrict) { $0.waitForEnd() },
        Answer(
            "H-033#8", "426 with everything", .pass,
            text:
                "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n"
        ),
        Answer(
            "H-033#8", "400 with the version in a list", .nonStrict,
            text: "HTTP/1.1 400 No\r\nSec-WebSocket-Version: 8, 13\r\nContent-Length: 0\r\n\r\n"),
        Answer("H-033#8", "400 without the version", .fail, text: refused),
        Answer(
            "H-034#version", "426 without Upgrade", .fail,
            text: "HTTP/1.1 426 No\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n"),
        Answer("H-034#version", "no 426", .pass, text: refused),
        Answer("H-057#none", "401 without a challenge", .fail, text: refused.replacing("400", with: "401")),
        Answer(
            "H-057#none", "401 with a challenge", .pass,
            text: "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"),
        Answer(
            "H-058", "a redirect", .pass,
            text: "HTTP/1.1 302 Found\r\nLocation: /echo\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        Answer(
            "H-085#body-no-key", "a stack trace in the body", .nonStrict,
            text: "HTTP/1.1 400 No\r\n\r\nTraceback (most recent call last)"),
        Answer("S-003#host", "a body that repeats it", .pass, text: "HTTP/1.1 400 No\r\n\r\nno c0nf0rm"),
        Answer(
            "S-003#host", "a head that repeats it", .fail,
            text: "HTTP/1.1 400 No\r\nX-Host: c0nf0rm\r\nContent-Length: 0\r\n\r\n"),
    ]

    private static let sequences: [Answer] = [
        Answer("H-060#same-segment", "a pong before the refusal", .fail) { connection in
            guard connection.readHead() != nil else { return }
            connection.send([0x8a, 9] + Array("tunnelled".utf8) + Array(refused.utf8))
        },
        Answer("H-060#later", "a pong behind the refusal", .fail) { connection in
            guard connection.readHead() != nil else { return }
            connection.send(refused.replacing("close", with: "keep-alive"))
            guard connection.read(15) != nil else { return }
            connection.send([0x8a, 9] + Array("tunnelled".utf8))
        },
        Answer("H-060#later", "another refusal behind the refusal", .pass) { connection in
            for _ in 1...2 {
                guard connection.readHead() != nil else { return }
                connection.send(refused.replacing("close", with: "keep-alive"))
            }
        },
        Answer("H-063#ping", "everything in order", .pass) { connection in
            guard let head = connection.readHead() else { return }
            connection.send(ScriptedConnection.switching(head))
            connection.echo()
        },
        Answer("H-063#ping", "the pong before the 101", .fail) { connection in
            guard let head = connection.readHead(), connection.read(11) != nil else { return }
            connection.send([0x8a, 5] + Array("first".utf8) + Array(ScriptedConnection.switching(head).utf8))
            connection.echo()
        },
        Answer("H-063#ping", "the ping lost", .fail) { connection in
            guard let head = connection.readHead(), connection.read(11) != nil else { return }
            connection.send(ScriptedConnection.switching(head))
            connection.echo()
        },
        Answer("H-071#frame", "the body taken for a frame", .fail) { connection in
            guard let head = connection.readHead() else { return }
            connection.send(ScriptedConnection.switching(head))
            connection.echo()
        },
        Answer("H-071#frame", "the body read", .pass) { connection in
            guard let head = connection.readHead(), let length = head.value("Content-Length").flatMap({ Int($0) }),
                connection.read(length) != nil
            else { return }
            connection.send(ScriptedConnection.switching(head))
            connection.echo()
        },
        Answer("H-071#request", "the body taken for a request", .fail) { connection in
            while connection.readHead() != nil { connection.send(refused.replacing("close", with: "keep-alive")) }
        },
        Answer("H-074", "101 without 100", .fail) { connection in
            guard let head = connection.readHead() else { return }
            connection.send(ScriptedConnection.switching(head))
            connection.waitForEnd()
        },
        Answer("H-074", "100, the body, 101", .pass) { connection in
            guard let head = connection.readHead() else { return }
            connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            guard connection.read(5) != nil else { return }
            connection.send(ScriptedConnection.switching(head))
            connection.echo()
        },
        Answer("H-074", "100, then 101 and the body taken for a frame", .pass) { connection in
            guard let head = connection.readHead() else { return }
            connection.send("HTTP/1.1 100 Continue\r\n\r\n" + ScriptedConnection.switching(head))
            connection.echo()
        },
        Answer("H-081#after-refusal", "the end of the connection", .pass, text: ""),
        Answer("X-005#behind", "an offer in the second line declined", .nonStrict) { connection in
            guard let head = connection.readHead() else { return }
            let isAlone = head.values("Sec-WebSocket-Extensions").count == 1
            connection.send(
                ScriptedConnection.switching(
                    head, isAlone ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""))
            connection.echo()
        },
        Answer("X-012#commas-64-kib", "a bounded answer, and a reset behind it", .pass) { connection in
            guard let head = connection.readHead() else { return }
            guard head.octets.count > 4096 else {
                connection.send(ScriptedConnection.switching(head))
                connection.echo()
                return
            }
            connection.send("HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n")
            connection.reset()
        },
        Answer("H-081#after-get", "an end that was not announced", .nonStrict) { connection in
            guard connection.readHead() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        },
        Answer("H-081#after-get", "an end that was announced", .pass, text: refused.replacing("400", with: "200")),
    ]

    @Test(arguments: openings + refusals + sequences)
    func `an answer gets the grade it deserves`(_ answer: Answer) async throws {
        let result = try await Self.run(answer, octetByOctet: false)
        #expect(result.behavior == answer.grade, "\(result.explanation); observed: \(result.observed)")
    }

    /// How many octets a segment holds must not matter to the reading of answers.
    @Test(arguments: ["H-001#sample-key", "H-033#8", "H-060#later"])
    func `an answer in segments of one octet is the same answer`(_ id: String) async throws {
        for answer in Self.openings + Self.refusals + Self.sequences where answer.id == id {
            let result = try await Self.run(answer, octetByOctet: true)
            #expect(result.behavior == answer.grade, "\(answer.name): \(result.explanation)")
        }
    }

    private static func run(_ answer: Answer, octetByOctet: Bool) async throws -> CaseResult {
        let one = try #require(Suite.cases.first { $0.id == answer.id })
        let server = try ScriptedServer { connection in
            connection.sendsSingleOctets = octetByOctet
            answer.serve(connection)
        }
        defer { server.stop() }
        var capabilities = Capabilities()
        for fixture in [Capability.subprotocol, .auth, .redirect] {
            capabilities.paths[fixture] = "/\(fixture.rawValue)"
        }
        var settings = SuiteRunner.Settings()
        // Nothing that is waited for here ever comes late.
        if answer.grade == .timeout || answer.name == "silence" { settings.timeouts = Timeouts(multiplier: 0.1) }
        let subject = ServerSubject(host: "127.0.0.1", port: server.port, target: "/echo", tls: nil)
        let loop = try EventLoop.start()
        defer { loop.stop() }
        let runner = SuiteRunner(loop: loop, capabilities: capabilities, settings: settings, keeper: nil) {
            .server(subject)
        }
        return try #require(await runner.run([one]).results.first)
    }
}
