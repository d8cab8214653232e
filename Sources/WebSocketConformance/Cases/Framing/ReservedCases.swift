import BenchResults

/// Reserved bits and opcodes, with no extension that gives them a meaning (RFC 6455 §5.2).
enum ReservedCases {
    static let all: [Case] =
        cleanOutput() + dataBits() + closeBits() + controlBits() + continuationBits() + emptyBits()
        + opcodes(3...7, "F-017")
        + unfinished() + opcodes(11...15, "F-019") + longControl() + insideMessage() + headerOnly() + nothingAfter()

    /// What the peer sends itself is checked in every case; here it is made to send every kind.
    private static func cleanOutput() -> [Case] {
        let events: [Event] = [.text("text"), .pong("ping"), .binary([0xff, 0])]
        return [
            Case(
                "F-003", nil, "echoes, a pong and a Close without reserved bits and opcodes",
                script: Script(
                    [.send([.text("text"), .ping("ping"), .binary([0xff, 0])])], accept: Outcome.pongs(events)))
        ]
    }

    private static func dataBits() -> [Case] {
        let frames: [(String, Frame)] = [("text", .text("Hello")), ("binary", .binary([1, 2, 3]))]
        return (UInt8(1)...7).flatMap { bits in
            frames.map { name, frame in
                FramingCases.violation(
                    "F-012", "\(name)-rsv\(bits)", "\(name) with the reserved bits \(bits)",
                    [frame.with(reservedBits: bits)])
            }
        }
    }

    /// RSV1, RSV2 and RSV3.
    private static let singleBits: [UInt8] = [4, 2, 1]

    private static func closeBits() -> [Case] {
        (UInt8(1)...7).map { bits in
            FramingCases.violation(
                "F-013", "rsv\(bits)", "Close with the reserved bits \(bits)", [.close(1000).with(reservedBits: bits)])
        }
    }

    private static func controlBits() -> [Case] {
        let frames: [(String, Frame)] = [("ping", .ping("Hello")), ("pong", .pong("Hello"))]
        return (UInt8(1)...7).flatMap { bits in
            frames.map { name, frame in
                FramingCases.violation(
                    "F-014", "\(name)-rsv\(bits)", "\(name) with the reserved bits \(bits)",
                    [frame.with(reservedBits: bits)])
            }
        }
    }

    private static func continuationBits() -> [Case] {
        let frames: [(String, Frame)] = [
            ("text", .text("Hel", isFinal: false)), ("binary", .binary([1, 2], isFinal: false)),
        ]
        return singleBits.flatMap { bits in
            frames.map { name, first in
                FramingCases.violation(
                    "F-015", "\(name)-rsv\(bits)", "a clean first fragment of \(name), then reserved bits \(bits)",
                    [first, .continuation("lo").with(reservedBits: bits)])
            }
        }
    }

    private static func emptyBits() -> [Case] {
        singleBits.map { bits in
            FramingCases.violation(
                "F-016", "rsv\(bits)", "an empty text with the reserved bits \(bits)",
                [.text("").with(reservedBits: bits)])
        }
    }

    // MARK: - Opcodes

    private static func opcodes(_ range: ClosedRange<UInt8>, _ row: String) -> [Case] {
        range.flatMap { opcode in
            [
                FramingCases.violation(
                    row, "opcode-\(opcode)-empty", "opcode \(opcode) without payload", [Frame(opcode).offending]),
                FramingCases.violation(
                    row, "opcode-\(opcode)-payload", "opcode \(opcode) with payload",
                    [Frame(opcode, [1, 2, 3]).offending]),
            ]
        }
    }

    private static func unfinished() -> [Case] {
        (UInt8(3)...7).map { opcode in
            FramingCases.violation(
                "F-018", "opcode-\(opcode)", "opcode \(opcode), FIN clear, then text",
                [Frame(opcode, [1, 2, 3], isFinal: false).offending, .text("after")])
        }
    }

    private static func longControl() -> [Case] {
        (UInt8(11)...15).flatMap { opcode in
            [
                FramingCases.violation(
                    "F-020", "opcode-\(opcode)-unfinished", "opcode \(opcode), FIN clear",
                    [Frame(opcode, [1, 2, 3], isFinal: false).offending]),
                FramingCases.violation(
                    "F-020", "opcode-\(opcode)-126", "opcode \(opcode) with 126 octets",
                    [Frame(opcode, FramingCases.pattern(126)).offending]),
            ]
        }
    }

    private static func insideMessage() -> [Case] {
        [UInt8(3), 7, 11, 15].map { opcode in
            FramingCases.violation(
                "F-021", "opcode-\(opcode)", "opcode \(opcode) between two fragments",
                [.text("Hel", isFinal: false), Frame(opcode, [1, 2, 3]).offending, .continuation("lo")])
        }
    }

    // MARK: - When and what then

    /// A frame whose header alone is wrong, and whose payload does not come.
    private static func headerOnly() -> [Case] {
        let frames = [
            ("reserved-bit", "RSV1", Frame.binary([]).with(reservedBits: 4)),
            ("opcode-3", "opcode 3", Frame(3).offending),
            ("opcode-11", "opcode 11", Frame(11).offending),
            ("masking", "masking against the rules", Frame.binary([]).with(masking: .against)),
        ]
        return frames.map { name, title, frame in
            Case(
                "F-022", name, "\(title), 1 MiB declared, and the payload withheld",
                accepts: [
                    Outcome.failure([1002]).summary, "non-strict: the same, but only after the whole frame has come",
                ]
            ) { probe in
                let conversation = try await probe.open()
                let failure = Script(
                    [], accept: [.failure([1002], lenient: name == "masking" ? MaskingCases.otherCodes : [])])
                await conversation.send(frame.with(length: .declared64(1 << 20)))
                if await conversation.ends(until: probe.deadline()) {
                    return Verdict(failure, conversation, probe).judge()
                }
                await conversation.wire.send([UInt8](repeating: 0x2a, count: 1 << 20))
                _ = await conversation.ends(until: probe.deadline())
                var judgement = Verdict(failure, conversation, probe).judge()
                guard judgement.behavior == .pass else { return judgement }
                judgement.behavior = .nonStrict
                judgement.explanation = "failed only after the whole frame had come"
                return judgement
            }
        }
    }

    /// Nothing behind a violation may be processed (RFC 6455 §7.1.7).
    private static func nothingAfter() -> [Case] {
        let violations = [
            ("rsv1", Frame.text("second").with(reservedBits: 4)), ("rsv2", Frame.text("second").with(reservedBits: 2)),
            ("rsv3", Frame.text("second").with(reservedBits: 1)), ("opcode-3", Frame(3, [1]).offending),
            ("opcode-7", Frame(7).offending), ("opcode-11", Frame(11, [1]).offending),
            ("opcode-15", Frame(15).offending),
            ("continuation", Frame.continuation("second").offending),
        ]
        return violations.map { name, frame in
            FramingCases.violation(
                "F-023", name, "text, \(frame.summary), ping and text in one run of octets",
                [.text("first"), frame, .ping("after"), .text("third")], after: [.text("first")])
        }
    }
}
