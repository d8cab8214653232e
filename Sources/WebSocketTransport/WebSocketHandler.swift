/// What an application does with a connection.
///
/// Called on the connection's loop, one call at a time for each connection; return soon, other connections wait. One
/// handler may serve any number of connections. For asynchronous code see ``WebSocket``.
public protocol WebSocketHandler: AnyObject {
    /// The opening handshake is complete: messages may be sent.
    func opened(_ connection: WebSocketConnection)
    /// A whole message. Its octets are borrowed: they are gone when the call returns. Text is valid UTF-8.
    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection)
    /// The peer answered a ping, or sent a pong of its own accord.
    func receivedPong(_ payload: RawSpan, on connection: WebSocketConnection)
    /// The peer reads again: what was held back while ``WebSocketConnection/isWritable`` was false can be sent.
    func becameWritable(_ connection: WebSocketConnection)
    /// The connection is over. The last call.
    func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure)
}

extension WebSocketHandler {
    public func opened(_ connection: WebSocketConnection) {}
    public func receivedPong(_ payload: RawSpan, on connection: WebSocketConnection) {}
    public func becameWritable(_ connection: WebSocketConnection) {}
    public func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure) {}
}

/// A handler that takes messages as they arrive, in parts, because they may be too large to hold.
///
/// Nothing of a message is kept, so the limits of size and fragments do not apply to it; count and close if need be.
public protocol WebSocketPartHandler: WebSocketHandler {
    /// The next octets of a message, in order. They are borrowed: gone when the call returns. Parts of text are valid UTF-8
    /// together, but may end within a character. Only the last part may be empty; a message that arrives at once is one
    /// part.
    func received(part: RawSpan, kind: MessageKind, isLast: Bool, on connection: WebSocketConnection)
}

extension WebSocketPartHandler {
    public func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        received(part: message, kind: kind, isLast: true, on: connection)
    }
}

/// How a connection ended.
public struct WebSocketClosure: Sendable, Equatable {
    public enum Cause: Sendable, Equatable {
        /// The peer sent the first Close frame.
        case peer
        /// We sent the first Close frame, and the peer answered.
        case local
        /// The peer broke the protocol; we sent the Close frame that says so.
        case protocolError(ProtocolError)
        /// The peer ended the connection without a Close frame; with TLS it said that it ends (close_notify).
        case peerVanished
        /// The TCP connection of a TLS connection ended without a word of TLS: somebody else may have ended it.
        case truncated
        /// TLS was broken.
        case tls(TLSError)
        /// The TCP connection failed: reset, timed out, unreachable.
        case transport(SocketError)
        /// Nothing arrived within the ping timeout.
        case pingTimeout
        /// The peer did not answer our Close frame.
        case closeTimeout
        /// The peer did not read what we sent: the outbox reached its limit in bytes or age.
        case slowConsumer
        /// We ended the connection without a Close frame.
        case aborted
    }

    /// The code in the peer's Close frame, 1005 when the frame had none, 1006 when there was no frame (RFC 6455 §7.1.5);
    /// in a protocol error the code that we sent.
    public let code: CloseCode
    public let reason: String
    public let cause: Cause

    /// Whether both sides sent a Close frame.
    public var wasClean: Bool { cause == .peer || cause == .local }
}
