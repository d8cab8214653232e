import BenchResults

/// Connections of a client that an adapter drives.
extension Probe {
    /// Has the client connect, and opens the connection on both sides.
    ///
    /// - Returns: what the adapter calls the connection, and our side of it.
    /// - Throws: ``ProbeError``, also when the client does not report that it is open.
    func openWithClient(_ dial: ClientDial = ClientDial()) async throws -> (id: Int, conversation: Conversation) {
        let client = try client
        let id = try client.dial(dial)
        let conversation = try await open()
        guard case .open? = try await client.event(of: id, until: now &+ timeouts.opening) else {
            throw ProbeError.notOpened("the client does not report that the connection is open")
        }
        return (id, conversation)
    }
}
