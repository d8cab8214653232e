public import Logging
public import Reactor
public import WebSocketProtocol

/// One message as a value of its own.
public enum WebSocketMessage: Sendable, Equatable {
    case text(String)
    case binary([UInt8])
}

/// The connection is over: what was to be sent or awaited cannot be any more.
public struct WebSocketClosedError: Error, Sendable {
    public let closure: WebSocketClosure
}

/// A WebSocket for asynchronous code, on either side. Use it from any task.
///
/// Convenient rather than fastest: each message is copied. A ``WebSocketHandler`` reads messages where they arrived.
///
/// ```swift
/// let socket = try await WebSocket.connect(to: "ws://127.0.0.1:9001/echo")
/// try await socket.send(.text("hello"))
/// for try await message in socket.messages {
///     print(message)
///     break
/// }
/// await socket.close()
/// ```
public final class WebSocket: Sendable {
    let inbox = Inbox()
    /// The connection's loop.
    public let loop: EventLoop

    init(on loop: EventLoop) { self.loop = loop }

    /// Opens a WebSocket.
    ///
    /// - Parameters:
    ///   - url: `ws://HOST[:PORT]/PATH`, or `wss://` for TLS.
    ///   - loop: the event loop to use; by default one that all clients of the process share.
    /// - Throws: ``URLError`` for an URL that makes no sense, ``HandshakeError`` for options that cannot be sent,
    ///   ``WebSocketConnectError`` when the server cannot be reached or does not agree, and when the task is cancelled
    ///   meanwhile.
    public static func connect(
        to url: String, options: WebSocketClientOptions = WebSocketClientOptions(), loop: EventLoop? = nil,
        configuration: WebSocketConfiguration = WebSocketConfiguration(),
        logger: Logger = Logger(label: "websocket.client")
    ) async throws -> WebSocket {
        let url = try WebSocketURL(url)
        // Here and not on the loop, where the first connection would keep all others waiting while files are read.
        if url.isSecure && options.tls == nil { _ = TLSClientContext.system }
        let loop = try loop ?? SharedLoop.shared.get()
        let socket = WebSocket(on: loop)
        let attempt = Attempt()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (opened: CheckedContinuation<Void, any Error>) in
                let isAsked = loop.execute {
                    let connector = WebSocketConnector(on: loop, configuration: configuration, logger: logger)
                    do throws(HandshakeError) {
                        attempt.dial = try connector.connect(
                            to: url, options: options, handler: InboxFiller(socket)
                        ) { result in
                            opened.resume(with: result.map { _ in }.mapError { $0 })
                        }
                        if attempt.isCancelled { attempt.dial?.cancel() }
                    } catch {
                        opened.resume(throwing: error)
                    }
                }
                if !isAsked { opened.resume(throwing: WebSocketConnectError.loopStopped) }
            }
        } onCancel: {
            loop.execute {
                attempt.isCancelled = true
                attempt.dial?.cancel()
            }
        }
        return socket
    }

    /// One attempt to connect. `@unchecked Sendable`: touched on its loop only.
    private final class Attempt: @unchecked Sendable {
        var dial: WebSocketDial?
        var isCancelled = false
    }

    /// The messages of the peer, in order. Ends when the connection was closed cleanly; throws
    /// ``WebSocketClosedError`` when it ended in another way. For one consumer at a time. While messages are not consumed the peer is not
    /// read from.
    public var messages: Messages { Messages(inbox: inbox) }

    public struct Messages: AsyncSequence, Sendable {
        fileprivate let inbox: Inbox

        public func makeAsyncIterator() -> Iterator { Iterator(inbox: inbox) }

        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let inbox: Inbox

            public mutating func next() async throws -> WebSocketMessage? { try await inbox.next() }
        }
    }

    /// Sends one message; returns when the peer keeps up with what was sent.
    ///
    /// - Throws: ``WebSocketClosedError`` when the connection is closing or over.
    public func send(_ message: WebSocketMessage) async throws {
        try await send { connection in
            switch message {
            case .text(let text): connection.send(text)
            case .binary(let octets): connection.send(octets.span.bytes, kind: .binary)
            }
        }
    }

    /// Sends a message that was encoded once for many connections; returns when the peer keeps up with what was sent.
    ///
    /// - Throws: ``WebSocketClosedError`` when the connection is closing or over.
    public func send(_ message: EncodedMessage) async throws { try await send { $0.send(message) } }

    /// Sends one message whose parts are made one after the other, because it is too large to hold: the next part is asked
    /// for when the peer keeps up with the ones before. Whole messages sent meanwhile follow after it.
    ///
    /// When `parts` fails the message cannot be taken back, so the connection is closed with 1011.
    ///
    /// - Parameter kind: parts of text must be valid UTF-8 together, and may end within a character.
    /// - Throws: ``WebSocketClosedError`` when the connection is closing or over, and what `parts` throws.
    public func send<Parts: AsyncSequence>(_ kind: MessageKind, parts: Parts) async throws
    where Parts.Element == [UInt8] {
        do {
            for try await part in parts { try await send(kind, part: part, isLast: false) }
        } catch {
            await close(code: .internalError)
            throw error
        }
        try await send(kind, part: [], isLast: true)
    }

    private func send(_ kind: MessageKind, part: [UInt8], isLast: Bool) async throws {
        try await send { $0.send(part: part.span.bytes, kind: kind, isLast: isLast) }
    }

    /// Lets `work` send something on the loop; returns when the peer keeps up with it.
    private func send(_ work: @escaping @Sendable (WebSocketConnection) -> Void) async throws {
        try await withCheckedThrowingContinuation { (sent: CheckedContinuation<Void, any Error>) in
            let isAsked = onLoop { [inbox] in inbox.send(sent, work) }
            if !isAsked { sent.resume(throwing: WebSocketClosedError(closure: inbox.closureOfStoppedLoop)) }
        }
    }

    /// Closes the connection and waits until it is over.
    ///
    /// - Parameters:
    ///   - code: one that may be sent (RFC 6455 §7.4); another one is sent as 1011.
    ///   - reason: cut to 123 octets.
    /// - Returns: how it ended.
    @discardableResult
    public func close(code: CloseCode = .normalClosure, reason: String = "") async -> WebSocketClosure {
        await withCheckedContinuation { closed in
            let isAsked = onLoop { [inbox] in inbox.close(code, reason, closed) }
            if !isAsked { closed.resume(returning: inbox.closureOfStoppedLoop) }
        }
    }

    /// Returns false when the loop has ended, and with it the connection.
    private func onLoop(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard loop.isCurrent else { return loop.execute(work) }
        work()
        return true
    }
}

/// The loop of clients that do not bring their own.
private enum SharedLoop {
    static let shared = Result<EventLoop, any Error> { try EventLoop.start(name: "ws-client") }
}
