import BenchResults

/// Real data, all parameters, references as far as they go: every combination gives back what was sent.
enum DeflateMatrixCases {
    static let all: [Case] = context() + edges() + corpora() + parameters()

    private static func context() -> [Case] {
        [
            Case.deflate("D-023", "zlib", "ten messages that refer to each other", needsContext: true) { session in
                let messages = (0..<10).map { _ in SampleData.json.octets(1500, &session.probe.random) }
                let (frames, events) = session.exchange(messages, .json)
                return .echo(frames, events)
            },
            Case.deflate("D-023", "far", "a reference over a message of 200 octets", needsContext: true) { session in
                let first = session.probe.random.octets(40)
                let second = session.probe.random.octets(200)
                let far = DeflateSamples.message { $0.fixed([.match(length: 40, distance: 240)]) }
                return .echo(
                    [
                        .compressed(Frame.binary, DeflateSamples.message { $0.stored(first) }),
                        .compressed(Frame.binary, DeflateSamples.message { $0.stored(second) }),
                        .compressed(Frame.binary, far),
                    ], [.binary(first), .binary(second), .binary(first)])
            },
        ]
    }

    private static func edges() -> [Case] {
        [8, 9, 10, 12, 15].map { bits in
            Case.deflate(
                "D-024", bits == 15 ? "32768" : "\(1 << bits)", "a reference at the very edge of a window of 2^\(bits)",
                wish: { bits == 15 ? DeflateWish() : .window(bits, of: $0) }, needsContext: true
            ) { session in
                let window = 1 << session.compression.windowBits
                let message = session.probe.random.octets(window)
                let far = DeflateSamples.message { $0.fixed([.match(length: 200, distance: window)]) }
                return .echo(
                    [
                        .compressed(Frame.binary, DeflateSamples.message { $0.stored(message) }),
                        .compressed(Frame.binary, far),
                    ], [.binary(message), .binary(Array(message[..<200]))])
            }
        }
    }

    // MARK: - Data

    private static let sizes = [16, 64, 256, 1024, 4096, 16_384, 32_768, 65_536, 131_072]

    private static func corpora() -> [Case] {
        SampleData.allCases.flatMap { data in
            sizes.flatMap { size in
                [false, true].map { isFragmented in
                    Case.deflate(
                        "D-045", "\(data)-\(size)\(isFragmented ? "-fragmented" : "")",
                        "\(data) of \(size) octets\(isFragmented ? ", in several frames" : "")"
                    ) { session in corpus(session, data, size, isFragmented) }
                }
            }
        }
    }

    private static func corpus(_ session: DeflateSession, _ data: SampleData, _ size: Int, _ isFragmented: Bool)
        -> Script
    {
        let messages = (0..<(size > 16_384 ? 2 : 4)).map { _ in data.octets(size, &session.probe.random) }
        let frames = messages.flatMap { message -> [Frame] in
            let payload = session.compression.message(message)
            guard isFragmented else { return [.compressed(data.opcode, payload)] }
            let ends = (0..<5).map { _ in Int.random(in: 0...payload.count, using: &session.probe.random) }.sorted()
            return Frame.compressed(data.opcode, payload, cutAt: ends)
        }
        return Script(.deflate(), [.send(frames)], accept: [.exchange(messages.map(data.event))], patience: 2)
    }

    // MARK: - Parameters

    private static let flags = [
        ("both-contexts", false, false), ("no-server-context", true, false), ("no-client-context", false, true),
        ("no-contexts", true, true),
    ]

    private static func parameters() -> [Case] {
        flags.flatMap { name, server, client in
            let wish = DeflateWish(serverNoContextTakeover: server, clientNoContextTakeover: client)
            let serverWindows = (8...15).map { bits in
                var wish = wish
                wish.serverMaxWindowBits = bits
                return agreed("\(name)-server-\(bits)", wish)
            }
            let clientWindows = (9...15).map { bits in
                var wish = wish
                wish.clientMaxWindowBits = bits
                return agreed("\(name)-client-\(bits)", wish)
            }
            return serverWindows + clientWindows
        }
    }

    private static func agreed(_ variant: String, _ wish: DeflateWish) -> Case {
        Case(
            "D-046", variant,
            wish.offer.split(separator: ";").dropFirst().map { trimmed(String($0)) }.joined(separator: ", "),
            isRandom: true,
            accepts: DeflateCases.echo + ["a server may decline the offer"]
        ) { probe in
            let session: DeflateSession
            do {
                session = try await DeflateSession(probe, wish: wish, mustGrant: true)
            } catch ProbeError.skipped(let reason) where probe.role == .server {
                // Declined (RFC 7692 §7.1.2.1 lets a server do so); only to be praised where it can compress at all.
                _ = try await DeflateSession(probe)
                return .pass("the offer was declined, which is allowed: \(reason)")
            }
            session.examineEverything()
            let first = SampleData.html.octets(20_000, &probe.random)
            let messages = [first, SampleData.json.octets(3000, &probe.random), Array(first[..<15_000]), first]
            let (frames, _) = session.exchange(messages, .html)
            // The third is cut anywhere, maybe inside a character: all are binary.
            let binary = frames.map { Frame.compressed(Frame.binary, $0.payload) }
            let script = Script(
                .deflate(), [.send(binary)], accept: [.exchange(messages.map { .binary($0) })], patience: 2)
            return await ScriptRun(script: script, probe: probe).run(on: session.conversation)
        }
    }
}
