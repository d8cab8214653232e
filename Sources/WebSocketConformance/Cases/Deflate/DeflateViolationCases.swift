import BenchResults

/// What breaks a rule of compression, and what bends one: the connection fails, or the message is whole (RFC 7692 §6, §7.2).
enum DeflateViolationCases {
    static let all: [Case] =
        reservedBits() + sequences() + beyondWindow() + corruptPayloads() + cutPayloads() + afterFinalBlock() + text()

    private static let opening = Opening.deflate()
    private static let hello = Frame.compressed(Frame.text, DeflateSamples.hello)
    private static let halves = Frame.compressed(Frame.text, DeflateSamples.hello, cutAt: [3])

    private static func reservedBits() -> [Case] {
        let offending = halves[1].with(reservedBits: 4)
        var cases = [
            Case(
                "D-012", "compressed", "RSV1 on a continuation of a compressed message",
                script: .failure([halves[0], offending.with(isFinal: false), halves[1]], [1002], opening: opening)),
            Case(
                "D-012", "plain", "RSV1 on a continuation of a message that is not compressed",
                script: .failure(
                    [.text("pl", isFinal: false), Frame.continuation("ain").with(reservedBits: 4)], [1002],
                    opening: opening)),
            Case(
                "D-012", "final", "RSV1 on the last continuation of a compressed message",
                script: .failure([halves[0], offending], [1002], opening: opening)),
            Case(
                "D-013", "ping", "RSV1 on a ping",
                script: .failure([Frame.ping(DeflateSamples.hello).with(reservedBits: 4)], [1002], opening: opening)),
            Case(
                "D-013", "pong", "RSV1 on a pong",
                script: .failure([Frame.pong(DeflateSamples.hello).with(reservedBits: 4)], [1002], opening: opening)),
            Case(
                "D-013", "close", "RSV1 on a Close",
                script: .failure([Frame.close(1000).with(reservedBits: 4)], [1002], opening: opening)),
            Case(
                "D-014", nil, "RSV1 on a ping, then a message that is not compressed",
                script: .failure(
                    [Frame.ping(DeflateSamples.hello).with(reservedBits: 4), .binary(DeflateSamples.hello)], [1002],
                    opening: opening)),
        ]
        for bits in UInt8(1)...3 {
            let name = ["rsv3", "rsv2", "rsv2-rsv3"][Int(bits) - 1]
            cases += [
                Case(
                    "D-015", "\(name)-compressed", "RSV1 and \(name) on a text",
                    script: .failure([hello.with(reservedBits: 4 | bits)], [1002], opening: opening)),
                Case(
                    "D-015", "\(name)-plain", "\(name) alone on a text",
                    script: .failure([Frame.text("Hello").with(reservedBits: bits)], [1002], opening: opening)),
            ]
        }
        return cases
            + [3, 7, 11, 15].map { opcode in
                Case(
                    "D-043", "opcode-\(opcode)", "RSV1 with opcode \(opcode)",
                    script: .failure(
                        [Frame.compressed(UInt8(opcode), DeflateSamples.hello).offending], [1002], opening: opening))
            }
    }

    private static func sequences() -> [Case] {
        [
            Case(
                "D-042", nil, "a continuation after a whole compressed message",
                script: .failure(
                    [hello, Frame.continuation([0x00]).offending], [1002], after: [.text("Hello")], opening: opening)),
            Case(
                "D-044", "text", "a compressed text inside a compressed message",
                script: .failure([halves[0], hello.offending, halves[1]], [1002], opening: opening)),
            Case(
                "D-044", "binary", "a compressed binary message inside a compressed message",
                script: .failure(
                    [halves[0], Frame.compressed(Frame.binary, DeflateSamples.hello).offending, halves[1]], [1002],
                    opening: opening)),
            Case(
                "D-044", "plain", "a message that is not compressed inside a compressed one",
                script: .failure([halves[0], Frame.text("plain").offending, halves[1]], [1002], opening: opening)),
        ]
    }

    private static func beyondWindow() -> [Case] {
        [9, 12].map { bits in
            Case.deflate(
                "D-025", "\(bits)", "a reference beyond the agreed window of 2^\(bits)",
                wish: { .window(bits, of: $0) },
                needsContext: true,
                accepts: ["Close with 1002 or 1007, and the end of TCP"] + DeflateCases.echo
            ) { session in
                guard session.compression.windowBits < 15 else {
                    throw ProbeError.skipped("the peer does not limit the suite's window")
                }
                let window = 1 << session.compression.windowBits
                let message = session.probe.random.octets(3 * window)
                let far = DeflateSamples.message { $0.fixed([.match(length: 100, distance: 2 * window)]) }
                let events: [Event] = [.binary(message), .binary(Array(message[window..<window + 100]))]
                return Script(
                    opening,
                    [
                        .send([
                            .compressed(Frame.binary, DeflateSamples.message { $0.stored(message) }),
                            Frame.compressed(Frame.binary, far).offending,
                        ])
                    ], accept: Outcome.failures([1002, 1007], after: [events[0]]) + [.exchange(events)])
            }
        }
    }

    private static func corruptPayloads() -> [Case] {
        DeflateSamples.corrupt.map { sample in
            Case(
                "D-026", sample.name, sample.title,
                script: .failure(
                    [Frame.compressed(Frame.binary, sample.payload).offending], [1007, 1002], opening: opening))
        } + [
            Case(
                "D-026", "later", "a block of type 3 in the second frame of the second message",
                script: .failure(
                    [hello, .compressed(Frame.text, Array(DeflateSamples.hello.dropLast(2)), isFinal: false)]
                        + [Frame.continuation([0x07, 0x18]).offending, .text("behind")], [1007, 1002],
                    after: [.text("Hello")], opening: opening)),
            Case.deflate("D-026", "random", "random octets", accepts: ["Close with 1007 or 1002, and the end of TCP"]) {
                session in
                .failure(
                    [Frame.compressed(Frame.binary, corruptOctets(&session.probe.random)).offending], [1007, 1002])
            },
        ]
    }

    /// Random octets that cannot be the beginning of anything.
    static func corruptOctets(_ random: inout SeededRandom) -> [UInt8] {
        for _ in 0..<1000 {
            let octets = random.octets(200)
            var reader = DeflateReader()
            do {
                _ = try reader.message(octets, limit: 100_000)
            } catch .corrupt {
                return octets
            } catch {}
        }
        return [0x06]
    }

    private static func cutPayloads() -> [Case] {
        DeflateSamples.cut.map { sample in
            Case(
                "D-027", sample.name, sample.title,
                script: Script(
                    opening, [.send([Frame.compressed(Frame.binary, sample.payload).offending]), .barrier],
                    // A peer that makes a message of it has lost the rest in silence.
                    accept: [.failure([1007, 1002]), Outcome(worth: .nonStrict, events: [], ending: .any)]))
        }
    }

    private static func afterFinalBlock() -> [Case] {
        let first = Event.text("Hello")
        func payload(_ rest: [UInt8]) -> [UInt8] { [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00] + rest }
        func script(_ rest: [UInt8], whole: Event?) -> Script {
            let good = whole.map { [Outcome.exchange([$0, .text("after")])] } ?? []
            return Script(
                opening, [.send([.compressed(Frame.text, payload(rest)), .text("after")])],
                accept: good + Outcome.failures([1007, 1002], after: whole.map { [$0] } ?? [])
                    + [.exchange([first, .text("after")], worth: .nonStrict)])
        }
        return [
            Case(
                "D-028", "block", "a further block after the last, in one message",
                script: script(DeflateSamples.hello, whole: .text("HelloHello"))),
            Case(
                "D-028", "garbage", "octets that are no block after the last",
                script: script([0xff, 0xff, 0xff], whole: nil)),
        ]
    }

    private static func text() -> [Case] {
        let valid = Array("Grüße, 東京 🚲".utf8)
        func compressed(_ octets: [UInt8]) -> [UInt8] { DeflateSamples.message { $0.fixed(.literals(octets)) } }
        let invalid: [(String, String, [UInt8])] = [
            ("invalid", "an octet that no text has", Array("Hello".utf8) + [0xff] + Array("!".utf8)),
            ("surrogate", "a surrogate", [0xed, 0xa0, 0x80]),
            ("cut-character", "a character that is not complete", [0x61, 0xc3]),
        ]
        return [
            Case(
                "D-030", "valid", "text that is valid when inflated",
                script: .echo([.compressed(Frame.text, compressed(valid))], [.text(valid)], opening: opening)),
            Case(
                "D-030", "valid-fragmented", "text cut inside characters",
                script: .echo(
                    Frame.compressed(Frame.text, compressed(valid), cutAt: Array(1..<valid.count)), [.text(valid)],
                    opening: opening)),
        ]
            + invalid.map { name, title, octets in
                Case(
                    "D-030", name, "\(title), compressed as text",
                    script: .failure(
                        [Frame.compressed(Frame.text, compressed(octets)).offending], [1007], opening: opening))
            } + [
                Case(
                    "D-030", "binary", "the same octets in a binary message",
                    script: .echo(
                        [.compressed(Frame.binary, compressed(invalid[0].2))], [.binary(invalid[0].2)], opening: opening
                    ))
            ]
    }
}
