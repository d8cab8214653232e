/// The stimulus of a case as data, and what is accepted as the answer.
struct Script: Sendable {
    var opening = Opening()
    var steps: [Step]
    /// The accepted outcomes, the best first.
    var accept: [Outcome]
    /// How many times the usual wait an answer may take; more for megabytes.
    var patience = 1
    /// What has to happen before the case says anything; nil where everything is its own.
    var premise: Premise?

    /// A failed connection, where the case is about what goes with the failure. A peer that does not fail it is accused once,
    /// by the row about the violation.
    struct Premise: Sendable {
        /// The row about the violation.
        var row: String
        /// What its Close holds, to be told from the answer to a Close among the steps.
        var codes: Set<UInt16>
    }

    /// The same, skipped for a peer that does not fail the connection as `row` wants it.
    func presuming(_ row: String, _ codes: UInt16...) -> Script {
        var script = self
        script.premise = Premise(row: row, codes: Set(codes))
        return script
    }

    /// Whether a Close is among the steps.
    var sendsClose: Bool {
        steps.contains { step in
            if case .send(let frames, _) = step { return frames.contains { $0.opcode == Frame.close } }
            return false
        }
    }

    enum Step: Sendable {
        /// One run of octets, cut into segments as asked.
        case send([Frame], Cut = .whole)
        /// The same, with octets that are no frame.
        case octets([UInt8], Cut = .whole)
        /// Waits until so many messages and pongs have come, in all.
        case awaitEvents(Int)
        /// Sends a ping of its own and waits for its pong, which is not counted: everything before it has been processed.
        case barrier
        case pause(milliseconds: Int)
        /// Ends our direction.
        case finish
        /// Resets the connection.
        case reset
    }

    init(_ opening: Opening = Opening(), _ steps: [Step], accept: [Outcome], patience: Int = 1) {
        self.opening = opening
        self.steps = steps
        self.accept = accept
        self.patience = patience
    }

    /// The same, opened in the ordinary way.
    init(_ steps: [Step], accept: [Outcome], patience: Int = 1) {
        self.init(Opening(), steps, accept: accept, patience: patience)
    }

    // MARK: - The usual shapes

    /// Everything sent is echoed; then the suite closes with 1000 and the peer does its part.
    static func echo(
        _ frames: [Frame], cut: Cut = .whole, _ events: [Event], opening: Opening = Opening(), patience: Int = 1
    )
        -> Script
    {
        Script(opening, [.send(frames, cut)], accept: [.exchange(events)], patience: patience)
    }

    /// The peer fails the connection with one of `codes`; `before` may have come first, whole or not at all.
    static func failure(
        _ frames: [Frame], cut: Cut = .whole, _ codes: [UInt16], lenient: [UInt16] = [], after before: [Event] = [],
        opening: Opening = Opening()
    ) -> Script {
        Script(
            opening, [.send(frames, cut)],
            accept: Outcome.failures(codes, lenient: lenient, after: before))
    }
}

/// One way for a case to come out.
struct Outcome: Sendable {
    enum Ending: Sendable {
        /// The suite closes with 1000 once the events have come; Close with 1000 or without a code comes back, and the side
        /// whose turn it is ends TCP.
        case closedBySuite
        /// The steps hold a Close; one of these codes comes back, nil for a Close without a code.
        case closeReply(strict: [UInt16?], lenient: [UInt16?])
        /// The peer fails the connection (RFC 6455 §7.1.7).
        case failure(strict: [UInt16], lenient: [UInt16])
        /// The steps have ended TCP themselves: nothing more is expected but the end of the peer's side.
        case end
        /// Any ending, recorded.
        case any
    }

    /// What the case is worth when it comes out like this.
    enum Worth: Sendable { case pass, nonStrict, information }

    /// How what came is compared with ``Outcome/events``.
    enum Matching: Sendable {
        /// All of them, in this order.
        case exact
        /// All of them, messages in their order and pongs in theirs: who answers a ping need not wait for the application
        /// that answers a message before it.
        case pongsApart
        /// The messages in their order, and of the pongs some in their order, the last among them (RFC 6455 §5.5.3 lets a
        /// peer answer only the newest ping).
        case newestPongs
        /// The messages in their order, and of the pongs any in their order: others judge those.
        case anyPongs
    }

    var worth = Worth.pass
    var events: [Event]
    var matching = Matching.exact
    var ending: Ending

    /// - Parameter matching: exact only where the order of pongs and messages is the point: no RFC has a pong wait for the
    ///   application that answers a message.
    static func exchange(_ events: [Event], matching: Matching = .pongsApart, worth: Worth = .pass) -> Outcome {
        Outcome(worth: worth, events: events, matching: matching, ending: .closedBySuite)
    }
    /// Every ping answered; answering only the newest of several is allowed.
    static func pongs(_ events: [Event]) -> [Outcome] {
        [
            exchange(events),
            exchange(events, matching: .newestPongs, worth: .nonStrict),
        ]
    }
    static func reply(_ strict: [UInt16?], lenient: [UInt16?] = [], after events: [Event] = [], worth: Worth = .pass)
        -> Outcome
    { Outcome(worth: worth, events: events, ending: .closeReply(strict: strict, lenient: lenient)) }
    static func failure(_ codes: [UInt16], lenient: [UInt16] = [], after events: [Event] = [], worth: Worth = .pass)
        -> Outcome
    { Outcome(worth: worth, events: events, ending: .failure(strict: codes, lenient: lenient)) }
    /// These events and no others, whatever the end is like: that is for other rows to say.
    static func anyEnding(_ events: [Event] = [], matching: Matching = .exact) -> Outcome {
        Outcome(events: events, matching: matching, ending: .any)
    }
    static func information(_ events: [Event] = []) -> Outcome {
        Outcome(worth: .information, events: events, ending: .any)
    }

    /// A failure after each number of the events that may come before: what was sent before the violation is allowed to be
    /// answered, and not to be.
    static func failures(_ codes: [UInt16], lenient: [UInt16] = [], after events: [Event]) -> [Outcome] {
        (0...events.count).reversed().map { failure(codes, lenient: lenient, after: Array(events.prefix($0))) }
    }

    /// Whether `received` is what this outcome wants to come.
    func matches(_ received: [Event]) -> Bool {
        guard matching != .exact else { return received == events }
        guard received.filter({ !$0.isPong }) == events.filter({ !$0.isPong }) else { return false }
        let (pongs, expected) = (received.filter(\.isPong), events.filter(\.isPong))
        guard matching != .pongsApart else { return pongs == expected }
        guard matching == .anyPongs || pongs.last == expected.last else { return false }
        var rest = expected[...]
        for pong in pongs.reversed() {
            guard let index = rest.lastIndex(of: pong) else { return false }
            rest = rest[..<index]
        }
        return true
    }

    /// One line for reports.
    var summary: String {
        let before = events.isEmpty ? "nothing" : events.prefix(4).map(\.summary).joined(separator: ", ")
        let more = events.count > 4 ? ", \(events.count - 4) more" : ""
        let how =
            switch ending {
            case .closedBySuite: "then a clean close that the suite begins with 1000"
            case .closeReply(let strict, _): "then a Close with \(Self.text(strict)), and the end of TCP"
            case .failure(let strict, _): "then Close with \(Self.text(strict)), and the end of TCP"
            case .end: "then the end of TCP"
            case .any: "then any ending"
            }
        let prefix =
            switch worth {
            case .pass: ""
            case .nonStrict: "non-strict: "
            case .information: "recorded only: "
            }
        let isMixed = events.contains(where: \.isPong) && !events.allSatisfy(\.isPong)
        let order =
            switch matching {
            case .exact: ""
            case .pongsApart where !isMixed: ""
            case .pongsApart: " (pongs in any place)"
            case .newestPongs: " (of the pongs at least the newest)"
            case .anyPongs: " (of the pongs any)"
            }
        return "\(prefix)\(before)\(more)\(order), \(how)"
    }

    private static func text(_ codes: [UInt16?]) -> String {
        codes.map { $0.map { "\($0)" } ?? "no code" }.joined(separator: " or ")
    }
    private static func text(_ codes: [UInt16]) -> String { text(codes.map { Optional($0) }) }
}
