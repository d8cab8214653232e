package import BenchResults
package import Reactor

/// Runs cases against one system under test, several at once, on one lane.
///
/// An actor whose executor is the lane's loop: everything of a case happens on that thread.
package actor SuiteRunner {
    package struct Settings: Sendable {
        package var seed: UInt64 = 1
        package var timeouts = Timeouts()
        /// Cases at once in the parallel phase.
        package var jobs = 16
        /// Once per case that ended.
        package var progress: @Sendable (CaseResult) -> Void = { _ in }

        package init() {}
    }

    nonisolated private let lane: Lane
    private let subject: @Sendable () -> Subject
    private let capabilities: Capabilities
    private let settings: Settings
    private var queue: [Case] = []
    private var results: [String: CaseResult] = [:]

    /// - Parameter subject: made on the lane.
    package init(
        loop: EventLoop, capabilities: Capabilities, settings: Settings,
        subject: @escaping @Sendable () -> Subject
    ) {
        lane = Lane(loop: loop)
        self.capabilities = capabilities
        self.settings = settings
        self.subject = subject
    }

    nonisolated package var unownedExecutor: UnownedSerialExecutor { lane.loop.asUnownedSerialExecutor() }

    /// Runs `cases`: first those that can run next to others, then each of the rest alone.
    ///
    /// - Returns: in the order of `cases`.
    package func run(_ cases: [Case]) async -> [CaseResult] {
        results = [:]
        queue = cases.filter { $0.phase == .parallel }.reversed()
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, settings.jobs) {
                group.addTask { await self.work() }
            }
        }
        for one in cases where one.phase == .exclusive { await run(one) }
        return cases.compactMap { results[$0.id] }
    }

    private func work() async {
        while let next = queue.popLast() {
            await run(next)
            if Task.isCancelled { return }
        }
    }

    private func run(_ one: Case) async {
        let result = await attempt(one)
        results[one.id] = result
        settings.progress(result)
    }

    /// One attempt at one case.
    private func attempt(_ one: Case) async -> CaseResult {
        let subject = subject()
        let probe = Probe(
            subject: subject, capabilities: capabilities, timeouts: settings.timeouts, lane: lane, seed: settings.seed,
            caseID: one.id, processID: nil)
        let began = lane.now
        let judgement: Judgement
        if let missing = one.needs.filter({ !capabilities.has($0) }).map(\.absence).min() {
            judgement = .skipped(missing)
        } else {
            judgement = await Self.judgement(of: one, probe)
        }
        probe.dropAll()
        return result(of: one, judgement, probe, milliseconds: Int(clamping: (lane.now &- began) / 1_000_000))
    }

    private static func judgement(of one: Case, _ probe: Probe) async -> Judgement {
        do {
            switch one.action {
            case .script(let script): return try await ScriptRun(script: script, probe: probe).run()
            case .procedure(let procedure): return try await procedure(probe)
            }
        } catch let error as ProbeError {
            switch error {
            case .unreachable(let reason): return .fail("no connection: \(reason)")
            case .notOpened(let reason): return .fail("the opening handshake failed: \(reason)")
            case .skipped(let reason), .noVisitor(let reason): return .skipped(reason)
            }
        } catch {
            return .fail("\(error)")
        }
    }

    private func result(of one: Case, _ judgement: Judgement, _ probe: Probe, milliseconds: Int) -> CaseResult {
        let row = Catalogue.row(one.row)
        return CaseResult(
            row: one.row, variant: one.variant, group: row?.group ?? "Autobahn", title: one.title, role: probe.role,
            level: one.level ?? row?.level ?? .must, requirement: row?.requirement ?? one.title,
            source: row?.source ?? "Autobahn|Testsuite", tags: one.tags, behavior: judgement.behavior,
            close: judgement.close, explanation: judgement.explanation, expected: one.accepts,
            observed: probe.observations, remoteCloseCode: probe.remoteCloseCode, duration: milliseconds,
            seed: one.isRandom ? settings.seed : nil, wire: probe.recorder.log)
    }
}
