import BenchResults

/// Messages as the application sees them: kind, order, content, and that nothing else is sent (RFC 6455 §5.6, §6).
enum MessageCases {
    static let all: [Case] =
        kinds() + order() + empty() + contentByLength() + contentByValue() + cutOff() + freed() + ownFragments()
        + concurrentOutput() + silence() + keys()

    private static func kinds() -> [Case] {
        let octets = Array("the same octets".utf8)
        return [
            Case("F-024", "text", "text comes back as text", script: .echo([.text(octets)], [.text(octets)])),
            Case("F-024", "binary", "binary comes back as binary", script: .echo([.binary(octets)], [.binary(octets)])),
        ]
    }

    private static func order() -> [Case] {
        [("plain", Opening()), ("deflate", Opening.deflate())].map { name, opening in
            Case(
                "F-025", name, "1000 numbered messages of mixed kinds and sizes", isRandom: true,
                accepts: ["all echoed in order"]
            ) { random in
                var events: [Event] = []
                for number in 0..<1000 {
                    // Every fiftieth takes its time in a compressor or a pool of threads.
                    let size = number % 50 == 7 ? 8192 : Int.random(in: 0...300, using: &random)
                    let octets = Array("\(number) ".utf8) + FramingCases.letters(size, from: number)
                    events.append(random.next() % 2 == 0 ? .text(octets) : .binary(octets))
                }
                return .echo(events.map(\.frame), events, opening: opening, patience: 3)
            }
        }
    }

    private static func empty() -> [Case] {
        [
            Case(
                "F-026", nil, "empty text and empty binary, with others behind them",
                script: .echo(
                    [.text(""), .text("a"), .binary([]), .binary([1]), .text("")],
                    [.text(""), .text("a"), .binary([]), .binary([1]), .text("")]))
        ]
    }

    // MARK: - Content

    /// Every length around the sizes of vector registers and pages, from four alignments of the stream.
    private static func contentByLength() -> [Case] {
        let ranges = [
            0...15, 16...31, 32...47, 48...63, 64...79, 80...95, 96...112, 113...130, 4080...4095, 4096...4112,
        ]
        return ranges.flatMap { range in
            (0...3).map { shift in
                Case(
                    "F-027", "length-\(range.lowerBound)-to-\(range.upperBound)-shift-\(shift)",
                    "binary of each length from \(range.lowerBound) to \(range.upperBound), \(shift) octets further on",
                    isRandom: true, accepts: ["ECHO"]
                ) { _ in
                    // The first message moves everything behind it.
                    let events =
                        [Event.binary(FramingCases.pattern(shift))]
                        + range.map { .binary(FramingCases.pattern($0, from: $0 &* 31)) }
                    return .echo(events.map(\.frame), events)
                }
            }
        }
    }

    /// Messages of one octet value each, for all 256, with keys of equal octets and with random ones.
    private static func contentByValue() -> [Case] {
        let keys: [(String, Frame.Masking)] = [
            ("random-key", .asRole), ("key-55", .key(0x5555_5555)), ("key-ff00", .key(0xff00_ff00)),
        ]
        return keys.map { name, masking in
            Case(
                "F-027", "every-value-\(name)", "37 octets of each value, masked with \(name)", isRandom: true,
                accepts: ["ECHO"]
            ) { _ in
                let events = (0...255).map { Event.binary([UInt8](repeating: UInt8($0), count: 37)) }
                return .echo(events.map { $0.frame.with(masking: masking, isOffending: false) }, events)
            }
        }
    }

    private static func keys() -> [Case] {
        let keys: [(String, UInt32)] = [("zero", 0), ("ones", .max)]
        return keys.map { name, key in
            let octets = FramingCases.pattern(77)
            return Case(
                "F-058", name, "masked with the key \(key == 0 ? "00000000" : "ffffffff")", roles: [.server],
                script: .echo(
                    [
                        .binary(octets).with(masking: .key(key), isOffending: false),
                        .text("Hel", isFinal: false).with(masking: .key(key), isOffending: false),
                        .continuation("lo").with(masking: .key(key), isOffending: false),
                    ], [.binary(octets), .text("Hello")]))
        }
    }

    // MARK: - The end inside a frame

    private static func cutOff() -> [Case] {
        let places: [(String, Int)] = [("header", 1), ("length", 3), ("key", 6), ("payload", 20)]
        return places.map { name, count in
            Case(
                "F-028", name, "the connection ends inside a frame, in its \(name)",
                script: Script(
                    [.send([.binary(FramingCases.pattern(200)).with(prefix: count)]), .finish],
                    accept: [Outcome(events: [], ending: .end)]))
        }
    }

    private static func freed() -> [Case] {
        [
            Case(
                "F-028", "descriptors", "50 connections that end inside a frame", needs: [.process],
                phase: .exclusive, accepts: ["as many descriptors are open as before"]
            ) { probe in
                guard let before = probe.processFigures else { return .skipped("its process cannot be looked at") }
                for count in 0..<50 {
                    let conversation = try await probe.open()
                    await conversation.send(.binary(FramingCases.pattern(200)).with(prefix: 1 + count))
                    conversation.wire.finish()
                    _ = await conversation.ends(until: probe.deadline())
                    conversation.wire.drop()
                }
                let deadline = probe.deadline(times: 2)
                var open = Int.max
                while probe.now < deadline {
                    guard let after = probe.processFigures else { return .fail("its process is gone") }
                    open = after.openDescriptors
                    if open <= before.openDescriptors { return .pass() }
                    await probe.lane.pause(nanoseconds: 50_000_000)
                }
                let left = open - before.openDescriptors
                // A pool of threads, a log, a name service: a few may be opened once and kept.
                return left < 5
                    ? .pass("\(left) more descriptors are open") : .fail("\(left) more descriptors are open")
            }
        ]
    }

    // MARK: - What the peer sends

    /// Whether and how it fragments is checked in every case; long messages provoke it.
    private static func ownFragments() -> [Case] {
        let kinds: [String] = ["text", "binary"]
        return kinds.map { kind in
            Case("F-029", kind, "\(kind) of 200000 octets, which may come back in fragments", accepts: ["ECHO"]) { _ in
                let octets = kind == "text" ? FramingCases.letters(200_000) : FramingCases.pattern(200_000)
                let event = kind == "text" ? Event.text(octets) : .binary(octets)
                return .echo([event.frame], [event])
            }
        }
    }

    /// The application's messages and the protocol's pongs leave by one connection, at the same time.
    private static func concurrentOutput() -> [Case] {
        [("large", 20, 64 << 10), ("small", 400, 700)].map { name, count, size in
            Case(
                "F-030", name, "\(count) messages of \(size) octets, each with a ping behind it",
                accepts: ["every echo whole and in order; pongs between frames"]
            ) { _ in
                var frames: [Frame] = []
                var events: [Event] = []
                for number in 0..<count {
                    let octets = FramingCases.pattern(size, from: number)
                    frames += [.binary(octets), .ping("\(number)")]
                    events += [.binary(octets), .pong("\(number)")]
                }
                return Script([.send(frames)], accept: [.exchange(events, matching: .anyPongs)], patience: 3)
            }
        }
    }

    private static func silence() -> [Case] {
        [
            Case(
                "F-031", "after-opening", "the first octets behind the handshake are the pong that is asked for",
                script: .echo([.ping("first")], [.pong("first")])),
            Case(
                "F-031", "after-close",
                "text and Close in one run of octets, then nothing behind the Close that answers",
                script: Script(
                    [.send([.text("last"), .close(1000)])],
                    accept: [
                        .reply([1000], lenient: [nil], after: [.text("last")]), .reply([1000], lenient: [nil]),
                    ])),
        ]
    }
}

extension Event {
    /// The frame of which this is the echo, or the answer.
    var frame: Frame {
        switch self {
        case .text(let octets): .text(octets)
        case .binary(let octets): .binary(octets)
        case .pong(let octets): .ping(octets)
        }
    }
}
