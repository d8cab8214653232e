package import BenchResults
package import Reactor

/// Runs cases against one system under test, several at once, on one lane.
///
/// An actor whose executor is the lane's loop: everything of a case happens on that thread. When the system under test dies,
/// the cases of that moment are run again one by one, so that the one that killed it is found.
package actor SuiteRunner {
    package struct Settings: Sendable {
        package var seed: UInt64 = 1
        package var timeouts = Timeouts()
        /// Cases at once in the parallel phase.
        package var jobs = 16
        /// How often every case runs; the worst result counts.
        package var repetitions = 1
        /// How often a case with an unexpected result is tried again, alone.
        package var retries = 0
        /// Whether a result is another one than expected.
        package var isUnexpected: @Sendable (CaseResult) -> Bool = { $0.verdict.breaksRequirement(isStrict: false) }
        /// Why a case must not run; nil when it may.
        package var disabledReason: @Sendable (Case, CaseRole) -> String? = { _, _ in nil }
        /// Told of every attempt that ended.
        package var progress: @Sendable (CaseResult) -> Void = { _ in }
        /// Told of every phase that ended: which, how many cases it had, and how many nanoseconds it took.
        package var phaseEnded: @Sendable (Case.Phase, Int, UInt64) -> Void = { _, _, _ in }

        package init() {}
    }

    package struct Outcome: Sendable {
        /// In the order in which the cases were given.
        package var results: [CaseResult]
        /// Why not every case has a result; nil when every one has.
        package var interruption: Interruption?
    }

    package enum Interruption: Sendable, Equatable {
        /// ``stop(_:)`` was called.
        case stopped(String)
        /// The system under test is gone and did not come back.
        case lost(String)
    }

    nonisolated private let lane: Lane
    private let subject: @Sendable () -> Subject
    private let capabilities: Capabilities
    private let settings: Settings
    private let keeper: (any SubjectKeeper)?

    private var queue: [Case] = []
    private var results: [String: CaseResult] = [:]
    private var running: [String: Probe] = [:]
    /// Cases during which the system under test died, or some of them.
    private var suspects: [Case] = []
    private var isDown = false
    private var interruption: Interruption?

    /// - Parameters:
    ///   - keeper: knows whether the system under test lives; nil when nobody does (a client that comes by itself).
    ///   - subject: made on the lane, for every attempt.
    package init(
        loop: EventLoop, capabilities: Capabilities, settings: Settings, keeper: (any SubjectKeeper)?,
        subject: @escaping @Sendable () -> Subject
    ) {
        lane = Lane(loop: loop)
        self.capabilities = capabilities
        self.settings = settings
        self.keeper = keeper
        self.subject = subject
    }

    nonisolated package var unownedExecutor: UnownedSerialExecutor { lane.loop.asUnownedSerialExecutor() }

    /// Looks whether `server` is one at all; call it before ``run(_:)``.
    ///
    /// - Throws: ``SubjectLost``.
    package func look(at server: ServerSubject) async throws -> ServerFinding {
        try await Preflight.look(at: server, lane: lane, timeouts: settings.timeouts)
    }

    /// Runs `cases`: first those that can run next to others, then each of the rest alone.
    package func run(_ cases: [Case]) async -> Outcome {
        for _ in 0..<max(1, settings.repetitions) where interruption == nil {
            let before = results
            results = [:]
            await run(.parallel, of: cases)
            await run(.exclusive, of: cases)
            await retryUnexpected(cases)
            if !before.isEmpty { results = results.merging(before, uniquingKeysWith: Self.worse) }
        }
        return Outcome(results: cases.compactMap { results[$0.id] }, interruption: interruption)
    }

    /// Ends the run: no further case begins, and those that run are cut off.
    package func stop(_ reason: String) {
        interruption = interruption ?? .stopped(reason)
        for probe in running.values { probe.dropAll() }
    }

    // MARK: - Order

    private func run(_ phase: Case.Phase, of cases: [Case]) async {
        let chosen = cases.filter { $0.phase == phase }
        guard !chosen.isEmpty, interruption == nil else { return }
        let began = lane.now
        switch phase {
        case .parallel: await runParallel(chosen)
        case .exclusive: for one in chosen where interruption == nil { await runAlone(one) }
        }
        if interruption == nil { settings.phaseEnded(phase, chosen.count, lane.now &- began) }
    }

    private func runParallel(_ cases: [Case]) async {
        queue = cases.reversed()
        while !queue.isEmpty, interruption == nil {
            await withDiscardingTaskGroup { group in
                for _ in 0..<max(1, settings.jobs) { group.addTask { await self.work() } }
            }
            guard isDown, interruption == nil else { continue }
            let suspects = self.suspects
            self.suspects = []
            guard await bringBack() else { return }
            for one in suspects where interruption == nil { await runAlone(one) }
        }
    }

    private func work() async {
        while interruption == nil, !isDown, let next = queue.popLast() {
            let attempt = await attempt(next)
            if interruption != nil { return }
            if isDown || hasDied(after: attempt) {
                isDown = true
                suspects.append(next)
            } else {
                record(attempt.result)
            }
        }
    }

    /// Runs `one` with nothing beside it; when the system under test dies, this case killed it.
    private func runAlone(_ one: Case) async {
        let attempt = await attempt(one)
        guard interruption == nil else { return }
        var result = attempt.result
        if attempt.hasEndedSubject {
            record(result)
            _ = await bringBack()
            return
        }
        if hasDied(after: attempt) {
            isDown = true
            result.behavior = .crash
            result.close = nil
            result.explanation = keeper?.death ?? "the system under test accepted no connection any more"
            record(result)
            _ = await bringBack()
            return
        }
        record(result)
    }

    private func retryUnexpected(_ cases: [Case]) async {
        for one in cases {
            var earlier: [CaseVerdict] = []
            for _ in 0..<settings.retries {
                // A crash is never tried again.
                guard interruption == nil, let result = results[one.id], result.verdict != .crash,
                    settings.isUnexpected(result)
                else { break }
                earlier.append(result.verdict)
                await runAlone(one)
                results[one.id]?.earlierAttempts = earlier
            }
        }
    }

    /// What counts of two runs of a case.
    static func worse(_ left: CaseResult, _ right: CaseResult) -> CaseResult {
        guard left.verdict != right.verdict else { return left }
        let order = CaseVerdict.allCases
        let isLeftWorse = (order.firstIndex(of: left.verdict) ?? 0) > (order.firstIndex(of: right.verdict) ?? 0)
        var worse = isLeftWorse ? left : right
        worse.explanation += " (another run of the case: \((isLeftWorse ? right : left).verdict.rawValue))"
        return worse
    }

    private func record(_ result: CaseResult) {
        results[result.id] = result
        settings.progress(result)
    }

    // MARK: - Life and death

    private func hasDied(after attempt: Attempt) -> Bool {
        keeper?.hasDied(afterConnectionFailed: attempt.couldNotConnect) ?? false
    }

    private func bringBack() async -> Bool {
        isDown = false
        guard let keeper else { return true }
        do {
            try await keeper.bringBack()
            return true
        } catch {
            interruption = interruption ?? .lost("\(error)")
            return false
        }
    }

    // MARK: - One attempt

    private struct Attempt {
        var result: CaseResult
        var couldNotConnect: Bool
        /// The case has told the system under test to end.
        var hasEndedSubject: Bool
    }

    private func attempt(_ one: Case) async -> Attempt {
        let probe = makeProbe(caseID: one.id)
        running[one.id] = probe
        defer { running[one.id] = nil }
        let began = lane.now
        var couldNotConnect = false
        let judgement: Judgement
        if let missing = one.needs.filter({ !capabilities.has($0) }).map(\.absence).min() {
            judgement = .skipped(missing)
        } else if let reason = settings.disabledReason(one, probe.role) {
            judgement = .skipped("disabled: \(reason)")
        } else {
            judgement = await Self.judgement(of: one, probe, &couldNotConnect)
        }
        probe.dropAll()
        let duration = Int(clamping: (lane.now &- began) / 1_000_000)
        return Attempt(
            result: result(of: one, judgement, probe, milliseconds: duration), couldNotConnect: couldNotConnect,
            hasEndedSubject: probe.hasEndedSubject)
    }

    func makeProbe(caseID: String) -> Probe {
        Probe(
            subject: subject(), capabilities: capabilities, timeouts: settings.timeouts, lane: lane,
            seed: settings.seed, caseID: caseID, processID: keeper?.processID)
    }

    private static func judgement(of one: Case, _ probe: Probe, _ couldNotConnect: inout Bool) async -> Judgement {
        do {
            switch one.action {
            case .script(let script): return try await ScriptRun(script: script, probe: probe).run()
            case .procedure(let procedure): return try await procedure(probe)
            }
        } catch let error as ProbeError {
            switch error {
            case .unreachable(let reason):
                couldNotConnect = true
                return .fail("no connection: \(reason)")
            case .notOpened(let reason): return .fail("the opening handshake failed: \(reason)")
            case .skipped(let reason), .noVisitor(let reason): return .skipped(reason)
            }
        } catch {
            return .fail("\(error)")
        }
    }

    /// The result of a case that is not even begun.
    static func skipped(_ one: Case, role: CaseRole, _ reason: String) -> CaseResult {
        let row = Catalogue.row(one.row)
        return CaseResult(
            row: one.row, variant: one.variant, group: one.group, title: one.title, role: role,
            level: one.effectiveLevel, requirement: row?.requirement ?? one.title,
            source: row?.source ?? "Autobahn|Testsuite", tags: one.tags, behavior: .skipped, close: nil,
            explanation: reason, expected: one.accepts, observed: [], duration: 0)
    }

    private func result(of one: Case, _ judgement: Judgement, _ probe: Probe, milliseconds: Int) -> CaseResult {
        let row = Catalogue.row(one.row)
        return CaseResult(
            row: one.row, variant: one.variant, group: one.group, title: one.title, role: probe.role,
            level: one.effectiveLevel, requirement: row?.requirement ?? one.title,
            source: row?.source ?? "Autobahn|Testsuite", tags: one.tags, behavior: judgement.behavior,
            close: judgement.close, explanation: judgement.explanation, expected: one.accepts,
            observed: probe.observations, remoteCloseCode: probe.remoteCloseCode, duration: milliseconds,
            seed: one.isRandom ? settings.seed : nil, wire: probe.recorder.log)
    }
}
