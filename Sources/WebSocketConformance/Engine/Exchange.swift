import BenchResults

/// What a server did with one HTTP request, or with octets in the place of one.
enum Reply: Sendable {
    case answer(HTTPAnswer)
    /// Octets that are no HTTP response.
    case notHTTP([UInt8])
    /// The connection ended without an octet.
    case ended(Wire.End)
    case silence

    var summary: String {
        switch self {
        case .answer(let answer): answer.summary + (answer.isComplete ? "" : ", cut off")
        case .notHTTP(let octets): "octets that are no HTTP response\(preview(octets))"
        case .ended(.reset): "the connection was reset without an answer"
        case .ended: "the connection was closed without an answer"
        case .silence: "no answer"
        }
    }
}

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

extension HTTPHeadText {
    /// Marks the lines in which the request differs from `ordinary`.
    func notes(against ordinary: HTTPHeadText, isOffending: Bool) -> [WireLog.Note] {
        let known = Set(Self.lines(of: ordinary.octets).map { Array($0) })
        let octets = octets
        return Self.lines(of: octets).filter { !known.contains(Array($0)) }.prefix(32).map { line in
            WireLog.Note(
                offset: line.startIndex, count: line.count, text: preview(Array(line.dropLast(2)), limit: 80),
                isOffending: isOffending)
        }
    }

    private static func lines(of octets: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while let feed = octets[start...].firstIndex(of: 0x0a) {
            lines.append(octets[start...feed])
            start = feed + 1
        }
        if start < octets.count { lines.append(octets[start...]) }
        return lines
    }
}

extension Probe {
    /// The request of ``upgradeRequest(target:key:extensions:)`` for a fixture.
    func upgradeRequest(_ fixture: Capability) throws -> HTTPHeadText { upgradeRequest(target: try target(fixture)) }

    /// Sends `octets` without waiting for the server to take them all, and reads what comes for it.
    func exchange(
        _ octets: [UInt8], on wire: Wire, notes: [WireLog.Note] = [], isHead: Bool = false, within times: Double = 1
    ) async -> Reply {
        wire.sendWithoutWaiting(octets, notes: notes)
        return await reply(on: wire, isHead: isHead, within: times)
    }

    /// The reply to what was sent on `wire`.
    func reply(on wire: Wire, isHead: Bool = false, within times: Double = 1) async -> Reply {
        let deadline = deadline(times: times)
        let protocolName = Array("HTTP/".utf8)
        while wire.unread.count < protocolName.count, wire.end == nil, await wire.wait(until: deadline) {}
        let reply: Reply
        if wire.unread.starts(with: protocolName), let answer = await wire.readAnswer(until: deadline, isHead: isHead) {
            reply = .answer(answer)
        } else if !wire.unread.isEmpty {
            reply = .notHTTP(Array(wire.take()))
        } else if let end = wire.end {
            reply = .ended(end)
        } else {
            reply = wire.isGone ? .ended(.reset) : .silence
        }
        observe(reply.summary)
        return reply
    }

    /// Judges what came for `request`.
    func judge(_ reply: Reply, to request: HTTPHeadText, on wire: Wire, by acceptance: Acceptance) async -> Judgement {
        switch reply {
        case .answer(let answer) where answer.status == 101:
            guard let worth = acceptance.opening else { return .fail("the server switched protocols") }
            return await judgeOpened(answer.head, request, on: wire, worth: worth)
        case .answer(let answer):
            guard let match = acceptance.refusals.first(where: { $0.statuses.contains(answer.status) }) else {
                return .fail("answered \(answer.summary)")
            }
            guard answer.isComplete else {
                if wire.end == .reset, answer.framing == .untilClose {
                    return .nonStrict("\(answer.summary), ended by a reset")
                }
                return .fail("\(answer.summary) is cut off")
            }
            if let objection = acceptance.objection?(answer) { return objection }
            return Judgement(match.worth.grade, match.worth == .pass ? "as required" : "answered \(answer.summary)")
        case .ended(let end):
            guard let worth = end == .reset ? acceptance.reset ?? acceptance.end : acceptance.end else {
                return .fail(reply.summary)
            }
            return Judgement(worth.grade, reply.summary)
        case .notHTTP: return .fail(reply.summary)
        case .silence:
            return acceptance.silence.map { Judgement($0.grade, reply.summary) } ?? .timeout(reply.summary)
        }
    }

    /// A 101 came: it has to be right, and an echo has to work.
    func judgeOpened(
        _ head: HTTPHead, _ request: HTTPHeadText, on wire: Wire, worth: Outcome.Worth = .pass
    ) async -> Judgement {
        let key = request.fields.first { $0.name.lowercased() == "sec-websocket-key" }?.value
        if let fault = Self.fault(of: head, key: key.map(trimmed)) { return .fail(fault) }
        var judgement = await judgeEcho(on: converse(on: wire, terms: nil), worth: worth)
        if worth != .pass, judgement.behavior == worth.grade { judgement.explanation = "the server switched protocols" }
        return judgement
    }

    func judgeEcho(on conversation: Conversation, worth: Outcome.Worth = .pass) async -> Judgement {
        let script = Script(Opening(), [.send([.text("Hello")])], accept: [.exchange([.text("Hello")], worth: worth)])
        return await ScriptRun(script: script, probe: self).run(on: conversation)
    }

    /// Whether the server still opens new connections and echoes; nil when it does.
    func outage() async -> String? {
        do {
            let conversation = try await open()
            let judgement = await judgeEcho(on: conversation)
            return judgement.behavior == .pass ? nil : "afterwards the server does not echo: \(judgement.explanation)"
        } catch {
            return "afterwards the server does not open: \(error)"
        }
    }

    /// `judgement`, unless the server has been taken down by what the case did.
    func unlessOutage(_ judgement: Judgement) async -> Judgement {
        guard judgement.behavior != .fail, let outage = await outage() else { return judgement }
        return .fail(outage)
    }
}

extension Case {
    /// An upgrade request that is bent in one point, and which replies are accepted.
    ///
    /// - Parameters:
    ///   - checksService: whether a new connection has to work afterwards.
    ///   - bend: changes the ordinary request.
    static func upgrade(
        _ row: String, _ variant: String?, _ title: String, fixture: Capability = .echo,
        level: RequirementLevel? = nil, _ acceptance: Acceptance, checksService: Bool = false,
        bend: @escaping @Sendable (inout HTTPHeadText) -> Void = { _ in }
    ) -> Case {
        Case(
            row, variant, title, roles: [.server], level: level, needs: fixture == .echo ? [] : [fixture],
            accepts: acceptance.summaries
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(fixture)
            var request = ordinary
            bend(&request)
            let notes = request.notes(against: ordinary, isOffending: acceptance.opening == nil)
            let reply = await probe.exchange(
                request.octets, on: wire, notes: notes, isHead: request.startLine.hasPrefix("HEAD "))
            let judgement = await probe.judge(reply, to: request, on: wire, by: acceptance)
            return checksService ? await probe.unlessOutage(judgement) : judgement
        }
    }
}
