/// What one case found.
public struct CaseResult: Codable, Sendable, Equatable {
    /// The row of the catalogue (`F-012`), or the id of an Autobahn case (`1.1.1`).
    public var row: String
    /// Tells the cases of one row apart, in lower case with hyphens (`text-rsv1`); nil when the row has one case.
    public var variant: String?
    /// `H`, `H2`, `F` and so on, or `Autobahn`.
    public var group: String
    /// What the case does, in a few words.
    public var title: String
    public var role: CaseRole
    public var level: RequirementLevel
    /// The catalogue's words: stimulus and what is expected.
    public var requirement: String
    /// Where the requirement is from (`RFC 6455 §5.2`).
    public var source: String
    public var tags: [String]

    /// What was processed.
    public var behavior: BehaviorGrade
    /// How the connection ended; nil when the case has no ending to judge (a refused handshake).
    public var close: CloseGrade?
    /// One line: what was expected and what happened instead; for a skipped case, why.
    public var explanation: String
    /// The outcomes that are accepted, one a line, the strict one first.
    public var expected: [String]
    /// What happened, one event a line.
    public var observed: [String]
    /// The code of the peer's Close frame; nil when it had none or there was none.
    public var remoteCloseCode: UInt16?
    /// Milliseconds, of the last attempt.
    public var duration: Int
    /// What random octets of this case are made of; nil when nothing in it is random.
    public var seed: UInt64?
    /// The grades of attempts before this one, first to last, as ``verdict`` words.
    public var earlierAttempts: [CaseVerdict]
    /// What the expectations file says of this case; nil when it says nothing.
    public var expectation: Expectation?
    /// Whether the result is another one than expected.
    public var isUnexpected: Bool
    /// Every octet sent and received, capped; see ``WireLog``.
    public var wire: WireLog?

    public init(
        row: String, variant: String?, group: String, title: String, role: CaseRole, level: RequirementLevel,
        requirement: String, source: String, tags: [String], behavior: BehaviorGrade, close: CloseGrade?,
        explanation: String, expected: [String], observed: [String], remoteCloseCode: UInt16? = nil, duration: Int,
        seed: UInt64? = nil, earlierAttempts: [CaseVerdict] = [], expectation: Expectation? = nil,
        isUnexpected: Bool = false, wire: WireLog? = nil
    ) {
        self.row = row
        self.variant = variant
        self.group = group
        self.title = title
        self.role = role
        self.level = level
        self.requirement = requirement
        self.source = source
        self.tags = tags
        self.behavior = behavior
        self.close = close
        self.explanation = explanation
        self.expected = expected
        self.observed = observed
        self.remoteCloseCode = remoteCloseCode
        self.duration = duration
        self.seed = seed
        self.earlierAttempts = earlierAttempts
        self.expectation = expectation
        self.isUnexpected = isUnexpected
        self.wire = wire
    }

    /// `F-012#text-rsv1`, unique within a run.
    public var id: String { variant.map { "\(row)#\($0)" } ?? row }

    /// Both grades as one word.
    public var verdict: CaseVerdict { CaseVerdict(behavior, close) }

    /// Whether it came right only after a failed attempt.
    public var isFlaky: Bool { !earlierAttempts.isEmpty && !isUnexpected }

    /// What was expected of a case before the run.
    public struct Expectation: Codable, Sendable, Equatable {
        /// One verdict, or several for a case known to vary.
        public var verdicts: [CaseVerdict]
        public var reason: String

        public init(verdicts: [CaseVerdict], reason: String) {
            self.verdicts = verdicts
            self.reason = reason
        }
    }
}

/// Whether the right things were processed, and nothing else.
public enum BehaviorGrade: String, Codable, Sendable, CaseIterable {
    case pass = "PASS"
    /// Allowed, but not what the specification would rather have.
    case nonStrict = "NON-STRICT"
    case fail = "FAIL"
    /// Nothing happened in the time granted.
    case timeout = "TIMEOUT"
    /// The system under test died.
    case crash = "CRASH"
    case information = "INFO"
    case skipped = "SKIP"
}

/// How the connection ended.
public enum CloseGrade: String, Codable, Sendable, CaseIterable {
    case pass = "PASS"
    /// It ended without a Close frame, or without a code, where the specification would rather have one.
    case nonStrict = "NON-STRICT"
    case wrongCode = "WRONG-CODE"
    /// One of the steps is missing: a Close frame each way, then the end of the TCP connection.
    case unclean = "UNCLEAN"
    /// The suite had to end the TCP connection that was the other side's to end.
    case droppedBySuite = "DROPPED-BY-SUITE"
    /// The system under test did not end the connection although it had to.
    case fail = "FAIL"
    case information = "INFO"
}

/// One word for a case, the worse of its grades.
public enum CaseVerdict: String, Codable, Sendable, CaseIterable {
    case pass = "PASS"
    case nonStrict = "NON-STRICT"
    case wrongCode = "WRONG-CODE"
    case unclean = "UNCLEAN"
    case fail = "FAIL"
    case timeout = "TIMEOUT"
    case crash = "CRASH"
    case information = "INFO"
    case skipped = "SKIP"

    public init(_ behavior: BehaviorGrade, _ close: CloseGrade?) {
        switch (behavior, close) {
        case (.crash, _): self = .crash
        case (.skipped, _): self = .skipped
        case (.timeout, _): self = .timeout
        case (.fail, _), (_, .fail?): self = .fail
        case (_, .wrongCode?): self = .wrongCode
        case (_, .unclean?), (_, .droppedBySuite?): self = .unclean
        case (.nonStrict, _), (_, .nonStrict?): self = .nonStrict
        case (.information, _): self = .information
        case (.pass, _): self = .pass
        }
    }

    /// Whether a requirement is broken, without an expectation that says otherwise.
    ///
    /// - Parameter isStrict: whether what the specification would rather have is required (`--strict`).
    public func breaksRequirement(isStrict: Bool) -> Bool {
        switch self {
        case .pass, .information, .skipped: false
        case .nonStrict: isStrict
        case .wrongCode, .unclean, .fail, .timeout, .crash: true
        }
    }
}
