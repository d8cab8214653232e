import BenchResults

/// How the cases about a client's opening handshake are made: its request is looked at, or it is answered well or badly.
enum ClientHandshake {
    /// The answer to a request; see ``Probe/switching(to:)`` for the right one.
    typealias Answer = @Sendable (HTTPHead) -> [UInt8]

    /// What the client does after a bad answer.
    static let refused = "the client sends no frame, ends TCP, and reports failure (1006)"
    static let opened = "the connection opens: \"Hello\" is echoed, then a clean close"

    // MARK: - Cases

    /// Looks at a request; the connection is then opened and closed as it should be.
    ///
    /// - Parameter dial: how the client is told to connect; nil takes it as it comes.
    static func inspects(
        _ row: String, _ variant: String? = nil, _ title: String, level: RequirementLevel? = nil,
        dial: ClientDial? = nil, accepts: String, _ check: @escaping @Sendable (HTTPHead, Probe) -> Judgement
    ) -> Case {
        Case(
            row, variant, title, roles: [.client], level: level, needs: dial == nil ? [] : [.adapter],
            accepts: [accepts]
        ) { probe in
            let visitor = try await visitor(probe, dial)
            let judgement = check(visitor.head, probe)
            await closeWell(visitor, probe)
            return judgement
        }
    }

    /// The client must take `answer` for what it is: the connection opens.
    static func opens(
        _ row: String, _ variant: String? = nil, _ title: String, level: RequirementLevel? = nil,
        dial: ClientDial? = nil, cut: Cut = .whole, phase: Case.Phase = .parallel,
        answer: @escaping Answer
    ) -> Case {
        Case(
            row, variant, title, roles: [.client], level: level, needs: dial == nil ? [] : [.adapter],
            phase: phase, accepts: [opened]
        ) { probe in
            let visitor = try await visitor(probe, dial)
            await visitor.wire.send(answer(visitor.head), cut: cut)
            return await echoes(visitor, probe)
        }
    }

    /// The right answer, bent.
    static func opens(
        _ row: String, _ variant: String? = nil, _ title: String, dial: ClientDial? = nil, cut: Cut = .whole,
        phase: Case.Phase = .parallel, bend: @escaping @Sendable (inout HTTPHeadText, HTTPHead) -> Void
    ) -> Case {
        opens(row, variant, title, dial: dial, cut: cut, phase: phase, answer: { bent($0, bend) })
    }

    /// The client must not go on after `answer`.
    ///
    /// - Parameter isStrict: whether one that goes on breaks the requirement, and not only what is recommended.
    static func refuses(
        _ row: String, _ variant: String? = nil, _ title: String, level: RequirementLevel? = nil,
        dial: ClientDial? = nil, status: Int? = nil, isStrict: Bool = true, answer: @escaping Answer
    ) -> Case {
        Case(
            row, variant, title, roles: [.client], level: level, needs: dial == nil ? [] : [.adapter],
            accepts: [refused] + (isStrict ? [] : ["non-strict: \(opened)"])
        ) { probe in
            let visitor = try await visitor(probe, dial)
            await visitor.wire.send(answer(visitor.head), notes: [])
            return try await givesUp(visitor, probe, status: status, isStrict: isStrict)
        }
    }

    static func refuses(
        _ row: String, _ variant: String? = nil, _ title: String, dial: ClientDial? = nil, isStrict: Bool = true,
        bend: @escaping @Sendable (inout HTTPHeadText, HTTPHead) -> Void
    ) -> Case {
        refuses(row, variant, title, dial: dial, isStrict: isStrict, answer: { bent($0, bend) })
    }

    private static func bent(
        _ request: HTTPHead, _ bend: (inout HTTPHeadText, HTTPHead) -> Void
    ) -> [UInt8] {
        var answer = Probe.switching(to: request)
        bend(&answer, request)
        return answer.octets
    }

    // MARK: - Steps

    /// The client's connection, told to connect like `dial`, or as it comes.
    static func visitor(_ probe: Probe, _ dial: ClientDial?) async throws -> Visitor {
        guard let dial else { return try await probe.visitor() }
        let control = try probe.client
        let id = try control.dial(dial)
        guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
            let ending = try await control.ending(of: id, until: probe.deadline())
            throw ProbeError.skipped("the client does not connect like this: \(ending?.error ?? "no connection came")")
        }
        return visitor
    }

    /// Opens and closes by the book, whatever the client does.
    static func closeWell(_ visitor: Visitor, _ probe: Probe) async {
        await visitor.wire.send(Probe.switching(to: visitor.head).octets)
        let conversation = probe.converse(on: visitor.wire, terms: nil)
        await conversation.sendClose(1000)
        let deadline = probe.deadline()
        while conversation.close == nil, let incoming = await conversation.next(until: deadline), incoming != .end {}
        visitor.wire.finish()
        _ = await visitor.wire.waitForEnd(until: deadline)
    }

    /// Whether the connection works once the answer is sent.
    static func echoes(_ visitor: Visitor, _ probe: Probe) async -> Judgement {
        await ScriptRun(script: .echo([.text("Hello")], [.text("Hello")]), probe: probe)
            .run(on: probe.converse(on: visitor.wire, terms: nil))
    }

    /// Whether the client gives the connection up: NOCONN of the catalogue.
    static func givesUp(
        _ visitor: Visitor, _ probe: Probe, status: Int? = nil, isStrict: Bool = true
    ) async throws -> Judgement {
        let wire = visitor.wire
        let deadline = probe.deadline()
        var octets: [UInt8] = []
        while true {
            octets += wire.take()
            guard octets.count < 1 << 20, wire.end == nil, await wire.wait(until: deadline) else { break }
        }
        octets += wire.take()
        // Some wait for our side before they report.
        if wire.end != nil { wire.finish() }
        if let fault = fault(octets, wire, isStrict: isStrict, probe) { return fault }
        return try await reportsFailure(probe, status: status)
    }

    private static func fault(_ octets: [UInt8], _ wire: Wire, isStrict: Bool, _ probe: Probe) -> Judgement? {
        if let first = octets.first {
            let name = Frame.name(of: first & 0x0f)
            if octets.starts(with: Array("GET ".utf8)) {
                return wire.end == nil ? .fail("the client sent another request, and left TCP open") : nil
            }
            guard first & 0x0f == Frame.close, wire.end != nil else {
                return .fail("the client sent a frame (\(name)) on a connection that is not open")
            }
            return .nonStrict("the client sent a Close frame on a connection that was never open")
        }
        guard wire.end == nil else { return nil }
        let explanation = "the client did not end the connection"
        return isStrict ? .timeout(explanation) : .nonStrict(explanation)
    }

    /// Whether the client's application was told that there is no connection, as far as there is an adapter to say so.
    static func reportsFailure(_ probe: Probe, status: Int? = nil) async throws -> Judgement {
        guard let control = try? probe.client, let id = control.ids.last else { return .pass() }
        guard let ending = try await control.ending(of: id, until: probe.deadline()) else {
            return .timeout("the client ended TCP, but did not tell its application")
        }
        if control.opened.contains(id) { return .fail("the client told its application that the connection is open") }
        if let code = ending.code, code != 1006 {
            return .nonStrict("the client reported the close code \(code) instead of 1006")
        }
        if let status, ending.status != status, !(ending.error ?? "").contains("\(status)") {
            return .nonStrict("the client did not tell its application the status \(status)")
        }
        return .pass()
    }
}
