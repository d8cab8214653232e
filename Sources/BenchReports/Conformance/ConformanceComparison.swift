package import BenchResults

/// What is different between two runs, case by case.
package struct ConformanceComparison: Sendable, Equatable {
    package struct Difference: Sendable, Equatable {
        package var id: String
        package var title: String
        package var level: RequirementLevel
        /// What it was; nil when the case did not run before.
        package var before: String?
        /// What it is; nil when the case does not run any more.
        package var after: String?
        /// Why it is so now, or was.
        package var explanation: String
    }

    package let labels: (before: String, after: String)
    /// Broke nothing before, breaks its requirement now. Strict when the later run was.
    package private(set) var regressions: [Difference] = []
    /// Broke its requirement before, breaks nothing now.
    package private(set) var fixes: [Difference] = []
    /// Ran for the first time and breaks its requirement.
    package private(set) var newFailures: [Difference] = []
    /// Ran for the first time and breaks nothing.
    package private(set) var new: [Difference] = []
    /// Ran before and does not run any more.
    package private(set) var gone: [Difference] = []
    /// Came out in another way, neither better nor worse by what is required.
    package private(set) var changed: [Difference] = []
    package private(set) var unchanged = 0
    /// What makes the two hard to compare.
    package private(set) var remarks: [String] = []

    package var hasRegressions: Bool { !regressions.isEmpty }

    package static func == (left: Self, right: Self) -> Bool {
        left.labels == right.labels && left.regressions == right.regressions && left.fixes == right.fixes
            && left.newFailures == right.newFailures && left.new == right.new && left.gone == right.gone
            && left.changed == right.changed && left.unchanged == right.unchanged && left.remarks == right.remarks
    }

    package init(before: ConformanceResult, after: ConformanceResult) {
        let names = AgentLabels.labels(for: [before, after])
        labels = (names[0], names[1])
        remarks = Self.remarks(before, after)
        let isStrict = after.settings.strict
        let earlier = Dictionary(before.cases.map { ($0.id, $0) }) { first, _ in first }
        var seen: Set<String> = []
        for found in after.cases where seen.insert(found.id).inserted {
            add(Self.ran(earlier[found.id]), Self.ran(found), isStrict: isStrict)
        }
        for found in before.cases where seen.insert(found.id).inserted {
            add(Self.ran(found), nil, isStrict: isStrict)
        }
    }

    private static func ran(_ found: CaseResult?) -> CaseResult? {
        found.flatMap { $0.verdict == .skipped ? nil : $0 }
    }

    private mutating func add(_ before: CaseResult?, _ after: CaseResult?, isStrict: Bool) {
        guard let either = after ?? before else { return }
        let difference = Difference(
            id: either.id, title: either.title, level: either.level, before: before.map(Self.text),
            after: after.map(Self.text), explanation: either.explanation)
        let broke = before.map { $0.verdict.breaksRequirement(isStrict: isStrict) }
        let breaks = after.map { $0.verdict.breaksRequirement(isStrict: isStrict) }
        switch (broke, breaks) {
        case (false, true): regressions.append(difference)
        case (true, false): fixes.append(difference)
        case (nil, true): newFailures.append(difference)
        case (nil, _): new.append(difference)
        case (_, nil): gone.append(difference)
        default:
            if difference.before == difference.after { unchanged += 1 } else { changed.append(difference) }
        }
    }

    /// Both grades and the code of the Close: `PASS, close WRONG-CODE 1000`.
    private static func text(_ found: CaseResult) -> String {
        var text = found.behavior.rawValue
        if let close = found.close, close.rawValue != found.behavior.rawValue { text += ", close \(close.rawValue)" }
        if let code = found.remoteCloseCode { text += ", code \(code)" }
        return text
    }

    private static func remarks(_ before: ConformanceResult, _ after: ConformanceResult) -> [String] {
        var remarks: [String] = []
        if before.subject.role != after.subject.role {
            remarks.append("One is the run of a server, the other of a client: cases of the same id ask other things.")
        }
        if before.subject.transport != after.subject.transport {
            remarks.append("One ran over \(before.subject.transport), the other over \(after.subject.transport).")
        }
        if before.settings.strict != after.settings.strict {
            remarks.append("Only one of the runs was strict; both are read as the later one was.")
        }
        if before.tool.version != after.tool.version {
            remarks.append(
                "The suite itself changed from \(before.tool.version) to \(after.tool.version): "
                    + "a difference may be the suite's.")
        }
        for (result, word) in [(before, "first"), (after, "second")] {
            if let interruption = result.interruption {
                remarks.append("The \(word) run ended early: \(interruption)")
            }
        }
        return remarks
    }

    /// The lists with what they are called, in the order of interest.
    var sections: [(title: String, list: [Difference], isOpen: Bool)] {
        [
            ("Regressions", regressions, true), ("New failures", newFailures, true), ("Fixes", fixes, true),
            ("Changed", changed, true), ("Gone", gone, false), ("New", new, false),
        ]
    }

    /// `2 regressions, 1 fix, …`.
    package var sentence: String {
        func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
        return [
            count(regressions.count, "regression", "regressions"), count(fixes.count, "fix", "fixes"),
            count(newFailures.count + new.count, "new case", "new cases") + " (\(newFailures.count) failing)",
            "\(gone.count) gone", "\(changed.count) changed", "\(unchanged) as before",
        ].joined(separator: ", ")
    }
}
