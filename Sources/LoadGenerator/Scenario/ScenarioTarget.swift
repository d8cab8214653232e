package import WebSocketTransport

/// What the clients connect to.
package struct ScenarioTarget: Sendable, Hashable {
    package let url: WebSocketURL
    /// Offered in this order (RFC 6455 §4.1); no two are the same.
    package let subprotocols: [String]
    /// Additional fields of the opening handshake, in the order written.
    package let headers: [Header]
    package let sourceAddresses: SourceAddresses
    /// What the clients offer of permessage-deflate.
    package let deflate: CompressionConfiguration.Mode
    /// What is trusted and shown, where the URL asks for TLS.
    package let tls: ScenarioTLS

    package var isSecure: Bool { url.isSecure }

    package struct Header: Sendable, Hashable {
        /// A token (RFC 9110 §5.1) that does not belong to the handshake itself.
        package let name: String
        /// Without control characters, so it cannot end its line.
        package let value: String
    }

    package enum SourceAddresses: Sendable, Hashable {
        /// One address while its ports last, then as many local ones as needed.
        case automatic
        /// These IPv4 or IPv6 addresses in turn. Never empty.
        case list([String])
    }
}
