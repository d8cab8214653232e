/// One line of an expectations file: which cases, under which conditions, and what is expected of them.
public struct ExpectationLine: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        /// One verdict, or several for a case known to vary.
        case verdicts([CaseVerdict])
        /// The case is not run: it would hang or break the system under test.
        case disabled
    }

    /// Of the line in its file, from 1.
    public var number: Int
    public var pattern: CasePattern
    public var outcome: Outcome
    /// Nil for both.
    public var role: CaseRole?
    /// Nil for all.
    public var transport: String?
    /// The last day on which the line counts; nil for ever.
    public var until: CalendarDate?
    /// Why this is expected: somebody who reads the file in a year has to know.
    public var reason: String

    /// Whether it speaks of the case, on a day on which it counts.
    func applies(row: String, variant: String?, role: CaseRole, transport: String) -> Bool {
        (self.role ?? role) == role && (self.transport ?? transport) == transport
            && pattern.matches(row: row, variant: variant)
    }

    func isExpired(on today: CalendarDate) -> Bool { until.map { $0 < today } ?? false }

    /// What results carry of it.
    var expectation: CaseResult.Expectation {
        switch outcome {
        case .verdicts(let verdicts): .init(verdicts: verdicts, reason: reason)
        case .disabled: .init(verdicts: [.skipped], reason: reason)
        }
    }

    /// The line as it stands in a file.
    var text: String {
        var fields = [pattern.text]
        switch outcome {
        case .verdicts(let verdicts): fields.append(verdicts.map(\.rawValue).joined(separator: ","))
        case .disabled: fields.append(Self.disabledWord)
        }
        if let role { fields.append("role=\(role.rawValue)") }
        if let transport { fields.append("transport=\(transport)") }
        if let until { fields.append("until \(until)") }
        return (fields + ["# \(reason)"]).joined(separator: "  ")
    }

    static let disabledWord = "DISABLED"
    /// What a subject's transport can be.
    static let transports = ["tcp", "tls"]
}
