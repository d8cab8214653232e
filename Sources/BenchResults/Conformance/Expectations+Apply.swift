extension Expectations {
    /// Compares every case with what was expected of it: sets its `expectation` and `isUnexpected`.
    ///
    /// - Parameter strict: whether what the specification would rather have is required.
    /// - Returns: the lines that should go, by line.
    @discardableResult
    public func apply(
        to result: inout ConformanceResult, today: CalendarDate, strict: Bool
    ) -> [StaleExpectation] {
        var uses: [Int: StaleExpectation.Use] = [:]
        for index in result.cases.indices {
            let line = judge(
                &result.cases[index], transport: result.subject.transport, today: today, strict: strict)
            guard let line else { continue }
            uses[line.number, default: .init()].add(result.cases[index], strict: strict)
        }
        return lines.compactMap { stale($0, in: result, use: uses[$0.number], today: today) }
    }

    /// The same for one case, as soon as it has run.
    ///
    /// - Returns: the line that counted.
    @discardableResult
    public func judge(
        _ result: inout CaseResult, transport: String, today: CalendarDate, strict: Bool
    ) -> ExpectationLine? {
        let line = line(
            row: result.row, variant: result.variant, role: result.role, transport: transport, today: today)
        result.expectation = line?.expectation
        result.isUnexpected = Self.isUnexpected(result.verdict, line?.expectation, strict: strict)
        return line
    }

    private static func isUnexpected(
        _ verdict: CaseVerdict, _ expectation: CaseResult.Expectation?, strict: Bool
    ) -> Bool {
        // A case that did not run shows nothing, and so contradicts nothing.
        guard verdict != .skipped else { return false }
        guard let expectation else { return verdict.breaksRequirement(isStrict: strict) }
        return !expectation.verdicts.contains(verdict)
    }

    private func stale(
        _ line: ExpectationLine, in result: ConformanceResult, use: StaleExpectation.Use?, today: CalendarDate
    ) -> StaleExpectation? {
        let cause: StaleExpectation.Cause? =
            if let until = line.until, line.isExpired(on: today) {
                .expired(until)
            } else if let use {
                use.passing.isEmpty ? nil : .passes(use.passing, others: use.others)
            } else if speaks(line, of: result) {
                .overridden
            } else if result.isComplete, line.role ?? result.subject.role == result.subject.role,
                line.transport ?? result.subject.transport == result.subject.transport
            {
                .matchesNothing
            } else {
                // Another run may have its cases.
                nil
            }
        return cause.map { StaleExpectation(file: file, line: line, cause: $0) }
    }

    private func speaks(_ line: ExpectationLine, of result: ConformanceResult) -> Bool {
        result.cases.contains {
            line.applies(row: $0.row, variant: $0.variant, role: $0.role, transport: result.subject.transport)
        }
    }
}

/// A line of an expectations file that should go, or be looked at, and why.
public struct StaleExpectation: Sendable, Equatable, CustomStringConvertible {
    public enum Cause: Sendable, Equatable {
        /// No case of the run has such an id.
        case matchesNothing
        /// Later lines speak of all its cases.
        case overridden
        /// Its last day is over; it counted for nothing.
        case expired(CalendarDate)
        /// These cases of it break no requirement any more; so many others are as the line says, or worse.
        case passes([String], others: Int)
    }

    public var file: String
    public var line: ExpectationLine
    public var cause: Cause

    /// Whether nothing is lost without the line.
    public var isUseless: Bool {
        if case .passes(_, let others) = cause { others == 0 } else { true }
    }

    public var description: String {
        let place = "\(file):\(line.number): `\(line.pattern)` "
        return switch cause {
        case .matchesNothing: place + "matches no case of this run"
        case .overridden: place + "never counts: later lines speak of all its cases"
        case .expired(let date): place + "counted until \(date) and no more"
        case .passes(let cases, 0) where cases.count == 1: place + "is stale: the case came out better than expected"
        case .passes(let cases, 0): place + "is stale: all \(cases.count) cases came out better than expected"
        case .passes(let cases, let others):
            place + "is too wide: \(cases.count) of \(cases.count + others) cases came out better than expected, "
                + "such as \(cases[0])"
        }
    }

    /// What became of a line's cases.
    struct Use {
        var passing: [String] = []
        var others = 0

        mutating func add(_ result: CaseResult, strict: Bool) {
            if result.isUnexpectedlyGood(isStrict: strict) {
                passing.append(result.id)
            } else {
                others += 1
            }
        }
    }
}
