/// A first look at a server before hundreds of cases are run against it: a target that is none deserves one clear line, not
/// hundreds of failures.
enum Preflight {
    /// Opens one connection to `subject`.
    ///
    /// - Throws: ``SubjectLost`` when what answers is not HTTP, does not answer, or does not answer an upgrade request with
    ///   101. A 101 with faults is left to the cases.
    static func look(at server: ServerSubject, lane: Lane, timeouts: Timeouts) async throws -> ServerFinding {
        let probe = Probe(
            subject: .server(server), capabilities: Capabilities(), timeouts: timeouts, lane: lane, seed: 0,
            caseID: "preflight", processID: nil)
        defer { probe.dropAll() }
        let wire: Wire
        do {
            wire = try await probe.connect()
        } catch ProbeError.unreachable(let reason) {
            throw SubjectLost("cannot reach \(server.authority): \(reason)")
        }
        await wire.send(probe.upgradeRequest(target: server.target).octets)
        guard let answer = await wire.readAnswer(until: probe.now &+ timeouts.opening, bodyLimit: 4096) else {
            throw SubjectLost("\(server.authority) is no WebSocket server: \(reason(wire))")
        }
        guard answer.status == 101 else {
            throw SubjectLost(
                "\(server.authority) does not accept WebSocket connections at \(server.target): it answered "
                    + "\(answer.summary)")
        }
        return ServerFinding(software: answer.head.value("Server"))
    }

    private static func reason(_ wire: Wire) -> String {
        if wire.receivedCount == 0 {
            return wire.end == nil
                ? "it did not answer an upgrade request" : "it ended the connection without an answer"
        }
        if wire.unread.count >= 64 * 1024 { return "its answer has no end" }
        return "what it answered is not HTTP:\(preview(Array(wire.unread), limit: 40))"
    }
}

/// What is known of a server after one upgrade request.
package struct ServerFinding: Sendable {
    /// Its Server field, when it has one.
    package var software: String?
}
