import BenchResults

/// What a client has to do about masking, and how its keys have to be.
enum ClientMaskingCases {
    static let all: [Case] =
        maskedOutput() + distinctKeys() + statistics() + connections() + repliesKeys() + maskedFrames() + queuedOutput()
        + zeroKeys()

    /// Whether a frame of the client is masked is checked in every case; here it is made to send each kind it sends.
    private static func maskedOutput() -> [Case] {
        let long = FramingCases.pattern(70000)
        return [
            Case(
                "M-010", "text", "text and empty text from the client", roles: [.client],
                script: .echo([.text("Hello"), .text("")], [.text("Hello"), .text("")])),
            Case(
                "M-010", "binary", "binary and empty binary from the client", roles: [.client],
                script: .echo([.binary([1, 2, 3]), .binary([])], [.binary([1, 2, 3]), .binary([])])),
            Case(
                "M-010", "long", "a message of 70000 octets from the client, in fragments or not", roles: [.client],
                script: .echo([.binary(long)], [.binary(long)])),
            Case(
                "M-010", "pong", "a pong and an empty pong from the client", roles: [.client],
                script: Script(
                    [.send([.ping("Hello")]), .awaitEvents(1), .send([.ping()])],
                    accept: [.exchange([.pong("Hello"), .pong("")])])),
            Case(
                "M-010", "close", "a Close from the client that answers ours", roles: [.client],
                script: Script([.send([.close(1000)])], accept: [.reply([1000], lenient: [nil])])),
            Case(
                "M-010", "empty-close", "a Close from the client that answers an empty one", roles: [.client],
                script: Script([.send([.close()])], accept: [.reply([nil, 1000])])),
            Case(
                "M-010", "failure", "the Close of a client that fails the connection", roles: [.client],
                script: .failure([Frame(3).offending], [1002])),
        ]
    }

    private static func maskedFrames() -> [Case] {
        let frames: [(String, [Frame])] = [
            ("text", [.text("Hello").with(masking: .against)]),
            ("binary", [.binary([1, 2, 3]).with(masking: .against)]),
            ("continuation", [.text("Hel", isFinal: false), .continuation("lo").with(masking: .against)]),
            ("ping", [.ping("Hello").with(masking: .against)]),
            ("pong", [.pong("Hello").with(masking: .against)]),
            ("close", [.close(1000).with(masking: .against)]),
        ]
        return frames.map { name, frames in
            MaskingCases.violation("M-015", name, "a masked \(name) from the server", roles: [.client], frames)
        } + [
            MaskingCases.violation(
                "M-016", nil, "an empty masked text from the server", roles: [.client],
                [.text("").with(masking: .against), .text("behind")])
        ]
    }

    // MARK: - Keys

    private static func distinctKeys() -> [Case] {
        [
            Case(
                "M-011", nil, "the keys of 1000 frames", roles: [.client],
                accepts: ["no key twice, or one by chance (1 in 8600)"]
            ) { probe in
                try await judgeKeys(probe, frames: 1000) { keys in
                    let repeated = keys.count - Set(keys.map(\.value)).count
                    return repeated <= 1 ? nil : "\(repeated) of \(keys.count) keys had been used before"
                }
            }
        ]
    }

    private static func statistics() -> [Case] {
        [
            Case(
                "M-012", nil, "the keys of 10000 frames", roles: [.client], phase: .exclusive,
                accepts: [
                    "evenly spread, and none computed from the one before by a sum, an exclusive or, or a product"
                ]
            ) { probe in
                try await judgeKeys(probe, frames: 10000) { KeyStatistics($0).fault }
            }
        ]
    }

    private static func connections() -> [Case] {
        [
            Case(
                "M-013", "connections", "the keys of two connections", roles: [.client],
                accepts: ["no key of the one is a key of the other"]
            ) { probe in
                try await judgeTwo(probe) {}
            },
            Case(
                "M-013", "restart", "the keys of a client and of the same client started anew", roles: [.client],
                needs: [.adapter], phase: .exclusive, accepts: ["no key of the one is a key of the other"]
            ) { probe in
                // A generator whose seed is fixed repeats its first connection; so that one has to be the first here, too.
                try await probe.client.restartClient()
                return try await judgeTwo(probe) { try await probe.client.restartClient() }
            },
        ]
    }

    /// Compares the keys of two connections, with `pause` between them.
    private static func judgeTwo(_ probe: Probe, pause: () async throws -> Void) async throws -> Judgement {
        let first = try await keys(of: try await probe.open(), probe, frames: 20)
        try await pause()
        let second = try await keys(of: try await probe.open(), probe, frames: 20)
        let shared = Set(first.map(\.value)).intersection(second.map(\.value))
        guard first.count >= 20, second.count >= 20 else { return .timeout("20 messages were not echoed") }
        return shared.isEmpty ? .pass() : .fail("\(shared.count) keys were used on both connections")
    }

    private static func repliesKeys() -> [Case] {
        [
            Case(
                "M-014", nil, "the keys of echoes, pongs and a Close", roles: [.client],
                accepts: ["no key twice"]
            ) { probe in
                let conversation = try await probe.open()
                conversation.keepsFrames = true
                let events = (0..<40).flatMap { [Event.text("message \($0)"), .pong("ping \($0)")] }
                let script = Script([.send(events.map(\.frame))], accept: [.exchange(events, matching: .anyPongs)])
                let judgement = await ScriptRun(script: script, probe: probe).run(on: conversation)
                guard [.pass, .nonStrict].contains(judgement.behavior) else { return judgement }
                let keys = conversation.frames.compactMap { MaskingKey($0) }
                let repeated = keys.count - Set(keys.map(\.value)).count
                return repeated == 0 ? judgement : .fail("\(repeated) of \(keys.count) keys had been used before")
            }
        ]
    }

    private static func zeroKeys() -> [Case] {
        [
            Case(
                "M-018", nil, "the keys of 500 frames, some of them empty or of zeros", roles: [.client],
                accepts: ["no key is 00000000"]
            ) { probe in
                try await judgeKeys(probe, frames: 500) { keys in
                    let zeros = keys.filter { $0.value == 0 }.count
                    return zeros == 0 ? nil : "\(zeros) of \(keys.count) keys are 00000000"
                }
            }
        ]
    }

    /// Has the client echo `frames` messages, and asks `fault` what is wrong with the keys.
    private static func judgeKeys(
        _ probe: Probe, frames: Int, fault: ([MaskingKey]) -> String?
    ) async throws -> Judgement {
        let conversation = try await probe.open()
        let keys = try await keys(of: conversation, probe, frames: frames)
        guard keys.count >= frames else { return .timeout("\(keys.count) of \(frames) masked frames came") }
        if let fault = fault(keys) { return .fail(fault) }
        return await ScriptRun(script: Script([], accept: [.exchange(conversation.received)]), probe: probe)
            .run(on: conversation)
    }

    /// The keys of at least `frames` frames that the client echoes, fewer when it stops.
    private static func keys(of conversation: Conversation, _ probe: Probe, frames: Int) async throws -> [MaskingKey] {
        conversation.keepsFrames = true
        let payloads: [[UInt8]] = [[], [0, 0, 0, 0], [UInt8](repeating: 0, count: 130), FramingCases.pattern(9)]
        while conversation.received.count < frames {
            let goal = min(frames, conversation.received.count + 250)
            await conversation.send((conversation.received.count..<goal).map { .binary(payloads[$0 % payloads.count]) })
            while conversation.received.count < goal {
                guard let incoming = await conversation.next(until: probe.deadline()), incoming != .end,
                    conversation.close == nil
                else { return conversation.frames.compactMap { MaskingKey($0) } }
            }
        }
        return conversation.frames.compactMap { MaskingKey($0) }
    }

    // MARK: - Buffers

    /// Echoes that have to wait while more is received: a client that keeps them in the buffer it receives into sends what came
    /// later.
    private static func queuedOutput() -> [Case] {
        [
            Case(
                "M-017", nil, "48 echoes of 64 KiB that wait in the client while it receives", roles: [.client],
                accepts: ["ECHO"]
            ) { probe in
                let conversation = try await probe.open()
                let events = (0..<48).map { Event.binary(FramingCases.pattern(64 << 10, from: $0 &* 1009)) }
                conversation.wire.holdReading()
                let (octets, notes) = conversation.encoded(events.map(\.frame))
                conversation.wire.sendWithoutWaiting(octets, notes: notes)
                await probe.pause(milliseconds: 200)
                conversation.wire.goOnReading()
                return await ScriptRun(script: Script([], accept: [.exchange(events)], patience: 2), probe: probe)
                    .run(on: conversation)
            }
        ]
    }
}
