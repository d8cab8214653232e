import BenchResults

/// Limits, robustness, resources (RFC 6455 §10.4, §10.7).
enum LimitCases {
    static let all: [Case] =
        MessageLimitCases.all + EndlessCases.all + LoadCases.all + RandomInputCases.all + TransportOddityCases.all
        + ThroughputCases.all

    /// How a connection is opened on which messages have a limit.
    ///
    /// - Throws: ``ProbeError/skipped(_:)`` where none is declared.
    static func limited(_ probe: Probe) throws -> (opening: Opening, limit: Int) {
        if probe.role == .server, probe.capabilities.has(.limit) {
            return (Opening(fixture: .limit), probe.capabilities.messageLimit)
        }
        guard probe.capabilities.has(.messageLimit) else { throw ProbeError.skipped(Capability.messageLimit.absence) }
        return (Opening(), probe.capabilities.messageLimit)
    }

    static let failsWith1009 = "Close with 1009, and the end of TCP"
}
