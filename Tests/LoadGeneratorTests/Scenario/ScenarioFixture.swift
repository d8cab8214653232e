@testable import LoadGenerator

/// A smallest scenario that reads cleanly, to change one part of at a time.
struct ScenarioFixture {
    var target = "{ url: \"ws://127.0.0.1:9001/echo\" }"
    var behaviours = "{ echo: { send: { text: hello, rate: 2/s }, expect: { reply: identical } } }"
    var load = "{ stages: [{ name: ramp, connections: 10, over: 1s }, { name: steady, hold: 5s }] }"
    /// Further lines.
    var more = ""

    var text: String {
        "wsbench: 1\ntarget: \(target)\nbehaviours: \(behaviours)\nload: \(load)\n\(more)"
    }

    func read(environment: [String: String] = [:]) throws(ScenarioError) -> Scenario {
        try ScenarioReader.read(text: text, file: "scenarios/test.yaml", environment: environment)
    }

    static func read(_ text: String, environment: [String: String] = [:]) throws(ScenarioError) -> Scenario {
        try ScenarioReader.read(text: text, file: "scenarios/test.yaml", environment: environment)
    }

    /// The problems of `text`, each as `line:column: message`.
    static func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(text, environment: environment)
            return []
        } catch {
            return error.problems.map { "\($0.line):\($0.column): \($0.message)" }
        }
    }
}
