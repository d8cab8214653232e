import BenchResults

/// Results of cases with only what expectations look at.
enum SampleCase {
    static func found(
        _ id: String, _ behavior: BehaviorGrade, _ close: CloseGrade? = nil, role: CaseRole = .server,
        explanation: String = "something happened"
    ) -> CaseResult {
        let parts = id.split(separator: "#", maxSplits: 1).map(String.init)
        return CaseResult(
            row: parts[0], variant: parts.count > 1 ? parts[1] : nil,
            group: String(id.prefix { $0 != "-" }), title: "a case", role: role, level: .must, requirement: "must",
            source: "RFC 6455 §5.2", tags: [], behavior: behavior, close: close, explanation: explanation,
            expected: [], observed: [], duration: 1)
    }

    static func run(
        _ cases: [CaseResult], transport: String = "tcp", strict: Bool = false, selection: String? = nil
    ) -> ConformanceResult {
        ConformanceResult(
            tool: .init(name: "wsbench", version: "0"),
            subject: .init(
                role: cases.first?.role ?? .server, agent: "sample", location: "ws://127.0.0.1:9001/",
                transport: transport, capabilities: []),
            settings: .init(seed: 1, strict: strict, timeoutMultiplier: 1, jobs: 16, command: ["wsbench"]),
            started: "2026-11-24T00:00:00Z", duration: 5, selection: selection, cases: cases)
    }
}

extension CalendarDate {
    /// A day that exists.
    static func on(_ text: String) -> CalendarDate {
        guard let date = CalendarDate(text) else { preconditionFailure("\(text) is no date") }
        return date
    }
}
