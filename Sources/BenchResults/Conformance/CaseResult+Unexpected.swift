extension CaseVerdict {
    /// How bad it is, to put the worst first: 0 for what breaks nothing and says so.
    public var severity: Int {
        switch self {
        case .pass, .information, .skipped: 0
        case .nonStrict: 1
        case .unclean: 2
        case .wrongCode: 3
        case .fail: 4
        case .timeout: 5
        case .crash: 6
        }
    }
}

extension CaseResult {
    /// Whether it came out better than its line in the expectations file says: the line should go.
    public func isUnexpectedlyGood(isStrict: Bool) -> Bool {
        guard isUnexpected, let expectation, !verdict.breaksRequirement(isStrict: isStrict) else { return false }
        return expectation.verdicts.allSatisfy { $0.severity > verdict.severity }
    }

    /// Whether it came out worse than expected.
    public func isUnexpectedlyBad(isStrict: Bool) -> Bool { isUnexpected && !isUnexpectedlyGood(isStrict: isStrict) }

    /// Whether it breaks its requirement, as the expectations file says it would.
    public func isExpectedFailure(isStrict: Bool) -> Bool {
        !isUnexpected && verdict.breaksRequirement(isStrict: isStrict)
    }
}
