import BenchResults

/// What no longer counts once a Close frame was sent (RFC 6455 §5.5.1, §7.1.7).
extension ClosingCases {
    static func afterClose() -> [Case] {
        let late: [(row: String, name: String, frames: [Frame])] = [
            ("C-017", "same-code", [.close(1000)]), ("C-017", "other-code", [.close(1001, "again")]),
            ("C-018", "ping", [.ping("late")]), ("C-018", "empty-ping", [.ping()]),
            ("C-019", "text", [.text("late")]), ("C-019", "binary", [.binary([1, 2, 3])]),
            ("C-020", "lone", [.continuation("late")]),
            ("C-021", "rsv", [Frame.text("late").with(reservedBits: 3)]),
            ("C-021", "opcode-15", [Frame(15, [1]).offending]),
            ("C-021", "masking", [Frame.text("late").with(masking: .against)]),
            ("C-021", "long-ping", [Frame.ping([UInt8](repeating: 0, count: 126)).offending]),
        ]
        return late.flatMap { row, name, frames in
            [
                Case(
                    row, name, "\(name) in one run with the Close before it",
                    script: Script([.send([.close(1000)] + frames)], accept: [.reply([1000], lenient: [nil])])),
                afterReply(row, name, frames),
            ]
        } + [
            Case(
                "C-020", "fragment", "a message whose last fragment comes after the Close",
                script: Script(
                    [.send([.text("be", isFinal: false), .close(1000), .continuation("late")])],
                    // Some call a Close inside a message a protocol error, which only its code shows.
                    accept: [.reply([1000], lenient: [nil, 1002])]))
        ]
    }

    /// The frames come when the peer has answered the Close. It may have ended TCP by then, or ended its direction only.
    private static func afterReply(_ row: String, _ name: String, _ frames: [Frame]) -> Case {
        Case(
            row, "\(name)-after-reply", "\(name) after both Closes",
            accepts: ["Close, and nothing behind it but the end of TCP"]
        ) { probe in
            let conversation = try await probe.open()
            await conversation.send(.close(1000))
            let close = await probe.awaitClose(on: conversation, until: probe.deadline())
            await conversation.send(frames)
            if probe.role == .client { conversation.wire.finish() }
            let hasEnded = await probe.awaitEnd(on: conversation, until: probe.deadline())
            guard let close else { return probe.conclude(conversation, .fail("the Close was not answered")) }
            if let event = conversation.received.first {
                return probe.conclude(conversation, .fail("\(event.summary) came, although a Close was sent before"))
            }
            guard hasEnded else {
                return probe.conclude(
                    conversation,
                    Judgement(.pass, close: .droppedBySuite, "both Closes are sent, but TCP was left open"))
            }
            let grade = Outcome.gradeOfReply(close.code, to: 1000)
            return probe.conclude(conversation, Judgement(.pass, close: grade, "Close answered"))
        }
    }

    /// What is checked in every case, with the frames that provoke it.
    static func violationsOfItsOwn() -> [Case] {
        // Found out by everybody, in its first octet. What the Close of the failure holds is for other rows to say.
        let bad = Frame(3).offending
        return [
            Case(
                "C-022", "violation-then-close", "a violation, then a Close: one Close comes",
                script: behind([bad, .close(1000)], "F-017")),
            Case(
                "C-022", "two-violations", "two violations: one Close comes",
                script: behind([bad, Frame(11, []).offending], "F-017")),
            Case(
                "C-022", "close-then-violation", "a Close, then a violation: one Close comes",
                script: Script([.send([.close(1000), bad])], accept: [.anyEnding()])),
            Case(
                "C-022", "violation-then-fin", "a violation, then the end of our direction: one Close comes",
                script: Script([.send([bad]), .finish], accept: [.anyEnding()]).presuming("F-017", 1002)),
            Case(
                "C-023", "data", "messages after a violation: no data behind the Close",
                script: behind([bad, .text("late"), .binary([1])], "F-017", events: [.text("late"), .binary([1])])),
            Case(
                "C-023", "lone-continuation", "a continuation of nothing, then a message: no data behind the Close",
                script: behind([Frame.continuation("no").offending, .text("late")], "F-042", events: [.text("late")])),
            Case(
                "C-023", "inside-message", "a message inside another: no data behind the Close",
                script: behind(
                    [.text("be", isFinal: false), Frame.text("no").offending, .continuation("gun")], "F-046",
                    events: [.text("begun")])),
            Case(
                "C-023", "last-fragment", "a last fragment with a reserved bit: no data behind the Close",
                script: behind(
                    [.text("be", isFinal: false), Frame.continuation("gun").with(reservedBits: 2)], "F-015")),
            Case(
                "C-023", "text-only", "messages behind binary where only text is taken", roles: [.server],
                needs: [.textOnly],
                script: behind(
                    [.binary([1]), .text("late"), .text("later")], "C-043", events: [.text("late"), .text("later")],
                    opening: Opening(fixture: .textOnly))),
            // A pong there is no data, though C-044 minds it.
            Case(
                "C-023", "ping", "a ping after a violation: no data behind the Close",
                script: behind([bad, .ping("late")], "F-017", events: [.pong("late")])),
            Case(
                "C-024", "empty-close", "no code is made up for an empty Close",
                script: Script([.send([.close()])], accept: [.anyEnding()])),
            Case(
                "C-024", "fin", "no code is made up for an end without a Close",
                accepts: ["the end of TCP, with or without a Close that may be sent"],
                { probe in
                    let judgement = try await endWithoutClose(probe, before: [])
                    guard judgement.behavior == .timeout else { return judgement }
                    return .skipped("\(judgement.explanation): see C-034")
                }),
            Case(
                "C-024", "invalid-code", "a code that is never sent is not repeated",
                script: Script([.send([Frame.close(1006, "bye").offending])], accept: [.anyEnding()])),
            Case(
                "C-025", "half-code", "half a code is not repeated",
                script: Script([.send([Frame(Frame.close, [0x03]).offending])], accept: [.anyEnding()])),
            Case(
                "C-025", "invalid-reason", "a reason that is not UTF-8 is not repeated",
                script: Script([.send([Frame.close(1000, [0xff, 0xfe]).offending])], accept: [.anyEnding()])),
            Case(
                "C-025", "long-reason", "a body of 126 octets is not repeated",
                script: Script(
                    [.send([Frame.close(1000, [UInt8](repeating: UInt8(ascii: "r"), count: 124)).offending])],
                    accept: [.anyEnding()])),
            Case(
                "C-025", "full-reason", "a reason of 123 octets fits the answer",
                script: Script(
                    [.send([.close(1000, [UInt8](repeating: UInt8(ascii: "r"), count: 123))])], accept: [.anyEnding()])),
        ]
    }

    /// A violation that `row` is about, and something behind it, which may be answered as `events`, whole or not: what is sent
    /// once the Close is out breaks the rules that are checked in every case.
    private static func behind(
        _ frames: [Frame], _ row: String, events: [Event] = [], opening: Opening = Opening()
    ) -> Script {
        Script(
            opening, [.send(frames)], accept: (0...events.count).map { .anyEnding(Array(events.prefix($0))) }
        ).presuming(row, 1002)
    }

    static func processing() -> [Case] {
        let failing: [(name: String, frame: Frame, code: UInt16, row: String)] = [
            ("opcode", Frame(3).offending, 1002, "F-017"),
            ("fragmented-ping", Frame.ping("no").with(isFinal: false), 1002, "F-051"),
            ("utf8", Frame.text([0xff]).offending, 1007, "U-008"),
            ("close-code", Frame.close(1005).offending, 1002, "C-011"),
        ]
        return failing.flatMap { name, frame, code, row in
            [
                Case(
                    "C-044", "\(name)-close", "a violation (\(name)), then a Close that comes too late",
                    script: Script([.send([frame, .close(1000)])], accept: [.anyEnding()]).presuming(row, code)),
                Case(
                    "C-044", "\(name)-ping", "a violation (\(name)), then a ping that comes too late",
                    script: Script([.send([frame, .ping("late")])], accept: tooLate(code)).presuming(row, code)),
                Case(
                    "C-044", "\(name)-data", "a violation (\(name)), then messages that come too late",
                    script: Script(
                        [.send([frame, .text("late"), .ping("late"), .binary([1])])], accept: tooLate(code)
                    ).presuming(row, code)),
            ]
        }
    }

    /// What may come of a violation with a ping behind it.
    private static func tooLate(_ code: UInt16) -> [Outcome] {
        // Control frames are answered by the protocol's side, text is checked by the application's in some peers.
        code == 1007 ? [.anyEnding(), .failure([1007], after: [.pong("late")], worth: .nonStrict)] : [.anyEnding()]
    }
}

extension Outcome {
    /// A Close with `reply`, given in answer to `code`.
    static func gradeOfReply(_ reply: UInt16?, to code: UInt16?) -> CloseGrade {
        if reply == code { return .pass }
        return reply == nil || reply == 1000 ? .nonStrict : .wrongCode
    }
}
