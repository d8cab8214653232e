import BenchResults

/// The verdict of a run in a few words, the same in all reports.
struct ConformanceStory {
    enum Tone: String {
        case good
        case bad
        case doubtful
    }

    let tone: Tone
    /// `As expected`.
    let headline: String
    /// One or two sentences.
    let reason: String

    init(_ result: ConformanceResult) {
        let totals = result.totals
        var sentences: [String] = []
        if let interruption = result.interruption {
            tone = .doubtful
            headline = "Ended early"
            sentences.append("The run ended before every case had run: \(interruption).")
        } else if totals.total == 0 {
            tone = .doubtful
            headline = "Nothing ran"
        } else if totals.unexpected > 0 {
            tone = .bad
            headline = totals.unexpected == 1 ? "1 unexpected result" : "\(totals.unexpected) unexpected results"
        } else if totals.judged == 0 {
            tone = .doubtful
            headline = "Nothing was judged"
        } else {
            tone = .good
            // What did not run is not known to conform.
            let isWhole = totals.skipped == 0 && result.selection == nil
            headline = totals.failed > 0 ? "As expected" : isWhole ? "Conforms" : "Conforms where tested"
        }
        sentences.append(totals.sentence + ".")
        if totals.unexpected > 0, tone == .doubtful { sentences.append("\(totals.unexpected) unexpected.") }
        if totals.expectedFailures > 0 {
            sentences.append(
                "\(totals.expectedFailures) of the failures \(Self.verb(totals.expectedFailures)) expected.")
        }
        if totals.unexpectedlyGood > 0 {
            sentences.append("\(totals.unexpectedlyGood) came out better than the expectations file says.")
        }
        if totals.flaky > 0 { sentences.append("\(totals.flaky) passed only when tried again.") }
        if let selection = result.selection { sentences.append("Only a part of the suite ran: \(selection).") }
        reason = sentences.joined(separator: " ")
    }

    private static func verb(_ count: Int) -> String { count == 1 ? "was" : "were" }

    /// What the exit code of such a run means.
    static func exitMeaning(_ result: ConformanceResult) -> String {
        if result.interruption != nil {
            return "3, 124, 130 or 143: the target died, the time was used up, or the run was interrupted"
        }
        if result.cases.isEmpty { return "5: the selection matched nothing" }
        if result.totals.unexpected > 0 { return "1: a result is worse than expected" }
        if result.totals.unexpectedlyGood > 0 {
            return "0: nothing is worse than expected (1 with --fail-on-unexpected-pass)"
        }
        return "0: every result is as expected"
    }
}
