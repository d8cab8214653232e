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

    package init(host: String, port: UInt16, target: String, tls: TLSClientContext?) {
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

/// Brings the connections of a client under test to the cases that wait for them.
package protocol VisitorSource: AnyObject {
    /// The next connection of the client for the case of `probe`, with the head of its request.
    ///
    /// - Throws: ``ProbeError`` when none comes until `deadline`, or none can come.
    nonisolated(nonsending) func nextVisitor(for probe: Probe, until deadline: UInt64) async throws -> Visitor
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
