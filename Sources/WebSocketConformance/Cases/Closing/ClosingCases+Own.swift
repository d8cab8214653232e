import BenchResults

/// Closes that the system under test begins (RFC 6455 §7.1.2, §7.1.7).
extension ClosingCases {
    static func ownCloses() -> [Case] {
        let once = "one Close, the end of TCP"
        return own(
            "C-023", "own-close", "nothing but the end comes after its own Close", "one Close, no echo"
        ) { await talk($0, $1) }
            + own(
                "C-032", "own-close", "messages between its Close and ours", phase: .exclusive,
                "one Close, no echo, TCP open until our Close, then its end"
            ) { await talk($0, $1, waits: true) }
            + own("C-033", "same-code", "Closes that cross, with the same code", once) { await cross($0, $1, 1000) }
            + own("C-033", "other-code", "Closes that cross, with another code", once) { await cross($0, $1, 3001) }
    }

    /// A case for each role about a Close that the system under test begins with 1000: the server by its `close` fixture, the
    /// client told by its adapter. The suite does not answer it by itself.
    private static func own(
        _ row: String, _ variant: String, _ title: String, phase: Case.Phase = .parallel, _ accepts: String,
        _ body: @escaping @Sendable (Probe, Conversation) async -> Judgement
    ) -> [Case] {
        [
            Case(row, variant, title, roles: [.server], needs: [.close], phase: phase, accepts: [accepts]) { probe in
                let conversation = try await probe.open(Opening(fixture: .close, query: "code=1000"))
                conversation.answersClose = false
                return await body(probe, conversation)
            },
            Case(
                row, "\(variant)-of-client", title, roles: [.client], needs: [.adapter], phase: phase,
                accepts: [accepts]
            ) { probe in
                let (id, conversation) = try await probe.openWithClient()
                conversation.answersClose = false
                try probe.client.close(id, code: 1000)
                return await body(probe, conversation)
            },
        ]
    }

    /// Waits for the peer's Close, and says a few things before it is answered.
    ///
    /// - Parameter waits: whether to look if it stays until our Close has come.
    static func talk(_ probe: Probe, _ conversation: Conversation, waits: Bool = false) async -> Judgement {
        guard await probe.awaitClose(on: conversation, until: probe.deadline()) != nil else {
            return probe.conclude(conversation, .timeout("no Close came"))
        }
        await conversation.send([.text("one"), .ping("two"), .binary([3]), .text("four")])
        if waits, await probe.awaitEnd(on: conversation, until: probe.deadline(times: 0.125)) {
            return probe.conclude(
                conversation, Judgement(.pass, close: .unclean, "TCP ended before our Close was sent"))
        }
        await conversation.sendClose(conversation.close?.code)
        return await settle(probe, conversation)
    }

    /// Closes without having seen the peer's Close.
    static func cross(_ probe: Probe, _ conversation: Conversation, _ code: UInt16) async -> Judgement {
        await conversation.send(.close(code))
        guard await probe.awaitClose(on: conversation, until: probe.deadline()) != nil else {
            return probe.conclude(conversation, .timeout("no Close came"))
        }
        return await settle(probe, conversation)
    }

    /// Both Closes are sent: one more would be a violation, and TCP has to end.
    private static func settle(_ probe: Probe, _ conversation: Conversation) async -> Judgement {
        if probe.role == .client { conversation.wire.finish() }
        guard await probe.awaitEnd(on: conversation, until: probe.deadline()) else {
            return probe.conclude(
                conversation, Judgement(.pass, close: .droppedBySuite, "both Closes are sent, but TCP was left open"))
        }
        return probe.conclude(conversation, Judgement(.pass, close: .pass, "as required"))
    }

    /// Closes that are never answered.
    static func unansweredCloses() -> [Case] {
        let accepts = "the end of TCP within the close timeout"
        return [
            Case(
                "C-030", "failure", "the Close of a failed connection is never answered", phase: .exclusive,
                accepts: [accepts]
            ) { probe in
                try await failing(probe, ignore)
            },
            Case(
                "C-031", "failure", "messages without end instead of an answer to the Close of a failure",
                phase: .exclusive, accepts: [accepts]
            ) { probe in
                try await failing(probe, stream)
            },
            Case(
                "C-050", nil, "a Close while the client's window is zero", roles: [.server], phase: .exclusive,
                accepts: ["the end of TCP in bounded time"], closeWithoutWindow),
        ]
            + own("C-030", "own-close", "its Close is never answered", phase: .exclusive, accepts, ignore)
            + own(
                "C-031", "own-close", "messages without end instead of an answer to its Close", phase: .exclusive,
                accepts, stream)
    }

    /// Makes the peer fail the connection, and does not answer its Close.
    private static func failing(
        _ probe: Probe, _ body: (Probe, Conversation) async -> Judgement
    ) async throws -> Judgement {
        let conversation = try await probe.open()
        conversation.answersClose = false
        await conversation.send(Frame(15).offending)
        let close = await probe.awaitClose(on: conversation, until: probe.deadline())
        if close == nil, conversation.wire.end == nil, !conversation.wire.isGone {
            return probe.conclude(conversation, .skipped("the peer did not fail the connection: see F-019"))
        }
        return await body(probe, conversation)
    }

    static func ignore(_ probe: Probe, _ conversation: Conversation) async -> Judgement {
        guard await probe.awaitEnd(on: conversation, until: probe.closeDeadline()) else {
            return probe.conclude(conversation, probe.judgeStillOpen())
        }
        return probe.conclude(conversation, .pass())
    }

    /// Octets that ``stream(_:_:)`` sends each time, and how long it rests in between: about 3 MB in a second, so that a
    /// peer which keeps them is seen to grow.
    private static let portion = [UInt8](repeating: UInt8(ascii: "f"), count: 64 * 1024)

    static func stream(_ probe: Probe, _ conversation: Conversation) async -> Judgement {
        let deadline = probe.closeDeadline()
        let before = probe.residentOctets
        while conversation.wire.end == nil, !conversation.wire.isGone, probe.now < deadline {
            let (octets, _) = conversation.encoded([.binary(portion)])
            // A peer that no longer reads takes nothing, which is as good an answer.
            if conversation.wire.unsentCount == 0 { conversation.wire.sendWithoutWaiting(octets) }
            while let incoming = await conversation.next(until: min(deadline, probe.now &+ 20_000_000)),
                incoming != .end
            {}
        }
        guard conversation.wire.end != nil || conversation.wire.isGone else {
            return probe.conclude(conversation, probe.judgeStillOpen())
        }
        if let before, let after = probe.residentOctets, after &- before > 16 << 20 {
            return probe.conclude(conversation, .fail("the peer's memory grew by \((after &- before) >> 20) MiB"))
        }
        return probe.conclude(conversation, .pass())
    }

    /// The client asks for echoes and does not read them until its window is shut, then closes.
    private static func closeWithoutWindow(_ probe: Probe) async throws -> Judgement {
        let conversation = try await probe.open()
        conversation.wire.holdReading()
        let (octets, _) = conversation.encoded([.binary(portion)])
        // Until the peer takes no more, or 32 MiB: one that drops what it cannot send is not asked for more.
        for _ in 0..<512 where !conversation.wire.isGone {
            guard await conversation.wire.offer(octets, until: probe.deadline(times: 0.1)) else { break }
        }
        let (close, notes) = conversation.encoded([.close(1000)])
        conversation.wire.sendWithoutWaiting(close, notes: notes)
        let deadline = probe.closeDeadline()
        while probe.now < deadline, await conversation.wire.wait(until: deadline) {
            if conversation.wire.isGone || conversation.wire.end != nil { break }
        }
        // What an end behind unsent octets looks like is seen only now.
        conversation.wire.goOnReading()
        let hasEnded = await probe.awaitEnd(on: conversation, until: probe.deadline(times: 2))
        // Octets that were cut off are the price of a bounded wait: no frame of theirs is judged.
        probe.observe(conversation)
        return hasEnded ? .pass() : probe.judgeStillOpen()
    }
}
