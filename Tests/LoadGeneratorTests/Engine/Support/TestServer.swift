import Glibc
import Reactor
import Synchronization
import WebSocketTransport

/// A WebSocket server inside the test, on a port of its own, whose handlers are what the test is about.
struct TestServer {
    let server: WebSocketServer

    var port: UInt16 { server.address.port }

    /// Runs `body` while a server answers with `decide`.
    static func with<Value: Sendable>(
        tls: TLSServerContext? = nil, _ decide: @escaping @Sendable (UpgradeRequest) -> UpgradeDecision,
        _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let server = try WebSocketServer.start(on: "127.0.0.1:0", tls: tls, decide: decide)
        do {
            let value = try await body(TestServer(server: server))
            await server.shutdown(within: .seconds(2))
            return value
        } catch {
            await server.shutdown(within: .seconds(2))
            throw error
        }
    }

    /// Runs `body` while a server gives each connection a handler of its own.
    static func with<Value: Sendable>(
        handler: @escaping @Sendable () -> any WebSocketHandler, _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        try await with({ _ in .accept(handler()) }, body)
    }
}

/// Sends every message back.
final class Echo: WebSocketHandler {
    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        connection.send(message, kind: kind)
    }
}

/// Does `react` with each message; `number` counts the messages of all connections of the server, from 1.
final class Reaction: WebSocketHandler {
    typealias React =
        @Sendable (_ number: Int, _ message: RawSpan, _ kind: MessageKind, _ connection: WebSocketConnection) -> Void

    private let counter: Counting
    private let react: React

    init(_ counter: Counting, _ react: @escaping React) {
        self.counter = counter
        self.react = react
    }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        react(counter.next(), message, kind, connection)
    }
}

/// Counts, from any thread.
final class Counting: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// Keeps what arrives, from any thread.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

/// Keeps the calling loop from doing anything else, as an application does that computes in a handler.
func blockLoop(milliseconds: UInt64) {
    let end = monotonicNanoseconds() + milliseconds * 1_000_000
    while monotonicNanoseconds() < end { usleep(1_000) }
}
