import BenchResults

/// What a client's own interface says and does about closing (RFC 6455 §7.1.5, §7.1.6, §7.2.3, §7.4): by an adapter.
extension ClosingCases {
    // MARK: - Reported

    static func localCodes() -> [Case] {
        [
            local("code", "the code and the reason of our Close", 3001, "bye") { await $0.send(.close(3001, "bye")) },
            local("no-code", "no code in our Close", 1005) { await $0.send(.close()) },
            local("fin", "FIN without a Close", 1006) { $0.wire.finish() },
            local("rst", "RST without a Close", 1006) { $0.wire.reset() },
            local("failure", "a connection that the client fails, and no Close of ours", 1006) { conversation in
                conversation.answersClose = false
                await conversation.send(Frame(3).offending)
            },
        ]
    }

    private static func local(
        _ variant: String, _ title: String, _ code: Int, _ reason: String = "",
        _ stimulus: @escaping @Sendable (Conversation) async -> Void
    ) -> Case {
        Case(
            "C-045", variant, "what the client reports: \(title)", roles: [.client], needs: [.adapter],
            accepts: ["the client reports that the connection is closed, with \(code)"]
                + (code == 1006 ? ["non-strict: with the code that the client sent itself"] : [])
        ) { probe in
            let (id, conversation) = try await probe.openWithClient()
            await stimulus(conversation)
            while let incoming = await conversation.next(until: probe.deadline()) {
                if incoming == .end { break }
                // The server's turn to end TCP, whatever became of the Closes.
                if case .close = incoming { conversation.wire.finish() }
            }
            return try await judgeReport(probe, conversation, id, code: code, reason: reason)
        }
    }

    static func judgeReport(
        _ probe: Probe, _ conversation: Conversation, _ id: Int, code: Int, reason: String
    ) async throws -> Judgement {
        guard let ending = try await probe.client.ending(of: id, until: probe.deadline()) else {
            return probe.conclude(conversation, .timeout("the client does not report that the connection is closed"))
        }
        guard ending.code == code else {
            if code == 1006, let sent = conversation.close?.code, ending.code == Int(sent) {
                return probe.conclude(
                    conversation, .nonStrict("the client reports \(sent), which it sent itself, expected 1006"))
            }
            return probe.conclude(
                conversation, .fail("the client reports \(ending.code.map { "\($0)" } ?? "no code"), expected \(code)"))
        }
        guard ending.reason == reason else {
            return probe.conclude(
                conversation, .fail("the client reports the reason \"\(ending.reason)\", expected \"\(reason)\""))
        }
        return probe.conclude(conversation, .pass())
    }

    // MARK: - Refused

    static func refusedCloses() -> [Case] {
        let accepts = [
            "the client refuses, and sends nothing", "non-strict: it sends another Close, one that may be sent",
        ]
        let wishes: [(name: String, code: UInt16, reason: String?)] =
            ([0, 999, 1004, 1005, 1006, 1015, 5000] as [UInt16]).map { ("\($0)", $0, nil) }
            + [
                ("long-reason", 1000, String(repeating: "r", count: 124)),
                ("long-reason-of-characters", 1000, String(repeating: "é", count: 62)),
            ]
        return wishes.map { name, code, reason in
            Case(
                "C-046", "\(name)-of-client", "a client told to close with what is never sent: \(name)",
                roles: [.client], needs: [.adapter], accepts: accepts
            ) { probe in
                let (id, conversation) = try await probe.openWithClient()
                let client = try probe.client
                client.close(id, code: code, reason: reason)
                let isRefused = try await refuses(client, id, until: probe.deadline())
                if isRefused { await conversation.sendClose(1000) }
                while let incoming = await conversation.next(until: probe.deadline()), incoming != .end {
                    if case .close = incoming { conversation.wire.finish() }
                }
                if isRefused { return probe.conclude(conversation, .pass()) }
                return probe.conclude(conversation, .nonStrict("the client does not refuse"))
            }
        }
    }

    /// Whether the client reports that it refuses to close; false when it closes, or says nothing.
    private static func refuses(_ client: ClientControl, _ id: Int, until deadline: UInt64) async throws -> Bool {
        while let event = try await client.event(of: id, until: deadline) {
            switch event {
            case .refused: return true
            case .closed: return false
            case .open, .message: continue
            }
        }
        return false
    }

    // MARK: - Done

    static func closesOfClients() -> [Case] {
        let wishes: [(row: String, name: String, code: UInt16)] = [
            ("C-040", "policy", 1008), ("C-040", "type", 1003), ("C-040", "internal", 1011),
        ]
        return [
            told("C-047", "no-code-of-client", "a client told to close without a code", code: nil, lenient: [1000]),
            told("C-047", "code-of-client", "a client told to close with 4001", code: 4001),
        ]
            + wishes.map { row, name, code in
                told(row, "\(name)-of-client", "a client told to close with \(code)", code: code)
            }
    }

    private static func told(
        _ row: String, _ variant: String, _ title: String, code: UInt16?, lenient: [UInt16?] = []
    ) -> Case {
        let script = Script([], accept: [.reply([code], lenient: lenient)])
        return Case(
            row, variant, title, roles: [.client], needs: [.adapter], accepts: script.accept.map(\.summary)
        ) { probe in
            let (id, conversation) = try await probe.openWithClient()
            let client = try probe.client
            client.close(id, code: code, reason: code == nil ? nil : "bye")
            let close = await probe.awaitClose(on: conversation, until: probe.deadline())
            // Interfaces such as a browser's leave these codes to the protocol.
            if close == nil, try await refuses(client, id, until: probe.deadline()) {
                return .skipped("the client refuses to close with \(code.map { "\($0)" } ?? "no code")")
            }
            return try await probe.run(script, on: conversation)
        }
    }

    // MARK: - Habits

    /// How long a connection is left alone; a minute would say no more, but cost one.
    private static let idleSeconds = 8.0

    static func habitsOfClients() -> [Case] {
        [
            Case(
                "C-048", nil, "when a client comes back", roles: [.client], needs: [.adapter, .reconnects],
                phase: .exclusive,
                accepts: ["the client comes back within 5 s", "non-strict: later, or again and again at once"],
                reconnect),
            Case(
                "C-049", nil, "a connection that is left alone", roles: [.client], phase: .exclusive,
                accepts: ["the connection is open after \(Int(idleSeconds)) s"]
            ) { probe in
                let conversation = try await probe.open()
                let deadline = probe.now &+ UInt64(idleSeconds * 1e9)
                while let incoming = await conversation.next(until: deadline) {
                    if case .ping = incoming { continue }
                    return probe.conclude(conversation, .nonStrict("the client ends a connection that is left alone"))
                }
                return try await probe.run(.echo([.text("alive")], [.text("alive")]), on: conversation)
            },
        ]
    }

    private static func reconnect(_ probe: Probe) async throws -> Judgement {
        let (_, conversation) = try await probe.openWithClient()
        let client = try probe.client
        var waits: [Double] = []
        var wire = conversation.wire
        for _ in 0..<2 {
            wire.reset()
            let gone = probe.now
            guard let visitor = try? await client.visitor(until: gone &+ 8_000_000_000) else { break }
            waits.append(Double(probe.now - gone) / 1e9)
            wire = visitor.wire
        }
        probe.observe("came back after \(waits.map { "\(Int($0 * 1000)) ms" }.joined(separator: ", ")) ")
        guard let first = waits.first else { return .nonStrict("the client did not come back within 8 s") }
        guard first <= 5 else { return .nonStrict("the first attempt came after more than 5 s") }
        // A random wait may be short once; a client that never waits brings down the server that comes back.
        guard waits.contains(where: { $0 > 0.02 }) else { return .nonStrict("the client comes back at once each time") }
        return .pass()
    }
}
