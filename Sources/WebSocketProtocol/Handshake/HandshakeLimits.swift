/// What one side accepts of the other's opening handshake before it refuses it.
///
/// The limits bound the memory of a handshake: never more than `maximumSize` octets are kept, however they arrive. They
/// hold for each request and each response, interim responses included.
public struct HandshakeLimits: Sendable, Equatable {
    /// Octets of the request line or status line, without its line end. A server answers a longer one with 414.
    public var maximumStartLineLength = 8 * 1024
    /// Octets of one header line, name and value, without its line end. A server answers a longer one with 431.
    public var maximumHeaderLineLength = 16 * 1024
    /// Header lines. A server answers more with 431.
    public var maximumHeaderCount = 100
    /// Octets of the whole head, from the first to the empty line. A server answers a larger one with 431.
    public var maximumSize = 64 * 1024

    public init() {}
}
