import Reactor
import Synchronization
import WebSocketProtocol

/// Messages between a connection's loop and the task that consumes them; bounded, because a full inbox pauses reading.
final class Inbox: Sendable {
    /// Messages held for a consumer that is busy, before the peer is no longer read from. What one read has brought comes
    /// on top.
    private static let capacity = 16
    /// Reading goes on below this many: not at once, or each message consumed would let in another read.
    private static let resumption = 8

    private struct State {
        var connection: WebSocketConnection?
        var messages = MessageQueue()
        /// Whether the connection was asked to pause.
        var isPaused = false
        var consumer: CheckedContinuation<WebSocketMessage?, any Error>?
        var writers: [CheckedContinuation<Void, any Error>] = []
        var closers: [CheckedContinuation<WebSocketClosure, Never>] = []
        var closure: WebSocketClosure?
    }

    private let state = Mutex(State())

    // MARK: - The consumer's side

    private enum NextAction {
        case wait
        case deliver(WebSocketMessage, resume: WebSocketConnection?)
        case end(WebSocketClosure)
        case cancelled
    }

    func next() async throws -> WebSocketMessage? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { consumer in
                switch takeNext(orWait: consumer) {
                case .wait: break
                case .cancelled: consumer.resume(throwing: CancellationError())
                case .end(let closure): Self.end(consumer, closure)
                case .deliver(let message, let paused):
                    if let paused { paused.loop.execute { [self] in resumeReading(of: paused) } }
                    consumer.resume(returning: message)
                }
            }
        } onCancel: {
            let consumer = state.withLock { state in
                defer { state.consumer = nil }
                return state.consumer
            }
            consumer?.resume(throwing: CancellationError())
        }
    }

    private func takeNext(orWait consumer: CheckedContinuation<WebSocketMessage?, any Error>) -> NextAction {
        state.withLock { state in
            if let message = state.messages.popFirst() {
                guard state.isPaused, state.messages.count < Self.resumption else {
                    return .deliver(message, resume: nil)
                }
                state.isPaused = false
                return .deliver(message, resume: state.connection)
            }
            if let closure = state.closure { return .end(closure) }
            // A second consumer would take the first one's place and leave it waiting for ever.
            if Task.isCancelled || state.consumer != nil { return .cancelled }
            state.consumer = consumer
            return .wait
        }
    }

    private static func end(_ consumer: CheckedContinuation<WebSocketMessage?, any Error>, _ closure: WebSocketClosure)
    {
        if closure.wasClean {
            consumer.resume(returning: nil)
        } else {
            consumer.resume(throwing: WebSocketClosedError(closure: closure))
        }
    }

    // MARK: - On the loop

    func opened(_ connection: WebSocketConnection) {
        state.withLock { $0.connection = connection }
    }

    func received(_ message: WebSocketMessage) {
        switch keep(message) {
        case .deliver(let consumer): consumer.resume(returning: message)
        case .pause(let connection): connection.pauseReading()
        case .nothing: break
        }
    }

    /// Does nothing when the inbox has filled up again before the loop came to it.
    private func resumeReading(of connection: WebSocketConnection) {
        if state.withLock({ !$0.isPaused }) { connection.resumeReading() }
    }

    private enum KeepAction {
        case deliver(CheckedContinuation<WebSocketMessage?, any Error>)
        case pause(WebSocketConnection)
        case nothing
    }

    private func keep(_ message: WebSocketMessage) -> KeepAction {
        state.withLock { state in
            if let consumer = state.consumer {
                state.consumer = nil
                return .deliver(consumer)
            }
            state.messages.append(message)
            guard state.messages.count >= Self.capacity, !state.isPaused, let connection = state.connection else {
                return .nothing
            }
            state.isPaused = true
            return .pause(connection)
        }
    }

    func send(_ sent: CheckedContinuation<Void, any Error>, _ work: (WebSocketConnection) -> Void) {
        let (connection, closure) = state.withLock { ($0.connection, $0.closure) }
        guard let connection, connection.isOpen else {
            let closure = closure ?? WebSocketClosure(code: .noStatusReceived, reason: "", cause: .local)
            return sent.resume(throwing: WebSocketClosedError(closure: closure))
        }
        work(connection)
        if connection.isWritable {
            sent.resume()
        } else {
            state.withLock { $0.writers.append(sent) }
        }
    }

    /// How the connection ended, for those who ask when its loop is gone. The loop may be about to say so itself.
    var closureOfStoppedLoop: WebSocketClosure {
        state.withLock { $0.closure } ?? WebSocketClosure(code: .abnormalClosure, reason: "", cause: .aborted)
    }

    func becameWritable() {
        let writers = state.withLock { state in
            defer { state.writers = [] }
            return state.writers
        }
        for writer in writers { writer.resume() }
    }

    func close(_ code: CloseCode, _ reason: String, _ closed: CheckedContinuation<WebSocketClosure, Never>) {
        let (connection, closure) = state.withLock { state in
            if state.closure == nil { state.closers.append(closed) }
            return (state.connection, state.closure)
        }
        if let closure { return closed.resume(returning: closure) }
        guard let connection else { return }
        // A consumer that no longer consumes must not keep the peer's Close frame from being read.
        connection.resumeReading()
        let sendable = code.isAllowedOnWire ? code : .internalError
        connection.close(sendable, reason: Self.cut(reason))
    }

    /// The longest prefix of whole characters within the 123 octets of a Close frame's reason.
    private static func cut(_ reason: String) -> String {
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return reason
    }

    func closed(_ closure: WebSocketClosure) {
        let (consumer, writers, closers) = state.withLock { state in
            defer {
                state.consumer = nil
                state.writers = []
                state.closers = []
                state.connection = nil
            }
            state.closure = closure
            return (state.consumer, state.writers, state.closers)
        }
        if let consumer { Self.end(consumer, closure) }
        for writer in writers { writer.resume(throwing: WebSocketClosedError(closure: closure)) }
        for closer in closers { closer.resume(returning: closure) }
    }
}

/// Messages in order; taking one costs the same however many wait.
private struct MessageQueue {
    private var messages: [WebSocketMessage] = []
    /// How many at the front are taken.
    private var taken = 0

    var count: Int { messages.count - taken }

    mutating func append(_ message: WebSocketMessage) { messages.append(message) }

    mutating func popFirst() -> WebSocketMessage? {
        guard taken < messages.count else { return nil }
        let message = messages[taken]
        messages[taken] = .binary([])
        taken += 1
        if taken * 2 > messages.count {
            messages.removeFirst(taken)
            taken = 0
        }
        return message
    }
}

/// Puts a connection's messages into the inbox of its ``WebSocket``, and runs a server's asynchronous body for it.
final class InboxFiller: WebSocketHandler {
    private let socket: WebSocket
    private let body: (@Sendable (WebSocket) async throws -> Void)?

    init(_ socket: WebSocket, serving body: (@Sendable (WebSocket) async throws -> Void)? = nil) {
        self.socket = socket
        self.body = body
    }

    func opened(_ connection: WebSocketConnection) {
        socket.inbox.opened(connection)
        guard let body else { return }
        Task(executorPreference: connection.loop) { [socket] in
            do {
                try await body(socket)
                await socket.close()
            } catch {
                // When the peer left first there is nothing to close; but the error may be that of another connection.
                await socket.close(code: .internalError)
            }
        }
    }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        message.withUnsafeBytes { octets in
            switch kind {
            case .text: socket.inbox.received(.text(String(decoding: octets, as: UTF8.self)))
            case .binary: socket.inbox.received(.binary(Array(octets)))
            }
        }
    }

    func becameWritable(_ connection: WebSocketConnection) { socket.inbox.becameWritable() }

    func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure) { socket.inbox.closed(closure) }
}
