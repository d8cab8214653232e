import BenchResults

/// What a server has to do about masking.
enum ServerMaskingCases {
    static let all: [Case] = unmasked() + afterGood() + cleanOutput() + phase() + emptyControl()

    private static func violation(
        _ row: String, _ variant: String?, _ title: String, _ frames: [Frame], after before: [Event] = []
    ) -> Case {
        MaskingCases.violation(row, variant, title, roles: [.server], frames, after: before)
    }

    private static func unmasked() -> [Case] {
        let data =
            [0, 5, 126].map { count in
                violation(
                    "M-001", "text-\(count)", "unmasked text of \(count) octets",
                    [.text(FramingCases.letters(count)).with(masking: .against)])
            } + [
                violation("M-002", "binary", "unmasked binary", [.binary([1, 2, 3, 4, 5]).with(masking: .against)]),
                violation(
                    "M-002", "continuation", "an unmasked continuation after a masked first fragment",
                    [.text("Hel", isFinal: false), .continuation("lo").with(masking: .against)]),
            ]
        return data + [
            violation("M-003", "ping", "an unmasked ping", [.ping("Hello").with(masking: .against)]),
            violation("M-003", "pong", "an unmasked pong", [.pong("Hello").with(masking: .against)]),
            violation("M-003", "close", "an unmasked Close", [.close(1000).with(masking: .against)]),
        ]
    }

    private static func afterGood() -> [Case] {
        // Read as masked, the payload's first four octets are the key, and a whole masked text stands behind them.
        var inner = SeededRandom(seed: 5)
        let frame = Frame.text("inner").with(masking: .key(0x0102_0304)).encoded(by: .client, random: &inner)
        let payload = [0xa5, 0xa5, 0xa5, 0xa5] + frame
        return [
            violation(
                "M-004", nil, "masked text and unmasked text in one run of octets",
                [.text("masked"), .text("unmasked").with(masking: .against)], after: [.text("masked")]),
            violation(
                "M-005", "frame-inside", "unmasked binary that holds a key and a masked text",
                [.binary(payload).with(masking: .against)]),
            // Whoever ignores the missing key finds a good frame directly behind it.
            violation(
                "M-005", "frame-behind", "empty unmasked text, then a masked text",
                [.text("").with(masking: .against), .text("behind")]),
        ]
    }

    private static func cleanOutput() -> [Case] {
        let events: [Event] = [.text("text"), .binary([1, 2, 3]), .pong("ping"), .pong(""), .text("")]
        return [
            Case(
                "M-006", "answers", "echoes, pongs and a Close, none of them masked", roles: [.server],
                script: Script([.send(events.map(\.frame))], accept: [.exchange(events, matching: .anyPongs)])),
            Case(
                "M-006", "long", "an echo of 70000 octets, not masked", roles: [.server], accepts: ["ECHO"]
            ) { _ in
                let octets = FramingCases.pattern(70000)
                return .echo([.binary(octets)], [.binary(octets)])
            },
            Case(
                "M-006", "failure", "the Close of a failed connection, not masked", roles: [.server],
                script: .failure([Frame(3).offending], [1002])),
        ]
    }

    // MARK: - Unmasking

    private static func phase() -> [Case] {
        let octets = FramingCases.pattern(120)
        let cut = (1...3).map { offset in
            Case(
                "M-007", "cut-\(offset)", "a payload cut behind octet \(offset)", roles: [.server],
                script: .echo([.binary(octets)], cut: .at([6 + offset]), [.binary(octets)]))
        }
        let pieces = [3, 5].map { size in
            Case(
                "M-007", "pieces-\(size)", "a payload in pieces of \(size) octets, twice with keys of different octets",
                roles: [.server],
                script: .echo(
                    [
                        .binary(octets).with(masking: .key(0x0102_0408), isOffending: false),
                        .binary(octets).with(masking: .key(0xff00_7f80), isOffending: false),
                    ], cut: .every(size), [.binary(octets), .binary(octets)]))
        }
        let key = Frame.Masking.key(0x1122_3344)
        let frames = (1...7).map { Frame.binary(FramingCases.pattern($0)).with(masking: key, isOffending: false) }
        let fragments = (1...7).map { count in
            Frame(count == 1 ? Frame.binary : Frame.continuation, FramingCases.pattern(count), isFinal: count == 7)
                .with(masking: key, isOffending: false)
        }
        return cut + pieces + [
            Case(
                "M-008", "frames", "messages of 1 to 7 octets, all with the same key", roles: [.server],
                script: .echo(frames, frames.map { .binary($0.payload) })),
            Case(
                "M-008", "fragments", "fragments of 1 to 7 octets, all with the same key", roles: [.server],
                script: .echo(fragments, [.binary(fragments.flatMap(\.payload))])),
        ]
    }

    private static func emptyControl() -> [Case] {
        // Its octets read as a header are those of an empty masked ping, or of one that ends with the next frame.
        let key = Frame.Masking.key(0x8980_0102)
        return [
            Case(
                "M-009", "ping", "an empty ping whose key looks like a ping, then text", roles: [.server],
                script: Script(
                    [.send([.ping().with(masking: key, isOffending: false), .text("after")])],
                    accept: Outcome.pongs([.pong(""), .text("after")]))),
            Case(
                "M-009", "pong", "an empty pong whose key looks like a ping, then text", roles: [.server],
                script: .echo([.pong().with(masking: key, isOffending: false), .text("after")], [.text("after")])),
            Case(
                "M-009", "text", "an empty text whose key looks like a ping, then text", roles: [.server],
                script: .echo(
                    [.text("").with(masking: key, isOffending: false), .text("after")], [.text(""), .text("after")])),
        ]
    }
}
