/// Sections 1 to 5: framing, ping and pong, reserved bits, reserved opcodes, fragmentation.
enum AutobahnSections1to5 {
    static var all: [AutobahnCase] { framing + pings + reservedBits + reservedOpcodes + fragmentation }

    private static let hello = Frame.text("Hello, world!")
    private static let helloBack = Event.text("Hello, world!")

    // MARK: - 1

    private static var framing: [AutobahnCase] {
        let sizes = [0, 125, 126, 127, 128, 65535, 65536, 65536]
        return [("text", UInt8(ascii: "*")), ("binary", 0xfe)].enumerated().flatMap { group, kind in
            sizes.enumerated().map { index, size in
                let payload = [UInt8](repeating: kind.1, count: size)
                let frame = group == 0 ? Frame.text(payload) : Frame.binary(payload)
                let isChopped = index == 7
                return AutobahnCase(
                    id: "1.\(group + 1).\(index + 1)",
                    title: "\(kind.0) of \(size) octets\(isChopped ? " in chops of 997" : "")",
                    steps: [isChopped ? .sendChopped([frame], 997) : .send([frame])],
                    strict: [group == 0 ? .text(payload) : .binary(payload)],
                    limit: .kill(seconds: size > 60000 ? 10 : 1))
            }
        }
    }

    // MARK: - 2

    private static var pings: [AutobahnCase] {
        let binary: [UInt8] = [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]
        let full = [UInt8](repeating: 0xfe, count: 125)
        let ten = (0..<10).map { "payload-\($0)" }
        return [
            ping("2.1", "an empty ping", [.send([.ping()])], [.pong("")]),
            ping("2.2", "a ping with text", [.send([.ping("Hello, world!")])], [.pong("Hello, world!")]),
            ping("2.3", "a ping with octets that are no text", [.send([.ping(binary)])], [.pong(binary)]),
            ping("2.4", "a ping of 125 octets", [.send([.ping(full)])], [.pong(full)]),
            .failure(
                "2.5", "a ping of 126 octets", [.send([.ping([UInt8](repeating: 0xfe, count: 126)).offending])]),
            ping("2.6", "a ping of 125 octets, octet by octet", [.sendOctetWise([.ping(full)])], [.pong(full)], 2),
            ping("2.7", "an empty pong that nobody asked for", [.send([.pong()]), .close(.close(1000))], []),
            ping(
                "2.8", "a pong with payload that nobody asked for",
                [.send([.pong("unsolicited pong payload")]), .close(.close(1000))], []),
            ping(
                "2.9", "a pong that nobody asked for, then a ping",
                [.send([.pong("unsolicited pong payload"), .ping("ping payload")])], [.pong("ping payload")]),
            ping("2.10", "ten pings", [.send(ten.map { .ping($0) })], ten.map { .pong($0) }, 3),
            ping(
                "2.11", "ten pings, octet by octet", [.sendOctetWise(ten.map { .ping($0) })], ten.map { .pong($0) }, 3),
        ]
    }

    private static func ping(
        _ id: String, _ title: String, _ steps: [AutobahnCase.Step], _ events: [Event], _ seconds: Double = 1
    ) -> AutobahnCase {
        AutobahnCase(id: id, title: title, steps: steps, strict: events, limit: .close(seconds: seconds))
    }

    // MARK: - 3

    private static var reservedBits: [AutobahnCase] {
        let three = { (bits: UInt8) in [hello, hello.with(reservedBits: bits), Frame.ping()] }
        return [
            .failure("3.1", "text with RSV 1", [.send([hello.with(reservedBits: 1)])]),
            .failure("3.2", "text, text with RSV 2, ping", [.send(three(2))], after: [helloBack], tolerated: [[]]),
            .failure("3.3", "text, text with RSV 3, ping", [.send(three(3))], after: [helloBack], tolerated: [[]]),
            .failure(
                "3.4", "text, text with RSV 4, ping, octet by octet", [.sendOctetWise(three(4))], after: [helloBack],
                tolerated: [[]]),
            .failure(
                "3.5", "binary with RSV 5",
                [.send([Frame.binary([0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]).with(reservedBits: 5)])]),
            .failure("3.6", "binary with RSV 6", [.send([Frame.binary(hello.payload).with(reservedBits: 6)])]),
            // Sent below Autobahn's own state: the close counts as the peer's.
            .failure("3.7", "close with RSV 7", [.octets { $0.encodedRaw(.close().with(reservedBits: 7)) }]),
        ]
    }

    // MARK: - 4

    private static var reservedOpcodes: [AutobahnCase] {
        [(1, UInt8(3)), (2, UInt8(11))].flatMap { group, first in
            let opcode = { (offset: UInt8, payload: String) in
                Frame(first + offset, Array(payload.utf8)).offending
            }
            return [
                AutobahnCase.failure(
                    "4.\(group).1", "opcode \(first)", [.send([opcode(0, "")])]),
                .failure(
                    "4.\(group).2", "opcode \(first + 1) with payload", [.send([opcode(1, "reserved opcode payload")])]),
                .failure(
                    "4.\(group).3", "text, opcode \(first + 2), ping", [.send([hello, opcode(2, ""), .ping()])],
                    after: [helloBack], tolerated: [[]]),
                .failure(
                    "4.\(group).4", "text, opcode \(first + 3) with payload, ping",
                    [.send([hello, opcode(3, hello.text), .ping()])], after: [helloBack], tolerated: [[]]),
                .failure(
                    "4.\(group).5", "text, opcode \(first + 4) with payload, ping, octet by octet",
                    [.sendOctetWise([hello, opcode(4, hello.text), .ping()])], after: [helloBack], tolerated: [[]]),
            ]
        }
    }

    // MARK: - 5

    private static let (one, two) = ("fragment1", "fragment2")

    private static var fragmentation: [AutobahnCase] {
        let start = Frame.text(one, isFinal: false)
        let end = Frame.continuation(two)
        let whole = Event.text(one + two)
        let violations: [(Int, String, [Frame])] = [
            (
                9, "a continuation with FIN, then text",
                [Frame.continuation("non-continuation payload").offending, hello]
            ),
            (
                12, "a continuation without FIN, then text",
                [Frame.continuation("non-continuation payload", isFinal: false).offending, hello]
            ),
        ]
        var cases: [AutobahnCase] = [
            .failure("5.1", "a ping in two fragments", [.send([Frame.ping(one).with(isFinal: false), end])]),
            .failure("5.2", "a pong in two fragments", [.send([Frame.pong(one).with(isFinal: false), end])]),
        ]
        cases += styles(from: 3, "text in two fragments", [start, end], [whole])
        cases += styles(
            from: 6, "a ping between two fragments", [start, .ping("ping payload"), end],
            [.pong("ping payload"), whole])
        for (first, title, frames) in violations {
            for (offset, step) in [
                AutobahnCase.Step.send(frames), .send(frames), .sendOctetWise(frames),
            ].enumerated() {
                cases.append(.failure("5.\(first + offset)", title + style(offset), [step]))
            }
        }
        let again = Frame.continuation("fragment3", isFinal: false).offending
        cases.append(
            .failure(
                "5.15", "two fragments, then a continuation and text",
                [.send([start, end, again, .text("fragment4")])],
                after: [whole], tolerated: [[]]))
        let stray = { (isFinal: Bool) in
            [
                Frame.continuation("fragment1", isFinal: isFinal).offending, .text("fragment2", isFinal: false),
                .continuation("fragment3"),
            ]
        }
        cases.append(.failure("5.16", "twice: continuation, text, continuation", [.send(stray(false) + stray(false))]))
        cases.append(
            .failure("5.17", "twice: continuation with FIN, text, continuation", [.send(stray(true) + stray(true))]))
        cases.append(.failure("5.18", "text without FIN, then text", [.send([start, .text(two)])]))
        for id in ["5.19", "5.20"] { cases.append(pinged(id)) }
        return cases
    }

    private static func styles(
        from first: Int, _ title: String, _ frames: [Frame], _ events: [Event]
    ) -> [AutobahnCase] {
        [AutobahnCase.Step.send(frames), .send(frames), .sendOctetWise(frames)].enumerated().map { offset, step in
            AutobahnCase(
                id: "5.\(first + offset)", title: title + style(offset), steps: [step], strict: events,
                limit: .close(seconds: 1))
        }
    }

    private static func style(_ offset: Int) -> String { ["", ", frame by frame", ", octet by octet"][offset] }

    private static func pinged(_ id: String) -> AutobahnCase {
        let parts = (1...5).map { "fragment\($0)" }
        return AutobahnCase(
            id: id, title: "five fragments with two pings and a pause between",
            steps: [
                .send([
                    .text(parts[0], isFinal: false), .continuation(parts[1], isFinal: false), .ping("pongme 1!"),
                ]), .pause(seconds: 1),
                .send([
                    .continuation(parts[2], isFinal: false), .continuation(parts[3], isFinal: false),
                    .ping("pongme 2!"), .continuation(parts[4]),
                ]),
            ],
            strict: [.pong("pongme 1!"), .pong("pongme 2!"), .text(parts.joined())], limit: .close(seconds: 1))
    }
}

extension Frame {
    fileprivate var text: String { String(decoding: payload, as: UTF8.self) }
}

extension Conversation {
    /// The octets of one frame, without counting a Close as ours.
    func encodedRaw(_ frame: Frame) -> [UInt8] {
        var raw = frame
        raw.prefix = nil
        var numbers = SeededRandom(seed: 7)
        return raw.encoded(by: sender, random: &numbers)
    }
}
