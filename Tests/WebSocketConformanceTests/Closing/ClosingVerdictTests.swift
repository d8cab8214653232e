import BenchResults
import Reactor
import Testing

@testable import WebSocketConformance

/// Cases about closing and UTF-8 against servers that do what a table says once the connection is open.
@Suite(.serialized) struct ClosingVerdictTests {
    struct Peer: Sendable, CustomTestStringConvertible {
        let id: String
        let name: String
        let verdict: CaseVerdict
        let serve: @Sendable (ScriptedConnection) -> Void

        var testDescription: String { "\(id): \(name) is \(verdict.rawValue)" }

        init(
            _ id: String, _ name: String, _ verdict: CaseVerdict,
            serve: @escaping @Sendable (ScriptedConnection) -> Void
        ) {
            self.id = id
            self.name = name
            self.verdict = verdict
            self.serve = serve
        }

        /// Reads so many frames, sends `octets`, and ends.
        init(_ id: String, _ name: String, _ verdict: CaseVerdict, frames: Int, _ octets: [UInt8]) {
            self.init(id, name, verdict) { connection in
                for _ in 0..<frames { connection.skipFrame() }
                connection.send(octets)
            }
        }
    }

    static func close(_ code: UInt16) -> [UInt8] { [0x88, 2, UInt8(code >> 8), UInt8(code & 0xff)] }

    private static let replies: [Peer] = [
        Peer("C-001#at-once", "the same code", .pass, frames: 1, close(1000)),
        Peer("C-001#at-once", "no code", .nonStrict, frames: 1, [0x88, 0]),
        Peer("C-001#at-once", "another code", .wrongCode, frames: 1, close(1001)),
        Peer("C-001#at-once", "no Close", .unclean, frames: 1, []),
        Peer("C-001#at-once", "two Closes", .fail, frames: 1, close(1000) + close(1000)),
        Peer("C-001#at-once", "TCP left open", .unclean) { connection in
            connection.skipFrame()
            connection.send(close(1000))
            connection.waitForEnd()
        },
        Peer("C-003", "half a code taken for none", .nonStrict, frames: 1, [0x88, 0]),
        Peer("C-010#999", "a code that is never sent, repeated", .fail, frames: 1, close(999)),
        Peer("C-013#1016", "a code that nobody has assigned, repeated", .nonStrict, frames: 1, close(1016)),
        Peer("C-013#1016", "a code that nobody has assigned, made up", .fail, frames: 1, close(1017)),
        Peer("C-020#fragment", "a Close inside a message refused", .nonStrict, frames: 2, close(1002)),
        Peer("C-024#empty-close", "a code that stands for none", .fail, frames: 1, close(1005)),
        Peer("C-024#invalid-code", "another valid code", .pass, frames: 1, close(1000)),
        Peer("C-028#1-mib", "an end with octets unread", .nonStrict, frames: 1, close(1000)),
    ]

    private static let begun: [Peer] = [
        Peer("C-023#own-close", "a pong behind its own Close", .pass) { connection in
            connection.send(close(1000))
            for _ in 0..<2 { connection.skipFrame() }
            connection.send([0x8a, 3] + Array("two".utf8))
            for _ in 0..<3 { connection.skipFrame() }
        },
        Peer("C-023#own-close", "an echo behind its own Close", .fail) { connection in
            connection.send(close(1000))
            connection.skipFrame()
            connection.send([0x81, 3] + Array("one".utf8))
            for _ in 0..<4 { connection.skipFrame() }
        },
        Peer("C-046#1005", "another code", .pass) { connection in
            connection.send(close(1011))
            connection.skipFrame()
        },
        Peer("C-046#1005", "the code", .fail) { connection in
            connection.send(close(1005))
            connection.skipFrame()
        },
        Peer("C-047#no-code", "an empty Close", .pass) { connection in
            connection.send([0x88, 0])
            connection.skipFrame()
        },
        Peer("C-047#no-code", "1000", .nonStrict) { connection in
            connection.send(close(1000))
            connection.skipFrame()
        },
    ]

    private static let failures: [Peer] = [
        Peer("C-044#opcode-ping", "no pong", .pass, frames: 2, close(1002)),
        Peer("C-044#opcode-ping", "a pong", .fail, frames: 2, [0x8a, 4] + Array("late".utf8) + close(1002)),
        Peer("C-044#utf8-ping", "a pong", .nonStrict, frames: 2, [0x8a, 4] + Array("late".utf8) + close(1007)),
        Peer("F-012#text-rsv4", "1002, and TCP left open", .unclean) { connection in
            connection.skipFrame()
            connection.send(close(1002))
            connection.waitForEnd()
        },
        Peer("F-012#text-rsv4", "another code, and TCP left open", .wrongCode) { connection in
            connection.skipFrame()
            connection.send(close(1001))
            connection.waitForEnd()
        },
        Peer("U-006#1-of-2-octets", "1007", .pass, frames: 1, close(1007)),
        Peer("U-006#1-of-2-octets", "1002", .wrongCode, frames: 1, close(1002)),
        Peer("U-006#1-of-2-octets", "no Close", .nonStrict, frames: 1, []),
        Peer("U-006#1-of-2-octets", "nothing", .timeout) { $0.waitForEnd() },
        Peer("U-018#first-fragment", "failed at once", .pass, frames: 1, close(1007)),
        Peer("U-018#first-fragment", "failed at the end of the message", .nonStrict) { connection in
            for _ in 0..<2 { connection.skipFrame() }
            connection.send([0x8a, 12] + Array("still there?".utf8))
            connection.skipFrame()
            connection.send(close(1007))
        },
        Peer("U-023#after-text", "the first message, then 1007", .pass) { connection in
            connection.skipFrame()
            connection.send([0x81, 2, 0xc3, 0xa9])
            connection.skipFrame()
            connection.send(close(1007))
        },
        Peer("U-023#after-text", "1007 at the first message", .fail, frames: 1, close(1007)),
    ]

    @Test(arguments: replies + begun + failures + blames)
    func `a peer gets the verdict it deserves`(_ peer: Peer) async throws {
        let result = try await Self.result(of: peer)
        #expect(result.verdict == peer.verdict, "\(result.explanation); observed: \(result.observed)")
    }

    @Test(arguments: [
        (
            "F-038#whole", [0x81, 5] + Array("Hello".utf8),
            "number 1 that came is text, 5 octets \"Hello\", expected pong"
        ),
        ("P-006#whole", [0x8a, 9] + Array("payload 0".utf8), "1 of 10 expected pongs came, Close 1000"),
        // Who answers pings without the application may be first, so nothing is said about that.
        ("S-005#pong", [0x8a, 0], "0 of 1 expected messages came, Close 1000"),
        ("S-005#pong", [0x8a, 0] + secret, "1 of 5 expected pongs came, Close 1000"),
        ("S-005#pong", secret, "1 of 6 expected messages or pongs came, Close 1000"),
    ])
    func `what is missing is named`(id: String, octets: [UInt8], explanation: String) async throws {
        let result = try await Self.result(
            of: Peer(id, "something is missing", .fail) { connection in
                connection.send(octets)
                connection.answerClose()
            })
        #expect(result.verdict == .fail)
        #expect(result.explanation.hasPrefix(explanation), "\(result.explanation)")
    }

    /// The message of S-005 as a server repeats it.
    private static let secret: [UInt8] =
        [0x82, 126, 0x12, 0xc0] + Array(String(repeating: "s3cret-c0nf0rmance-mark ", count: 200).utf8)

    private static func result(of peer: Peer) async throws -> CaseResult {
        let one = try #require(Suite.cases.first { $0.id == peer.id })
        let server = try ScriptedServer { connection in
            guard let head = connection.readHead() else { return }
            connection.send(ScriptedConnection.switching(head))
            peer.serve(connection)
        }
        defer { server.stop() }
        var capabilities = Capabilities()
        capabilities.paths[.close] = "/close"
        var settings = SuiteRunner.Settings()
        // What is waited for in vain.
        if [.timeout, .skipped].contains(peer.verdict) || peer.name.hasSuffix("TCP left open") {
            settings.timeouts = Timeouts(multiplier: 0.1)
        }
        let subject = ServerSubject(host: "127.0.0.1", port: server.port, target: "/echo", tls: nil)
        let loop = try EventLoop.start()
        defer { loop.stop() }
        let runner = SuiteRunner(loop: loop, capabilities: capabilities, settings: settings, keeper: nil) {
            .server(subject)
        }
        return try #require(await runner.run([one]).results.first)
    }
}

extension ScriptedConnection {
    /// Reads one masked frame of up to 65535 octets; nil when there is none.
    @discardableResult func skipFrame() -> UInt8? {
        guard let start = read(2) else { return nil }
        var count = Int(start[1] & 0x7f)
        if count == 126 {
            guard let length = read(2) else { return nil }
            count = Int(length[0]) << 8 | Int(length[1])
        }
        return read(4 + count) == nil ? nil : start[0] & 0x0f
    }

    /// Reads until a Close, which it answers.
    func answerClose() {
        while let opcode = skipFrame() { if opcode == 8 { return send(ClosingVerdictTests.close(1000)) } }
    }
}
