import BenchResults
import CommandLineSupport
import Foundation
import LoadGenerator
import Synchronization

/// A load scenario that runs while something else does: it is waited for until its connections stand, and ended afterwards.
final class BackgroundLoad: Sendable {
    private struct State {
        var connections: UInt64 = 0
        var isOver = false
    }

    /// How long the connections may take.
    private static let patience = Duration.seconds(120)

    private let source: ScenarioSource
    private let interruption = LoadRun.Interruption()
    private let state = Mutex(State())
    private let task = Mutex<Task<RunResult, any Error>?>(nil)

    /// - Throws: ``CommandFailure`` (2) with every problem of the file.
    init(scenario file: String) throws { source = try ScenarioSource(file: file) }

    /// Starts the load, and returns once it holds every connection that it wants.
    ///
    /// - Returns: how many.
    /// - Throws: ``CommandFailure`` (3) when it does not come to that.
    func start() async throws -> UInt64 {
        let run = LoadRun(
            source.scenario,
            options: .init(
                loops: 1, embeddedServer: [], command: CommandLine.arguments, toolVersion: WSBench.version,
                text: source.text, file: source.file))
        let running = Task {
            defer { state.withLock { $0.isOver = true } }
            return try await run.run(interruption: interruption) { snapshot in
                self.state.withLock { $0.connections = snapshot.connections }
            }
        }
        task.withLock { $0 = running }
        let target = wanted
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            let now = state.withLock { $0 }
            if now.isOver { throw await failure(of: running) }
            if now.connections >= target { return now.connections }
            try await Task.sleep(for: .milliseconds(100))
        }
        let now = state.withLock { $0 }
        throw CommandFailure(
            .unreachable, "the load holds \(now.connections) of \(target) connections after \(Self.patience)")
    }

    /// The most connections that a stage asks for.
    private var wanted: UInt64 {
        let counts = source.scenario.load.stages.map { stage in
            if case .ramp(let connections, _) = stage.population { connections } else { 0 }
        }
        return UInt64(max(1, counts.max() ?? 1))
    }

    private func failure(of running: Task<RunResult, any Error>) async -> CommandFailure {
        do {
            _ = try await running.value
            return CommandFailure(.usage, "the load of \(source.file ?? "") ended before its connections stood")
        } catch {
            return CommandFailure(.unreachable, "the load of \(source.file ?? ""): \(error)")
        }
    }

    /// Whether it has come to its end by itself.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Ends it.
    ///
    /// - Returns: what it was; nil when it failed.
    func stop() async -> RunResult? {
        interruption.interrupt()
        return try? await task.withLock { $0 }?.value
    }
}
