/// What both sides agreed on for permessage-deflate (RFC 7692 §7.1).
package struct DeflateParameters: Equatable, Sendable {
    /// Whether the server compresses each message with an empty window.
    package var serverNoContextTakeover: Bool
    /// Whether the client compresses each message with an empty window.
    package var clientNoContextTakeover: Bool
    /// The largest window of the server's compression, as its logarithm: 8...15.
    package var serverMaxWindowBits: Int
    /// The largest window of the client's compression, as its logarithm: 8...15.
    package var clientMaxWindowBits: Int

    package init(
        serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false, serverMaxWindowBits: Int = 15,
        clientMaxWindowBits: Int = 15
    ) {
        self.serverNoContextTakeover = serverNoContextTakeover
        self.clientNoContextTakeover = clientNoContextTakeover
        self.serverMaxWindowBits = serverMaxWindowBits
        self.clientMaxWindowBits = clientMaxWindowBits
    }

    /// What binds the messages of one side.
    package struct Direction: Equatable, Sendable {
        /// The compressor's window is at most 2^this; 8...15.
        package let windowBits: Int
        /// Whether a message may refer to what earlier ones held. If not, both sides reset before each message.
        package let keepsContext: Bool
    }

    /// What our compressor must obey.
    package func sending(as role: Role) -> Direction {
        switch role {
        case .server: Direction(windowBits: serverMaxWindowBits, keepsContext: !serverNoContextTakeover)
        case .client: Direction(windowBits: clientMaxWindowBits, keepsContext: !clientNoContextTakeover)
        }
    }

    /// What our inflater can rely on.
    package func receiving(as role: Role) -> Direction {
        switch role {
        case .server: sending(as: .client)
        case .client: sending(as: .server)
        }
    }
}
