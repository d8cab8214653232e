import BenchResults

/// Compressed messages as they may come: every one of them has to be read (RFC 7692 §7.2.2, §7.2.3).
enum DeflateMessageCases {
    static let all: [Case] =
        hello() + fragmentedHello() + storedBlocks() + finalBlocks() + severalBlocks() + emptyMessages()
        + plainMessages() + controlsBetween() + fragments() + flushes()

    private static let greeting = Array("Hello".utf8)

    /// The same payload as text and as binary.
    private static func both(_ row: String, _ variant: String?, _ title: String, _ payload: [UInt8], _ message: [UInt8])
        -> [Case]
    {
        let prefix = variant.map { "\($0)-" } ?? ""
        return [
            Case(
                row, "\(prefix)text", title,
                script: .echo([.compressed(Frame.text, payload)], [.text(message)], opening: .deflate())),
            Case(
                row, "\(prefix)binary", "\(title), binary",
                script: .echo([.compressed(Frame.binary, payload)], [.binary(message)], opening: .deflate())),
        ]
    }

    private static func hello() -> [Case] {
        let twoBlocks: [UInt8] = [
            0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
        ]
        var cases = both("D-001", nil, "the RFC's first example", DeflateSamples.hello, greeting)
        cases += both("D-007", nil, "two blocks in one message", twoBlocks, greeting)
        for (name, opcode, event) in [
            ("text", Frame.text, Event.text(greeting)), ("text-then-binary", Frame.binary, .binary(greeting)),
        ] {
            cases.append(
                Case.deflate(
                    "D-003", name, "a message that refers to the one before", needsContext: true, isRandom: false
                ) { _ in
                    .echo(
                        [.compressed(Frame.text, DeflateSamples.hello), .compressed(opcode, again)],
                        [.text(greeting), event])
                })
        }
        return cases
    }

    /// "Hello" as a reference to the message before, the RFC's example (RFC 7692 §7.2.3.2).
    private static let again: [UInt8] = [0xf2, 0x00, 0x11, 0x00, 0x00]

    private static func fragmentedHello() -> [Case] {
        (1...6).map { count in
            Case(
                "D-002", "after-\(count)", "two frames, the first with \(count) of 7 octets",
                script: .echo(
                    Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: [count]), [.text("Hello")],
                    opening: .deflate()))
        }
    }

    private static func storedBlocks() -> [Case] {
        let longest = (0..<65535).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        return both("D-004", "hello", "a stored block", DeflateSamples.message { $0.stored(greeting) }, greeting)
            + [
                Case(
                    "D-004", "65535", "a stored block of 65,535 octets",
                    script: .echo(
                        [.compressed(Frame.binary, DeflateSamples.message { $0.stored(longest) })], [.binary(longest)],
                        opening: .deflate()))
            ]
    }

    private static func finalBlocks() -> [Case] {
        var cases = both(
            "D-005", nil, "a block marked as the last", [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00], greeting)
        for (size, name) in [(200, "small"), (200 * 1024, "large")] {
            for keeps in [false, true] {
                cases.append(afterFinalBlock(size, "\(name)-\(keeps ? "context" : "no-context")", keepsContext: keeps))
            }
        }
        return cases
    }

    private static func afterFinalBlock(_ size: Int, _ variant: String, keepsContext: Bool) -> Case {
        let wish = DeflateWish(serverNoContextTakeover: !keepsContext, clientNoContextTakeover: !keepsContext)
        return Case.deflate(
            "D-006", variant, "three messages of \(size) octets after one whose last block is marked as such",
            wish: { _ in wish }
        ) { session in
            let messages = (0..<3).map { _ in SampleData.json.octets(size, &session.probe.random) }
            // A compressor that begins after the last block, and refers to nothing before it.
            let (frames, events) = session.exchange(messages, .json)
            let first = DeflateSamples.message { writer in
                writer.fixed(.literals(greeting), isFinal: true)
                writer.alignToOctet()
            }
            return Script(
                .deflate(), [.send([.compressed(Frame.text, first)] + frames)],
                accept: [.exchange([.text(greeting)] + events)], patience: 2)
        }
    }

    private static func severalBlocks() -> [Case] {
        let words = (0..<40).map { "word \($0 * $0) and again word \($0 * $0); " }.joined()
        let third = Array(words.utf8)
        let kinds: [(String, @Sendable (inout DeflateWriter) -> Void)] = [
            ("stored", { $0.stored(third) }),
            ("fixed", { $0.fixed(.referring(third, window: 4096)) }),
            ("dynamic", { $0.dynamic(literals: DeflateSamples.flatLengths, distances: [1], .literals(third)) }),
        ]
        return [[0, 1, 2], [2, 0, 1, 1], [1, 2, 0, 2, 1, 0, 0]].map { order in
            let payload = DeflateSamples.message { writer in for kind in order { kinds[kind].1(&writer) } }
            let name = order.map { kinds[$0].0 }
            let message = order.flatMap { _ in third }
            return Case(
                "D-010", name.prefix(4).joined(separator: "-"), "blocks: " + name.joined(separator: ", "),
                script: .echo([.compressed(Frame.text, payload)], [.text(message)], opening: .deflate()))
        }
    }

    private static func emptyMessages() -> [Case] {
        let octet = both("D-008", "one-octet", "an empty message as the octet 00", [0x00], [])
        let block = both("D-008", "fixed-block", "an empty message as an empty block", [0x02, 0x00], [])
        return octet + block
            + [
                Case(
                    "D-009", nil, "RSV1 and no payload at all, then a message",
                    script: Script(
                        .deflate(),
                        [
                            .send([
                                Frame.compressed(Frame.text, []).offending,
                                .compressed(Frame.text, DeflateSamples.hello),
                            ])
                        ],
                        accept: [
                            .exchange([.text(""), .text("Hello")], worth: .information),
                            .failure([1007, 1002], after: [.text("")], worth: .information),
                            .failure([1007, 1002], worth: .information),
                        ]))
            ]
    }

    private static func plainMessages() -> [Case] {
        let compressed = Frame.compressed(Frame.text, DeflateSamples.hello)
        return [
            Case(
                "D-011", "plain-only", "messages that are not compressed",
                script: .echo(
                    [.text("one"), .binary([2]), .text("")], [.text("one"), .binary([2]), .text("")],
                    opening: .deflate())),
            Case(
                "D-011", "alternating", "compressed and not in turn",
                script: .echo(
                    [.text("a"), compressed, .binary([0xfe]), .text("b")],
                    [.text("a"), .text("Hello"), .binary([0xfe]), .text("b")],
                    opening: .deflate())),
            Case(
                "D-011", "fragmented", "a fragmented one that is not compressed between two that are",
                script: .echo(
                    [
                        compressed, .text("pl", isFinal: false), .continuation("a", isFinal: false),
                        .continuation("in"), .text("x"),
                    ],
                    [.text("Hello"), .text("plain"), .text("x")], opening: .deflate())),
            Case.deflate(
                "D-011", "window", "the window does not see what is not compressed", needsContext: true, isRandom: false
            ) { _ in
                .echo(
                    [compressed, .text("World"), .compressed(Frame.text, [0xf2, 0x00, 0x11, 0x00, 0x00])],
                    [.text("Hello"), .text("World"), .text("Hello")])
            },
        ]
    }

    private static func controlsBetween() -> [Case] {
        let frames = Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: [3])
        let octets = Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: Array(1...6))
        let pinged = octets.enumerated().flatMap { [Frame.ping("\($0)"), $1] }
        return [
            Case(
                "D-016", "ping", "a ping between the frames of a compressed message",
                script: .echo(
                    [frames[0], .ping("between"), frames[1]], [.pong("between"), .text("Hello")], opening: .deflate())),
            Case(
                "D-016", "pong", "a pong between the frames of a compressed message",
                script: .echo([frames[0], .pong("unasked"), frames[1]], [.text("Hello")], opening: .deflate())),
            Case(
                "D-016", "pings", "a ping before every octet of a compressed message",
                script: .echo(pinged, (0...6).map { Event.pong("\($0)") } + [.text("Hello")], opening: .deflate())),
        ]
    }

    private static func fragments() -> [Case] {
        let opening = Opening.deflate()
        return [
            Case(
                "D-029", "every-octet", "a frame for every octet",
                script: .echo(
                    Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: Array(1...6)), [.text("Hello")],
                    opening: opening)),
            Case(
                "D-029", "every-octet-alone", "a frame for every octet, and a segment for every octet of them",
                script: .echo(
                    Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: Array(1...6)), cut: .everyOctet,
                    [.text("Hello")],
                    opening: opening)),
            Case(
                "D-029", "empty-frames", "empty frames between and around",
                script: .echo(
                    Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: [0, 0, 3, 3, 7, 7]), [.text("Hello")],
                    opening: opening)),
            Case(
                "D-029", "empty-first", "the first frame is empty",
                script: .echo(
                    Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: [0]), [.text("Hello")], opening: opening)),
            Case(
                "D-029", "last-octet-alone", "the last frame holds the octet 00 only",
                script: .echo(
                    Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: [6]), [.text("Hello")], opening: opening)),
            Case.deflate("D-029", "large", "64 KiB in frames of every size from 0 to 120 octets") { session in
                let message = SampleData.html.octets(64 * 1024, &session.probe.random)
                let payload = session.compression.message(message)
                var ends = [0]
                for size in 0...120 { ends.append(ends[ends.count - 1] + size) }
                return Script(
                    .deflate(), [.send(Frame.compressed(Frame.text, payload, cutAt: ends))],
                    accept: [.exchange([.text(message)])])
            },
        ]
    }

    private static func flushes() -> [Case] {
        [("full", Deflate.Flush.full), ("partial", .partial), ("block", .block)].map { name, flush in
            Case.deflate("D-036", name, "flushed in the middle with zlib's Z_\(name.uppercased())") { session in
                let keeps = session.compression.keepsContext
                guard let deflate = Deflate(windowBits: Int32(max(9, session.compression.windowBits))) else {
                    throw ProbeError.skipped("zlib has no memory")
                }
                let messages = (0..<3).map { _ in SampleData.json.octets(3000, &session.probe.random) }
                let frames = messages.map { message in
                    if !keeps { deflate.reset() }
                    let first = deflate.compress(Array(message[..<1700]), flush: flush)
                    return Frame.compressed(Frame.text, first + deflate.message(Array(message[1700...])))
                }
                return .echo(frames, messages.map { .text($0) })
            }
        }
    }
}
