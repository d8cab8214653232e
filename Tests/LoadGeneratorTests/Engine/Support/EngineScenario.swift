import BenchResults
import TestSupport

@testable import LoadGenerator

/// A short scenario for the engine: an open loop of a few clients, to change one part of at a time.
struct EngineScenario {
    var port: UInt16
    var scheme = "ws"
    /// Further keys of `target`, each with a comma before it.
    var target = ""
    var behaviours = "{ echo: { send: { text: hello, rate: 50/s }, expect: { reply: identical } } }"
    var mix: String?
    var connect = "{ timeout: 10s }"
    var stages = "[{ name: ramp, connections: 5, over: 200ms }, { name: steady, hold: 600ms }]"
    /// A generator that shares two cores with other tests is no news.
    var validity = "[generator.cpu < 1000%]"
    /// Further lines.
    var more = ""

    var text: String {
        """
        wsbench: 1
        name: engine
        target: { url: "\(scheme)://127.0.0.1:\(port)/"\(target) }
        behaviours: \(behaviours)
        load: { \(mix.map { "mix: \($0), " } ?? "")connect: \(connect), stages: \(stages) }
        valid_if: \(validity)
        \(more)
        """
    }

    func read() throws -> Scenario { try ScenarioReader.read(text: text, file: "scenarios/engine.yaml") }

    /// Runs it.
    func run(
        loops: Int = 1, interruption: LoadRun.Interruption = .init(), embeddedServer: [String] = [],
        progress: @escaping @Sendable (LiveSnapshot) -> Void = { _ in }
    ) async throws -> RunResult {
        let options = LoadRun.Options(
            loops: loops, embeddedServer: embeddedServer, command: ["wsbench", "run", "engine.yaml"],
            toolVersion: "test", text: text, file: "engine.yaml")
        let run = LoadRun(try read(), options: options)
        return try await bounded("the run") {
            try await run.run(interruption: interruption, progress: progress)
        }
    }
}

extension RunResult {
    /// Over all stages, recorded or not.
    func total(_ counter: String) -> UInt64 { stages.reduce(0) { $0 + ($1.counters[counter] ?? 0) } }

    /// Over all stages, recorded or not.
    func latency(_ name: String) -> LatencyHistogram {
        var all = LatencyHistogram()
        for stage in stages { if let histogram = stage.latencies[name] { all.add(histogram) } }
        return all
    }

    func errorCount(_ kind: String) -> UInt64 { errors.first { $0.kind == kind }?.count ?? 0 }

    func stage(_ name: String) -> Stage? { stages.first { $0.name == name } }
}
