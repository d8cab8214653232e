import COpenSSL

/// A version of TLS. Older ones are refused (RFC 8996).
public enum TLSVersion: Int32, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    case tls12 = 0x0303
    case tls13 = 0x0304

    public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }

    public var description: String {
        switch self {
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        }
    }
}

/// What a server shows and demands. ``TLSServerContext`` makes it usable.
public struct TLSServerConfiguration: Sendable {
    /// What a server demands of its clients.
    public enum ClientCertificates: Sendable {
        /// They are not asked for any.
        case ignored
        /// They are asked for one; one that these authorities did not sign is refused, none is not.
        case optional(authorities: PEMSource)
        /// Without one that these authorities signed there is no connection.
        case required(authorities: PEMSource)
    }

    /// Each is shown to clients that ask for a host its certificate names; the first one to all others too.
    public var credentials: [TLSCredentials]
    /// Whether clients that ask for a host of no certificate are refused (alert `unrecognized_name`). Those that name no
    /// host are served: a client that connects to an IP address cannot (RFC 6066 §3).
    public var refusesUnknownHosts = false
    public var clientCertificates = ClientCertificates.ignored
    /// Application protocols, most wanted first (ALPN, RFC 7301). A client that offers others only is refused; one that
    /// offers none is served. At most 255 octets each.
    public var applicationProtocols = ["http/1.1"]
    public var versions: ClosedRange<TLSVersion> = .tls12 ... .tls13
    /// Whether clients get tickets by which a later connection costs them and us less. The server remembers nothing of
    /// them, but only this process, and only until the next reload, can read them.
    public var issuesTickets = true

    public init(credentials: TLSCredentials...) { self.credentials = credentials }
}

/// What a client trusts and shows. ``TLSClientContext`` makes it usable.
public struct TLSClientConfiguration: Sendable {
    /// Which servers are believed to be who they say they are.
    public enum Trust: Sendable {
        /// Those whose certificate is signed by an authority of this system and names the host.
        case system
        /// Those whose certificate is one of these or signed by one of these, and names the host.
        case authorities(PEMSource)
        /// Any server at all: whoever sits between can read and change everything. For tests only.
        case insecure
    }

    public var trust = Trust.system
    /// For servers that ask for a certificate.
    public var credentials: TLSCredentials?
    /// The name that is asked for and that the certificate must have; nil takes the host of the URL.
    public var serverName: String?
    /// Application protocols, most wanted first (ALPN, RFC 7301). A server may ignore them, but not choose another one.
    public var applicationProtocols = ["http/1.1"]
    public var versions: ClosedRange<TLSVersion> = .tls12 ... .tls13
    /// Servers of which a session is kept, so that the next connection resumes it; 0 keeps none.
    public var resumptionCapacity = 64

    public init() {}
}
