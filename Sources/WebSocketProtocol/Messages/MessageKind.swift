/// What a message carries, with the opcode of its first frame (RFC 6455 §5.6).
public enum MessageKind: UInt8, Sendable {
    /// UTF-8 text.
    case text = 1
    /// Octets that only the application understands.
    case binary = 2
}
