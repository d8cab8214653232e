/// What one message of a peer may cost (RFC 6455 §10.4).
public struct MessageLimits: Sendable, Hashable {
    /// The most payload octets of a message, over all its fragments; 16 MiB. More fails the connection with 1009 as
    /// soon as a frame declares it, before any of them is stored.
    public var maximumMessageSize: Int
    /// The most frames of a message; 131,072. It bounds the time a peer can take with empty fragments, memory is
    /// bounded by octets alone: one-octet fragments take at most twice their octets. More fails the connection with
    /// 1008.
    public var maximumFragments: Int

    /// Negative sizes mean 0, and a message may always have one frame.
    public init(maximumMessageSize: Int = 16 << 20, maximumFragments: Int = 131_072) {
        self.maximumMessageSize = max(0, maximumMessageSize)
        self.maximumFragments = max(1, maximumFragments)
    }
}
