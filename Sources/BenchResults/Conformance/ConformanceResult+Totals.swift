extension ConformanceResult {
    /// How many cases came out how.
    public struct Totals: Sendable, Equatable {
        public var passed = 0
        public var nonStrict = 0
        /// Broke their requirement, expected or not.
        public var failed = 0
        public var information = 0
        public var skipped = 0
        /// Worse than expected: what makes a run fail.
        public var unexpected = 0
        /// Better than the expectations file says.
        public var unexpectedlyGood = 0
        /// Of the failed ones, those that the expectations file foretold.
        public var expectedFailures = 0
        /// Came right only after a failed attempt.
        public var flaky = 0

        public init() {}

        public init(_ cases: some Sequence<CaseResult>, isStrict: Bool) {
            for found in cases { add(found, isStrict: isStrict) }
        }

        public mutating func add(_ found: CaseResult, isStrict: Bool) {
            switch found.verdict {
            case .pass: passed += 1
            case .nonStrict where !isStrict: nonStrict += 1
            case .nonStrict, .wrongCode, .unclean, .fail, .timeout, .crash: failed += 1
            case .information: information += 1
            case .skipped: skipped += 1
            }
            if found.isUnexpectedlyGood(isStrict: isStrict) {
                unexpectedlyGood += 1
            } else if found.isUnexpected {
                unexpected += 1
            } else if found.verdict.breaksRequirement(isStrict: isStrict) {
                expectedFailures += 1
            }
            if found.isFlaky { flaky += 1 }
        }

        public var total: Int { passed + nonStrict + failed + information + skipped }
        /// Those that were judged.
        public var judged: Int { passed + nonStrict + failed }

        /// `12 cases: 9 passed, 1 non-strict, 1 failed, 0 info, 1 skipped`.
        public var sentence: String {
            "\(total) \(total == 1 ? "case" : "cases"): \(passed) passed, \(nonStrict) non-strict, \(failed) failed, "
                + "\(information) info, \(skipped) skipped"
        }
    }

    public var totals: Totals { Totals(cases, isStrict: settings.strict) }

    /// Whether every case of the suite was to run and did.
    public var isComplete: Bool { interruption == nil && selection == nil }

    /// The cases of each group, in the order in which the groups first appear.
    public var groups: [(name: String, cases: [CaseResult])] {
        var order: [String] = []
        var cases: [String: [CaseResult]] = [:]
        for found in self.cases {
            if cases[found.group] == nil { order.append(found.group) }
            cases[found.group, default: []].append(found)
        }
        return order.map { ($0, cases[$0] ?? []) }
    }

    /// Whether the run shows nothing worse than was expected, and ran to its end.
    public var isAsExpected: Bool {
        interruption == nil && !cases.contains { $0.isUnexpectedlyBad(isStrict: settings.strict) }
    }
}
