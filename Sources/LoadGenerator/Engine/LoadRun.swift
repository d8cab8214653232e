package import BenchResults
import CLinux
import Glibc
import Reactor
import Synchronization
import WebSocketTransport

/// Runs a scenario: server, load, samples, verdict.
package struct LoadRun: Sendable {
    package struct Options: Sendable {
        /// Event loops of the generator, each with a thread and its share of the clients.
        package var loops: Int
        /// The command that runs this package's own server, for scenarios that embed it.
        package var embeddedServer: [String]
        /// What the report names as the way to repeat the run.
        package var command: [String]
        package var toolVersion: String
        /// The scenario's text, and the file it was read from.
        package var text: String
        package var file: String?

        package init(
            loops: Int, embeddedServer: [String], command: [String], toolVersion: String, text: String, file: String?
        ) {
            self.loops = loops
            self.embeddedServer = embeddedServer
            self.command = command
            self.toolVersion = toolVersion
            self.text = text
            self.file = file
        }
    }

    /// A request from outside to end the run early; what was measured until then is kept.
    package final class Interruption: Sendable {
        private let flag = Atomic(false)

        package init() {}

        package func interrupt() { flag.store(true, ordering: .relaxed) }
        package var isRequested: Bool { flag.load(ordering: .relaxed) }

        /// The process group of the server that the run started; 0 when there is none.
        private let serverGroup = Atomic<Int32>(0)

        func serverStarted(_ pid: Int32) { serverGroup.store(pid, ordering: .relaxed) }
        func serverEnded() { serverGroup.store(0, ordering: .relaxed) }

        /// Ends the server that the run started, without waiting: for those who leave without waiting for the run.
        package func endServer() {
            let group = serverGroup.load(ordering: .relaxed)
            if group > 0 { kill(-group, SIGKILL) }
        }
    }

    private let scenario: Scenario
    private let options: Options
    private let timeline: Timeline
    private let metrics: MetricTable

    package init(_ scenario: Scenario, options: Options) {
        self.scenario = scenario
        self.options = options
        timeline = Timeline(scenario.load)
        metrics = MetricTable(scenario)
    }

    /// Runs to the end, or to the interruption.
    ///
    /// - Parameter progress: called a few times a second.
    /// - Throws: ``LoadError`` when nothing could be measured at all.
    package func run(
        interruption: Interruption, progress: @escaping @Sendable (LiveSnapshot) -> Void
    ) async throws -> RunResult {
        let pools = try makePools()
        let tls = try makeTLS()
        _ = clinux_raise_descriptor_limit()
        return try await ServerUnderTest.with(
            scenario, embedded: options.embeddedServer, interruption: interruption
        ) { server in
            try await drive(server, pools: pools, tls: tls, interruption: interruption, progress: progress)
        }
    }

    private func makePools() throws -> [PayloadPool?] {
        let used = Set(scenario.load.mix.compactMap { scenario.behaviours[$0.behaviour].send?.payload })
        return try scenario.payloads.enumerated().map { index, payload in
            guard used.contains(index) else { return nil }
            do {
                return try payload.pool(seed: scenario.seed, index: index)
            } catch {
                throw LoadError.unusable("payload \(payload.name): \(error)")
            }
        }
    }

    private func makeTLS() throws -> TLSClientContext? {
        guard scenario.target.isSecure else { return nil }
        do {
            return try scenario.target.tls.context()
        } catch {
            throw LoadError.unusable("target.tls: \(error)")
        }
    }

    // MARK: - The load

    private func drive(
        _ server: ServerUnderTest, pools: [PayloadPool?], tls: TLSClientContext?, interruption: Interruption,
        progress: @escaping @Sendable (LiveSnapshot) -> Void
    ) async throws -> RunResult {
        let group = try EventLoopGroup(count: options.loops, name: "load")
        defer { group.stop() }
        let shards = group.loops.enumerated().map { index, loop in
            Shard(
                loop: loop,
                plan: ShardPlan(shard: index, of: options.loops, scenario: scenario, tls: tls),
                scenario: scenario, timeline: timeline, metrics: metrics, pools: pools)
        }
        var watch = RunWatch(
            scenario: scenario, timeline: timeline, metrics: metrics, server: server, shards: shards)
        var draft = startDraft(server)
        // A moment ahead, so that all loops begin together.
        let start = monotonicNanoseconds() + 20_000_000
        for shard in shards { await shard.onLoop { $0.begin(at: start) } }
        await watch.begin(at: start)

        var outcome = Outcome.complete
        var now = start
        while true {
            await sleep(until: start + watch.nextSample(after: now - start), interruption: interruption)
            // An interruption may come in the moment before the start.
            now = max(start, monotonicNanoseconds())
            progress(await watch.tick(now: now))
            if interruption.isRequested { outcome = .interrupted }
            if let reason = watch.reasonToGiveUp { outcome = .unreachable(reason) }
            if outcome == .complete, await isAborted(watch, shards, &draft, now: now) { outcome = .aborted }
            if outcome != .complete || now >= start + timeline.end { break }
        }
        await end(
            shards, planned: start + min(timeline.end, now - start), patient: outcome.isPatient,
            interruption: interruption)
        await watch.finish(now: monotonicNanoseconds())
        if outcome.isPatient, let reason = watch.reasonToGiveUp { outcome = .unreachable(reason) }
        let result = await assemble(watch, shards, draft, end: now, outcome: outcome)
        for shard in shards { await shard.onLoop { $0.release() } }
        return result
    }

    /// How the load ended.
    enum Outcome: Equatable {
        case complete
        case interrupted
        /// A threshold with `abort: true` was missed.
        case aborted
        case unreachable(String)

        /// Whether it is worth waiting for replies.
        var isPatient: Bool { self == .complete || self == .aborted }
    }

    private func sleep(until deadline: UInt64, interruption: Interruption) async {
        while !interruption.isRequested {
            let now = monotonicNanoseconds()
            guard now < deadline else { return }
            // In pieces, so that an interruption is soon seen.
            let piece = min(deadline - now, 50_000_000)
            try? await Task.sleep(for: .nanoseconds(Int64(piece)), tolerance: .zero)
        }
    }

    /// Waits for the replies that are still to come, then closes every connection. An interruption ends each wait.
    private func end(
        _ shards: [Shard], planned: UInt64, patient: Bool, interruption: Interruption
    ) async {
        for shard in shards { await shard.onLoop { $0.stopSending(planned: planned) } }
        if patient {
            let longest = scenario.behaviours.compactMap { $0.expect?.within.nanoseconds }.max() ?? 0
            await wait(min(longest, Self.longestPatience), until: interruption) {
                for shard in shards where await shard.onLoop({ $0.isAwaiting }) { return false }
                return true
            }
        }
        // One that came earlier has ended the load, but the connections are still closed in order.
        let another = interruption.isRequested ? nil : interruption
        for shard in shards { await shard.onLoop { $0.leaveAll() } }
        await wait(5_000_000_000, until: another) {
            for shard in shards where await shard.onLoop({ $0.hasConnections }) { return false }
            return true
        }
        for shard in shards { await shard.onLoop { $0.abortAll() } }
    }

    /// Replies are not waited for longer than this after the load, however long the scenario allows them to take.
    private static let longestPatience: UInt64 = 10_000_000_000

    private func wait(_ limit: UInt64, until interruption: Interruption?, _ isDone: () async -> Bool) async {
        let deadline = monotonicNanoseconds() &+ limit
        while !(await isDone()) && monotonicNanoseconds() < deadline && interruption?.isRequested != true {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func isAborted(
        _ watch: RunWatch, _ shards: [Shard], _ draft: inout RunResult, now: UInt64
    ) async -> Bool {
        let elapsed = now - watch.start
        let due = scenario.thresholds.filter { $0.abortsAfter.map { $0.nanoseconds <= elapsed } ?? false }
        guard !due.isEmpty else { return false }
        let partial = await measured(watch, shards, draft, end: now)
        return due.contains { threshold in
            threshold.budget.evaluate(in: partial).contains { !$0.passed && $0.measured != nil }
        }
    }

    // MARK: - The result

    private func startDraft(_ server: ServerUnderTest) -> RunResult {
        let origin =
            switch scenario.server.origin {
            case .external: "external"
            case .embedded: "embedded"
            case .start: "started"
            }
        return RunResult(
            tool: RunResult.Tool(name: "wsbench", version: options.toolVersion),
            scenario: RunResult.Scenario(
                name: scenario.name, question: scenario.question, file: options.file, text: options.text,
                seed: scenario.seed, loadModel: scenario.loadModel),
            command: options.command,
            machine: .current,
            target: RunResult.Target(
                url: scenario.target.url.description, origin: origin, serverCommand: server.command),
            startedAt: wallClockSeconds())
    }

    private func measured(_ watch: RunWatch, _ shards: [Shard], _ draft: RunResult, end: UInt64) async -> RunResult {
        var result = draft
        result.duration = Double(end - watch.start) / 1e9
        var reports: [ShardReport] = []
        for shard in shards { reports.append(await shard.onLoop { $0.report() }) }
        result.stages = watch.stages(reports, end: end)
        result.series = watch.series
        result.errors = ShardReport.errors(reports)
        result.target.negotiatedSubprotocol = reports.lazy.compactMap(\.negotiatedSubprotocol).first
        result.target.negotiatedExtensions = reports.lazy.compactMap(\.negotiatedExtensions).first
        return result
    }

    private func assemble(
        _ watch: RunWatch, _ shards: [Shard], _ draft: RunResult, end: UInt64, outcome: Outcome
    ) async -> RunResult {
        var result = await measured(watch, shards, draft, end: end)
        result.thresholds = scenario.thresholds.flatMap { $0.budget.evaluate(in: result) }
        result.validity = scenario.validity.flatMap { $0.evaluate(in: result) }
        switch outcome {
        case .unreachable(let reason):
            result.verdict = .unreachable
            result.remarks.append(reason)
        case .interrupted:
            result.verdict = .interrupted
            result.remarks.append("The run was interrupted; everything measured until then is kept.")
        case .complete, .aborted:
            if outcome == .aborted {
                result.remarks.append("A threshold that ends the run was missed; the rest of the load was left out.")
            }
            if result.validity.contains(where: { !$0.passed }) {
                result.verdict = .invalid
            } else if outcome == .aborted || result.thresholds.contains(where: { !$0.passed }) {
                // An aborted run has failed, even if replies that came later would have saved it.
                result.verdict = .failed
            }
        }
        return result
    }
}

extension Shard {
    /// Runs `body` on the shard's loop and returns what it gives.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Shard) -> Value) async -> Value {
        await withCheckedContinuation { done in
            loop.execute { done.resume(returning: body(self)) }
        }
    }
}
