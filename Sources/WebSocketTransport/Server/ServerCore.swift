import Glibc
import Logging
import Reactor
import Synchronization
import WebSocketProtocol

/// Takes in connections, counts them, and ends them all when the server stops.
final class ServerCore: Sendable {
    private struct State {
        /// Sockets that are served or being told that they are not.
        var connections = 0
        /// Those of them that count against the maximum.
        var served = 0
        /// Counts connections served so far, to give them to the loops in turn.
        var turn = 0
        /// Connections answered 503 because the server was full.
        var rejected: UInt64 = 0
        var isStopping = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isDrained: Bool { isStopping && connections == 0 }
    }

    /// What the server keeps on one loop.
    ///
    /// `@unchecked Sendable`: `context` is set on the loop before anything else there, and used only there.
    private final class Shard: @unchecked Sendable {
        let loop: EventLoop
        var context: ConnectionContext?

        init(loop: EventLoop) { self.loop = loop }
    }

    private let state = Mutex(State())
    private let shards: [Shard]
    private let configuration: WebSocketConfiguration
    private let tls: TLSServerContext?
    private let logger: Logger
    private let respond: WebSocketServer.Respond
    private let decide: WebSocketServer.Decide

    init(
        loops: [EventLoop], configuration: WebSocketConfiguration, tls: TLSServerContext?, logger: Logger,
        respond: @escaping WebSocketServer.Respond, decide: @escaping WebSocketServer.Decide
    ) {
        self.configuration = configuration
        self.tls = tls
        self.logger = logger
        self.respond = respond
        self.decide = decide
        shards = loops.map { Shard(loop: $0) }
        for shard in shards {
            // Weak, as the loops may outlive a server that could not listen.
            shard.loop.execute { [weak self] in
                shard.context = ConnectionContext(
                    role: .server, loop: shard.loop, configuration: configuration, logger: logger,
                    released: { [weak self] in self?.release(wasServed: true) })
            }
        }
    }

    // MARK: - Connections

    var connectionCount: Int { state.withLock { $0.connections } }
    var rejectedCount: UInt64 { state.withLock { $0.rejected } }

    private enum AdmitAction {
        case serve(shard: Int)
        case rejectFull
        case drop
    }

    /// Takes over an accepted socket and gives it to the loops in turn.
    func accepted(_ descriptor: Int32) {
        let action: AdmitAction = state.withLock { state in
            if state.isStopping { return .drop }
            let isFull = state.served >= configuration.maximumConnections
            if isFull {
                state.rejected += 1
                // An answer over TLS would cost more than what the server is too full for.
                if tls != nil { return .drop }
            }
            // A full server still answers, on sockets that live a moment and take nobody's place.
            state.connections += 1
            if isFull { return .rejectFull }
            state.served += 1
            state.turn = (state.turn + 1) % shards.count
            return .serve(shard: state.turn)
        }
        switch action {
        case .drop: close(descriptor)
        case .rejectFull:
            adopt(descriptor, by: shards[0], isServed: false) { [weak self] context in
                FullServerAnswer(context: context, released: { self?.release(wasServed: false) })
            }
        case .serve(let index):
            adopt(descriptor, by: shards[index], isServed: true) { [decide, respond] context in
                ServerUpgrade(context: context, decide: decide, respond: respond)
            }
        }
    }

    private func adopt(
        _ descriptor: Int32, by shard: Shard, isServed: Bool,
        handler: @escaping @Sendable (ConnectionContext) -> any AcceptedHandler
    ) {
        let adoption: @Sendable () -> Void = { [self] in
            start(descriptor, on: shard, isServed: isServed, handler(context(of: shard)))
        }
        if shard.loop.isCurrent { return adoption() }
        guard !shard.loop.execute(adoption) else { return }
        // The loop has ended, and the server with it.
        close(descriptor)
        release(wasServed: isServed)
    }

    private func context(of shard: Shard) -> ConnectionContext {
        guard let context = shard.context else { preconditionFailure("a connection arrived before its loop was ready") }
        return context
    }

    private func start(_ descriptor: Int32, on shard: Shard, isServed: Bool, _ handler: any AcceptedHandler) {
        let layer: TLSLayer?
        do throws(TLSError) {
            layer = try tls?.makeLayer(on: shard.loop)
        } catch {
            close(descriptor)
            return giveUp(error, isServed: isServed)
        }
        do throws(SocketError) {
            let context = context(of: shard)
            let stream = try Stream(
                descriptor: descriptor, on: shard.loop, limits: context.outboxLimits, tls: layer, handler: handler)
            handler.started(on: stream)
        } catch {
            giveUp(error, isServed: isServed)
        }
    }

    private func giveUp(_ error: any Error, isServed: Bool) {
        logger.error("cannot serve a connection", metadata: ["error": "\(error)"])
        release(wasServed: isServed)
    }

    private func release(wasServed: Bool) {
        let waiters = state.withLock { state in
            state.connections -= 1
            if wasServed { state.served -= 1 }
            return Self.takeWaitersIfDrained(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    private static func takeWaitersIfDrained(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        guard state.isDrained else { return [] }
        defer { state.waiters = [] }
        return state.waiters
    }

    // MARK: - Stopping

    /// Closes every connection with `code`; those still in their handshake are dropped.
    func beginStopping(code: CloseCode, reason: String) {
        let waiters = state.withLock { state in
            state.isStopping = true
            return Self.takeWaitersIfDrained(&state)
        }
        for waiter in waiters { waiter.resume() }
        forEachStream { stream in
            if let connection = stream.currentHandler as? WebSocketConnection {
                connection.close(code, reason: reason)
            } else {
                stream.abort()
            }
        }
    }

    func abortAll() {
        forEachStream { stream in
            if let connection = stream.currentHandler as? WebSocketConnection {
                connection.abort()
            } else {
                stream.abort()
            }
        }
    }

    private func forEachStream(_ body: @escaping @Sendable (Stream) -> Void) {
        for shard in shards {
            shard.loop.execute { [self] in
                let context = context(of: shard)
                shard.loop.forEachStream { stream in
                    let owner = (stream.currentHandler as? any ContextOwned)?.context
                    if owner?.family === context.family { body(stream) }
                }
            }
        }
    }

    /// Returns when the server is stopping and its last connection is gone.
    func waitUntilDrained() async {
        await withCheckedContinuation { continuation in
            let isDrained = state.withLock { state in
                if !state.isDrained { state.waiters.append(continuation) }
                return state.isDrained
            }
            if isDrained { continuation.resume() }
        }
    }
}

/// A stream's handler that belongs to a server or client: tells its connections from those of others on the same loop.
protocol ContextOwned: AnyObject {
    var context: ConnectionContext { get }
}

extension WebSocketConnection: ContextOwned {}

/// What handles a freshly accepted stream.
protocol AcceptedHandler: StreamHandler, ContextOwned {
    func started(on stream: Stream)
}

/// Tells a client that the server is full, before it has said anything.
private final class FullServerAnswer: AcceptedHandler {
    let context: ConnectionContext
    private let released: () -> Void

    init(context: ConnectionContext, released: @escaping () -> Void) {
        self.context = context
        self.released = released
    }

    func started(on stream: Stream) {
        let response = ServerResponse.turnAway(retryAfter: 5, date: context.date)
        response.withUnsafeBytes { stream.write($0) }
        stream.finish(by: context.loop.now &+ 1_000_000_000)
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer, on stream: Stream) {}
    func directWindow(of stream: Stream) -> UnsafeMutableRawBufferPointer? { nil }
    func receivedDirectly(_ count: Int, on stream: Stream) {}
    func inputEnded(on stream: Stream) { stream.abort() }
    func drained(_ stream: Stream) {}
    func timerFired(on stream: Stream, now: UInt64) { stream.abort() }
    func closed(_ stream: Stream, _ end: StreamEnd) { released() }
}
