public import Logging
public import Reactor
import Synchronization
public import WebSocketProtocol

/// A WebSocket server on any number of event loops.
///
/// ```swift
/// let server = try WebSocketServer.start(on: "127.0.0.1:9001") { request in
///     .serve { socket in
///         for try await message in socket.messages { try await socket.send(message) }
///     }
/// }
/// await server.waitUntilStopped()
/// ```
public final class WebSocketServer: Sendable {
    /// Decides on each request to open a WebSocket. Runs on a loop: return soon.
    public typealias Decide = @Sendable (UpgradeRequest) -> UpgradeDecision
    /// Answers ordinary HTTP requests, the bodies of which are not read; nil answers 404, or 501 to a method that HTTP
    /// does not define. Another request may follow on the connection if the status is below 400 and the request has no
    /// body.
    public typealias Respond = @Sendable (HTTPRequest) -> HTTPResponse?

    /// Where it listens; with port 0, the port that the kernel chose.
    public let address: SocketAddress
    private let core: ServerCore
    private let group: EventLoopGroup
    private let ownsGroup: Bool
    private let listener: ListenerBox
    private let isEnded = Mutex(false)

    /// `@unchecked Sendable`: the listener is touched on its loop only.
    private struct ListenerBox: @unchecked Sendable {
        let listener: Listener
        let loop: EventLoop
    }

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - address: `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
    ///   - loops: how many loops (threads) serve connections; ignored when `group` is given.
    ///   - group: loops shared with others; they are not stopped with the server.
    ///   - tls: speaks TLS with these certificates; nil speaks plain TCP.
    ///   - respond: answers what is no request for a WebSocket.
    ///   - decide: what to do with each request for a WebSocket.
    /// - Throws: ``AddressError`` for an address that makes no sense, ``SocketError`` when it cannot be listened on.
    public static func start(
        on address: String, loops: Int = 1, group: EventLoopGroup? = nil,
        configuration: WebSocketConfiguration = WebSocketConfiguration(), tls: TLSServerContext? = nil,
        logger: Logger = Logger(label: "websocket.server"),
        respond: @escaping Respond = { _ in nil },
        decide: @escaping Decide
    ) throws -> WebSocketServer {
        let listenAddress = try ListenAddress(address)
        let usedGroup = try group ?? EventLoopGroup(count: loops)
        let core = ServerCore(
            loops: usedGroup.loops, configuration: configuration, tls: tls, logger: logger, respond: respond,
            decide: decide)
        do {
            let listener = try Listener(
                address: listenAddress.socketAddress,
                accepted: { core.accepted($0) },
                exhausted: { error in
                    logger.error("connections must wait", metadata: ["error": "\(error)"])
                })
            let box = ListenerBox(listener: listener, loop: usedGroup.loops[0])
            box.loop.execute {
                do {
                    try box.listener.start(on: box.loop)
                } catch {
                    logger.critical("cannot listen", metadata: ["error": "\(error)"])
                }
            }
            return WebSocketServer(core: core, listener: box, group: usedGroup, ownsGroup: group == nil)
        } catch {
            if group == nil { usedGroup.stop() }
            throw error
        }
    }

    private init(core: ServerCore, listener: ListenerBox, group: EventLoopGroup, ownsGroup: Bool) {
        address = listener.listener.address
        self.core = core
        self.listener = listener
        self.group = group
        self.ownsGroup = ownsGroup
    }

    /// Sockets that the server holds now, in whatever state.
    public var connectionCount: Int { core.connectionCount }

    /// Connections answered 503 since the start because the server was full; with TLS closed without an answer.
    public var rejectedCount: UInt64 { core.rejectedCount }

    /// Stops accepting, closes every connection, waits for their answers, and cuts off what is left after `deadline`.
    ///
    /// - Parameter code: 1001 (going away) or 1012 (service restart).
    public func shutdown(within deadline: Duration = .seconds(10), code: CloseCode = .goingAway) async {
        await stopListening()
        core.beginStopping(code: code, reason: "the server is shutting down")
        let core = self.core
        let cutOff = Task {
            try await Task.sleep(for: deadline)
            core.abortAll()
        }
        await core.waitUntilDrained()
        cutOff.cancel()
        let isFirst = isEnded.withLock { isEnded in
            defer { isEnded = true }
            return !isEnded
        }
        if ownsGroup && isFirst { group.stop() }
    }

    /// Returns when the address is free. What was accepted by then has been given to its loop, so that
    /// ``ServerCore/beginStopping(code:reason:)`` comes behind it and reaches it.
    private func stopListening() async {
        let listener = self.listener
        await withCheckedContinuation { stopped in
            let isAsked = listener.loop.execute {
                listener.listener.stop()
                stopped.resume()
            }
            // A loop that has ended stopped it.
            if !isAsked { stopped.resume() }
        }
    }

    /// Returns when the server was shut down and its last connection is gone.
    public func waitUntilStopped() async { await core.waitUntilDrained() }
}
