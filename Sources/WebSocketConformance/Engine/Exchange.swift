import BenchResults

/// What a server did with one HTTP request, or with octets in the place of one.
enum Reply: Sendable {
    case answer(HTTPAnswer)
    /// Octets that are no HTTP response.
    case notHTTP([UInt8])
    /// The connection ended without an octet.
    case ended(Wire.End)
    case silence

    /// An answer that is not 101, cut off or whole.
    var refusal: HTTPAnswer? {
        if case .answer(let answer) = self, answer.status != 101 { return answer }
        return nil
    }

    /// Whether the request was taken as an upgrade.
    var isSwitching: Bool {
        if case .answer(let answer) = self { return answer.status == 101 }
        return false
    }

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

extension HTTPHeadText {
    /// Marks the lines in which the request differs from `ordinary`, up to 32 of them.
    func notes(against ordinary: HTTPHeadText, isOffending: Bool) -> [WireLog.Note] {
        let known = Set(ordinary.lines)
        var notes: [WireLog.Note] = []
        var offset = 0
        for line in lines {
            let octets = Self.octets(of: line)
            if !known.contains(line) {
                notes.append(
                    WireLog.Note(
                        offset: offset, count: octets.count, text: preview(octets, limit: 80), isOffending: isOffending)
                )
                if notes.count == 32 { break }
            }
            offset += octets.count + lineEnd.utf8.count
        }
        return notes
    }

    private var lines: some Sequence<String> {
        [[startLine], fields.map { $0.name + separator + $0.value }].joined()
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

extension Probe {
    /// What else comes on `wire`: until its end, or until nothing has come for a quarter of the usual wait.
    func rest(on wire: Wire) async -> ArraySlice<UInt8> {
        var quiet = deadline(times: 0.25)
        while wire.end == nil, !wire.isGone, wire.unread.count < 1 << 16 {
            let count = wire.receivedCount
            guard await wire.wait(until: quiet) else { break }
            if wire.receivedCount != count { quiet = deadline(times: 0.25) }
        }
        return wire.unread
    }
}

extension Collection<UInt8> {
    func holds(_ octets: [UInt8]) -> Bool {
        guard let first = octets.first else { return true }
        var rest = self[...]
        while let index = rest.firstIndex(of: first) {
            if rest[index...].starts(with: octets) { return true }
            rest = rest[rest.index(after: index)...]
        }
        return false
    }
}

extension HTTPAnswer {
    /// Whether another request may follow on the connection (RFC 9112 §9.3).
    var saysMore: Bool {
        isComplete && framing != .untilClose && head.startLine.hasPrefix("HTTP/1.1")
            && !head.tokens("Connection").contains { $0.lowercased() == "close" }
    }
}
