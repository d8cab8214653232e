import BenchResults

/// Carries out a script and judges what came of it.
struct ScriptRun {
    let script: Script
    let probe: Probe

    func run() async throws -> Judgement { await run(on: try await probe.open(script.opening)) }

    /// Carries the script out on a connection that was opened otherwise than the script says.
    func run(on conversation: Conversation) async -> Judgement {
        let whole = probe.now &+ probe.timeouts.whole(patience: script.patience)
        let ending = Ending(conversation, probe, whole: whole, answer: probe.timeouts.answer)
        if let failure = await carryOut(on: conversation, ending) { return failure }
        await finish(conversation, ending)
        probe.remoteCloseCode = conversation.close?.code
        return Verdict(script, conversation, probe).judge()
    }

    /// Waits for what is to come, with the deadlines of the case.
    final class Ending {
        let conversation: Conversation
        let probe: Probe
        /// When the peer's time for the case is over.
        private(set) var whole: UInt64
        let answer: UInt64
        var hasEnded = false

        init(_ conversation: Conversation, _ probe: Probe, whole: UInt64, answer: UInt64) {
            self.conversation = conversation
            self.probe = probe
            self.whole = whole
            self.answer = answer
        }

        /// The next thing; nil when nothing came for the usual wait, counted from the last octet that moved.
        func next() async -> Conversation.Incoming? {
            while true {
                let deadline = min(whole, max(conversation.wire.lastReceived, began) &+ answer)
                if let incoming = await conversation.next(until: deadline) {
                    if incoming == .end { hasEnded = true }
                    return incoming
                }
                let moved = max(conversation.wire.lastReceived, began) &+ answer
                guard moved > probe.now, probe.now < whole else { return nil }
            }
        }

        /// Runs `send`, which takes nothing of the peer's time: on a busy machine thousands of segments take many seconds.
        func sending(_ send: () async -> Void) async {
            let began = probe.now
            await send()
            whole = whole &+ (probe.now &- began)
        }

        /// When the wait began.
        var began: UInt64 = 0
        func begin() { began = probe.now }
    }

    // MARK: - Steps

    /// Returns a judgement when a step itself fails.
    private func carryOut(on conversation: Conversation, _ ending: Ending) async -> Judgement? {
        for step in script.steps {
            switch step {
            case .send(let frames, let cut): await ending.sending { await conversation.send(frames, cut: cut) }
            case .octets(let octets, let cut): await ending.sending { await conversation.wire.send(octets, cut: cut) }
            case .awaitEvents(let count):
                ending.begin()
                while conversation.received.count < count, !ending.hasEnded, conversation.close == nil {
                    guard await ending.next() != nil else {
                        return .timeout("waited for \(count) messages or pongs, \(conversation.received.count) came")
                    }
                }
            case .barrier:
                let label = Array("barrier \(conversation.frameCount)".utf8)
                await conversation.send(.ping(label))
                ending.begin()
                let passed = await conversation.consumePong(label) { await ending.next() }
                if !passed && !ending.hasEnded && conversation.close == nil {
                    return .timeout("no pong to a ping that asks whether everything before it is processed")
                }
            case .pause(let milliseconds): await probe.pause(milliseconds: milliseconds)
            case .finish: conversation.wire.finish()
            case .reset: conversation.wire.reset()
            }
        }
        return nil
    }

    // MARK: - The end

    private func finish(_ conversation: Conversation, _ ending: Ending) async {
        ending.begin()
        let mayClose = script.accept.compactMap { outcome -> Int? in
            if case .closedBySuite = outcome.ending { return outcome.events.count }
            return nil
        }
        if let most = mayClose.max() {
            while conversation.received.count < most, !ending.hasEnded, conversation.close == nil {
                guard await ending.next() != nil else { break }
            }
            if !ending.hasEnded && conversation.close == nil {
                await conversation.sendClose(1000)
                ending.begin()
            }
        }
        var isOverdue = false
        while !ending.hasEnded {
            // A server ends TCP first, a client waits for it (RFC 6455 §7.1.1).
            if probe.role == .client, conversation.close != nil { conversation.wire.finish() }
            if await ending.next() != nil { continue }
            // No RFC says in numbers how soon TCP has to end behind the Closes; one wait more tells late from never.
            guard conversation.close != nil, !isOverdue else { break }
            isOverdue = true
            ending.begin()
        }
        if !conversation.wire.isGone { conversation.wire.finish() }
    }
}

extension Conversation {
    /// Reads until the pong with `payload`, and takes it out of what was received.
    func consumePong(_ payload: [UInt8], next: () async -> Incoming?) async -> Bool {
        while let incoming = await next() {
            switch incoming {
            case .event(.pong(payload)):
                forgetLastEvent()
                return true
            case .end, .close: return false
            default: continue
            }
        }
        return false
    }
}
