import BenchResults

/// Which replies to a request are accepted, and what each is worth. Everything else is a failure.
struct Acceptance: Sendable {
    /// A correct 101, behind which an echo works; nil when the request must not open anything.
    var opening: Outcome.Worth?
    /// Of other answers; the first match counts.
    var refusals: [(statuses: ClosedRange<Int>, worth: Outcome.Worth)]
    /// The end of the connection without an answer. A server owes every well-formed request an answer, so this is for
    /// octets that are none.
    var end: Outcome.Worth?
    /// The same, but by a reset, which may have destroyed an answer: a server that stops reading in the middle of a large
    /// request causes it without wanting to.
    var reset: Outcome.Worth?
    /// No answer at all in time, the connection left open.
    var silence: Outcome.Worth?
    /// Looks at a refusal that is accepted by its status; nil has no objection.
    var objection: (@Sendable (HTTPAnswer) -> Judgement?)?

    /// The request is legal: it opens, and an echo works.
    static let open = Acceptance(opening: .pass, refusals: [])

    /// It opens; a refusal misses a recommendation.
    static let shouldOpen = Acceptance(
        opening: .pass, refusals: [(200...599, .nonStrict)], end: .nonStrict, reset: .nonStrict)

    /// REJECT(n) of the catalogue: a whole answer with one of `best`; any other 4xx or 5xx is not strict.
    static func refuse(_ best: Int...) -> Acceptance {
        Acceptance(opening: nil, refusals: best.map { ($0...$0, .pass) } + [(400...599, .nonStrict)])
    }

    /// The same for a message that is not HTTP by its grammar: a server may drop it, but an answer is better.
    static func refuseMalformed(_ best: Int...) -> Acceptance {
        Acceptance(
            opening: nil, refusals: best.map { ($0...$0, .pass) } + [(400...599, .nonStrict)], end: .nonStrict,
            reset: .nonStrict)
    }

    /// Opens, or is refused with any error: both are right.
    static let openOrAnyRefusal = Acceptance(
        opening: .pass, refusals: [(400...599, .pass)], end: .nonStrict, reset: .nonStrict)

    /// Either way; only recorded.
    static let recorded = Acceptance(
        opening: .information, refusals: [(400...599, .information)], end: .information, reset: .information)

    /// Any whole HTTP answer but 101: without a valid upgrade it is an ordinary request.
    static let notSwitched = Acceptance(opening: nil, refusals: [(200...599, .pass)])

    /// Opens, or is refused with one of `best`; both are right.
    static func openOrRefuse(_ best: Int...) -> Acceptance {
        Acceptance(opening: .pass, refusals: best.map { ($0...$0, .pass) } + [(400...599, .nonStrict)])
    }

    func with(
        opening: Outcome.Worth? = nil, end: Outcome.Worth? = nil, reset: Outcome.Worth? = nil,
        silence: Outcome.Worth? = nil, also statuses: ClosedRange<Int>? = nil, worth: Outcome.Worth = .nonStrict,
        objection: (@Sendable (HTTPAnswer) -> Judgement?)? = nil
    ) -> Acceptance {
        var changed = self
        if let opening { changed.opening = opening }
        if let end { changed.end = end }
        if let reset { changed.reset = reset }
        if let silence { changed.silence = silence }
        if let statuses { changed.refusals.append((statuses, worth)) }
        if let objection { changed.objection = objection }
        return changed
    }

    /// For reports, the best first.
    var summaries: [String] {
        var texts: [(worth: Outcome.Worth, text: String)] = []
        if let opening { texts.append((opening, "101, and an echo works")) }
        for (statuses, worth) in refusals {
            let range =
                statuses.count == 1
                ? "\(statuses.lowerBound)" : "a status from \(statuses.lowerBound) to \(statuses.upperBound)"
            texts.append((worth, "a whole answer with \(range)"))
        }
        if let end { texts.append((end, "the end of the connection")) }
        if let reset { texts.append((reset, "a reset of the connection")) }
        if let silence { texts.append((silence, "no answer")) }
        return texts.map { worth, text in
            switch worth {
            case .pass: text
            case .nonStrict: "non-strict: \(text)"
            case .information: "recorded only: \(text)"
            }
        }
    }
}
