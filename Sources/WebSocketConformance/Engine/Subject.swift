package import BenchResults
package import Reactor

/// The system under test, as cases see it.
package enum Subject {
    /// A server that the suite dials.
    case server(ServerSubject)
    /// A client that dials the suite.
    case client(any VisitorSource)

    package var role: CaseRole {
        switch self {
        case .server: .server
        case .client: .client
        }
    }
}

/// Where a server under test listens.
package struct ServerSubject: Sendable {
    package var host: String
    package var port: UInt16
    /// Request target of the URL: the echo fixture.
    package var target: String
    /// nil for `ws`.
    package var tls: TLSClientContext?
    /// What ``tls`` was made from, so that cases can make others.
    package var tlsConfiguration: TLSClientConfiguration?

    package init(
        host: String, port: UInt16, target: String, tls: TLSClientContext?,
        tlsConfiguration: TLSClientConfiguration? = nil
    ) {
        self.tlsConfiguration = tlsConfiguration
        self.host = host
        self.port = port
        self.target = target
        self.tls = tls
    }

    /// The Host field's value (RFC 6455 §4.1).
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (tls == nil ? 80 : 443) ? name : "\(name):\(port)"
    }
}

/// Brings the connections of a client under test to the case that waits for them. Belongs to one attempt at one case.
package protocol VisitorSource: AnyObject {
    /// The next connection of the client for the case of `probe`, with the head of its request.
    ///
    /// - Parameter wish: what the client should offer of permessage-deflate, as far as somebody can tell it; nil nothing.
    /// - Throws: ``ProbeError`` when none comes until `deadline`, or none can come.
    nonisolated(nonsending) func nextVisitor(
        for probe: Probe, offering wish: DeflateWish?, until deadline: UInt64
    ) async throws -> Visitor

    /// The attempt is over; `wire` is a connection of it.
    func letGo(of wire: Wire)

    /// The attempt is over, and its wires are gone.
    func release()
}

extension VisitorSource {
    package func letGo(of wire: Wire) { wire.drop() }
    package func release() {}
}

/// A client that has sent its request and waits for the answer.
package struct Visitor {
    let wire: Wire
    let head: HTTPHead
}

/// Why a case could not be carried out.
package enum ProbeError: Error, Equatable {
    /// No TCP or TLS connection.
    case unreachable(String)
    /// The opening handshake did not come to its end.
    case notOpened(String)
    /// The system under test lacks what the case needs.
    case skipped(String)
    /// No client came.
    case noVisitor(String)
}
