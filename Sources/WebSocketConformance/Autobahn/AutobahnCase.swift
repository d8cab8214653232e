/// One of Autobahn|Testsuite's cases (version 25.10.1): the same stimulus, judged by the same rules.
///
/// Its two verdicts stay apart, as in its sheets: a peer that ignores a violation can have an `OK` for its behaviour, and
/// only its close shows it.
struct AutobahnCase: Sendable {
    enum Step: Sendable {
        /// Each frame in a write of its own.
        case send([Frame])
        /// Each octet in a write of its own.
        case sendOctetWise([Frame])
        /// In writes of so many octets.
        case sendChopped([Frame], Int)
        /// Octets of the fuzzer's own making.
        case octets(@Sendable (Conversation) -> [UInt8])
        /// A Close that the fuzzer counts as its own.
        case close(Frame)
        case awaitEvents(Int)
        case pause(seconds: Double)
    }

    /// What the fuzzer does when its patience is over.
    enum Limit: Sendable {
        /// It fails the connection with 1001.
        case kill(seconds: Double)
        /// It starts a normal close without a code.
        case close(seconds: Double)
    }

    /// What a verdict about the close does to the one about the behaviour.
    enum Severity: Sendable {
        case apart
        /// A close that the peer should have started and did not fails the behaviour (6.3 to 6.23).
        case missingCloseFails
        /// A wrong code fails the behaviour (7.1 to 7.9).
        case wrongCodeFails
    }

    var id: String
    var title: String
    var steps: [Step]
    /// The lists of messages and pongs that are `OK` and `NON-STRICT`.
    var strict: [Event]
    var tolerated: [[Event]] = []
    var isClosedBySuite = true
    /// Codes that the peer's Close may have; none at all is always fine.
    var codes: [UInt16] = [1000]
    var requiresClean = true
    var limit: Limit
    var severity = Severity.apart
    var isInformational = false
    /// Sends by itself, part by part (6.4).
    var failFast: AutobahnFailFast?
    /// Only type and length of messages are compared (section 9).
    var comparesLengthOnly = false

    /// A violation that the peer has to answer by failing the connection.
    static func failure(
        _ id: String, _ title: String, _ steps: [Step], codes: [UInt16] = [1002], after strict: [Event] = [],
        tolerated: [[Event]] = [], kill seconds: Double = 1, severity: Severity = .apart
    ) -> AutobahnCase {
        AutobahnCase(
            id: id, title: title, steps: steps, strict: strict, tolerated: tolerated, isClosedBySuite: false,
            codes: codes, requiresClean: false, limit: .kill(seconds: seconds), severity: severity)
    }

    /// The case for the suite, in either role.
    var asCase: Case {
        Case(id, nil, title, tags: ["autobahn"], accepts: accepts) { probe in
            try await AutobahnRun(self, probe).run()
        }
    }

    /// A case whose megabytes exist only while it runs.
    ///
    /// - Parameter accepts: what it accepts, in words.
    static func large(
        _ id: String, _ title: String, phase: Case.Phase, accepts: String,
        _ make: @escaping @Sendable () -> AutobahnCase
    ) -> Case {
        Case(
            id, nil, title, tags: ["autobahn"], phase: phase,
            accepts: ["\(accepts), then a close that the suite starts"]
        ) { probe in
            try await AutobahnRun(make(), probe).run()
        }
    }

    private var accepts: [String] {
        let list = { (events: [Event]) in
            events.isEmpty
                ? "nothing" : events.prefix(4).map(\.summary).joined(separator: ", ") + (events.count > 4 ? ", …" : "")
        }
        let close = isClosedBySuite ? "a close that the suite starts" : "a close that the peer starts"
        let how = "then \(close), with \(codes.map(String.init).joined(separator: " or ")) or no code"
        return ["\(list(strict)), \(how)"] + tolerated.map { "non-strict: \(list($0)), \(how)" }
    }
}
