import BenchResults

/// Octets that do not belong where they are, and processors that do not rest: what peers do after they were misused (RFC 6455
/// §10, known advisories).
enum MemoryCases {
    static let all: [Case] = leaks() + leftovers() + lengths() + [rest()]

    /// Found nowhere by chance.
    private static let mark = Array("s3cret-c0nf0rmance-mark ".utf8)
    private static let secret = Array([[UInt8]](repeating: mark, count: 200).joined())

    // MARK: - S-005

    private static func leaks() -> [Case] {
        let after: [(name: String, frames: [Frame])] = [
            ("failure", [Frame(3).offending]), ("close", [.close(1000)]), ("empty-close", [.close()]),
            ("half-code", [Frame(Frame.close, [0x03]).offending]), ("invalid-text", [Frame.text([0xff]).offending]),
        ]
        let sizes = [0, 1, 7, 64, 125]
        return after.map { name, frames in
            Case(
                "S-005", "reason-\(name)", "the reason of the Close after a message: \(name)",
                accepts: ["a reason of readable text, without octets of the message before"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.binary(secret))
                guard await probe.awaitEvent(on: conversation, until: probe.deadline()) == .binary(secret) else {
                    return probe.conclude(conversation, .timeout("no echo"))
                }
                await conversation.send(frames)
                let close = await probe.awaitClose(on: conversation, until: probe.deadline())
                if probe.role == .client { conversation.wire.finish() }
                _ = await probe.awaitEnd(on: conversation, until: probe.deadline())
                return probe.conclude(conversation, judge(close?.reason ?? []))
            }
        } + [
            Case(
                "S-005", "pong", "pongs after a message",
                script: Script(
                    [.send([.binary(secret)] + sizes.map { .ping([UInt8](repeating: 0x70, count: $0)) })],
                    accept: Outcome.pongs([.binary(secret)] + sizes.map { .pong([UInt8](repeating: 0x70, count: $0)) }))
            ),
            Case(
                "S-005", "error-body", "the body of an HTTP error after a message", roles: [.server],
                accepts: ["an answer without octets of the message before"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.binary(secret))
                _ = await probe.awaitEvent(on: conversation, until: probe.deadline())
                let wire = try await probe.connect()
                await wire.send(Array("GET / HTTP/9.9\r\nHost: x\r\n\r\n".utf8))
                let answer = await wire.readAnswer(until: probe.deadline())
                let octets = (answer?.head.octets ?? []) + (answer?.body ?? [])
                return probe.conclude(
                    conversation, contains(octets, mark) ? .fail("the answer holds the message") : .pass())
            },
        ]
    }

    private static func judge(_ reason: [UInt8]) -> Judgement {
        if contains(reason, mark) { return .fail("the reason holds octets of the message before") }
        guard reason.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            return .fail("the reason holds control characters:\(preview(reason, limit: 123))")
        }
        return .pass()
    }

    private static func contains(_ octets: [UInt8], _ part: [UInt8]) -> Bool {
        // Half of it is enough to know it by.
        let half = Array(part.prefix(part.count / 2))
        guard octets.count >= half.count else { return false }
        return (0...octets.count - half.count).contains { octets[$0...].starts(with: half) }
    }

    // MARK: - S-006

    private static func leftovers() -> [Case] {
        let ways: [(name: String, isReset: Bool)] = [("fin", false), ("rst", true)]
        return ways.flatMap { name, isReset in
            ([(.server, []), (.client, [.adapter])] as [(CaseRole, Set<Capability>)]).map { role, needs in
                Case(
                    "S-006", "\(name)-\(role.rawValue)", "new connections after a frame that was cut off by \(name)",
                    roles: [role], needs: needs,
                    accepts: ["echoes that hold what was sent on the new connection, no more"]
                ) { probe in
                    try await cutOff(probe, isReset: isReset)
                    var judgements: [Judgement] = []
                    for count in [0, 1, 100, 3000] {
                        let octets = [UInt8](repeating: 0x6e, count: count)
                        judgements.append(try await probe.run(.echo([.binary(octets)], [.binary(octets)])))
                    }
                    return .worst(of: judgements)
                }
            }
        }
    }

    /// Ends a connection inside the second fragment of a message, and waits until the peer knows it as far as it shows.
    private static func cutOff(_ probe: Probe, isReset: Bool) async throws {
        let id: Int?
        let conversation: Conversation
        if probe.role == .client {
            let opened = try await probe.openWithClient()
            (id, conversation) = (opened.id, opened.conversation)
        } else {
            (id, conversation) = (nil, try await probe.open())
        }
        conversation.answersClose = false
        await conversation.send([
            .binary(secret, isFinal: false),
            Frame.continuation(secret).with(prefix: secret.count / 2, isOffending: false),
        ])
        if isReset {
            conversation.wire.reset()
        } else {
            conversation.wire.finish()
            _ = await probe.awaitEnd(on: conversation, until: probe.deadline())
        }
        if let id { _ = try await probe.client.ending(of: id, until: probe.deadline()) }
    }

    // MARK: - S-007

    private static func lengths() -> [Case] {
        let lengths: [(name: String, frame: Frame)] = [
            ("125-of-0", Frame.text([]).with(length: .declared(125))),
            ("65535-of-3", Frame.binary([1, 2, 3]).with(length: .declared(65535))),
            ("2-31", Frame.binary([1, 2, 3]).with(length: .declared(1 << 31))),
            ("2-32", Frame.text([]).with(length: .declared(1 << 32))),
            ("2-63-less-1", Frame.binary([1]).with(length: .declared(1 << 63 - 1))),
            ("2-64-less-1", Frame.binary([1]).with(length: .declared64(.max))),
            ("ping-65535", Frame.ping([1, 2]).with(length: .declared(65535))),
            ("close-of-2", Frame(Frame.close, [0x03]).with(length: .declared(125))),
        ]
        return lengths.map { name, frame in
            Case(
                "S-007", name, "a frame that declares more than it has (\(name)), then FIN",
                accepts: ["the end of TCP, and the next connection is served"]
            ) { probe in
                let conversation = try await probe.open()
                conversation.answersClose = false
                await conversation.send(frame)
                conversation.wire.finish()
                guard await probe.awaitEnd(on: conversation, until: probe.deadline()) else {
                    return probe.conclude(conversation, .timeout("the peer left its side of TCP open"))
                }
                if let event = conversation.received.first {
                    return probe.conclude(conversation, .fail("\(event.summary) came of octets that were not sent"))
                }
                // The next case shows whether a client has survived.
                let isServed = probe.role == .server ? await probe.serves() : true
                return probe.conclude(conversation, isServed ? .pass() : .fail("the next connection is not served"))
            }
        }
    }

    // MARK: - S-016

    /// Processor time in the second after the misuse, beyond that of a second before it, in nanoseconds.
    private static let busy: UInt64 = 400_000_000

    private static func rest() -> Case {
        Case(
            "S-016", nil, "the processor rests after errors of all kinds", needs: [.process], phase: .exclusive,
            accepts: ["less than 0.4 s of processor time in the second after them"]
        ) { probe in
            guard let processID = probe.processID else { return .skipped(Capability.process.absence) }
            let idle = await used(probe, processID)
            var open: [Conversation] = []
            let misuses: [[Frame]] = [
                [Frame(3).offending], [Frame.text([0xff]).offending], [Frame.text("half").with(prefix: 7)],
                [.text("be", isFinal: false)], [Frame.close(1005).offending], [.close(1000)],
            ]
            for frames in misuses {
                for way in 0..<3 {
                    let conversation = try await probe.open()
                    conversation.answersClose = false
                    await conversation.send(frames)
                    if way == 1 { conversation.wire.finish() }
                    if way == 2 { conversation.wire.reset() }
                    open.append(conversation)
                }
            }
            let after = await used(probe, processID)
            guard let idle, let after else { return .fail("the process is gone") }
            probe.observe(
                "\(idle / 1_000_000) ms of processor time in the second before, \(after / 1_000_000) ms after")
            return after > idle &+ busy ? .fail("the peer is busy although nothing happens any more") : .pass()
        }
    }

    /// Processor time in one second, in nanoseconds.
    private static func used(_ probe: Probe, _ processID: Int32) async -> UInt64? {
        let before = ProcessFigures(processID: processID)?.processorTime
        await probe.pause(milliseconds: 1000)
        guard let before, let after = ProcessFigures(processID: processID)?.processorTime else { return nil }
        return after &- before
    }
}
