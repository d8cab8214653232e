import BenchResults
import Foundation

/// A short scenario with the embedded server, to change one part of at a time.
struct BenchScenario {
    var port: UInt16
    var server = "{ embedded: { echo: {} } }"
    var stages = "[{ name: ramp, connections: 5, over: 200ms }, { name: steady, hold: 600ms }]"
    /// A generator that shares two cores with other tests is no news.
    var validity = "[generator.cpu < 1000%]"
    /// Further lines.
    var more = ""

    var text: String {
        """
        wsbench: 1
        name: end-to-end
        target: { url: "ws://127.0.0.1:\(port)/echo" }
        \(server.isEmpty ? "" : "server: \(server)")
        behaviours: { echo: { send: { text: hello, rate: 50/s }, expect: { reply: identical } } }
        load: { stages: \(stages) }
        valid_if: \(validity)
        outputs: { html: out/report.html, json: out/run.json }
        \(more)

        """
    }
}

extension Workplace {
    /// Runs `body` while `wsbench run` works on `scenario` in this folder.
    func whileRunning<Value>(
        _ scenario: BenchScenario, _ arguments: [String] = [], environment: [String: String] = [:],
        _ body: (Program) async throws -> Value
    ) async throws -> Value {
        try write(scenario.text, to: "scenario.yaml")
        return try await Program.with(
            "wsbench", ["run", "scenario.yaml"] + arguments, environment: environment, folder: path, body)
    }

    func run(
        _ scenario: BenchScenario, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> Program.Ending {
        try await whileRunning(scenario, arguments, environment: environment) { try await $0.ending() }
    }

    /// The result that a run wrote; throws when it is not whole.
    func result(_ name: String = "out/run.json") throws -> RunResult {
        try JSONDecoder().decode(RunResult.self, from: Data(read(name).utf8))
    }

    /// Whether the page is there from its beginning to its end.
    func isPageWhole(_ name: String = "out/report.html") throws -> Bool {
        let page = try read(name)
        return page.hasPrefix("<!") && page.hasSuffix("</html>\n") || page.hasSuffix("</html>")
    }
}
