import BenchResults

/// Answers that a client must understand as they are (RFC 6455 §4.1; RFC 9110 §5.6.1, §15.2; RFC 9112 §4, §5).
enum ClientAnswerCases {
    static let all: [Case] =
        fields() + accept() + reasons() + segments() + interim() + coalesced() + body() + extensions()

    private static func fields() -> [Case] {
        let names: [(String, @Sendable (String) -> String)] = [
            ("lower", { $0.lowercased() }), ("upper", { $0.uppercased() }), ("mixed", alternating),
        ]
        var cases = names.map { name, change in
            ClientHandshake.opens("H-219", name, "names of fields in \(name) case") { answer, _ in
                answer.fields = answer.fields.map { (change($0.name), $0.value) }
            }
        }
        cases += [("capitals", "WebSocket"), ("upper", "WEBSOCKET"), ("lower", "websocket")].map {
            (name: String, value: String) in
            ClientHandshake.opens("H-220", name, "Upgrade: \(value)") { answer, _ in answer.set("Upgrade", value) }
        }
        cases += [
            ("lower", "upgrade"), ("upper", "UPGRADE"), ("list", "keep-alive, Upgrade"),
            ("list-after", "Upgrade,keep-alive"),
            ("padded", "keep-alive \t , \t Upgrade \t "),
        ].map { (name: String, value: String) in
            ClientHandshake.opens("H-221", name, "Connection: \(value)") { answer, _ in answer.set("Connection", value)
            }
        }
        cases.append(
            ClientHandshake.opens("H-221", "two-lines", "Connection on two lines") { answer, _ in
                answer.set("Connection", "keep-alive")
                answer.add("Connection", "Upgrade")
            })
        return cases
    }

    @Sendable private static func alternating(_ name: String) -> String {
        String(
            name.enumerated().map { Character($0.offset % 2 == 0 ? $0.element.lowercased() : $0.element.uppercased()) })
    }

    private static func accept() -> [Case] {
        [("leading", " \t ", ""), ("trailing", "", " \t "), ("both", "\t", "\t")].map { name, before, after in
            ClientHandshake.opens("H-223", name, "white space around Sec-WebSocket-Accept") { answer, request in
                let value = HandshakeKey.accept(for: request.value("Sec-WebSocket-Key") ?? "")
                answer.set("Sec-WebSocket-Accept", before + value + after)
            }
        }
    }

    private static func reasons() -> [Case] {
        [
            ("empty", ""), ("unusual", "Web Socket Protocol Handshake"), ("digits", "200 OK"),
            ("obs-text", "Protokollwechsel für Sie"),
        ].map { name, reason in
            ClientHandshake.opens("H-222", name, "reason phrase \"\(reason)\"") { answer, _ in
                answer.startLine = "HTTP/1.1 101 \(reason)"
            }
        }
    }

    // MARK: - Segments

    private static func segments() -> [Case] {
        let cuts: [(String, Cut)] = [
            ("status", .at([9])), ("line-end", .at([33])), ("name", .at([40])), ("value", .at([110])),
            ("pieces", .every(7)),
        ]
        // Alone: each octet takes a turn of the loop, and a client does not wait for ever.
        var cases = [
            ClientHandshake.opens("H-224", "octets", "each octet in a segment", cut: .everyOctet, phase: .exclusive) {
                _, _ in
            }
        ]
        cases += cuts.map { name, cut in
            ClientHandshake.opens("H-224", "cut-\(name)", "the answer in segments (\(name))", cut: cut) { _, _ in }
        }
        // The last line end, and within it.
        cases += [1, 2, 3].map { count in
            Case(
                "H-224", "cut-\(count)-before-end", "the last \(count) octets in a segment of their own",
                roles: [.client],
                accepts: [ClientHandshake.opened]
            ) { probe in
                let visitor = try await probe.visitor()
                let octets = Probe.switching(to: visitor.head).octets
                await visitor.wire.send(octets, cut: .at([octets.count - count]))
                return await ClientHandshake.echoes(visitor, probe)
            }
        }
        cases.append(
            Case(
                "H-224", "every-cut", "the answer cut at every offset, a connection each", roles: [.client],
                needs: [.adapter], phase: .exclusive, accepts: ["each connection opens"], everyCut))
        return cases
    }

    @Sendable private static func everyCut(_ probe: Probe) async throws -> Judgement {
        let control = try probe.client
        var offset = 1
        var length = 2
        while offset < length {
            let id = try control.dial()
            guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
                return .fail("the client does not connect any more, after \(offset - 1) connections")
            }
            let octets = Probe.switching(to: visitor.head).octets
            length = octets.count
            await visitor.wire.send(octets, cut: .at([offset]))
            let conversation = probe.converse(on: visitor.wire, terms: nil)
            await conversation.send(.text("\(offset)"))
            guard await conversation.next(until: probe.deadline()) == .event(.text("\(offset)")) else {
                return .fail("the connection did not open with the answer cut behind octet \(offset)")
            }
            visitor.wire.drop()
            offset += 1
        }
        return .pass()
    }

    // MARK: - Before and behind the answer

    private static func interim() -> [Case] {
        let answers = [
            ("100", "HTTP/1.1 100 Continue\r\n\r\n"), ("102", "HTTP/1.1 102 Processing\r\n\r\n"),
            ("103", "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n"),
            (
                "several",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
            ),
            ("199", "HTTP/1.1 199 Unknown\r\n\r\n"),
        ]
        return answers.flatMap { name, text in
            [("", Cut.whole), ("-alone", Cut.at([text.utf8.count]))].map { suffix, cut in
                ClientHandshake.opens("H-234", name + suffix, "interim answer \(name) before the 101", cut: cut) {
                    Array(text.utf8) + Probe.switching(to: $0).octets
                }
            }
        }
    }

    private static func coalesced() -> [Case] {
        let many = (0..<50).map { Frame.text("message \($0)") }
        let stimuli: [(String, String, [Frame], [Frame], [Event])] = [
            ("one", "one frame", [.text("first")], [], [.text("first")]),
            ("many", "50 frames", many, [], (0..<50).map { .text("message \($0)") }),
            ("ping", "a ping", [.ping("first")], [], [.pong("first")]),
            (
                "half", "a frame and a half", [.text("first")], [.binary([1, 2, 3, 4, 5, 6])],
                [.text("first"), .binary([1, 2, 3, 4, 5, 6])]
            ),
        ]
        var cases = stimuli.map { name, title, frames, later, events in
            Case(
                "H-225", name, "the 101 and \(title) in one segment", roles: [.client],
                accepts: ["everything is echoed in order, then a clean close"]
            ) { probe in
                let visitor = try await probe.visitor()
                let conversation = probe.converse(on: visitor.wire, terms: nil)
                let first = Probe.switching(to: visitor.head).octets + conversation.encoded(frames).octets
                let rest = conversation.encoded(later).octets
                await visitor.wire.send(first + rest, cut: rest.isEmpty ? .whole : .at([first.count + rest.count / 2]))
                return await ScriptRun(script: Script(Opening(), [], accept: [.exchange(events)]), probe: probe).run(
                    on: conversation)
            }
        }
        cases.append(
            Case(
                "H-226", nil, "the 101 and a Close in one segment", roles: [.client],
                accepts: ["the Close is answered with 1001, and the application told so"], closeBehindAnswer))
        return cases
    }

    @Sendable private static func closeBehindAnswer(_ probe: Probe) async throws -> Judgement {
        let visitor = try await probe.visitor()
        let conversation = probe.converse(on: visitor.wire, terms: nil)
        let octets = Probe.switching(to: visitor.head).octets + conversation.encoded([.close(1001, "at once")]).octets
        await visitor.wire.send(octets)
        let judgement = await ScriptRun(
            script: Script(Opening(), [], accept: [.reply([1001], lenient: [1000, nil])]), probe: probe
        ).run(on: conversation)
        guard judgement.behavior == .pass, let control = try? probe.client, let id = control.ids.last else {
            return judgement
        }
        let ending = try await control.ending(of: id, until: probe.deadline())
        guard let ending else { return .timeout("the client did not tell its application that the connection closed") }
        guard ending.code == 1001 else {
            return .fail("the client reported the code \(ending.code.map { "\($0)" } ?? "none"), expected 1001")
        }
        return judgement
    }

    /// A 101 has no body (RFC 9110 §15.2, RFC 9112 §6.3), whatever its fields say: what follows are frames.
    private static func body() -> [Case] {
        let lies = [
            ("length-0", "Content-Length", "0"), ("length-5", "Content-Length", "5"),
            ("chunked", "Transfer-Encoding", "chunked"),
        ]
        return lies.map { name, field, value in
            Case(
                "H-244", name, "101 with \(field): \(value)", roles: [.client],
                accepts: ["what follows is read as frames", "or: \(ClientHandshake.refused)"]
            ) { probe in
                let visitor = try await probe.visitor()
                let conversation = probe.converse(on: visitor.wire, terms: nil)
                var answer = Probe.switching(to: visitor.head)
                answer.add(field, value)
                await visitor.wire.send(answer.octets + conversation.encoded([.text("first")]).octets)
                guard let incoming = await conversation.next(until: probe.deadline()) else {
                    return .timeout(
                        "neither is the message echoed, nor the connection ended: it may have been swallowed")
                }
                switch incoming {
                case .end: return try await ClientHandshake.reportsFailure(probe)
                case .event(.text(Array("first".utf8))):
                    return await ScriptRun(
                        script: Script(Opening(), [], accept: [.exchange([.text("first")])]), probe: probe
                    )
                    .run(on: conversation)
                default: return .fail("the frame behind the answer was not read as one")
                }
            }
        }
    }

    // MARK: - Extensions on two lines

    private static func extensions() -> [Case] {
        [
            Case(
                "H-243", "empty-second", "Sec-WebSocket-Extensions on two lines, the second empty", roles: [.client],
                accepts: ["the connection opens with permessage-deflate", "non-strict: \(ClientHandshake.refused)"]
            ) { probe in
                let (visitor, name) = try await offering(probe)
                var answer = Probe.switching(to: visitor.head)
                answer.add("Sec-WebSocket-Extensions", name)
                answer.add("Sec-WebSocket-Extensions", "")
                await visitor.wire.send(answer.octets)
                let conversation = probe.converse(on: visitor.wire, terms: DeflateTerms(answer: name))
                await conversation.send(.text("Hello"))
                switch await conversation.next(until: probe.deadline()) {
                case .end?: return .nonStrict("the client refuses an empty element of a list")
                case .event(.text(Array("Hello".utf8)))?:
                    return await ScriptRun(
                        script: Script(Opening(), [], accept: [.exchange([.text("Hello")])]), probe: probe
                    )
                    .run(on: conversation)
                case nil: return .timeout("the message was not echoed")
                default: return .fail("the message was not echoed")
                }
            },
            Case(
                "H-243", "unoffered-second", "Sec-WebSocket-Extensions on two lines, the second not offered",
                roles: [.client], accepts: [ClientHandshake.refused]
            ) { probe in
                let (visitor, name) = try await offering(probe)
                var answer = Probe.switching(to: visitor.head)
                answer.add("Sec-WebSocket-Extensions", name)
                answer.add("Sec-WebSocket-Extensions", "x-unoffered")
                await visitor.wire.send(answer.octets)
                return try await ClientHandshake.givesUp(visitor, probe)
            },
        ]
    }

    /// A visitor that offers permessage-deflate, and the answer that grants it.
    private static func offering(_ probe: Probe) async throws -> (Visitor, String) {
        let visitor = try await probe.visitor(offering: DeflateWish())
        guard let answer = ClientOffer(visitor.head)?.answer(to: DeflateWish()) else {
            throw ProbeError.skipped("the client does not offer permessage-deflate")
        }
        return (visitor, answer)
    }
}
