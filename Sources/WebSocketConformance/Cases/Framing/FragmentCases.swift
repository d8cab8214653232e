import BenchResults

/// Messages in fragments that are all right (RFC 6455 §5.4).
enum FragmentCases {
    static let all: [Case] =
        twoFragments() + manyFragments() + linearTime() + emptyFragments() + fragmentSizes() + pingBetween()
        + pongBetween()
        + manyPings() + closeBetween() + metamorphic() + pauses() + notText() + automatic()

    private static let cuts: [(name: String, title: String, cut: Cut)] = [
        ("whole", "in one run of octets", .whole), ("per-frame", "a segment a frame", .everyFrame),
        ("per-octet", "a segment an octet", .everyOctet),
    ]

    private static func twoFragments() -> [Case] {
        cuts.flatMap { name, title, cut in
            [
                Case(
                    "F-033", name, "text in two fragments, \(title)",
                    script: .echo(
                        [.text("Hello, ", isFinal: false), .continuation("wörld")], cut: cut, [.text("Hello, wörld")])),
                Case(
                    "F-034", name, "binary in two fragments, \(title)",
                    script: .echo(
                        [.binary([0, 0xff, 1], isFinal: false), .continuation([0xfe, 2])], cut: cut,
                        [.binary([0, 0xff, 1, 0xfe, 2])])),
            ]
        }
    }

    // MARK: - Many

    /// `octets` in fragments of `size`.
    private static func fragments(_ kind: UInt8, _ octets: [UInt8], by size: Int) -> [Frame] {
        stride(from: 0, to: max(1, octets.count), by: size).map { start in
            let end = min(octets.count, start + size)
            return Frame(
                start == 0 ? kind : Frame.continuation, Array(octets[start..<end]), isFinal: end == octets.count)
        }
    }

    private static func manyFragments() -> [Case] {
        [(65536, 1), (1 << 20, 16), (1 << 20, 1024), (1 << 20, 65536)].map { total, size in
            Case(
                "F-035", "\(total)-by-\(size)", "\(total) octets in fragments of \(size)",
                accepts: ["ECHO", "non-strict: more fragments than a limit allows, Close with 1008 or 1009"]
            ) { _ in
                let octets = FramingCases.pattern(total)
                return Script(
                    [.send(fragments(Frame.binary, octets, by: size))],
                    accept: [.exchange([.binary(octets)]), .failure([1008, 1009], worth: .nonStrict)], patience: 3)
            }
        }
    }

    private static func linearTime() -> [Case] {
        [
            Case(
                "F-035", "time", "16384 and 65536 fragments of one octet", phase: .exclusive,
                accepts: ["four times the fragments take no more than ten times the time, or less than 1 s"]
            ) { probe in
                let conversation = try await probe.open()
                var times: [UInt64] = []
                // The first brings buffers and code to where they are for the others.
                for count in [16384, 16384, 65536] {
                    let octets = FramingCases.pattern(count)
                    let (encoded, _) = conversation.encoded(fragments(Frame.binary, octets, by: 1))
                    let began = probe.now
                    await conversation.wire.send(encoded)
                    let deadline = probe.deadline(times: 4)
                    while conversation.received.count <= times.count {
                        guard let incoming = await conversation.next(until: deadline), incoming != .end else {
                            let isRefused = [1008, 1009].contains(conversation.close?.code)
                            let text = "no echo of \(count) fragments of one octet"
                            return isRefused ? .nonStrict("\(text): a limit refuses them") : .timeout(text)
                        }
                    }
                    guard conversation.received.last == .binary(octets) else { return .fail("the echo differs") }
                    times.append(probe.now &- began)
                }
                let (few, many) = (Double(times[1]), Double(times[2]))
                let text = "16384 fragments took \(Int(few / 1000)) µs, 65536 took \(Int(many / 1000)) µs"
                probe.observe(text)
                let isLinear = many < 1e9 * probe.timeouts.multiplier || many < 10 * few
                return isLinear ? .pass(text) : .fail(text)
            }
        ]
    }

    // MARK: - Sizes

    private static func emptyFragments() -> [Case] {
        let shapes = [
            ("first", ["", "middle", "last"]), ("middle", ["first", "", "last"]), ("last", ["first", "middle", ""]),
            ("all", ["", "", ""]),
        ]
        return shapes.flatMap { name, parts in
            let kinds: [String] = ["text", "binary"]
            return kinds.map { kind in
                let whole = Array(parts.joined().utf8)
                let opcode = kind == "text" ? Frame.text : Frame.binary
                let frames = parts.enumerated().map { index, part in
                    Frame(index == 0 ? opcode : Frame.continuation, Array(part.utf8), isFinal: index == 2)
                }
                return Case(
                    "F-036", "\(kind)-\(name)", "\(kind) in three fragments, empty: \(name)",
                    script: .echo(frames, [kind == "text" ? .text(whole) : .binary(whole)]))
            }
        }
    }

    private static func fragmentSizes() -> [Case] {
        [125, 126, 65535, 65536].map { size in
            Case("F-037", "\(size)", "three fragments of \(size) octets", accepts: ["ECHO"]) { _ in
                let octets = FramingCases.pattern(3 * size)
                return .echo(fragments(Frame.binary, octets, by: size), [.binary(octets)])
            }
        }
    }

    /// What Autobahn's peer does by itself: 64 KiB in fragments of 1300 octets.
    private static func automatic() -> [Case] {
        [
            Case("F-059", nil, "64 KiB of text in fragments of 1300 octets", accepts: ["ECHO"]) { _ in
                let octets = FramingCases.letters(65536)
                return .echo(fragments(Frame.text, octets, by: 1300), [.text(octets)])
            }
        ]
    }

    // MARK: - Control frames between

    private static func pingBetween() -> [Case] {
        let frames: [Frame] = [.text("Hel", isFinal: false), .ping("between"), .continuation("lo")]
        let sent = cuts.map { name, title, cut in
            Case(
                "F-038", name, "a ping between two fragments, \(title)",
                script: Script(
                    [.send(frames, cut)],
                    accept: [.exchange([.pong("between"), .text("Hello")], matching: .exact)]))
        }
        return sent + [
            Case(
                "F-038", "answered-first", "a ping after a first fragment; the last is sent when the pong has come",
                script: Script(
                    [
                        .send([.binary([1, 2], isFinal: false), .ping("now")]), .awaitEvents(1),
                        .send([.continuation([3])]),
                    ], accept: [.exchange([.pong("now"), .binary([1, 2, 3])], matching: .exact)]))
        ]
    }

    private static func pongBetween() -> [Case] {
        [
            Case(
                "F-039", "text", "a pong that nothing asked for between two fragments of text",
                script: .echo([.text("Hel", isFinal: false), .pong("no"), .continuation("lo")], [.text("Hello")])),
            Case(
                "F-039", "binary", "an empty pong that nothing asked for between two fragments of binary",
                script: .echo([.binary([1], isFinal: false), .pong(), .continuation([2])], [.binary([1, 2])])),
        ]
    }

    private static func manyPings() -> [Case] {
        let kinds: [String] = ["text", "binary"]
        return kinds.map { kind in
            Case(
                "F-040", kind, "10 pings of 125 octets after each of 10 fragments of \(kind)",
                accepts: ["100 pongs and the echo", "non-strict: the echo, and of the pongs at least the newest"]
            ) { _ in
                let opcode = kind == "text" ? Frame.text : Frame.binary
                let octets = FramingCases.letters(1000)
                var frames: [Frame] = []
                var events: [Event] = []
                for (index, fragment) in fragments(opcode, octets, by: 100).enumerated() {
                    frames.append(fragment)
                    if fragment.isFinal { events.append(kind == "text" ? .text(octets) : .binary(octets)) }
                    for number in 0..<10 {
                        let label = Array("\(index)-\(number) ".utf8)
                        let payload = label + FramingCases.letters(125 - label.count)
                        frames.append(.ping(payload))
                        events.append(.pong(payload))
                    }
                }
                return Script([.send(frames)], accept: Outcome.pongs(events))
            }
        }
    }

    /// 1002 says that the message is incomplete: RFC 6455 §5.5.1 has codes "typically" repeated, so it is allowed.
    private static func closeBetween() -> [Case] {
        let accept: [Outcome] = [.reply([1000], lenient: [nil, 1002])]
        return [
            Case(
                "F-041", "unfinished", "a Close after a first fragment",
                script: Script([.send([.text("never", isFinal: false), .close(1000)])], accept: accept)),
            Case(
                "F-041", "finished-later", "a Close between two fragments",
                script: Script(
                    [.send([.text("never", isFinal: false), .close(1000), .continuation(" delivered")])],
                    accept: accept)),
        ]
    }

    // MARK: - The same message in many ways

    private static func metamorphic() -> [Case] {
        (1...20).map { number in
            Case(
                "F-054", "\(number)",
                "a random text in random fragments and segments with random pings, number \(number)",
                isRandom: true,
                accepts: ["the echo, whatever pongs come"]
            ) { random in
                let octets = text(of: Int.random(in: 1...2000, using: &random), &random)
                var frames: [Frame] = []
                var pongs: [Event] = []
                var start = 0
                let count = Int.random(in: 1...12, using: &random)
                for index in 0..<count {
                    let isFinal = index == count - 1
                    let end = isFinal ? octets.count : Int.random(in: start...octets.count, using: &random)
                    frames.append(
                        Frame(
                            index == 0 ? Frame.text : Frame.continuation, Array(octets[start..<end]), isFinal: isFinal))
                    start = end
                    while !isFinal, random.next() % 3 == 0 {
                        let label = "\(pongs.count)"
                        frames.append(.ping(label))
                        pongs.append(.pong(label))
                    }
                }
                // At most 60 pieces, so that each leaves by itself.
                let size = octets.count + frames.count * 6
                let piece = max(1, size / Int.random(in: 2...60, using: &random))
                let cut = [Cut.whole, .everyFrame, .every(piece), .every(piece)][Int(random.next() % 4)]
                return Script(
                    [.send(frames, cut)], accept: [.exchange(pongs + [.text(octets)], matching: .anyPongs)])
            }
        }
    }

    /// `count` characters of one to four octets in UTF-8.
    private static func text(of count: Int, _ random: inout SeededRandom) -> [UInt8] {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7e, 0xa0...0x7ff, 0x800...0xd7ff, 0xe000...0xfffd, 0x1_0000...0x10_ffff,
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<count {
            let range = ranges[Int(random.next() % UInt64(ranges.count))]
            scalars.append(Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? " ")
        }
        return Array(String(scalars).utf8)
    }

    private static func pauses() -> [Case] {
        [
            Case(
                "F-055", nil, "three fragments, one second apart", phase: .exclusive,
                script: Script(
                    [
                        .send([.text("one ", isFinal: false)]), .pause(milliseconds: 1000),
                        .send([.continuation("two ", isFinal: false)]), .pause(milliseconds: 1000),
                        .send([.continuation("three")]),
                    ], accept: [.exchange([.text("one two three")])]))
        ]
    }

    /// The first frame says what the message is, so a binary one may hold anything.
    private static func notText() -> [Case] {
        [
            Case(
                "F-056", "continuation", "binary in two fragments, the second no UTF-8",
                script: .echo(
                    [.binary(Array("text".utf8), isFinal: false), .continuation([0xff, 0xc0, 0x80])],
                    [.binary(Array("text".utf8) + [0xff, 0xc0, 0x80])])),
            Case(
                "F-056", "after-text", "text, then binary in three fragments of surrogates and cut characters",
                script: .echo(
                    [
                        .text("ü"), .binary([0xed, 0xa0], isFinal: false), .continuation([0x80, 0xe2], isFinal: false),
                        .continuation([0x82]),
                    ], [.text("ü"), .binary([0xed, 0xa0, 0x80, 0xe2, 0x82])])),
        ]
    }
}
