import BenchResults
import Glibc
package import Reactor

/// Runs cases against clients: the suite listens, clients come.
///
/// By a harness, clients come by themselves as to a fuzzing server of Autobahn|Testsuite (``Harness``), one connection a case;
/// cases that need more of a client are skipped. By an adapter, the suite starts the client and tells it what to do
/// (``Adapter``).
package actor ClientSuite {
    package enum Driver: Sendable {
        /// - Parameter command: starts the harness, `{url}` in it being replaced by the URL to visit; nil: somebody else does.
        case harness(command: String?)
        case adapter(command: String)
    }

    package struct Settings: Sendable {
        package var runner = SuiteRunner.Settings()
        package var address: SocketAddress
        /// nil for `ws`.
        package var tls: TLSServerContext?
        /// What clients call us; nil: the address.
        package var host: String?
        /// Where the standard output and error of what is started go; nil throws them away.
        package var log: Int32?
        /// How many clients with different names a harness run waits for.
        package var agents = 1
        /// How long a harness run waits for anything to happen, in seconds, before it ends as it is.
        package var patience = 60.0
        /// Called once the suite listens, with the URL to visit.
        package var listening: @Sendable (String) -> Void = { _ in }

        package init(address: SocketAddress) { self.address = address }
    }

    /// What one client was found to be.
    package struct AgentOutcome: Sendable {
        /// What it calls itself: `?agent=` of a harness, else its User-Agent; nil when it has no name.
        package var agent: String?
        package var outcome: SuiteRunner.Outcome
    }

    nonisolated private let lane: Lane
    private let driver: Driver
    private let capabilities: Capabilities
    private let settings: Settings
    private var runners: [Int: SuiteRunner] = [:]
    private var lastRunner = 0
    private var stopReason: String?
    private var harness: Harness?
    private var process: ChildProcess?

    package init(loop: EventLoop, driver: Driver, capabilities: Capabilities, settings: Settings) {
        lane = Lane(loop: loop)
        self.driver = driver
        self.settings = settings
        var capabilities = capabilities
        switch driver {
        case .adapter: capabilities.features.formUnion([.adapter, .process])
        case .harness(let command):
            capabilities.features.remove(.adapter)
            if command != nil { capabilities.features.insert(.process) }
        }
        if settings.tls != nil { capabilities.features.insert(.tls) }
        self.capabilities = capabilities
    }

    nonisolated package var unownedExecutor: UnownedSerialExecutor { lane.loop.asUnownedSerialExecutor() }

    /// Runs `cases`.
    ///
    /// - Returns: an element for each client that came, in their order.
    /// - Throws: ``SubjectLost`` when the address cannot be listened on, or what is to be started does not start.
    package func run(_ cases: [Case]) async throws -> [AgentOutcome] {
        switch driver {
        case .adapter(let command): [try await run(cases, adapter: command)]
        case .harness(let command): try await run(cases, harness: command)
        }
    }

    /// Ends the run: no further case begins, and those that run are cut off.
    package func stop(_ reason: String) async {
        stopReason = stopReason ?? reason
        harness?.ring()
        for runner in runners.values { await runner.stop(reason) }
    }

    // MARK: - Adapter

    private func run(_ cases: [Case], adapter command: String) async throws -> AgentOutcome {
        var adapterSettings = Adapter.Settings(command: command, address: settings.address)
        adapterSettings.log = settings.log
        adapterSettings.tls = settings.tls
        adapterSettings.host = settings.host
        adapterSettings.timeouts = settings.runner.timeouts
        let adapter = Adapter(settings: adapterSettings, loop: lane.loop)
        defer { adapter.end() }
        try await adapter.bringBack()
        settings.listening(adapter.origin)
        let runner = SuiteRunner(
            loop: lane.loop, capabilities: capabilities, settings: settings.runner, keeper: adapter,
            subject: { adapter.subject() })
        runners[0] = runner
        if let stopReason { await runner.stop(stopReason) }
        return AgentOutcome(agent: adapter.agent, outcome: await runner.run(cases))
    }

    // MARK: - Harness

    private func run(_ cases: [Case], harness command: String?) async throws -> [AgentOutcome] {
        let harness = Harness(
            cases: Self.numbered(cases, capabilities), repetitions: settings.runner.repetitions, lane: lane,
            timeouts: settings.runner.timeouts
        ) { [weak self] one, visit in await self?.attempt(one, visit) }
        self.harness = harness
        let door: Door
        do {
            door = try Door(
                address: settings.address, lane: lane, tls: settings.tls, patience: settings.runner.timeouts.opening
            ) { arrival in
                if case .visitor(let visitor) = arrival { harness.receive(visitor) }
            }
        } catch {
            throw SubjectLost("\(error)")
        }
        let url = ClientAddress.origin(
            door.address ?? settings.address, host: settings.host, isSecure: settings.tls != nil)
        settings.listening(url)
        defer {
            door.stop()
            process?.end()
            process = nil
            self.harness = nil
        }
        let interruption = try await attend(harness, command: command?.replacing("{url}", with: url))
        return outcomes(of: harness, cases, interruption)
    }

    /// Returns when every client is done, or none comes any more. Cases with an unexpected result are tried again when
    /// the client can be started again.
    private func attend(_ harness: Harness, command: String?) async throws -> SuiteRunner.Interruption? {
        var retries = command == nil ? 0 : settings.runner.retries
        while true {
            switch try await attendRound(harness, command: command) {
            // There are results already; a client that does not come again changes none of them.
            case .lost? where harness.isRetrying: return nil
            case let interruption?: return interruption
            case nil: break
            }
            guard retries > 0, harness.retry(settings.runner.isUnexpected) else { return nil }
            retries -= 1
            process?.end()
        }
    }

    private func attendRound(_ harness: Harness, command: String?) async throws -> SuiteRunner.Interruption? {
        if let command { try start(command) }
        var countAtStart = harness.agents.last.map { harness.visitCount(of: $0) } ?? 0
        let patience = UInt64(max(0.1, settings.patience) * 1e9)
        while true {
            if let stopReason { return .stopped(stopReason) }
            if harness.activeCount == 0, harness.wantsEnd || harness.finished.count >= settings.agents { return nil }
            if harness.activeCount == 0, lane.now &- harness.lastNews > patience {
                let who = harness.agents.isEmpty ? "no client came" : "the client did not come back"
                return .lost("\(who) for \(Int(settings.patience)) s")
            }
            if let command, let process, process.hasEnded(), harness.activeCount == 0 {
                let agent = harness.agents.last ?? ""
                let count = harness.visitCount(of: agent)
                let missing = harness.isRetrying ? [] : harness.missing(of: agent)
                // A harness that gives up at a case is started again for the rest, as long as it gets on.
                guard count > countAtStart, !missing.isEmpty else {
                    return missing.isEmpty
                        ? nil : .lost("the client \(process.exit?.description ?? "ended") and gets no further")
                }
                countAtStart = count
                harness.offer(missing)
                try start(command)
            }
            await harness.wait(until: lane.now &+ (process == nil ? patience / 4 : 50_000_000))
        }
    }

    private func start(_ command: String) throws {
        do {
            process = try ChildProcess(command: command, input: nil, output: settings.log, errors: settings.log)
        } catch {
            throw SubjectLost(error.description)
        }
    }

    private func attempt(_ one: Case, _ visit: OnLane<HarnessVisit>) async -> CaseResult? {
        // The harness asks again, so that the runner need not; its cases are one phase.
        var settings = settings.runner
        settings.repetitions = 1
        settings.retries = 0
        settings.phaseEnded = { _, _, _ in }
        let runner = SuiteRunner(
            loop: lane.loop, capabilities: capabilities, settings: settings,
            keeper: process.map { HarnessProcess(processID: $0.processID) }, subject: { .client(visit.value) })
        lastRunner += 1
        let number = lastRunner
        runners[number] = runner
        defer { runners[number] = nil }
        var result = await runner.run([one]).results.first
        if let process, case .signal(let signal)? = Self.exit(of: process), signal != SIGTERM {
            result?.behavior = .crash
            result?.close = nil
            result?.explanation = "the client \(process.exit?.description ?? "died")"
        }
        return result
    }

    /// How `process` ended, when it has: its connections end a moment before the kernel says so.
    private static func exit(of process: ChildProcess) -> ChildProcess.Exit? {
        _ = process.hasEnded()
        return process.exit
    }

    /// The cases that a harness can be asked for: those that need no adapter, and those first that a client survives which
    /// gives up at the first failed opening handshake.
    package static func numbered(_ cases: [Case], _ capabilities: Capabilities) -> [Case] {
        let possible = cases.filter { $0.needs.allSatisfy(capabilities.has) }
        return possible.filter { $0.group != "H2" } + possible.filter { $0.group == "H2" }
    }

    private func outcomes(
        of harness: Harness, _ cases: [Case], _ interruption: SuiteRunner.Interruption?
    ) -> [AgentOutcome] {
        let skipped = cases.filter { one in !one.needs.allSatisfy(capabilities.has) }.map { one in
            SuiteRunner.skipped(
                one, role: .client, one.needs.filter { !capabilities.has($0) }.map(\.absence).min() ?? "")
        }
        let agents = harness.agents.isEmpty ? [nil] : harness.agents.map(Optional.some)
        return agents.map { agent in
            let found = (agent.flatMap { harness.results[$0] } ?? [:]).merging(skipped.map { ($0.id, $0) }) {
                first, _ in first
            }
            let results = cases.compactMap { found[$0.id] }
            return AgentOutcome(
                agent: agent,
                outcome: SuiteRunner.Outcome(
                    results: results,
                    interruption: interruption
                        ?? (results.count < cases.count
                            ? .lost("the client left out \(cases.count - results.count) cases") : nil)))
        }
    }
}

/// How clients reach an address that the suite listens on.
enum ClientAddress {
    static func origin(_ address: SocketAddress, host: String?, isSecure: Bool) -> String {
        let text = "\(address)"
        let numeric = String(text.prefix(text.count - "\(address.port)".count - 1))
        let reachable =
            switch numeric {
            case "0.0.0.0": "127.0.0.1"
            case "[::]": "[::1]"
            default: numeric
            }
        return "\(isSecure ? "wss" : "ws")://\(host ?? reachable):\(address.port)"
    }
}

/// The process of a harness: only looked at, never asked whether it lives, since it is started again for all cases together.
private struct HarnessProcess: SubjectKeeper {
    let processID: Int32?
    var death: String? { nil }
    func hasDied(afterConnectionFailed: Bool) -> Bool { false }
    func bringBack() async throws {}
}
