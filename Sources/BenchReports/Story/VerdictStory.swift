package import BenchResults

/// The run's one answer in words: a headline, and the reason in a sentence.
package struct VerdictStory: Sendable, Equatable {
    package let headline: String
    package let reason: String
    package let tone: Tone

    /// How a report colours what it says. Colour only repeats the words, it never stands alone.
    package enum Tone: String, Sendable {
        case good
        case bad
        case doubtful
    }

    package init(_ result: RunResult) {
        switch result.verdict {
        case .passed:
            headline = "Passed"
            tone = .good
            reason = Self.passedReason(result)
        case .failed:
            headline = "Failed"
            tone = .bad
            reason = Self.failedReason(result)
        case .invalid:
            headline = "Invalid measurement"
            tone = .doubtful
            reason = Self.invalidReason(result)
        case .unreachable:
            headline = "Target unreachable"
            tone = .bad
            reason = Self.unreachableReason(result)
        case .interrupted:
            headline = "Interrupted"
            tone = .doubtful
            reason =
                "The run was stopped after \(QuantityText.elapsed(seconds: result.duration)). "
                + "What was measured until then is kept; it is not a verdict on the server."
        }
    }

    private static func passedReason(_ result: RunResult) -> String {
        switch result.thresholds.count {
        case 0: "The run completed. The scenario sets no thresholds, so nothing was judged."
        case 1: "Its one threshold was met: \(measurement(result.thresholds[0]))."
        case let count: "All \(count) thresholds were met."
        }
    }

    private static func failedReason(_ result: RunResult) -> String {
        let missed = result.thresholds.filter { !$0.passed }
        guard let first = missed.first else {
            return "The run failed although no threshold was missed; the errors below say why."
        }
        switch missed.count {
        case 1: return "A threshold was missed: \(measurement(first))."
        default:
            return "\(missed.count) of \(result.thresholds.count) thresholds were missed, "
                + "the first of them: \(measurement(first))."
        }
    }

    private static func invalidReason(_ result: RunResult) -> String {
        let missed = result.validity.filter { !$0.passed }.map(measurement)
        let why = missed.isEmpty ? "" : " (\(missed.joined(separator: "; ")))"
        return "The load generator was the bottleneck\(why). The figures below say nothing about the server."
    }

    private static func unreachableReason(_ result: RunResult) -> String {
        let example = result.errors.first.map { ": \($0.example)" } ?? ""
        let what = result.stages.isEmpty ? "could not be reached" : "could not be reached, or died during the run"
        return "The server at \(result.target.url) \(what)\(example.hasSuffix(".") ? example : example + ".")"
    }

    /// `rtt.p99 < 25ms in steady, measured 31.2 ms`.
    private static func measurement(_ row: RunResult.BudgetVerdict) -> String {
        "\(row.condition), measured \(row.measuredText)"
    }
}

extension RunResult.BudgetVerdict {
    /// The expression, with the stage where it does not name it itself.
    package var condition: String {
        guard let stage, !expression.contains(" in ") else { return expression }
        return "\(expression) in \(stage)"
    }
}
