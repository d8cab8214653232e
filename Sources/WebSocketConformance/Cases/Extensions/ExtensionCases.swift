import BenchResults

/// Extension negotiation (RFC 6455 §9, RFC 7692 §5, §7.1).
enum ExtensionCases {
    static let all: [Case] =
        unknown() + grammar() + hostile() + preference() + answers() + windows() + declined() + afterwards()
        + ExtensionClientCases.all

    private static let deflate = "permessage-deflate"

    private static func unknown() -> [Case] {
        [
            .offer("X-001", nil, "no offer", [], .nothing),
            .offer("X-002", "plain", "an unknown extension", ["x-unknown"], .nothing),
            .offer(
                "X-002", "parameters", "an unknown extension with parameters", ["x-unknown; a=1; b=\"c\"; d"], .nothing),
            .offer(
                "X-003", "before", "an unknown extension before permessage-deflate", ["x-unknown; a, \(deflate)"],
                .agreed),
            .offer(
                "X-003", "behind", "an unknown extension behind permessage-deflate", ["\(deflate), x-unknown; a"],
                .agreed),
            .offer(
                "X-004", nil, "many offers", ["x-one, \(deflate); server_no_context_takeover, x-two; a=1, \(deflate)"],
                .agreedOrDeclined),
            .offer("X-005", "behind", "the offer in a second line", ["x-unknown", deflate], .agreed),
            .offer(
                "X-005", "between", "the offer in the second of three lines", ["x-one, x-two; a", deflate, "x-three"],
                .agreed),
            .offer("X-030", "webkit", "x-webkit-deflate-frame", ["x-webkit-deflate-frame"], .nothing, lenient: true),
            .offer("X-030", "bzip2", "permessage-bzip2", ["permessage-bzip2"], .nothing, lenient: true),
            .offer("X-030", "stream", "deflate-stream", ["deflate-stream"], .nothing, lenient: true),
            .offer(
                "X-030", "permuted", "names that are nearly permessage-deflate",
                ["permessage-deflaet, permessage-deflate2, permessage_deflate, ermessage-deflate, permessage-deflat"],
                .nothing),
        ]
    }

    private static func grammar() -> [Case] {
        var cases: [Case] = [
            .offer(
                "X-006", "plain", "a quoted value", ["\(deflate); server_max_window_bits=\"10\""],
                .like("\(deflate); server_max_window_bits=10")),
            .offer(
                "X-006", "escaped", "a quoted value with a backslash", ["\(deflate); server_max_window_bits=\"1\\0\""],
                .like("\(deflate); server_max_window_bits=10")),
            .offer(
                "X-007", "blank", "a quoted value with a blank", ["\(deflate); server_max_window_bits=\"1 0\""],
                .rejected),
            .offer("X-007", "empty", "an empty quoted value", ["x-unknown; a=\"\", \(deflate)"], .rejected),
            .offer("X-008", "semicolon", "blanks around ;", ["\(deflate) \t ; \t client_max_window_bits"], .agreed),
            .offer(
                "X-008", "equals", "blanks around =", ["\(deflate); server_max_window_bits \t= 15"],
                .like("\(deflate); server_max_window_bits=15")),
            .offer("X-008", "comma", "blanks around ,", ["x-unknown \t , \t \(deflate)"], .agreed),
            .offer("X-008", "none", "no blanks at all", ["x-unknown;a=1,\(deflate);client_max_window_bits"], .agreed),
        ]
        let broken = [
            ("semicolon-alone", "a semicolon and nothing else", ";"),
            ("semicolon-last", "a semicolon at the end", "\(deflate);"),
            ("no-name", "a parameter without a name", "\(deflate); =x"),
            ("no-value", "nothing after the equals sign", "\(deflate); server_max_window_bits="),
            ("open-quote", "a quote that is not closed", "\(deflate); server_max_window_bits=\"10"),
            ("two-words", "two words without a comma", "permessage deflate"),
            ("control", "a control character", "\(deflate); a\u{01}b"),
            ("obs-text", "octets beyond ASCII", "\(deflate); a\u{e9}b"),
        ]
        for (name, title, text) in broken {
            cases.append(.offer("X-009", name, title, [text], .rejected, mayDrop: name == "control"))
        }
        return cases + recorded()
    }

    /// What is only written down.
    private static func recorded() -> [Case] {
        let offers = [
            ("X-010", "empty", "an empty header", "", true),
            ("X-010", "empty-elements", "empty list elements", ", ,\(deflate),,", true),
            ("X-011", "name", "permessage-deflate in upper case", "Permessage-Deflate", false),
            ("X-011", "parameter", "a parameter in upper case", "\(deflate); Client_Max_Window_Bits", false),
        ]
        return offers.map { row, variant, title, offer, isBound in
            let accepts =
                isBound
                ? ["recorded: 101 as if nothing empty were there, or 400"] : ["recorded: whatever the answer is"]
            return Case(row, variant, title, roles: [.server], accepts: accepts) { probe in
                let negotiation = try await Negotiation(probe, [offer])
                guard let answer = negotiation.answer else { return .fail("no answer") }
                guard negotiation.isSwitching else {
                    let isAccepted = !isBound || answer.status == 400
                    return Judgement(isAccepted ? .information : .fail, "answered \(answer.summary)")
                }
                let works = await negotiation.works()
                guard works.behavior == .pass else { return works }
                return Judgement(
                    .information,
                    negotiation.fields.isEmpty ? "opened without an extension" : "accepted: \(negotiation.fields)")
            }
        }
    }

    // MARK: - Hostile

    private static func hostile() -> [Case] {
        let kinds: [(String, String, @Sendable (Int) -> String)] = [
            ("blanks", "blanks", { "\(deflate)" + String(repeating: " ", count: $0) + ", x-unknown" }),
            ("parameters", "parameters", { "x-unknown" + String(repeating: ";a", count: $0 / 2) }),
            (
                "backslashes", "backslashes in an open quote",
                { "x-unknown; a=\"" + String(repeating: "\\\\", count: $0 / 2) }
            ),
            ("commas", "commas", { String(repeating: ",", count: $0) + "x-unknown" }),
        ]
        // Few servers read heads of 64 KiB; what takes longer than linear time shows with 6 KiB as well.
        let cases = kinds.flatMap { name, title, make in
            [6, 64].map { size in
                Case(
                    "X-012", "\(name)-\(size)-kib", "\(size) KiB of \(title)", roles: [.server], phase: .exclusive,
                    accepts: ["an answer in time, whatever it is", "non-strict: the connection is ended without one"]
                ) { probe in
                    let negotiation = try await Negotiation(probe, [make(size * 1024)])
                    return try await bounded(negotiation)
                }
            }
        }
        let names = [
            ("constructor", ["constructor", "\(deflate); constructor"]),
            ("proto", ["__proto__", "\(deflate); __proto__=1"]),
            ("has-own-property", ["hasOwnProperty; toString=1", "\(deflate); hasOwnProperty"]),
        ]
        return cases
            + names.flatMap { name, offers in
                [
                    Case.offer("X-013", name, "an extension called \(offers[0])", [offers[0]], .nothing),
                    Case.offer("X-013", "\(name)-parameter", "a parameter called so", [offers[1]], .declined),
                ]
            }
            + [300, 1000].map { count in
                Case(
                    "X-031", "\(count)", "\(count) offers of permessage-deflate", roles: [.server],
                    accepts: [
                        "an answer in time that accepts one or none", "a complete answer with 4xx",
                        "non-strict: the connection is ended without an answer",
                    ]
                ) { probe in
                    let offers = Array(repeating: deflate, count: count).joined(separator: ",")
                    let negotiation = try await Negotiation(probe, [offers])
                    return try await bounded(negotiation)
                }
            }
    }

    /// Whatever the answer is, it has to come, and the server has to go on.
    private static func bounded(_ negotiation: Negotiation) async throws -> Judgement {
        let probe = negotiation.probe
        guard let answer = negotiation.answer else {
            guard negotiation.wire.end != nil || negotiation.wire.isGone else {
                return .timeout("no answer to the request")
            }
            let next = try await Negotiation(probe, []).judge(.nothing)
            return next.behavior == .pass ? .nonStrict("the connection was ended without an answer") : next
        }
        if negotiation.isSwitching {
            if let fault = negotiation.fault { return .fail(fault) }
            return await negotiation.works()
        }
        guard negotiation.isWhole(answer), answer.status < 500 || answer.status == 501 else {
            return .fail("answered \(answer.summary)")
        }
        return try await Negotiation(probe, []).judge(.nothing)
    }

    // MARK: - permessage-deflate

    private static func preference() -> [Case] {
        [
            .offer(
                "X-014", "undefined", "an offer with an undefined parameter, then a plain one",
                ["\(deflate); undefined=1, \(deflate)"], .agreed, lenient: true),
            .offer(
                "X-014", "window", "an offer with an impossible window, then a plain one",
                ["\(deflate); server_max_window_bits=7, \(deflate)"], .agreed, lenient: true),
            .offer(
                "X-014", "lines", "the same in two header lines", ["\(deflate); server_max_window_bits=16", deflate],
                .agreed,
                lenient: true),
            .offer(
                "X-015", nil, "permessage-deflate twice", ["\(deflate); client_max_window_bits, \(deflate)"], .agreed),
            .offer("X-016", nil, "a plain offer", [deflate], .agreed),
            .offer("X-022", "plain", "no client_max_window_bits, plain", [deflate], .agreed),
            .offer(
                "X-022", "server", "no client_max_window_bits, but the server's",
                ["\(deflate); server_max_window_bits=15"],
                .agreedOrDeclined),
        ]
    }

    private static func answers() -> [Case] {
        [
            .offer(
                "X-017", nil, "server_no_context_takeover", ["\(deflate); server_no_context_takeover"],
                .agreedOrDeclined),
            .offer(
                "X-018", nil, "client_no_context_takeover", ["\(deflate); client_no_context_takeover"],
                .agreedOrDeclined),
            .offer(
                "X-028", "flags", "the answer to both flags",
                ["\(deflate); server_no_context_takeover; client_no_context_takeover"], .agreedOrDeclined),
            .offer(
                "X-028", "windows", "the answer to both windows",
                ["\(deflate); server_max_window_bits=9; client_max_window_bits=9"], .agreedOrDeclined),
            .offer(
                "X-028", "all", "the answer to everything",
                [
                    "\(deflate); server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits"
                ], .agreedOrDeclined),
        ]
    }

    private static func windows() -> [Case] {
        let server = (8...15).map { bits in
            Case.offer(
                "X-019", "\(bits)", "server_max_window_bits=\(bits)", ["\(deflate); server_max_window_bits=\(bits)"],
                .agreedOrDeclined)
        }
        let client = ["", "=15", "=12", "=10", "=9", "=8"].map { value in
            Case.offer(
                "X-021", value.isEmpty ? "no-value" : String(value.dropFirst()), "client_max_window_bits\(value)",
                ["\(deflate); client_max_window_bits\(value)"], .agreedOrDeclined)
        }
        return server + client
            + [
                Case(
                    "X-020", nil, "server_max_window_bits=8 is declined, or done", roles: [.server], isRandom: true,
                    accepts: ["101 without the extension", "101 with 8, and no reference farther back than 256 octets"]
                ) { probe in
                    try await Negotiation.requireDeflate(probe)
                    let negotiation = try await Negotiation(probe, ["\(deflate); server_max_window_bits=8"])
                    guard negotiation.isSwitching, let terms = negotiation.terms else {
                        return try await negotiation.judge(.agreedOrDeclined)
                    }
                    if let fault = negotiation.fault { return .fail(fault) }
                    let conversation = probe.converse(on: negotiation.wire, terms: terms)
                    conversation.inflation?.examinedOctets = 1 << 20
                    let message = DeflateOutputCases.repetitions(&probe.random)
                    let payload = terms.compression(of: .client).message(message)
                    let script = Script(
                        .deflate(), [.send([.compressed(Frame.binary, payload)])],
                        accept: [.exchange([.binary(message)])],
                        patience: 2)
                    return await ScriptRun(script: script, probe: probe).run(on: conversation)
                }
            ]
    }

    private static func declined() -> [Case] {
        let server: [(String, String)] = [
            ("no-value", ""), ("7", "=7"), ("16", "=16"), ("0", "=0"), ("leading-zero", "=08"),
            ("leading-zero-9", "=09"), ("leading-zero-10", "=010"), ("negative", "=-9"),
            ("letters", "=abc"), ("exponent", "=1e1"), ("huge", "=99999999999"),
        ]
        let client: [(String, String)] = [
            ("7", "=7"), ("16", "=16"), ("0", "=0"), ("leading-zero", "=015"), ("letter", "=x"), ("256", "=256"),
        ]
        let flags = [("server", "server_no_context_takeover=1"), ("client", "client_no_context_takeover=true")]
        let repeated = [
            ("server-window", "server_max_window_bits=10; server_max_window_bits=10"),
            ("client-window", "client_max_window_bits; client_max_window_bits=10"),
            ("server-flag", "server_no_context_takeover; server_no_context_takeover"),
            ("client-flag", "client_no_context_takeover; client_no_context_takeover"),
        ]
        let undefined = [("plain", "foo"), ("value", "foo=1")]
        func cases(_ row: String, _ offers: [(String, String)]) -> [Case] {
            offers.map { name, parameters in
                Case.offer(row, name, parameters, ["\(deflate); \(parameters)"], .declined)
            }
        }
        return cases("X-023", server.map { ($0, "server_max_window_bits\($1)") })
            + cases("X-024", client.map { ($0, "client_max_window_bits\($1)") }) + cases("X-025", flags)
            + cases("X-026", repeated) + cases("X-027", undefined)
    }

    private static func afterwards() -> [Case] {
        [("unknown", "x-unknown"), ("deflate", "\(deflate); server_max_window_bits=7")].map { name, offer in
            Case(
                "X-029", name, "RSV1 after the offer \(offer) was declined", roles: [.server],
                accepts: Outcome.failures([1002], after: []).map(\.summary)
            ) { probe in
                let negotiation = try await Negotiation(probe, [offer])
                guard negotiation.isSwitching else {
                    throw ProbeError.skipped(
                        "the offer was not declined, but answered \(negotiation.answer?.summary ?? "not at all")")
                }
                guard negotiation.fields.isEmpty else { throw ProbeError.skipped("the offer was accepted") }
                let frame = Frame.compressed(Frame.text, DeflateSamples.hello).offending
                return await ScriptRun(script: .failure([frame], [1002]), probe: probe)
                    .run(on: probe.converse(on: negotiation.wire, terms: nil))
            }
        }
    }
}
