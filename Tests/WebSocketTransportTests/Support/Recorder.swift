import Synchronization
import WebSocketTransport

/// A handler that tells a test what happens, and does what the test wants.
final class Recorder: WebSocketHandler, Sendable {
    enum Event: Sendable {
        case opened(WebSocketConnection)
        case message(WebSocketMessage)
        case pong([UInt8])
        case writable
        case closed(WebSocketClosure)
    }

    typealias Reaction = @Sendable (Event, WebSocketConnection) -> Void

    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let reaction: Reaction
    private let closures = Mutex<[WebSocketClosure]>([])

    /// - Parameter reaction: runs on the loop, before the test is told.
    init(_ reaction: @escaping Reaction = { _, _ in }) {
        (events, continuation) = AsyncStream.makeStream()
        self.reaction = reaction
    }

    /// Sends every message back.
    static func echo() -> Recorder {
        Recorder { event, connection in
            if case .message(let message) = event { connection.send(message) }
        }
    }

    /// The next event.
    func next() async throws -> Event {
        try await bounded("an event") { [events] in
            for await event in events { return event }
            throw WaitedInVain(what: "an event after the last one")
        }
    }

    /// The connection of the next event, which is its opening.
    func connection() async throws -> WebSocketConnection {
        let event = try await next()
        guard case .opened(let connection) = event else { throw WaitedInVain(what: "an opening, there was \(event)") }
        return connection
    }

    /// The message of the next event.
    func message() async throws -> WebSocketMessage {
        let event = try await next()
        guard case .message(let message) = event else { throw WaitedInVain(what: "a message, there was \(event)") }
        return message
    }

    /// How the connection ended, events before that passed over.
    func closure() async throws -> WebSocketClosure {
        while true {
            if case .closed(let closure) = try await next() { return closure }
        }
    }

    /// How often a connection ended so far.
    var closureCount: Int { closures.withLock { $0.count } }

    func opened(_ connection: WebSocketConnection) { tell(.opened(connection), connection) }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        tell(.message(WebSocketMessage(message, kind)), connection)
    }

    func receivedPong(_ payload: RawSpan, on connection: WebSocketConnection) {
        tell(.pong(payload.withUnsafeBytes { Array($0) }), connection)
    }

    func becameWritable(_ connection: WebSocketConnection) { tell(.writable, connection) }

    func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure) {
        closures.withLock { $0.append(closure) }
        tell(.closed(closure), connection)
    }

    private func tell(_ event: Event, _ connection: WebSocketConnection) {
        reaction(event, connection)
        continuation.yield(event)
    }
}

extension WebSocketMessage {
    init(_ payload: RawSpan, _ kind: MessageKind) {
        self = payload.withUnsafeBytes { octets in
            switch kind {
            case .text: .text(String(decoding: octets, as: UTF8.self))
            case .binary: .binary(Array(octets))
            }
        }
    }
}

extension WebSocketConnection {
    func send(_ message: WebSocketMessage) {
        switch message {
        case .text(let text): send(text)
        case .binary(let octets): send(octets.span.bytes, kind: .binary)
        }
    }

    /// Does something on the connection's loop and waits for it.
    func onLoop<Value: Sendable>(_ work: @escaping @Sendable (WebSocketConnection) -> Value) async -> Value {
        await withCheckedContinuation { done in
            loop.execute { done.resume(returning: work(self)) }
        }
    }
}
