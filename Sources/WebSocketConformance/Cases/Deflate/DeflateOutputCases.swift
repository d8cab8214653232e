import BenchResults

/// What the system under test compresses itself, read by the letter (RFC 7692 §7.2.1).
enum DeflateOutputCases {
    static let all: [Case] = controls() + shape() + contexts() + windows() + incompressible() + order() + switchedOff()

    private static let hello = Frame.compressed(Frame.text, DeflateSamples.hello)

    private static func controls() -> [Case] {
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 125)
        return [
            Case(
                "D-017", "pong", "a pong that would compress well",
                script: .echo([hello, .ping(long)], [.text("Hello"), .pong(long)], opening: .deflate())),
            Case(
                "D-017", "close", "the answer to a Close whose reason would compress well",
                script: Script(
                    .deflate(), [.send([hello, .close(1000, Array(long.dropLast(2)))])],
                    // Whether the message is still answered is C-037's.
                    accept: [
                        .reply([1000], lenient: [nil], after: [.text("Hello")]), .reply([1000], lenient: [nil]),
                    ])),
        ]
    }

    private static func shape() -> [Case] {
        [
            Case.deflate("D-018", "random", "300 KiB of random octets: RSV1 on the first frame at most") { session in
                session.examineEverything()
                let message = session.probe.random.octets(300 * 1024)
                return Script(
                    .deflate(), [.send([.compressed(Frame.binary, session.compression.message(message))])],
                    accept: [.exchange([.binary(message)])], patience: 2)
            },
            Case.deflate("D-018", "fragments", "a message in many frames: RSV1 on the first of its echo at most") {
                session in
                let message = SampleData.json.octets(20_000, &session.probe.random)
                let payload = session.compression.message(message)
                let ends = Array(stride(from: 100, to: payload.count, by: 100))
                return .echo(Frame.compressed(Frame.text, payload, cutAt: ends), [.text(message)])
            },
            Case.deflate("D-019", nil, "messages of many sizes end where they have to") { session in
                session.examineEverything()
                let sizes = [1, 5, 64, 125, 126, 127, 1000, 16_383, 16_384, 65_535, 65_536, 1, 0, 300]
                let messages = sizes.map { SampleData.text.octets($0, &session.probe.random) }
                let (frames, events) = session.exchange(messages, .text)
                return .echo(frames, events)
            },
            Case(
                "D-038", "compressed", "an empty message, sent compressed",
                script: .echo(
                    [.compressed(Frame.text, [0x00]), .compressed(Frame.binary, [0x00])], [.text(""), .binary([])],
                    opening: .deflate())),
            Case(
                "D-038", "plain", "an empty message, not sent compressed",
                script: .echo(
                    [.text(""), hello, .binary([])], [.text(""), .text("Hello"), .binary([])], opening: .deflate())
            ),
        ]
    }

    /// The same message again and again: a compressor that keeps its context would refer to it.
    private static func contexts() -> [Case] {
        @Sendable func script(_ session: DeflateSession) -> Script {
            session.examineEverything()
            let message = SampleData.json.octets(2000, &session.probe.random)
            let (frames, events) = session.exchange(Array(repeating: message, count: 5), .json)
            return .echo(frames, events)
        }
        let accepts = ["every message comes back, and inflates with an empty window"]
        return [
            Case.deflate(
                "D-020", nil, "no context takeover by the server", roles: [.server],
                wish: { _ in DeflateWish(serverNoContextTakeover: true) }, accepts: accepts, script),
            Case.deflate(
                "D-021", nil, "no context takeover by the client", roles: [.client],
                wish: { _ in DeflateWish(clientNoContextTakeover: true) }, accepts: accepts, script),
        ]
    }

    private static func windows() -> [Case] {
        (8...15).map { bits in
            Case(
                "D-022", "\(bits)", "references within a window of 2^\(bits)", isRandom: true,
                accepts: ["every message comes back, and no reference in it reaches farther back than 2^\(bits) octets"]
            ) { probe in
                let session = try await DeflateSession(
                    probe, wish: .window(bits, of: probe.sender == .client ? .server : .client))
                session.examineEverything()
                let message = repetitions(&probe.random)
                let (frames, events) = session.exchange([message, Array(message.prefix(5000))], .bitmap)
                let script = Script(.deflate(), [.send(frames)], accept: [.exchange(events)], patience: 2)
                let judgement = await ScriptRun(script: script, probe: probe).run(on: session.conversation)
                // zlib cannot compress with so small a window.
                if probe.role == .client, bits == 8, session.conversation.frameCount == 0,
                    session.conversation.wire.end != nil
                {
                    return .skipped("the client gave the connection up at the handshake, which X-057 allows")
                }
                if let inflation = session.conversation.inflation {
                    probe.observe(
                        "\(inflation.examinedMessages) compressed messages, the farthest reference \(inflation.longestDistance)"
                    )
                }
                return judgement
            }
        }
    }

    /// About 190 KiB in which each piece comes twice: what a compressor with any window from 2^8 to 2^15 would refer to,
    /// if it were larger than agreed.
    static func repetitions(_ random: inout SeededRandom) -> [UInt8] {
        (8...15).flatMap { bits in
            let piece = random.octets((1 << bits) * 3 / 2)
            return piece + piece
        }
    }

    private static func incompressible() -> [Case] {
        [1000, 64 * 1024].map { size in
            Case(
                "D-037", "\(size)", "\(size) random octets", isRandom: true,
                accepts: ["the message comes back, hardly larger", "non-strict: more than a hundredth larger"]
            ) { probe in
                let session = try await DeflateSession(probe)
                session.conversation.keepsFrames = true
                let (frames, events) = session.exchange([probe.random.octets(size)], .bitmap)
                let judgement = await ScriptRun(script: .echo(frames, events), probe: probe).run(
                    on: session.conversation)
                let came = session.conversation.frames.filter { !$0.isControl }.reduce(0) { $0 + $1.payload.count }
                probe.observe("\(size) octets came back as \(came)")
                guard judgement.behavior == .pass, came > size + size / 100 + 64 else { return judgement }
                return Judgement(.nonStrict, close: judgement.close, "\(size) octets came back as \(came)")
            }
        }
    }

    private static func order() -> [Case] {
        [
            Case.deflate("D-047", nil, "60 messages of different sizes at once") { session in
                let messages = (0..<60).map { number in
                    Array("\(number):".utf8)
                        + SampleData.json.octets([20_000, 10, 1000][number % 3], &session.probe.random)
                }
                let (frames, events) = session.exchange(messages, .json)
                return Script(.deflate(), [.send(frames)], accept: [.exchange(events)], patience: 2)
            }
        ]
    }

    /// Whether compression can be left out where secrets and an attacker's text meet (CRIME): on the wire, by connection.
    private static func switchedOff() -> [Case] {
        [
            Case(
                "D-048", nil, "a fixture with compression and one without", roles: [.server], needs: [.deflate],
                accepts: [
                    "the fixture without compression declines the offer that the one with it accepts",
                    "recorded only: both accept it",
                ]
            ) { probe in
                _ = try await DeflateSession(probe)
                let wire = try await probe.connect()
                let offer = DeflateWish().offer
                let request = probe.upgradeRequest(target: try probe.target(.echo), extensions: offer)
                await wire.send(request.octets)
                guard let answer = await wire.readAnswer(until: probe.deadline()), answer.status == 101 else {
                    return .fail("an offer of permessage-deflate to the fixture without it was not answered with 101")
                }
                return answer.head.values("Sec-WebSocket-Extensions").isEmpty
                    ? .pass("compression is chosen by connection")
                    : Judgement(
                        .information, "both fixtures compress; that it can be left out does not show on the wire")
            },
            Case(
                "D-048", "dialled", "a client that is told not to compress", roles: [.client], needs: [.adapter],
                accepts: ["a request without an offer of permessage-deflate"]
            ) { probe in
                let visitor = try await ClientHandshake.visitor(probe, ClientDial(deflate: .off))
                let offers = visitor.head.values("Sec-WebSocket-Extensions")
                await ClientHandshake.closeWell(visitor, probe)
                return offers.contains { $0.contains("permessage-deflate") }
                    ? .fail("it offers \(offers)") : .pass("compression is chosen by connection")
            },
        ]
    }
}
