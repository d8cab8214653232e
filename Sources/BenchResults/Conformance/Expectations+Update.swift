extension Expectations {
    /// What the reason of a line begins with that nobody has looked at yet.
    public static let unreviewed = "unreviewed: "

    /// A reason longer than this is cut: it may hold what a peer sent.
    private static let reasonLimit = 200

    /// The file's text after which `result` has nothing unexpected in it.
    ///
    /// Comments and order stay. Lines that are stale go, unless the run was partial and they might count in another. A
    /// line for exactly one case gets its new verdict; other unexpected results get lines of their own at the end.
    public func updated(from result: ConformanceResult, today: CalendarDate) -> String {
        let strict = result.settings.strict
        var result = result
        var dropped = Set(
            apply(to: &result, today: today, strict: strict).filter(\.isUseless).map(\.line.number))
        var replaced: [Int: String] = [:]
        var added: [String] = []
        for found in result.cases where found.isUnexpected {
            let own = lines.last {
                $0.pattern.text == found.id
                    && $0.applies(
                        row: found.row, variant: found.variant, role: found.role,
                        transport: result.subject.transport)
            }
            let decider = line(
                row: found.row, variant: found.variant, role: found.role, transport: result.subject.transport,
                today: today)
            if found.isUnexpectedlyGood(isStrict: strict), let decider, dropped.contains(decider.number) { continue }
            if let own, decider.map({ $0.number <= own.number }) ?? true {
                dropped.remove(own.number)
                replaced[own.number] = Self.line(for: found, replacing: own, today: today).text
            } else {
                added.append(Self.line(for: found, replacing: nil, today: today).text)
            }
        }
        let kept = source.enumerated().compactMap { index, text in
            dropped.contains(index + 1) ? nil : replaced[index + 1] ?? text
        }
        return ((kept.isEmpty ? Self.heading : kept) + added).map { $0 + "\n" }.joined()
    }

    private static func line(
        for found: CaseResult, replacing old: ExpectationLine?, today: CalendarDate
    ) -> ExpectationLine {
        var verdicts = [found.verdict]
        var explanation = clean(found.explanation)
        if let old {
            let isExpired = old.isExpired(on: today)
            if case .verdicts(let known) = old.outcome {
                // A case known to vary varies more than was known.
                if known.count > 1, !isExpired { verdicts = known + verdicts }
                explanation += " (before: \(known.map(\.rawValue).joined(separator: ",")), \(old.reason))"
            } else {
                explanation += " (before: \(ExpectationLine.disabledWord), \(old.reason))"
            }
        }
        return ExpectationLine(
            number: old?.number ?? 0, pattern: CasePattern(found.id), outcome: .verdicts(verdicts),
            role: old.map(\.role) ?? found.role, transport: old?.transport,
            until: old.flatMap { $0.isExpired(on: today) ? nil : $0.until }, reason: unreviewed + explanation)
    }

    /// One line without control characters, of bounded length.
    private static func clean(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(reasonLimit) {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            clean.append(isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar)
        }
        if clean.count < text.unicodeScalars.count { clean.append("…") }
        let words = String(clean).split(separator: " ").joined(separator: " ")
        return words.isEmpty ? "no explanation" : words
    }

    /// How a new file begins.
    private static let heading = [
        "# What is known of the system under test. One line for a case or for many:",
        "#   F-022#declared-*  FAIL,TIMEOUT  role=server  transport=tls  until 2027-03-01  # the reason, always",
        "# DISABLED instead of a verdict: the case is not run. Of several lines for a case the last one counts.",
        "",
    ]
}
