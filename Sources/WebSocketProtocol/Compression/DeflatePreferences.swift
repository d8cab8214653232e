/// What one side wants of permessage-deflate, for itself and for the other (RFC 7692 §7.1).
package struct DeflatePreferences: Equatable, Sendable {
    /// The windows of RFC 7692, as their logarithms.
    package static let windowBits = 8...15

    /// The server compresses each message by itself: less memory at both ends, longer messages.
    package var serverNoContextTakeover: Bool
    /// The client compresses each message by itself.
    package var clientNoContextTakeover: Bool
    /// The largest window of the server, as its logarithm; 15 asks for no limit.
    package var serverMaxWindowBits: Int
    /// The largest window of the client, as its logarithm; 15 asks for no limit. A server can only ask for one if the
    /// client says that it knows the parameter, so this may not be obeyed: see what was agreed.
    package var clientMaxWindowBits: Int

    /// Window bits outside 8...15 become the nearest of these.
    package init(
        serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false, serverMaxWindowBits: Int = 15,
        clientMaxWindowBits: Int = 15
    ) {
        self.serverNoContextTakeover = serverNoContextTakeover
        self.clientNoContextTakeover = clientNoContextTakeover
        self.serverMaxWindowBits = Self.clamped(serverMaxWindowBits)
        self.clientMaxWindowBits = Self.clamped(clientMaxWindowBits)
    }

    private static func clamped(_ bits: Int) -> Int { min(max(bits, windowBits.lowerBound), windowBits.upperBound) }
}
