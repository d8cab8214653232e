package import BenchResults

/// Sends what a recorded case sent once more, octet for octet, and records what comes back. Judges nothing.
enum Replay {
    /// No recorded pause is waited for longer, in microseconds.
    private static let longestPause = 3_000_000

    /// - Throws: ``ProbeError`` when the record is not whole, or the server is not reached.
    static func run(_ log: WireLog, probe: Probe) async throws -> WireLog {
        guard log.entries.allSatisfy({ $0.kind != .sent || $0.octets.utf8.count == $0.length * 2 }) else {
            throw ProbeError.skipped("the record holds only the first octets of what was sent")
        }
        var wires: [Int: Wire] = [:]
        var last = 0
        for entry in log.entries {
            switch entry.kind {
            case .connected: wires[entry.connection] = try await probe.connect()
            case .sent, .finished, .reset:
                guard let wire = wires[entry.connection] else { continue }
                await wait(for: wire, since: last, until: entry.time, after: log, entry, probe)
                switch entry.kind {
                case .sent: await wire.send(octets(entry.octets), notes: entry.notes)
                case .finished: wire.finish()
                default: wire.reset()
                }
            case .received, .peerFinished, .peerReset, .waited, .remark: break
            }
            last = entry.time
        }
        for wire in wires.values {
            while wire.end == nil, await wire.wait(until: probe.deadline()) { _ = wire.take() }
        }
        return probe.recorder.log
    }

    /// What was received before this entry had come back by then: as much is waited for, or the recorded time.
    private static func wait(
        for wire: Wire, since last: Int, until time: Int, after log: WireLog, _ entry: WireLog.Entry, _ probe: Probe
    ) async {
        let before = log.entries.prefix { $0 != entry }
        let expected = before.filter { $0.kind == .received && $0.connection == entry.connection }
            .reduce(0) { $0 + $1.length }
        if before.contains(where: { $0.kind == .waited }) {
            let pause = min(max(0, time - last), longestPause)
            await probe.lane.pause(nanoseconds: UInt64(pause) * 1000)
        }
        let deadline = probe.deadline()
        while wire.receivedCount < expected, wire.end == nil, await wire.wait(until: deadline) { _ = wire.take() }
    }

    private static func octets(_ digits: String) -> [UInt8] {
        let values = digits.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return stride(from: 0, to: values.count - 1, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}

extension SuiteRunner {
    /// Sends what a case of an earlier run sent once more.
    ///
    /// - Returns: everything that went over the wire this time.
    /// - Throws: ``SubjectLost`` with what keeps the record from being sent.
    package func replay(_ log: WireLog) async throws -> WireLog {
        let probe = makeProbe(caseID: "replay")
        defer { probe.dropAll() }
        do {
            return try await Replay.run(log, probe: probe)
        } catch let error as ProbeError {
            switch error {
            case .unreachable(let reason), .notOpened(let reason), .skipped(let reason), .noVisitor(let reason):
                throw SubjectLost(reason)
            }
        }
    }
}
