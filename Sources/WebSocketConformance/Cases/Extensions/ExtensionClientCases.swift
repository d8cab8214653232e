import BenchResults

/// What a client offers, and which answers it has to take and not to take (RFC 7692 §7.1).
enum ExtensionClientCases {
    static let all: [Case] = offers() + taken() + refused() + afterwards()

    private static let deflate = "permessage-deflate"

    /// A client that comes with an offer of permessage-deflate.
    ///
    /// - Parameter told: what it is told to offer; nil takes what it offers by itself.
    private static func visitor(
        _ probe: Probe, wish: DeflateWish = DeflateWish(), told: DeflateWish? = nil
    ) async throws -> (Visitor, ClientOffer) {
        let visitor =
            if let told {
                try await ClientHandshake.visitor(probe, ClientDial(deflate: .with(told)))
            } else {
                try await probe.visitor(offering: wish)
            }
        guard let offer = ClientOffer(visitor.head) else {
            throw ProbeError.skipped("the client does not offer permessage-deflate")
        }
        return (visitor, offer)
    }

    /// The parameters that an answer to `offer` cannot do without, so that it is right but for what a case adds.
    private static func duties(_ offer: ClientOffer, without name: String) -> String {
        var text = ""
        if offer.parameters.keys.contains("server_no_context_takeover"), name != "server_no_context_takeover" {
            text += "; server_no_context_takeover"
        }
        if let value = offer.parameters["server_max_window_bits"].flatMap({ $0 }), name != "server_max_window_bits" {
            text += "; server_max_window_bits=\(value)"
        }
        return text
    }

    private static func send(_ extensions: String, to visitor: Visitor) async {
        var answer = Probe.switching(to: visitor.head)
        answer.add("Sec-WebSocket-Extensions", extensions)
        await visitor.wire.send(answer.octets)
    }

    // MARK: - Offers

    private static func offers() -> [Case] {
        [
            Case(
                "X-040", nil, "the offer itself", roles: [.client],
                accepts: ["every offer follows the grammar and RFC 7692 §7.1; then the connection works"]
            ) { probe in
                let visitor = try await probe.visitor(offering: DeflateWish())
                let fields = visitor.head.values("Sec-WebSocket-Extensions")
                guard !fields.isEmpty else { throw ProbeError.skipped("the client offers no extension") }
                guard let offers = ExtensionField.parse(fields) else {
                    return .fail("the offer breaks the grammar: \(fields)")
                }
                for offer in offers where offer.name == deflate {
                    if let fault = offer.deflateFault { return .fail(fault) }
                }
                probe.observe("offered: \(fields)")
                await visitor.wire.send(Probe.switching(to: visitor.head).octets)
                return await ScriptRun(script: .echo([.text("Hello")], [.text("Hello")]), probe: probe)
                    .run(on: probe.converse(on: visitor.wire, terms: nil))
            }
        ]
    }

    // MARK: - Answers that a client takes

    /// The connection opens with `answer`, and works.
    private static func takes(
        _ row: String, _ variant: String? = nil, _ title: String,
        _ answer: @escaping @Sendable (ClientOffer) throws -> String
    ) -> Case {
        Case(row, variant, title, roles: [.client], isRandom: true, accepts: DeflateCases.echo) { probe in
            let (visitor, offer) = try await visitor(probe)
            return try await works(visitor, answer(offer), probe)
        }
    }

    private static func works(_ visitor: Visitor, _ answer: String, _ probe: Probe) async throws -> Judgement {
        await send(answer, to: visitor)
        guard let terms = DeflateTerms(answer: answer) else {
            throw ProbeError.notOpened("the suite's answer \(answer)")
        }
        let compression = terms.compression(of: .server)
        let conversation = probe.converse(on: visitor.wire, terms: terms)
        let messages = (0..<3).map { _ in SampleData.json.octets(2000, &probe.random) }
        let repeated = messages + messages
        let frames = repeated.map { Frame.compressed(Frame.text, compression.message($0)) }
        return await ScriptRun(script: .echo(frames, repeated.map { .text($0) }), probe: probe).run(on: conversation)
    }

    private static func taken() -> [Case] {
        [
            takes("X-041", nil, "the plainest answer") { deflate + duties($0, without: "") },
            takes("X-050", nil, "client_no_context_takeover, offered or not") {
                deflate + duties($0, without: "") + "; client_no_context_takeover"
            },
            takes("X-051", nil, "server_no_context_takeover, offered or not") {
                deflate + duties($0, without: "server_no_context_takeover") + "; server_no_context_takeover"
            },
            takes("X-052", "15", "server_max_window_bits=15, offered or not") { try serverWindow($0, 15) },
            takes("X-052", "9", "server_max_window_bits=9, offered or not") { try serverWindow($0, 9) },
            takes("X-053", nil, "a quoted value") {
                try serverWindow($0, 10).replacing("server_max_window_bits=10", with: "server_max_window_bits=\"10\"")
            },
            Case(
                "X-057", nil, "a client window of 256 octets", roles: [.client], isRandom: true,
                accepts: [
                    "no reference farther back than 256 octets", "the client ends the connection at the handshake",
                ]
            ) { probe in
                let (visitor, offer) = try await visitor(probe, wish: DeflateWish(clientMaxWindowBits: 15))
                guard offer.parameters.keys.contains("client_max_window_bits") else {
                    throw ProbeError.skipped("the client does not offer client_max_window_bits")
                }
                let answer = deflate + duties(offer, without: "") + "; client_max_window_bits=8"
                await send(answer, to: visitor)
                // Whether it is open is known when the echo comes or the connection ends.
                let conversation = probe.converse(on: visitor.wire, terms: DeflateTerms(answer: answer))
                conversation.inflation?.examinedOctets = 1 << 20
                let message = DeflateOutputCases.repetitions(&probe.random)
                let payload = Compression(keepsContext: false).message(message)
                let script = Script(
                    .deflate(), [.send([.compressed(Frame.binary, payload)])],
                    accept: [.exchange([.binary(message)]), .failure([1002, 1010])], patience: 2)
                let judgement = await ScriptRun(script: script, probe: probe).run(on: conversation)
                let isOpen = (try? probe.client)?.opened.isEmpty == false
                if conversation.frameCount == 0, conversation.wire.end != nil, !isOpen {
                    return .pass("the client gave the connection up at the handshake")
                }
                return judgement
            },
        ]
    }

    private static func serverWindow(_ offer: ClientOffer, _ bits: Int) throws -> String {
        if let most = offer.parameters["server_max_window_bits"].flatMap({ $0.flatMap { Int($0) } }), bits > most {
            throw ProbeError.skipped("the client asks for a smaller window")
        }
        return deflate + duties(offer, without: "server_max_window_bits") + "; server_max_window_bits=\(bits)"
    }

    // MARK: - Answers that a client must not take

    /// The client gives the connection up when `answer` comes.
    private static func gives(
        _ row: String, _ variant: String? = nil, _ title: String, told: DeflateWish? = nil, isStrict: Bool = true,
        _ answer: @escaping @Sendable (ClientOffer) throws -> String
    ) -> Case {
        Case(
            row, variant, title, roles: [.client], needs: told == nil ? [] : [.adapter],
            accepts: [ClientHandshake.refused] + (isStrict ? [] : ["non-strict: the connection opens"])
        ) { probe in
            let (visitor, offer) = try await visitor(probe, told: told)
            let text = try answer(offer)
            probe.observe("answered \(text)")
            await send(text, to: visitor)
            return try await ClientHandshake.givesUp(visitor, probe, isStrict: isStrict)
        }
    }

    /// Limits the window of a client that did not offer to have it limited.
    @Sendable private static func clientWindow(_ offer: ClientOffer) throws -> String {
        guard !offer.parameters.keys.contains("client_max_window_bits") else {
            throw ProbeError.skipped("the client offers client_max_window_bits")
        }
        return deflate + duties(offer, without: "") + "; client_max_window_bits=12"
    }

    private static func refused() -> [Case] {
        var cases: [Case] = []
        /// Answers that are right but for `parameters`.
        func add(_ row: String, _ list: [(String, String)], offered: String? = nil) {
            for (name, parameters) in list {
                let first = String(parameters.prefix { $0 != "=" && $0 != ";" })
                cases.append(
                    gives(row, name, parameters) { offer in
                        if let offered, !offer.parameters.keys.contains(offered) {
                            throw ProbeError.skipped("the client does not offer \(offered)")
                        }
                        return deflate + duties(offer, without: first) + "; " + parameters
                    })
            }
        }
        add("X-042", [("plain", "foo"), ("value", "foo=1")])
        let values = [
            ("no-value", ""), ("7", "=7"), ("16", "=16"), ("leading-zero", "=08"), ("leading-zero-9", "=09"),
            ("0", "=0"), ("negative", "=-1"),
            ("letter", "=x"), ("4096", "=4096"),
        ]
        add("X-043", values.map { ($0, "server_max_window_bits\($1)") })
        add(
            "X-045",
            values.filter { ["no-value", "7", "16", "leading-zero", "leading-zero-9"].contains($0.0) }.map {
                ($0, "client_max_window_bits\($1)")
            }, offered: "client_max_window_bits")
        add(
            "X-047",
            [
                ("flag", "server_no_context_takeover; server_no_context_takeover"),
                ("window", "server_max_window_bits=10; server_max_window_bits=10"),
            ])
        add("X-049", [("server", "server_no_context_takeover=1"), ("client", "client_no_context_takeover=true")])
        cases += [
            gives("X-044", nil, "client_max_window_bits, which was not offered", clientWindow),
            gives(
                "X-044", "told", "the same to a client that is told not to offer it", told: DeflateWish(), clientWindow),
            gives(
                "X-046", "server", "a larger server window than offered", told: DeflateWish(serverMaxWindowBits: 10)
            ) { offer in
                guard offer.parameters["server_max_window_bits"].flatMap({ $0 }) == "10" else {
                    throw ProbeError.skipped("the client cannot be told to offer server_max_window_bits=10")
                }
                return deflate + "; server_max_window_bits=12"
            },
            gives(
                "X-046", "client", "a larger client window than offered", told: DeflateWish(clientMaxWindowBits: 10)
            ) { offer in
                guard offer.parameters["client_max_window_bits"].flatMap({ $0 }) == "10" else {
                    throw ProbeError.skipped("the client cannot be told to offer client_max_window_bits=10")
                }
                return deflate + duties(offer, without: "") + "; client_max_window_bits=12"
            },
            gives("X-048", nil, "permessage-deflate twice") { offer in
                let one = deflate + duties(offer, without: "")
                return "\(one), \(one)"
            },
            gives(
                "X-054", nil, "server_no_context_takeover was offered, the answer omits it",
                told: DeflateWish(serverNoContextTakeover: true), isStrict: false
            ) { offer in
                guard offer.parameters.keys.contains("server_no_context_takeover") else {
                    throw ProbeError.skipped("the client cannot be told to offer server_no_context_takeover")
                }
                return deflate + duties(offer, without: "server_no_context_takeover")
            },
            gives("X-056", nil, "a second extension that was not offered") {
                deflate + duties($0, without: "") + ", x-unknown"
            },
        ]
        return cases
    }

    // MARK: - Without

    private static func afterwards() -> [Case] {
        [
            Case(
                "X-055", nil, "the answer declines: nothing is compressed", roles: [.client], isRandom: true,
                accepts: ["every message comes back with RSV1 clear"]
            ) { probe in
                let (visitor, _) = try await visitor(probe)
                await visitor.wire.send(Probe.switching(to: visitor.head).octets)
                let messages = [10, 5000, 100_000].map { SampleData.json.octets($0, &probe.random) }
                return await ScriptRun(
                    script: .echo(messages.map { .text($0) }, messages.map { .text($0) }), probe: probe
                ).run(on: probe.converse(on: visitor.wire, terms: nil))
            }
        ]
    }
}
