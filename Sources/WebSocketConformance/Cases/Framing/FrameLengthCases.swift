import BenchResults

/// The length of a frame: its three forms, how they may be cut, how they may be wrong (RFC 6455 §5.2).
enum FrameLengthCases {
    static let all: [Case] =
        lengths() + shortestOutput() + everyOctet() + cuts() + manyFrames() + midHeader() + longerForms()
        + longerControlForms() + topBit() + hugeLengths() + hugeLengthMemory() + largeFrames()

    private static func lengths() -> [Case] {
        [0, 1, 125, 126, 127, 65535, 65536, 65537, 1 << 20].flatMap { count in
            let letters = [UInt8](repeating: UInt8(ascii: "*"), count: count)
            let octets = [UInt8](repeating: 0xfe, count: count)
            return [
                Case(
                    "F-001", "text-\(count)", "text of \(count) octets",
                    script: .echo([.text(letters)], [.text(letters)])),
                Case(
                    "F-001", "binary-\(count)", "binary of \(count) octets",
                    script: .echo([.binary(octets)], [.binary(octets)])),
            ]
        }
    }

    /// The form of what comes back is checked in every case; here each boundary is provoked.
    private static func shortestOutput() -> [Case] {
        [0, 125, 126, 127, 65535, 65536].map { count in
            let octets = FramingCases.pattern(count)
            return Case(
                "F-002", "binary-\(count)", "the length form of an echo of \(count) octets",
                script: .echo([.binary(octets)], [.binary(octets)]))
        } + [
            Case(
                "F-002", "pong-0", "the length form of an empty pong", script: .echo([.ping()], [.pong("")])),
            Case(
                "F-002", "pong-125", "the length form of a pong of 125 octets",
                script: .echo([.ping(FramingCases.letters(125))], [.pong(FramingCases.letters(125))])),
        ]
    }

    // MARK: - Cuts

    private static func everyOctet() -> [Case] {
        let sizes: [(String, Int)] = [("bits7", 20), ("bits16", 200)]
        let whole = sizes.map { name, count in
            let octets = FramingCases.pattern(count)
            return Case(
                "F-004", name, "a frame of \(count) octets, each octet in a segment of its own",
                script: .echo([.binary(octets)], cut: .everyOctet, [.binary(octets)], patience: 3))
        }
        let long = FramingCases.pattern(65536)
        // Everything around the header and at the end; in between in pieces, for the sake of time.
        let ends = Array(1...32) + Array(stride(from: 8192, to: 65536, by: 8192)) + Array(65536...65549)
        let control = FramingCases.letters(125)
        return whole + [
            Case(
                "F-004", "bits64",
                "a frame of 65536 octets, the octets of its beginning and end in segments of their own",
                script: .echo([.binary(long)], cut: .at(ends), [.binary(long)], patience: 3)),
            Case(
                "F-004", "several", "text, ping and text, each octet in a segment of its own",
                script: Script(
                    [.send([.text("one"), .ping(control), .text("two")], .everyOctet)],
                    accept: Outcome.pongs([.text("one"), .pong(control), .text("two")]), patience: 3)),
        ]
    }

    /// A cut behind every octet of the header, of the masking key, and of the first and the last octet of the payload.
    private static func cuts() -> [Case] {
        let forms: [(String, Int, Int)] = [("bits7", 20, 6), ("bits16", 200, 8), ("bits64", 66000, 14)]
        return forms.flatMap { name, count, header in
            let octets = FramingCases.pattern(count)
            // A server's frame has no key, so its end comes four octets earlier.
            let last = Case(
                "F-005", "\(name)-last", "a frame of \(count) octets, its last octet by itself",
                script: .echo([.binary(octets)], cut: .at([header + count - 5, header + count - 1]), [.binary(octets)]))
            return (1...header + 1).map { offset in
                Case(
                    "F-005", "\(name)-at-\(offset)", "a frame of \(count) octets, cut behind octet \(offset)",
                    script: .echo([.binary(octets)], cut: .at([offset]), [.binary(octets)]))
            } + [last]
        }
    }

    private static func manyFrames() -> [Case] {
        [
            Case("F-006", "thousand", "1000 texts in one run of octets", accepts: ["all echoed in order"]) { _ in
                let texts = (0..<1000).map { "message \($0)" }
                return .echo(texts.map { .text($0) }, texts.map { .text($0) }, patience: 2)
            },
            Case(
                "F-006", "thousand-fragmented", "500 texts of two fragments in one run of octets",
                accepts: ["all echoed in order"]
            ) { _ in
                let frames = (0..<500).flatMap { [Frame.text("message ", isFinal: false), .continuation("\($0)")] }
                return .echo(frames, (0..<500).map { .text("message \($0)") }, patience: 2)
            },
        ]
    }

    /// A segment of 64 KiB that ends inside the header of the next frame: buffers of that size are common.
    private static func midHeader() -> [Case] {
        [1, 3].map { part in
            Case(
                "F-006", "segment-ends-in-header-\(part)", "64 KiB that end behind octet \(part) of a header",
                accepts: ["both messages echoed"]
            ) { probe in
                let header = probe.sender == .client ? 8 : 4
                let first = FramingCases.pattern(65536 - header - part)
                let second = FramingCases.pattern(300)
                let script = Script.echo(
                    [.binary(first), .binary(second)], cut: .at([65536]), [.binary(first), .binary(second)])
                return try await ScriptRun(script: script, probe: probe).run()
            }
        }
    }

    // MARK: - Longer forms than needed

    /// RFC 6455 §5.2 binds the sender; that a receiver fails is meant (§10.7), but no sentence says that it must. What is
    /// taken has to be taken with its length.
    private static func longer(
        _ row: String, _ variant: String, _ title: String, _ frames: [Frame], taken: Outcome
    ) -> Case {
        Case(row, variant, title, script: Script([.send(frames)], accept: [.failure([1002]), taken]))
    }

    private static func longerForms() -> [Case] {
        [0, 1, 125].map { count in
            let letters = FramingCases.letters(count)
            return longer(
                "F-007", "text-\(count)", "\(count) octets with a 16-bit length",
                [.text(letters).with(length: .bits16)], taken: .exchange([.text(letters)], worth: .nonStrict))
        }
            + [0, 125, 126, 65535].map { count in
                let octets = FramingCases.pattern(count)
                return longer(
                    "F-008", "binary-\(count)", "\(count) octets with a 64-bit length",
                    [.binary(octets).with(length: .bits64)], taken: .exchange([.binary(octets)], worth: .nonStrict))
            }
    }

    private static func longerControlForms() -> [Case] {
        [
            longer(
                "F-009", "ping", "a ping with a 16-bit length", [.ping("Hello").with(length: .bits16)],
                taken: .exchange([.pong("Hello")], worth: .nonStrict)),
            longer(
                "F-009", "pong", "a pong with a 16-bit length", [.pong("Hello").with(length: .bits16), .ping("next")],
                taken: .exchange([.pong("next")], worth: .nonStrict)),
            Case(
                "F-009", "close", "a Close with a 16-bit length",
                script: .failure([.close(1000).with(length: .bits16)], [1002], lenient: [1000])),
            longer(
                "F-009", "continuation", "a continuation with a 16-bit length",
                [.text("Hel", isFinal: false), .continuation("lo").with(length: .bits16)],
                taken: .exchange([.text("Hello")], worth: .nonStrict)),
        ]
    }

    // MARK: - Lengths that nobody can mean

    private static func topBit() -> [Case] {
        let lengths: [(String, UInt64)] = [
            ("2-63", 1 << 63), ("2-63-plus-5", 1 << 63 | 5), ("all-ones", UInt64.max),
        ]
        return lengths.map { name, length in
            Case(
                "F-010", name, "a length of \(length), its most significant bit set",
                script: .failure([.binary([]).with(length: .declared64(length))], [1002, 1009]))
        }
    }

    private static func hugeLengths() -> [Case] {
        let lengths: [(String, UInt64)] = [
            ("2-31", 1 << 31), ("2-32", 1 << 32), ("2-32-plus-5", 1 << 32 | 5), ("2-53", 1 << 53), ("2-62", 1 << 62),
            ("2-63-minus-1", (1 << 63) - 1),
        ]
        return lengths.map { name, length in
            Case(
                "F-011", name, "a frame declared \(length) octets long",
                accepts: [
                    Outcome.failure([1009]).summary,
                    "non-strict: no limit is imposed, and the frame's octets are waited for",
                ]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(.binary([]).with(length: .declared64(length)))
                let failure = Script([], accept: [.failure([1009])])
                if await conversation.ends(until: probe.deadline()) {
                    return Verdict(failure, conversation, probe).judge()
                }
                // Cut to 32 bits, the length of some is one that these octets complete.
                await conversation.wire.send([UInt8](repeating: 0x2a, count: 5))
                if await conversation.ends(until: probe.deadline()) {
                    return Verdict(failure, conversation, probe).judge()
                }
                guard conversation.received.isEmpty else { return Verdict(failure, conversation, probe).judge() }
                return .nonStrict("no limit is imposed: the frame's octets are waited for")
            }
        }
    }

    private static func hugeLengthMemory() -> [Case] {
        [
            Case(
                "F-011", "memory", "45 frames declared 2^62 octets long, one a connection", needs: [.process],
                phase: .exclusive, accepts: ["resident memory grows by less than 16 MiB over the last 40"]
            ) { probe in
                var before: ProcessFigures?
                for number in 0..<45 {
                    // The first ones bring buffers and threads to where they are for the others.
                    if number == 5 { before = probe.processFigures }
                    let conversation = try await probe.open()
                    await conversation.send(.binary([]).with(length: .declared64(1 << 62)))
                    // One that waits for the octets is judged by its memory all the same.
                    _ = await conversation.ends(until: probe.now &+ 20_000_000)
                }
                guard let before else { return .skipped("its process cannot be looked at") }
                guard let after = probe.processFigures else { return .fail("its process is gone") }
                let growth = after.residentOctets - before.residentOctets
                probe.observe("resident memory: \(before.residentOctets) octets before, \(after.residentOctets) after")
                return growth < 16 << 20 ? .pass() : .fail("resident memory grew by \(growth) octets")
            }
        ]
    }

    private static func largeFrames() -> [Case] {
        [1, 4, 16].flatMap { mebibytes in
            ["text", "binary"].map { kind in
                Case(
                    "F-032", "\(kind)-\(mebibytes)-mib", "a \(kind) frame of \(mebibytes) MiB",
                    phase: mebibytes > 4 ? .exclusive : .parallel,
                    accepts: ["ECHO", Outcome.failure([1009]).summary]
                ) { _ in
                    let count = mebibytes << 20
                    let octets = [UInt8](repeating: kind == "text" ? UInt8(ascii: "L") : 0xa5, count: count)
                    let event = kind == "text" ? Event.text(octets) : .binary(octets)
                    return Script(
                        [.send([Frame(kind == "text" ? Frame.text : Frame.binary, octets)])],
                        accept: [.exchange([event]), .failure([1009])], patience: 3)
                }
            }
        }
    }
}

extension Conversation {
    /// Reads until the peer has ended the connection.
    ///
    /// - Returns: false when that does not happen until `deadline`.
    func ends(until deadline: UInt64) async -> Bool {
        while let incoming = await next(until: deadline) {
            if incoming == .end { return true }
            // A client waits for the server to end TCP (RFC 6455 §7.1.1).
            if close != nil, sender == .server { wire.finish() }
        }
        return false
    }
}

extension Probe {
    /// The system under test's process as it is now; nil when the suite does not know it.
    var processFigures: ProcessFigures? { processID.flatMap { ProcessFigures(processID: $0) } }
}
