/// Which end of a connection is ours. It decides the masking rule of both directions (RFC 6455 §5.1).
public enum Role: Sendable {
    /// Expects masked frames and sends unmasked ones.
    case server
    /// Expects unmasked frames and sends masked ones.
    case client
}
