/// Every limit and timeout of a WebSocket connection. The defaults suit a public server.
public struct WebSocketConfiguration: Sendable {
    /// The largest message and the most fragments accepted from the peer; more closes with 1009 or 1008.
    public var messageLimits = MessageLimits()
    /// permessage-deflate; off by default.
    public var compression = CompressionConfiguration()
    /// Limits on the opening handshake's lines and headers; more is answered 414 or 431.
    public var handshakeLimits = HandshakeLimits()
    /// From the connection (TCP), or from the answer to an ordinary request, to the end of the opening handshake, that of TLS
    /// included.
    public var handshakeTimeout: Duration = .seconds(10)
    /// After this long without a byte from the peer a ping is sent; nil sends none.
    public var pingInterval: Duration? = .seconds(30)
    /// The connection is ended when after a ping nothing at all arrives for this long.
    public var pingTimeout: Duration = .seconds(20)
    /// The connection is closed (1001) after this long without a message from the peer. Nil by default: the keep-alive pings
    /// already end connections whose peer is gone, and a silent subscriber is a good one.
    public var idleTimeout: Duration?
    /// How long the peer may take to answer our Close frame, and then to end its side of the TCP connection.
    public var closeTimeout: Duration = .seconds(5)
    /// Above this many unsent bytes `isWritable` is false, and a server stops reading from that peer.
    public var outboxHighWatermark = 64 * 1024
    /// Below this many the connection is writable again.
    public var outboxLowWatermark = 16 * 1024
    /// More unsent bytes than this end the connection: the peer does not keep up.
    public var outboxLimit = 32 * 1024 * 1024
    /// Unsent bytes older than this end the connection: the peer does not read at all.
    public var outboxTimeout: Duration = .seconds(30)
    /// How long small messages may wait for others to leave in the same send; less than 16 KiB does. Zero sends them at the
    /// end of the turn: fewer system calls cost latency only when asked for.
    public var writeDelay: Duration = .zero
    /// Connections a server holds at once, on all loops; one more is answered 503, or closed where an answer would
    /// cost a handshake of TLS.
    public var maximumConnections = 100_000

    public init() {}
}
