import BenchResults

/// Pings that the suite sends, and the pongs that have to come.
enum PingCases {
    static let all: [Case] =
        payloads() + tooLong() + perOctet() + unsolicited() + several() + promptness() + duringOutput() + afterClose()
        + form() + notDelivered() + firstAndLast()

    private static func payloads() -> [Case] {
        let binary: [UInt8] = [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]
        let payloads = [
            ("empty", []), ("text", Array("Hello, world!".utf8)), ("binary", binary),
            ("125", [UInt8](repeating: 0xfe, count: 125)),
        ]
        return payloads.map { name, payload in
            Case(
                "P-001", name, "a ping of \(payload.count) octets", script: .echo([.ping(payload)], [.pong(payload)]))
        }
    }

    private static func tooLong() -> [Case] {
        [126, 127, 65535, 65536].map { count in
            FramingCases.violation(
                "P-002", "\(count)", "a ping of \(count) octets", [.ping(FramingCases.pattern(count)).offending])
        }
            + [126, 65536].map { count in
                FramingCases.violation(
                    "P-003", "\(count)", "a pong of \(count) octets", [.pong(FramingCases.pattern(count)).offending])
            }
    }

    private static func perOctet() -> [Case] {
        let payload = [UInt8](repeating: 0xfe, count: 125)
        return [
            Case(
                "P-004", nil, "a ping of 125 octets, a segment an octet",
                script: .echo([.ping(payload)], cut: .everyOctet, [.pong(payload)], patience: 3))
        ]
    }

    private static func unsolicited() -> [Case] {
        [
            Case("P-005", "empty", "an empty pong, then a ping", script: .echo([.pong(), .ping("p")], [.pong("p")])),
            Case(
                "P-005", "payload", "a pong with payload, then a text",
                script: .echo([.pong("nobody asked"), .text("text")], [.text("text")])),
            Case(
                "P-005", "several", "ten pongs and a ping in turn, then a text",
                script: Script(
                    [.send((0..<10).map { Frame.pong("\($0)") } + [.ping("p"), .pong("p"), .pong(), .text("text")])],
                    accept: Outcome.pongs([.pong("p"), .text("text")]))),
        ]
    }

    private static func several() -> [Case] {
        let labels = (0..<10).map { "payload \($0)" }
        return [("whole", "one run of octets", Cut.whole), ("per-octet", "a segment an octet", .everyOctet)].map {
            name, title, cut in
            Case(
                "P-006", name, "ten pings, \(title)",
                script: Script(
                    [.send(labels.map { .ping($0) }, cut)], accept: Outcome.pongs(labels.map { .pong($0) }), patience: 3
                ))
        }
    }

    // MARK: - When

    /// "As soon as is practical" (RFC 6455 §5.5.2) is taken as 100 ms; the fastest of three counts, because a busy machine
    /// may hold up one.
    private static func promptness() -> [Case] {
        [
            promptness(
                "fragmented", "pings while a fragmented message is open",
                before: { $0 == 0 ? .text("open", isFinal: false) : nil },
                after: [.continuation("end")], messages: { _ in [.text("openend")] }),
            promptness(
                "busy", "pings, each behind a message of 256 KiB that is to be echoed",
                before: { _ in .binary(FramingCases.pattern(256 << 10)) }, after: [],
                messages: { count in
                    [Event](repeating: .binary(FramingCases.pattern(256 << 10)), count: count)
                }),
        ]
    }

    /// - Parameters:
    ///   - before: what is sent before a ping, by its number.
    ///   - after: what is sent when the last pong has come.
    ///   - messages: what is echoed after so many pings.
    private static func promptness(
        _ variant: String, _ title: String, before: @escaping @Sendable (Int) -> Frame?, after: [Frame],
        messages: @escaping @Sendable (Int) -> [Event]
    ) -> Case {
        Case(
            "P-007", variant, title, phase: .exclusive,
            accepts: ["the pong comes within 100 ms, once of three times", "non-strict: it comes later"]
        ) { probe in
            let limit = UInt64(100_000_000 * probe.timeouts.multiplier)
            let conversation = try await probe.open()
            var pongs: [Event] = []
            var fastest = UInt64.max
            while pongs.count < 3, fastest > limit {
                if let frame = before(pongs.count) { await conversation.send(frame) }
                let label = "prompt \(pongs.count)"
                pongs.append(.pong(label))
                let began = probe.now
                await conversation.send(.ping(label))
                guard let took = await time(of: label, since: began, on: conversation, probe) else {
                    return probe.conclude(conversation, .timeout("no pong came"))
                }
                probe.observe("the pong took \(took / 1000) µs")
                fastest = min(fastest, took)
            }
            let script = Script(
                [.send(after)], accept: [.exchange(pongs + messages(pongs.count), matching: .pongsApart)])
            let judgement = await ScriptRun(script: script, probe: probe).run(on: conversation)
            guard judgement.behavior == .pass, fastest > limit else { return judgement }
            return Judgement(.nonStrict, close: judgement.close, "the pong took \(fastest / 1_000_000) ms")
        }
    }

    /// How long the pong with `label` took; nil when it did not come.
    private static func time(
        of label: String, since began: UInt64, on conversation: Conversation, _ probe: Probe
    ) async -> UInt64? {
        while let incoming = await conversation.next(until: probe.deadline()), incoming != .end {
            if incoming == .event(.pong(label)) { return probe.now &- began }
        }
        return nil
    }

    /// The pong has to find its place between the frames of a long answer.
    private static func duringOutput() -> [Case] {
        [
            Case(
                "P-008", nil, "a ping while 4 MiB of echoes wait to be read",
                accepts: ["the echoes whole, the pong between frames"]
            ) { probe in
                let conversation = try await probe.open()
                let events = (0..<16).map { Event.binary(FramingCases.pattern(256 << 10, from: $0 &* 4099)) }
                conversation.wire.holdReading()
                let (octets, notes) = conversation.encoded(events.map(\.frame) + [.ping("between")])
                conversation.wire.sendWithoutWaiting(octets, notes: notes)
                await probe.pause(milliseconds: 100)
                conversation.wire.goOnReading()
                let script = Script(
                    [], accept: [.exchange(events + [.pong("between")], matching: .pongsApart)], patience: 3)
                return await ScriptRun(script: script, probe: probe).run(on: conversation)
            }
        ]
    }

    private static func afterClose() -> [Case] {
        [
            Case(
                "P-009", nil, "a Close and a ping in one run of octets",
                script: Script(
                    [.send([.close(1000), .ping("late").offending])], accept: [.reply([1000], lenient: [nil])]))
        ]
    }

    // MARK: - What

    private static func form() -> [Case] {
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 125)
        return [("plain", Opening()), ("deflate", Opening.deflate())].map { name, opening in
            Case(
                "P-010", name,
                "pongs of a payload that compresses well\(name == "plain" ? "" : ", with permessage-deflate")",
                script: Script(
                    opening,
                    [.send([.ping(long)]), .awaitEvents(1), .send([.ping()]), .awaitEvents(2), .send([.ping("a")])],
                    accept: [.exchange([.pong(long), .pong(""), .pong("a")])]))
        }
    }

    private static func notDelivered() -> [Case] {
        [
            Case(
                "P-016", nil, "pings and pongs around and inside messages, of which only the messages are echoed",
                script: Script(
                    [
                        .send([.ping("ping 1"), .text("one")]), .awaitEvents(2), .send([.ping("ping 2")]),
                        .awaitEvents(3), .send([.text("t", isFinal: false), .ping("ping 3")]), .awaitEvents(4),
                        .send([.continuation("wo"), .pong("pong")]),
                    ],
                    accept: [
                        .exchange(
                            [.pong("ping 1"), .text("one"), .pong("ping 2"), .pong("ping 3"), .text("two")],
                            matching: .pongsApart)
                    ]))
        ]
    }

    private static func firstAndLast() -> [Case] {
        [
            Case(
                "P-017", "first", "a ping as the first frame, then text",
                script: Script(
                    [.send([.ping("first"), .text("text")])], accept: Outcome.pongs([.pong("first"), .text("text")]))),
            Case(
                "P-017", "before-close", "a ping directly before a Close",
                script: Script(
                    [.send([.ping("last"), .close(1000)])],
                    accept: [
                        .reply([1000], lenient: [nil], after: [.pong("last")]),
                        // A Close that is read before the ping is answered ends the duty (RFC 6455 §5.5.2).
                        .reply([1000], lenient: [nil], worth: .nonStrict),
                    ])),
        ]
    }
}
