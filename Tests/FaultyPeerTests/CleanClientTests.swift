import FixtureServer
import Logging
import Synchronization
import TestSupport
import Testing
import WebSocketTransport

@testable import faulty_peer

/// The clean client before our own server.
struct CleanClientTests {
    /// Sends a few messages, waits for each echo, then closes.
    private final class Talker: SessionHandler {
        struct State {
            var left: [([UInt8], faulty_peer.MessageKind)]
            var heard: [[UInt8]] = []
            var closure: Closure?
        }

        let state: Mutex<State>

        init(_ messages: [([UInt8], faulty_peer.MessageKind)]) { state = Mutex(State(left: messages)) }

        func opened(_ session: Session) { sendNext(session) }

        func received(_ message: [UInt8], _ kind: faulty_peer.MessageKind, on session: Session) {
            state.withLock { $0.heard.append(message) }
            sendNext(session)
        }

        private func sendNext(_ session: Session) {
            let next = state.withLock { $0.left.isEmpty ? nil : $0.left.removeFirst() }
            if let (octets, kind) = next {
                session.send(octets, kind)
            } else {
                try? session.close(3000, Array("done".utf8))
            }
        }

        func closed(_ session: Session, _ closure: Closure) { state.withLock { $0.closure = closure } }
    }

    private func withServer<Value: Sendable>(_ body: @escaping @Sendable (String) throws -> Value) async throws -> Value
    {
        let server = try FixtureServer.start(
            FixtureServer.Options(listen: "127.0.0.1:0"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let url = "ws://\(server.address)"
        let result = try await bounded("the client is done") { try await onThread { try body(url) } }
        await server.shutdown(within: .seconds(5))
        return result
    }

    /// The client blocks, which the threads of tasks must not.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            startThread { continuation.resume(with: Result { try body() }) }
        }
    }

    @Test(arguments: [nil, 15, 9])
    func `messages come back as they were`(windowBits: Int?) async throws {
        let messages: [[UInt8]] = [
            Array("Hello".utf8), [], Array("Grüße 🌍".utf8), Array(repeating: 5, count: 126),
            (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7 / 3) }, Array("Hello".utf8),
        ]
        let state = try await withServer { url in
            var options = DialOptions()
            if let windowBits {
                var offer = DeflateParameters()
                offer.clientMaxWindowBits = windowBits
                options.deflate = offer
            }
            let talker = Talker(messages.map { ($0, .binary) })
            let dialled = try Dialer(fault: nil).dial("\(url)/echo-deflate", options, handler: talker)
            #expect((dialled.agreement.deflate != nil) == (windowBits != nil))
            dialled.session.run()
            return talker.state.withLock { ($0.heard, $0.closure) }
        }
        #expect(state.0 == messages)
        #expect(state.1 == Closure(code: 3000, reason: "", isClean: true))
    }

    @Test func `a subprotocol is agreed on`() async throws {
        let chosen = try await withServer { url in
            var options = DialOptions()
            options.subprotocols = ["x", "superchat"]
            let dialled = try Dialer(fault: nil).dial("\(url)/subproto", options, handler: Talker([]))
            dialled.session.run()
            return dialled.agreement.subprotocol
        }
        #expect(chosen == "superchat")
    }

    @Test(arguments: [("/nowhere", 404), ("/auth", 401), ("/redirect", 302)])
    func `an answer that is not 101 is an error with its status`(path: String, expected: Int) async throws {
        let status = try await withServer { url -> Int? in
            do throws(DialError) {
                _ = try Dialer(fault: nil).dial(url + path, DialOptions(), handler: Talker([]))
            } catch {
                if case .status(let code) = error { return code }
            }
            return nil
        }
        #expect(status == expected)
    }

    @Test(arguments: [
        "http://h/", "ws:/h", "ws://", "ws://h:0/", "ws://h:65536/", "ws://a b/", "ws://h/a b", "ws://u@h/",
        "ws://h/#f",
        "ws://h/\r\nX: y", "ws://[::1/", "ws://bücher.example/",
    ])
    func `what is no URL of a WebSocket is refused`(url: String) {
        #expect(throws: DialError.self) { try Address(url, fault: nil) }
    }

    @Test(arguments: [
        ("ws://h", "/", "h"), ("WS://h:80?q", "/?q", "h"), ("wss://h:80/a", "/a", "h:80"),
        ("ws://[::1]:9/ü", "/%C3%BC", "[::1]:9"),
    ])
    func `a URL gives the target and the host`(url: String, target: String, host: String) throws {
        let address = try Address(url, fault: nil)
        #expect(address.target == target && address.host(fault: nil) == host)
    }
}
