import BenchResults

/// What procedures have in common.
extension Probe {
    /// Runs `script` on a connection of its own, or on one that is open already.
    func run(_ script: Script, on conversation: Conversation? = nil) async throws -> Judgement {
        let run = ScriptRun(script: script, probe: self)
        guard let conversation else { return try await run.run() }
        return await run.run(on: conversation)
    }

    /// Reads until the peer's Close frame.
    ///
    /// - Returns: nil when it does not come until `deadline`, or the connection ends before.
    func awaitClose(on conversation: Conversation, until deadline: UInt64) async -> CloseFrame? {
        while let incoming = await conversation.next(until: deadline) {
            switch incoming {
            case .close(let close): return close
            case .end: return nil
            case .event, .ping: continue
            }
        }
        return nil
    }

    /// Reads until the next message or pong.
    ///
    /// - Returns: nil when none comes until `deadline`, or the connection is closed or ends before.
    func awaitEvent(on conversation: Conversation, until deadline: UInt64) async -> Event? {
        while let incoming = await conversation.next(until: deadline) {
            switch incoming {
            case .event(let event): return event
            case .end, .close: return nil
            case .ping: continue
            }
        }
        return nil
    }

    /// Reads until the peer has ended its direction, or the connection is gone.
    ///
    /// - Returns: false when that does not happen until `deadline`.
    func awaitEnd(on conversation: Conversation, until deadline: UInt64) async -> Bool {
        while let incoming = await conversation.next(until: deadline), incoming != .end {}
        return conversation.wire.end != nil || conversation.wire.isGone
    }

    /// The peer has got what it can fail at, and a ping behind it perhaps. Waits for the failure; when it does not come, sends
    /// the rest of the message, behind which it must: then it is non-strict.
    ///
    /// - Parameter rest: octets that are not to be sent unless they have to.
    func judgeEarly(
        _ codes: [UInt16], lenient: [UInt16] = [], on conversation: Conversation, rest: () -> [UInt8]
    ) async throws -> Judgement {
        var isEarly = false
        waiting: while let incoming = await conversation.next(until: deadline()) {
            switch incoming {
            case .close, .end:
                isEarly = true
                break waiting
            case .event(.pong):
                // It waits for more. What is judged is what comes of the rest.
                conversation.forgetLastEvent()
                break waiting
            case .event, .ping: continue
            }
        }
        if !isEarly {
            recorder.remark("not failed before the message is complete")
            await conversation.wire.send(rest(), patience: timeouts.answer)
        }
        let judgement = try await run(Script([], accept: [.failure(codes, lenient: lenient)]), on: conversation)
        guard !isEarly, judgement.behavior == .pass else { return judgement }
        var late = judgement
        late.behavior = .nonStrict
        late.explanation = "failed only when the message was complete"
        return late
    }

    /// Whether a new connection is served: opened, one message echoed, closed.
    func serves() async -> Bool {
        guard let judgement = try? await run(.echo([.text("served")], [.text("served")])) else { return false }
        return judgement.behavior == .pass
    }

    /// Octets of memory that the system under test occupies; nil when the suite did not start it.
    var residentOctets: Int? {
        processID.flatMap { ProcessFigures(processID: $0) }?.residentOctets
    }

    /// How many descriptors the system under test has open, once there are at most `goal`, or after the usual wait.
    ///
    /// - Returns: nil when the suite did not start it, or it is gone.
    func settledDescriptors(atMost goal: Int) async -> Int? {
        guard let processID else { return nil }
        let deadline = deadline()
        while let count = ProcessFigures(processID: processID)?.openDescriptors {
            if count <= goal || now >= deadline { return count }
            await lane.pause(nanoseconds: 20_000_000)
        }
        return nil
    }

    /// When a peer that waits for the answer to its Close has waited long enough: its documented time, and one wait more.
    func closeDeadline() -> UInt64 {
        deadline() &+ UInt64(max(0, min(3600, capabilities.closeTimeout)) * timeouts.multiplier * 1e9)
    }

    /// Waits until the system under test is done with what a case has set it to, ten seconds at most: the cases behind are not
    /// to pay for it.
    func settle() async {
        let deadline = now &+ UInt64(10e9 * timeouts.multiplier)
        while now < deadline {
            let before = processFigures
            await lane.pause(nanoseconds: 100_000_000)
            guard let before else {
                if await serves() { return }
                continue
            }
            guard let after = processFigures, after.processorTime &- before.processorTime > 20_000_000 else { return }
        }
    }

    /// What it means that TCP is open after ``closeDeadline()``: without a declared close timeout nobody can say.
    func judgeStillOpen() -> Judgement {
        guard capabilities.has(.closeTimeout) else {
            return .information(
                "TCP is open after \(Int(capabilities.closeTimeout)) s; declare close-timeout to have it judged")
        }
        return .timeout("TCP is still open after the close timeout")
    }

    /// The judgement of a procedure, unless the peer broke a rule by itself in what it sent: that comes first.
    func conclude(_ conversation: Conversation, _ judgement: Judgement) -> Judgement {
        observe(conversation)
        remoteCloseCode = conversation.close?.code
        guard let violation = conversation.violations.first else { return judgement }
        return Judgement(.fail, close: judgement.close, "the peer broke \(violation.row): \(violation.text)")
    }

    /// Notes what came on `conversation`, for the result.
    func observe(_ conversation: Conversation) {
        for event in conversation.received.prefix(50) { observe("received \(event.summary)") }
        if conversation.received.count > 50 { observe("… \(conversation.received.count - 50) more") }
        if let close = conversation.close {
            observe(
                "received Close, \(close.code.map { "code \($0)" } ?? "no code")\(preview(close.reason, limit: 123))")
        }
        switch conversation.wire.end {
        case .finished?: observe("the peer ended TCP")
        case .truncated?: observe("the peer ended TCP without close_notify")
        case .reset?: observe("the peer reset TCP")
        case .failed(let reason)?: observe("the connection failed: \(reason)")
        case nil: observe("the peer left TCP open")
        }
        for violation in conversation.violations { observe("broke \(violation.row): \(violation.text)") }
        for aside in conversation.asides { observe("broke \(aside.row), which is judged there: \(aside.text)") }
    }
}

extension Judgement {
    /// The worst of several, with its explanation; pass when there is none.
    static func worst(of judgements: [Judgement]) -> Judgement {
        judgements.max { $0.severity < $1.severity } ?? .pass()
    }

    /// How bad it is, by behaviour first and close behaviour second.
    var severity: Int {
        let behavior =
            switch behavior {
            case .pass: 0
            case .information: 1
            case .nonStrict: 2
            case .skipped: 3
            case .timeout: 6
            case .fail, .crash: 7
            }
        let close =
            switch close {
            case .pass?, .information?, nil: 0
            case .nonStrict?: 1
            case .unclean?, .droppedBySuite?: 2
            case .wrongCode?: 3
            case .fail?: 4
            }
        return behavior * 8 + close
    }
}
