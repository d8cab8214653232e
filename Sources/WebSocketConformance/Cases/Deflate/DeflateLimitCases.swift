import BenchResults

/// What compression can cost: bombs, memory, processor time, one connection at the expense of another.
enum DeflateLimitCases {
    /// Bombs last: a peer that inflates them is busy, and large, for some time.
    static let all: [Case] = sizes() + emptyBlocks() + memory() + twoConnections() + bombs()

    /// Opens a connection with compression where a message limit is declared: of a server only at its fixture for that.
    private static func limited(_ probe: Probe) async throws -> (session: DeflateSession, limit: Int) {
        let limit = probe.capabilities.messageLimit
        guard probe.role == .server else {
            guard probe.capabilities.has(.messageLimit) else {
                throw ProbeError.skipped(Capability.messageLimit.absence)
            }
            return (try await DeflateSession(probe), limit)
        }
        guard probe.capabilities.has(.limit) else { throw ProbeError.skipped(Capability.limit.absence) }
        do {
            return (try await DeflateSession(probe, fixture: .limit), limit)
        } catch ProbeError.skipped(let reason) {
            throw ProbeError.skipped("\(reason) at the fixture with a message limit")
        }
    }

    private static func sizes() -> [Case] {
        [
            // Alone, since a large limit takes seconds to compress for, in which no other case would be looked at.
            Case(
                "D-031", "at-limit", "a message that inflates to the limit", phase: .exclusive,
                accepts: DeflateCases.echo
            ) { probe in
                let (session, limit) = try await limited(probe)
                // Not more compressible than real messages: the ratio may have a limit of its own.
                let message = probe.random.octets(limit).map { $0 & 0x0f }
                let script = Script(
                    .deflate(), [.send([.compressed(Frame.binary, session.compression.message(message))])],
                    accept: [.exchange([.binary(message)])], patience: 3)
                return await ScriptRun(script: script, probe: probe).run(on: session.conversation)
            },
            Case(
                "D-031", "beyond-limit", "a message that inflates to one octet more", phase: .exclusive,
                accepts: [failsWith1009]
            ) { probe in
                let (session, limit) = try await limited(probe)
                let message = probe.random.octets(limit + 1).map { $0 & 0x0f }
                return await failure(session, [.compressed(Frame.binary, session.compression.message(message))])
            },
        ]
    }

    private static let failsWith1009 = "Close with 1009, and the end of TCP"

    private static func failure(_ session: DeflateSession, _ frames: [Frame]) async -> Judgement {
        var frames = frames
        frames[frames.count - 1].isOffending = true
        return await ScriptRun(script: .failure(frames, [1009]), probe: session.probe).run(on: session.conversation)
    }

    private static func bombs() -> [Case] {
        [("16-mib", 16 << 20), ("1-gib", 1 << 30)].map { name, size in
            Case(
                "D-032", name, "\(size / 1032 + 200) octets that inflate to \(size >> 20) MiB", phase: .exclusive,
                accepts: ["\(failsWith1009); the process grows by less than the limit and 16 MiB"]
            ) { probe in
                let (session, limit) = try await limited(probe)
                let payload = DeflateSamples.bomb(size)
                let peak = probe.processID.flatMap { PeakMemory(processID: $0) }
                let judgement = await failure(session, [.compressed(Frame.binary, payload)])
                await probe.settle()
                guard let growth = peak?.growth else { return judgement }
                probe.observe("the process grew by \(growth >> 10) KiB")
                guard judgement.behavior == .pass, growth > limit + 16 << 20 else { return judgement }
                return Judgement(.fail, close: judgement.close, "the process grew by \(growth >> 20) MiB")
            }
        } + [
            Case(
                "D-033", nil, "a bomb of 16 MiB in 128 frames, none of which reaches the limit", phase: .exclusive,
                accepts: [failsWith1009]
            ) { probe in
                let (session, _) = try await limited(probe)
                let payload = DeflateSamples.bomb(16 << 20)
                let ends = Array(stride(from: payload.count / 128, to: payload.count, by: payload.count / 128))
                let judgement = await failure(session, Frame.compressed(Frame.binary, payload, cutAt: ends))
                await probe.settle()
                return judgement
            }
        ]
    }

    private static func emptyBlocks() -> [Case] {
        let blocks = (0..<1000).flatMap { _ in [0x00, 0x00, 0x00, 0xff, 0xff] as [UInt8] }
        return [
            Case(
                "D-035", nil, "a thousand empty blocks before a text",
                script: .echo(
                    [.compressed(Frame.text, blocks + DeflateSamples.hello)], [.text("Hello")], opening: .deflate())
            )
        ]
    }

    // MARK: - Memory

    private static let steady = ResidentMemory.steady(3, stretches: 2)

    private static func memory() -> [Case] {
        let title = "350 connections that compress, closed cleanly and failed in turn"
        return [
            Case(
                "D-039", nil, "1,800 compressed messages of 10,000 octets", phase: .exclusive, isRandom: true,
                accepts: DeflateCases.echo + [steady]
            ) { probe in
                let session = try await DeflateSession(probe)
                session.conversation.inflation?.examinedOctets = 0
                // Random, so that what is kept of them shows, compressed or not.
                let messages = (0..<20).map { _ in probe.random.octets(10_000) }
                var memory = ResidentMemory(probe)
                for round in 1...90 {
                    let (frames, events) = session.exchange(messages, .bitmap)
                    if let fault = await session.exchange(frames, events) { return fault }
                    if round.isMultiple(of: 30) { memory.look() }
                }
                if memory.keepsGrowing(by: 3 << 20) { return .fail("\(memory.text) by 600 messages") }
                return await ScriptRun(script: .echo([], []), probe: probe).run(on: session.conversation)
            },
            Case(
                "D-040", nil, title, roles: [.server], needs: [.process], phase: .exclusive, isRandom: true,
                accepts: [steady], connections),
            Case(
                "D-040", "dialled", title, roles: [.client], needs: [.process, .adapter], phase: .exclusive,
                isRandom: true, accepts: [steady], connections),
        ]
    }

    /// What inflates takes about 40 KiB, what deflates up to 256 KiB: 125 that were never released are 5 MiB at least.
    private static func connections(_ probe: Probe) async throws -> Judgement {
        let message = SampleData.json.octets(20_000, &probe.random)
        var memory = ResidentMemory(probe)
        for number in 1...350 {
            let session = try await DeflateSession(probe)
            session.conversation.inflation?.examinedOctets = 0
            let (frames, events) = session.exchange([message], .json)
            if let fault = await session.exchange(frames, events) { return fault }
            if number.isMultiple(of: 2) {
                await session.conversation.sendClose(1000)
            } else {
                await session.conversation.send(.compressed(Frame.binary, DeflateSamples.corrupt[0].payload))
            }
            let deadline = probe.deadline()
            while let incoming = await session.conversation.next(until: deadline), incoming != .end {
                if session.conversation.close != nil { session.conversation.wire.finish() }
            }
            session.conversation.wire.drop()
            if [100, 225, 350].contains(number) { memory.look() }
        }
        return memory.keepsGrowing(by: 3 << 20) ? .fail("\(memory.text) by 125 connections") : .pass()
    }

    // MARK: - Two connections

    /// As two cases, because a client has to be told to dial twice.
    private static func pair(
        _ row: String, _ variant: String? = nil, _ title: String, phase: Case.Phase = .parallel, accepts: [String],
        _ procedure: @escaping @Sendable (Probe) async throws -> Judgement
    ) -> [Case] {
        let dialled = variant.map { "\($0)-dialled" } ?? "dialled"
        return [
            Case(row, variant, title, roles: [.server], phase: phase, accepts: accepts, procedure),
            Case(row, dialled, title, roles: [.client], needs: [.adapter], phase: phase, accepts: accepts, procedure),
        ]
    }

    private static func twoConnections() -> [Case] {
        pair(
            "D-034", nil, "messages that inflate a thousandfold on one connection, pings on another", phase: .exclusive,
            accepts: ["each ping is answered in time"]
        ) { probe in
            let busy = try await DeflateSession(probe)
            let other = try await DeflateSession(probe)
            // Whatever becomes of the first one.
            let bomb = Frame.compressed(Frame.binary, DeflateSamples.bomb(128 << 10))
            await busy.conversation.send(Array(repeating: bomb, count: 64))
            for number in 0..<10 {
                let label = Array("\(number)".utf8)
                let began = probe.now
                await other.conversation.send(.ping(label))
                let deadline = probe.deadline()
                guard
                    await other.conversation.consumePong(
                        label, next: { await other.conversation.next(until: deadline) })
                else { return .timeout("no pong on a connection next to one that inflates much") }
                probe.observe("pong \(number) after \((probe.now &- began) / 1_000_000) ms")
                _ = await busy.conversation.next(until: probe.now &+ 50_000_000)
            }
            return await ScriptRun(script: .echo([], []), probe: probe).run(on: other.conversation)
        }
            + [("whole", false), ("fragmented", true)].flatMap { name, isFragmented in
                pair(
                    "D-041", name, "corrupt data on one connection, messages on another",
                    accepts: ["the first connection fails, the second does not notice"]
                ) { probe in
                    let sound = try await DeflateSession(probe)
                    let corrupt = try await DeflateSession(probe)
                    var frames: [Frame] = [.compressed(Frame.text, DeflateSamples.hello)]
                    if isFragmented {
                        let halves = Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: [3])
                        await sound.conversation.send(halves[0])
                        frames = [halves[1]]
                    } else if let fault = await sound.exchange(frames, [.text("Hello")]) {
                        return fault
                    }
                    let failure = Script.failure(
                        [Frame.compressed(Frame.text, DeflateSamples.corrupt[2].payload).offending], [1007, 1002])
                    let first = await ScriptRun(script: failure, probe: probe).run(on: corrupt.conversation)
                    guard first.behavior == .pass else { return first }
                    let judgement = await ScriptRun(
                        script: .echo(frames, [.text("Hello")]), probe: probe
                    ).run(on: sound.conversation)
                    return judgement
                }
            }
    }
}

extension DeflateSession {
    /// Sends `frames` and waits for `events`, which are forgotten again.
    ///
    /// - Returns: nil when they came, and nothing else.
    func exchange(_ frames: [Frame], _ events: [Event]) async -> Judgement? {
        let before = conversation.received.count
        await conversation.send(frames)
        while conversation.received.count < before + events.count {
            let deadline = probe.deadline()
            guard let incoming = await conversation.next(until: deadline) else {
                return .timeout("\(conversation.received.count - before) of \(events.count) messages came back")
            }
            if incoming == .end || conversation.close != nil {
                return .fail(
                    "the connection ended, \(conversation.received.count - before) of \(events.count) messages came back"
                )
            }
        }
        if let violation = conversation.violations.first {
            return .fail("the peer broke \(violation.row): \(violation.text)")
        }
        guard Array(conversation.received[before...]) == events else {
            return .fail("what came back differs from what was sent")
        }
        for _ in events { conversation.forgetLastEvent() }
        return nil
    }
}
