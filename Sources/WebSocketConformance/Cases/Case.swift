package import BenchResults

/// One test of one requirement: what is sent, what is waited for, what is accepted.
package struct Case: Sendable {
    package enum Phase: String, Sendable {
        /// Next to others.
        case parallel
        /// Alone: it measures time, or takes much of the machine.
        case exclusive
    }

    enum Action: Sendable {
        /// Octets and waits, judged by the outcomes it accepts.
        case script(Script)
        /// What no list of steps can say: it computes what to send, or uses several connections.
        case procedure(@Sendable (Probe) async throws -> Judgement)
    }

    /// The row of the catalogue, or the id of an Autobahn case.
    package var row: String
    /// Tells the cases of a row apart: lower case, digits, hyphens; nil when the row has one case.
    package var variant: String?
    /// What it does, in a few words.
    package var title: String
    /// Whom it can judge; never more than the row says.
    package var roles: Set<CaseRole>
    /// Where it differs from the row's.
    package var level: RequirementLevel?
    package var tags: [String]
    /// What the system under test has to have; without it the case is skipped.
    package var needs: Set<Capability>
    package var phase: Phase
    /// Whether its octets depend on the seed.
    package var isRandom: Bool
    /// The outcomes a procedure accepts, in words, the strict one first; a script says them itself.
    package var accepts: [String]
    var action: Action

    /// `F-012#text-rsv1`.
    package var id: String { variant.map { "\(row)#\($0)" } ?? row }

    /// A case of octets and waits.
    init(
        _ row: String, _ variant: String? = nil, _ title: String, roles: Set<CaseRole> = [.server, .client],
        level: RequirementLevel? = nil, tags: [String] = [], needs: Set<Capability> = [], phase: Phase = .parallel,
        isRandom: Bool = false, script: Script
    ) {
        self.row = row
        self.variant = variant
        self.title = title
        self.roles = roles
        self.level = level
        self.tags = tags
        self.needs = needs.union(script.opening.needs)
        self.phase = phase
        self.isRandom = isRandom
        accepts = script.accept.map(\.summary)
        action = .script(script)
    }

    /// A case that computes.
    init(
        _ row: String, _ variant: String? = nil, _ title: String, roles: Set<CaseRole> = [.server, .client],
        level: RequirementLevel? = nil, tags: [String] = [], needs: Set<Capability> = [], phase: Phase = .parallel,
        isRandom: Bool = false, accepts: [String], _ procedure: @escaping @Sendable (Probe) async throws -> Judgement
    ) {
        self.row = row
        self.variant = variant
        self.title = title
        self.roles = roles
        self.level = level
        self.tags = tags
        self.needs = needs
        self.phase = phase
        self.isRandom = isRandom
        self.accepts = accepts
        action = .procedure(procedure)
    }

    /// A case of octets and waits that are made when it runs: they depend on the seed, or are too many to keep.
    init(
        _ row: String, _ variant: String? = nil, _ title: String, roles: Set<CaseRole> = [.server, .client],
        level: RequirementLevel? = nil, tags: [String] = [], needs: Set<Capability> = [], phase: Phase = .parallel,
        isRandom: Bool = false, accepts: [String], making script: @escaping @Sendable (inout SeededRandom) -> Script
    ) {
        self.init(
            row, variant, title, roles: roles, level: level, tags: tags, needs: needs, phase: phase, isRandom: isRandom,
            accepts: accepts
        ) { probe in
            try await ScriptRun(script: script(&probe.random), probe: probe).run()
        }
    }
}

/// What a case concluded.
package struct Judgement: Sendable {
    package var behavior: BehaviorGrade
    package var close: CloseGrade?
    /// One line: what was expected and what happened instead.
    package var explanation: String

    package init(_ behavior: BehaviorGrade, close: CloseGrade? = nil, _ explanation: String) {
        self.behavior = behavior
        self.close = close
        self.explanation = explanation
    }

    static func pass(_ explanation: String = "as required") -> Judgement { Judgement(.pass, explanation) }
    static func nonStrict(_ explanation: String) -> Judgement { Judgement(.nonStrict, explanation) }
    static func fail(_ explanation: String) -> Judgement { Judgement(.fail, explanation) }
    static func timeout(_ explanation: String) -> Judgement { Judgement(.timeout, explanation) }
    static func information(_ explanation: String) -> Judgement { Judgement(.information, explanation) }
    static func skipped(_ reason: String) -> Judgement { Judgement(.skipped, reason) }
}
