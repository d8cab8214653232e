import Reactor
package import BenchResults

/// What a run does, as its file says it: parsed, complete and checked. If the value exists, it can be run.
///
/// Made by ``ScenarioReader``. Format: version 1 (`wsbench: 1`).
package struct Scenario: Sendable, Hashable {
    /// The version of the format that this reader understands.
    package static let formatVersion = 1

    package let name: String
    /// The question the scenario answers, when it states one.
    package let question: String?
    /// What the answer may cost, in the author's words; ``thresholds`` are what is judged.
    package let budget: String?
    /// The source of all randomness of the run.
    package let seed: UInt64
    package let server: ScenarioServer
    package let target: ScenarioTarget
    /// Never empty where a behaviour sends; behaviours refer to them by index.
    package let payloads: [ScenarioPayload]
    /// In the file's order, never empty. ``ScenarioLoad/mix`` refers to them by index.
    package let behaviours: [ScenarioBehaviour]
    package let load: ScenarioLoad
    package let thresholds: [ScenarioThreshold]
    /// Conditions on the generator; a missed one makes the run invalid instead of failed.
    package let validity: [Budget]
    package let outputs: ScenarioOutputs

    /// What drives the messages, in the words of a result file.
    package var loadModel: String {
        let used = load.mix.map { behaviours[$0.behaviour] }
        let open = used.contains { $0.send?.drive.isOpen == true }
        let closed = used.contains { $0.send?.drive.isOpen == false }
        return switch (open, closed) {
        case (true, true): "mixed"
        case (true, false): "open"
        case (false, true): "closed"
        case (false, false): "idle"
        }
    }
}

/// A threshold of the scenario, and whether missing it ends the run.
package struct ScenarioThreshold: Sendable, Hashable {
    package let budget: Budget
    /// When set, the run ends as soon as the budget is missed, but not before this much of it has passed.
    package let abortsAfter: Duration?
}

/// Files to write. Paths are as written, so relative ones start from the working directory.
package struct ScenarioOutputs: Sendable, Hashable {
    package let html: String?
    package let json: String?
}

extension Duration {
    /// In seconds, for arithmetic where a rounding does no harm.
    package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
