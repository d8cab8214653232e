import BenchResults

/// Requests that are not, or barely, HTTP (RFC 9112 §2.2, §5; RFC 9110 §5.5).
enum SyntaxCases {
    static let all: [Case] =
        lineEnds() + controls() + fieldLines() + folds() + oldAndForeign()

    private static func lineEnds() -> [Case] {
        [
            .upgrade("H-065", nil, "an empty line before the request line", .shouldOpen) {
                $0.startLine = "\r\n" + $0.startLine
            },
            Case(
                "H-066", nil, "lines that end with LF alone, twice", roles: [.server],
                accepts: ["recorded only: opens or is refused, both times the same"]
            ) { probe in
                var outcomes: [String] = []
                for _ in 1...2 {
                    let wire = try await probe.connect()
                    var request = try probe.upgradeRequest(.echo)
                    request.lineEnd = "\n"
                    let reply = await probe.exchange(request.octets, on: wire)
                    if case .answer(let answer) = reply {
                        outcomes.append("\(answer.status)")
                    } else {
                        outcomes.append(reply.summary)
                    }
                    wire.drop()
                }
                return outcomes[0] == outcomes[1]
                    ? .information(outcomes[0]) : .nonStrict("first \(outcomes[0]), then \(outcomes[1])")
            },
        ]
    }

    /// CR, LF and NUL have to be refused or replaced; other control octets may be kept by who knows they are safe.
    private static func controls() -> [Case] {
        let values: [(String, String)] = [
            ("bare-cr", "before\rX-Injected: after"), ("nul", "before\u{0}after"), ("control", "before\u{1}after"),
            ("delete", "before\u{7f}after"),
        ]
        let acceptance = Acceptance(
            opening: .pass, refusals: [(400...400, .pass), (400...599, .nonStrict)], end: .nonStrict, reset: .nonStrict,
            objection: { $0.head.values("X-Injected").isEmpty ? nil : .fail("it became a field of the answer") })
        let tolerated = values.map { variant, value in
            Case.upgrade("H-067", variant, "a value with \(variant) in it", acceptance) { $0.add("X-Test", value) }
        }
        return tolerated + [
            reported(
                "bare-cr-info", "a bare CR that reaches the application", "before\rX-Injected: after",
                ["\\r", "\\u000d", "\\u000D"]),
            reported("nul-info", "a NUL that reaches the application", "before\u{0}after", ["\\u0000"]),
        ]
    }

    /// The info fixture tells what arrived: nothing, or a value without the octet.
    private static func reported(_ variant: String, _ title: String, _ value: String, _ forbidden: [String]) -> Case {
        Case(
            "H-067", variant, title, roles: [.server], needs: [.info],
            accepts: ["400, or 101 and a value in which the octet is replaced"]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.info)
            var request = ordinary
            request.add("X-Test", value)
            let notes = request.notes(against: ordinary, isOffending: true)
            let reply = await probe.exchange(request.octets, on: wire, notes: notes)
            guard case .answer(let answer) = reply, answer.status == 101 else {
                return await probe.judge(reply, to: request, on: wire, by: .refuseMalformed(400))
            }
            guard case .event(let event)? = await probe.converse(on: wire, terms: nil).next(until: probe.deadline())
            else {
                return .fail("no message with what arrived")
            }
            let text = String(decoding: event.payload, as: UTF8.self)
            probe.observe("received \(text)")
            return forbidden.contains { text.contains($0) } ? .fail("the octet reached the application") : .pass()
        }
    }

    private static func fieldLines() -> [Case] {
        let spaced: [(String, String, String)] = [
            ("space", "a space before the colon of an unknown field", "X-Test "),
            ("tab", "a tab before the colon of an unknown field", "X-Test\t"),
        ]
        // RFC 9112 §2.2 recommends to refuse what does not match the grammar; only white space before a colon is a MUST.
        let ungrammatical = Acceptance.refuseMalformed(400).with(opening: .nonStrict, silence: .nonStrict)
        let lines: [(String, String, String, String)] = [
            ("no-colon", "a line without a colon", "X-Before", "1\r\nno colon here"),
            ("empty-name", "a line without a name", "", "value"),
            ("parentheses", "a name with parentheses", "X-(Test)", "value"),
            ("space-in-name", "a name with a space", "X Test", "value"),
        ]
        return spaced.map { variant, title, name in
            Case.upgrade("H-068", variant, title, .refuseMalformed(400)) { $0.add(name, "value") }
        } + [
            .upgrade("H-068", "key", "a space before the colon of the key", .refuseMalformed(400)) { request in
                request.fields = request.fields.map {
                    ($0.name == "Sec-WebSocket-Key" ? $0.name + " " : $0.name, $0.value)
                }
            }
        ]
            + lines.map { variant, title, name, value in
                Case.upgrade("H-070", variant, title, ungrammatical) { $0.add(name, value) }
            } + [
                // To skip the line is the other thing that RFC 9112 §2.2 allows.
                .upgrade(
                    "H-070", "space-led", "a space before the first field", .refuseMalformed(400).with(opening: .pass)
                ) {
                    $0.fields.insert((" X-Test", "value"), at: 0)
                },
                .upgrade(
                    "H-070", "space-led-upgrade", "a space before the first field, which is Upgrade",
                    .refuseMalformed(400)
                ) {
                    $0.set("Upgrade", nil)
                    $0.fields.insert((" Upgrade", "websocket"), at: 0)
                },
            ]
    }

    private static func folds() -> [Case] {
        [
            .upgrade("H-069", "unknown", "an unknown field over two lines", .refuseMalformed(400).with(opening: .pass))
            {
                $0.add("X-Fold", "first\r\n second")
            },
            .upgrade("H-069", "field-like", "a second line that looks like Upgrade", .refuseMalformed(400)) {
                $0.set("Upgrade", nil)
                $0.add("X-Fold", "first\r\n Upgrade: websocket")
            },
            .upgrade("H-069", "tab", "a second line that looks like Sec-WebSocket-Version", .refuseMalformed(400, 426))
            {
                $0.set("Sec-WebSocket-Version", nil)
                $0.add("X-Fold", "first\r\n\tSec-WebSocket-Version: 13")
            },
        ]
    }

    // MARK: - Other protocols

    /// The eight octets behind the head are no HTTP.
    private static let draftRefused = Acceptance.notSwitched.with(end: .nonStrict)

    private static func oldAndForeign() -> [Case] {
        [
            Case(
                "H-083", nil, "the handshake of draft 76", roles: [.server],
                accepts: draftRefused.summaries
            ) { probe in
                let wire = try await probe.connect()
                var request = try probe.upgradeRequest(.echo)
                request.set("Upgrade", "WebSocket")
                request.set("Sec-WebSocket-Key", nil)
                request.set("Sec-WebSocket-Version", nil)
                request.add("Origin", "http://example.com")
                request.add("Sec-WebSocket-Key1", "18x 6]8vM;54 *(5:  {   U1]8  z [  8")
                request.add("Sec-WebSocket-Key2", "1_ tx7X d  <  nw  334J702) 7]o}` 0")
                let reply = await probe.exchange(request.octets + Array("Tm[K T2u".utf8), on: wire)
                return await probe.judge(reply, to: request, on: wire, by: draftRefused)
            },
            Case(
                "H-082", nil, "an HTTP request behind the 101", roles: [.server],
                script: Script(
                    Opening(), [.octets(Array("GET / HTTP/1.1\r\nHost: example\r\n\r\n".utf8))],
                    accept: Outcome.failures([1002], after: []))),
            noise("tls", "a TLS greeting", isRandom: false) { _ in tlsGreeting() },
            noise("http-2", "the preface of HTTP/2", isRandom: false) { _ in
                Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
            },
            noise("random", "4 KiB of random octets", isRandom: true) { $0.random.octets(4096) },
        ]
    }

    /// TLS 1.2's ClientHello with one cipher suite and no extension, enough for any parser to know it (RFC 5246 §7.4.1.2).
    private static func tlsGreeting() -> [UInt8] {
        let hello: [UInt8] = [3, 3] + [UInt8](repeating: 0x42, count: 32) + [0, 0, 2, 0xc0, 0x2f, 1, 0]
        let message: [UInt8] = [1] + bigEndian(UInt64(hello.count), octets: 3) + hello
        return [22, 3, 1] + bigEndian(UInt64(message.count), octets: 2) + message
    }

    private static func noise(
        _ variant: String, _ title: String, isRandom: Bool, _ octets: @escaping @Sendable (Probe) -> [UInt8]
    ) -> Case {
        Case(
            "H-084", variant, title, roles: [.server], isRandom: isRandom,
            accepts: ["an error or the end of the connection, at the latest when ours ends; the server goes on"]
        ) { probe in
            let wire = try await probe.connect()
            let reply = await probe.exchange(octets(probe), on: wire, within: 0.25)
            if case .answer(let answer) = reply, answer.status == 101 { return .fail("the server switched protocols") }
            // Octets without the end of a head may still become one.
            wire.finish()
            if await wire.waitForEnd(until: probe.deadline()) == nil, !wire.isGone {
                return .fail("the connection stays open though both its sense and its octets have ended")
            }
            return await probe.unlessOutage(.pass())
        }
    }
}
