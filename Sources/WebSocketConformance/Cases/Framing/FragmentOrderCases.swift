import BenchResults

/// Fragments in an order that is no message (RFC 6455 §5.4), and control frames in fragments (§5.5).
enum FragmentOrderCases {
    static let all: [Case] =
        nothingToContinue() + alreadyFinished() + repeated() + secondMessage() + clearedByControl() + controlFragments()
        + freshStart()

    private static func nothingToContinue() -> [Case] {
        let cuts = [("whole", Cut.whole), ("per-frame", .everyFrame), ("per-octet", .everyOctet)]
        return [true, false].flatMap { isFinal in
            cuts.map { name, cut in
                FramingCases.violation(
                    "F-042", "\(isFinal ? "final" : "not-final")-\(name)",
                    "a continuation with nothing to continue, FIN \(isFinal ? "set" : "clear"), then text",
                    [.continuation("nothing", isFinal: isFinal).offending, .text("after")], cut: cut)
            }
        }
    }

    private static func alreadyFinished() -> [Case] {
        let fragments: [Frame] = [.text("Hel", isFinal: false), .continuation("lo")]
        return [
            FramingCases.violation(
                "F-043", "final", "a continuation after a message of two fragments",
                fragments + [.continuation("!").offending], after: [.text("Hello")]),
            FramingCases.violation(
                "F-043", "not-final", "a continuation with FIN clear after a message of two fragments",
                fragments + [.continuation("!", isFinal: false).offending, .text("after")], after: [.text("Hello")]),
            FramingCases.violation(
                "F-043", "empty", "an empty continuation after a message of two fragments",
                fragments + [.continuation([]).offending], after: [.text("Hello")]),
            FramingCases.violation(
                "F-044", "final", "a continuation after a message of one frame",
                [.text("Hello"), .continuation("!").offending], after: [.text("Hello")]),
            FramingCases.violation(
                "F-044", "not-final", "a continuation with FIN clear after a message of one frame",
                [.binary([1]), .continuation("!", isFinal: false).offending], after: [.binary([1])]),
        ]
    }

    private static func repeated() -> [Case] {
        [true, false].map { isFinal in
            let round: [Frame] = [
                .continuation("one", isFinal: isFinal).offending, .text("two", isFinal: false), .continuation("three"),
            ]
            return FramingCases.violation(
                "F-045", isFinal ? "final" : "not-final",
                "twice a continuation first, FIN \(isFinal ? "set" : "clear")",
                round + round)
        }
    }

    private static func secondMessage() -> [Case] {
        let text = Frame.text("open", isFinal: false)
        let binary = Frame.binary([1, 2], isFinal: false)
        let end = Frame.continuation("end")
        return [
            FramingCases.violation(
                "F-046", "text", "text inside a fragmented text", [text, .text("inside").offending, end]),
            FramingCases.violation(
                "F-047", "text", "the beginning of another text inside a fragmented text",
                [text, .text("inside", isFinal: false).offending, end]),
            FramingCases.violation(
                "F-048", "final", "binary inside a fragmented text", [text, .binary([3]).offending, end]),
            FramingCases.violation(
                "F-048", "not-final", "the beginning of binary inside a fragmented text",
                [text, .binary([3], isFinal: false).offending, end]),
            FramingCases.violation(
                "F-049", "final", "text inside a fragmented binary", [binary, .text("inside").offending, end]),
            FramingCases.violation(
                "F-049", "not-final", "the beginning of text inside a fragmented binary",
                [binary, .text("inside", isFinal: false).offending, end]),
        ]
    }

    private static func clearedByControl() -> [Case] {
        let open = Frame.text("open", isFinal: false)
        return [
            FramingCases.violation(
                "F-050", "ping-text", "a ping, then text, inside a fragmented text",
                [open, .ping("p"), .text("inside").offending], after: [.pong("p")]),
            FramingCases.violation(
                "F-050", "ping-binary", "a ping, then the beginning of binary, inside a fragmented text",
                [open, .ping("p"), .binary([1], isFinal: false).offending, .continuation([2])], after: [.pong("p")]),
            FramingCases.violation(
                "F-050", "pong-text", "a pong, then text, inside a fragmented text",
                [open, .pong("p"), .text("inside").offending]),
        ]
    }

    // MARK: - Control frames

    private static func controlFragments() -> [Case] {
        [
            FramingCases.violation("F-051", "ping", "a ping with FIN clear", [.ping("Hel").with(isFinal: false)]),
            FramingCases.violation("F-051", "pong", "a pong with FIN clear", [.pong("Hel").with(isFinal: false)]),
            FramingCases.violation("F-052", "close", "a Close with FIN clear", [.close(1000).with(isFinal: false)]),
            FramingCases.violation(
                "F-053", "ping", "a ping in two fragments", [.ping("Hel").with(isFinal: false), .continuation("lo")]),
        ]
    }

    // MARK: - Afterwards

    /// Parsers, buffers and inflaters are often pooled: the next connection must not find what a failed one has left.
    private static func freshStart() -> [Case] {
        let endings: [(String, String, [Script.Step])] = [
            ("violation", "a failure", [.send([.text("inside").offending])]), ("end", "the end of TCP", [.finish]),
            ("reset", "a reset", [.reset]),
            (
                "cut-frame", "the end of TCP in a frame",
                [.send([.continuation([0xbc] + FramingCases.letters(40)).with(prefix: 26)]), .finish]
            ),
        ]
        return endings.map { name, title, ending in
            Case(
                "F-057", name, "\(title) inside a fragmented message, then a new connection",
                accepts: ["the new connection echoes as if nothing had been"]
            ) { probe in
                let broken = try await probe.open()
                let open: [Frame] = [
                    .text("left over \u{fc}", isFinal: false), .continuation([0xc3], isFinal: false),
                ]
                let script = Script([.send(open), .barrier] + ending, accept: [.information()])
                _ = await ScriptRun(script: script, probe: probe).run(on: broken)
                guard broken.received.isEmpty, name == "reset" || broken.wire.end != nil else {
                    return probe.conclude(
                        broken, .fail("the connection was not ended, or a part of a message was echoed"))
                }
                broken.wire.drop()
                return try await probe.run(
                    Script(
                        [.send([.text("clean"), .binary([1, 2], isFinal: false), .ping("p"), .continuation([3])])],
                        accept: [.exchange([.text("clean"), .pong("p"), .binary([1, 2, 3])], matching: .pongsApart)]))
            }
        }
    }
}
