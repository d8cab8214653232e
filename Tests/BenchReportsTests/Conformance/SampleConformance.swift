import BenchResults

/// Plausible results of a whole run, made from a seed.
struct SampleConformance {
    var result: ConformanceResult
    private var random: SeededRandom

    /// - Parameters:
    ///   - flaws: how many of a thousand cases go wrong.
    ///   - size: how many cases there are, about.
    init(
        agent: String, role: CaseRole = .server, transport: String = "tcp", flaws: Int = 12, size: Int = 2500,
        strict: Bool = false, seed: UInt64 = 7
    ) {
        random = SeededRandom(seed: seed)
        result = ConformanceResult(
            tool: .init(name: "wsbench", version: "0.1.0"),
            subject: .init(
                role: role, agent: agent, location: "ws://127.0.0.1:9001/echo", transport: transport,
                capabilities: ["/echo", "/echo-deflate", "/limit"]),
            settings: .init(
                seed: seed, strict: strict, timeoutMultiplier: 1, jobs: 16,
                command: ["wsbench", "conformance", "server", "ws://127.0.0.1:9001/echo", "--agent", agent]),
            started: "2026-11-24T02:19:25Z", duration: 41_234, cases: [],
            notRun: [.init(row: "T-021", reason: "HTTP/2 is not implemented")])
        let rows = max(1, size * Self.shares.count / 2500)
        for (group, share) in Self.shares {
            let count = max(1, share * rows / Self.shares.count)
            for number in 1...max(1, count / 4) {
                for variant in 0..<4 { result.cases.append(found(group, number, variant, role, flaws)) }
            }
        }
        for number in 1...max(1, rows * 4) {
            var autobahn = found("F", number, 0, role, flaws / 2)
            autobahn.row = "\(1 + number / 20).1.\(1 + number % 20)"
            autobahn.variant = nil
            autobahn.group = "Autobahn"
            autobahn.source = "Autobahn|Testsuite"
            result.cases.append(autobahn)
        }
    }

    private static let shares = [
        ("H", 250), ("F", 420), ("M", 60), ("C", 260), ("U", 330), ("P", 90), ("X", 260), ("D", 280), ("L", 110),
        ("S", 80), ("T", 40),
    ]

    private mutating func found(
        _ group: String, _ number: Int, _ variant: Int, _ role: CaseRole, _ flaws: Int
    ) -> CaseResult {
        let digits = String(number)
        let row = "\(group)-\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits)"
        let level: RequirementLevel =
            switch number % 9 {
            case 0...4: .must
            case 5, 6: .should
            case 7: group == "S" ? .security : .robustness
            default: .may
            }
        var found = CaseResult(
            row: row, variant: ["text-rsv1", "binary-rsv2", "ping-rsv3", "declared-1mib"][variant], group: group,
            title: Self.titles[(number + variant) % Self.titles.count], role: role, level: level,
            requirement: "A frame with a reserved bit set that no extension gives a meaning → FAIL(1002); what was "
                + "sent before it in the same segment may be echoed, nothing after it.",
            source: "RFC 6455 §5.\(1 + number % 7)", tags: variant == 3 ? ["slow"] : [], behavior: .pass,
            close: .pass, explanation: "the connection was failed with 1002",
            expected: ["Close 1002, then the end of TCP", "the end of TCP without a Close (non-strict)"],
            observed: ["Close 1002 \"reserved bit\"", "end of TCP"], remoteCloseCode: 1002,
            duration: Int.random(in: 1...40, using: &random))
        found.wire = wire(isBroken: false)
        let luck = Int.random(in: 0..<1000, using: &random)
        if luck < flaws {
            found.behavior = [.fail, .timeout, .fail, .crash][luck % 4]
            found.close = .fail
            found.isUnexpected = true
            found.remoteCloseCode = nil
            found.explanation =
                "expected the connection to fail with 1002, but the message was echoed as if nothing was"
            found.observed = ["text \"Hello\"", "pong", "nothing more in 2 s"]
            found.wire = wire(isBroken: true)
        } else if luck < flaws * 2 {
            found.close = .wrongCode
            found.remoteCloseCode = 1000
            found.explanation = "expected Close 1002, but it was 1000"
            found.isUnexpected = luck.isMultiple(of: 2)
            if !found.isUnexpected { found.expectation = .init(verdicts: [.wrongCode], reason: "ticket 17") }
        } else if luck < 40 + flaws {
            found.close = .nonStrict
            found.remoteCloseCode = nil
            found.explanation = "TCP ended without a Close frame"
        } else if luck < 70 {
            found.behavior = .skipped
            found.close = nil
            found.wire = nil
            found.remoteCloseCode = nil
            found.explanation = "needs /subproto, which the capability file does not declare"
        } else if luck < 74 {
            found.earlierAttempts = [.timeout]
            found.seed = UInt64(luck) &* 0x9E37_79B9_7F4A_7C15
        } else if luck < 76 {
            found.behavior = .information
            found.close = .information
        }
        return found
    }

    private static let titles = [
        "reserved bit on a text frame", "reserved opcode with payload", "length not in its shortest form",
        "ping between fragments", "continuation without a beginning", "invalid UTF-8 across two fragments",
        "Close with one octet", "offer with an unknown parameter", "message over the declared limit",
    ]

    private func wire(isBroken: Bool) -> WireLog {
        let request =
            "GET /echo HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        let response =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        var log = WireLog(entries: [
            .init(time: 0, connection: 0, kind: .connected),
            entry(180, .sent, Array(request.utf8), "GET /echo, upgrade"),
            entry(913, .received, Array(response.utf8), "101 Switching Protocols"),
        ])
        var sent = entry(
            1_204, .sent, [0xc1, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0x89, 0x80, 1, 2, 3, 4],
            "text, FIN, RSV1, masked, 5 octets: \"Hello\"", count: 11)
        sent.notes.append(.init(offset: 0, count: 1, text: "RSV1 without an extension", isOffending: true))
        sent.notes.append(.init(offset: 11, count: 6, text: "ping, FIN, masked, empty"))
        log.entries.append(sent)
        if isBroken {
            var echoed = entry(1_431, .received, [0x81, 0x05] + Array("Hello".utf8), "text, FIN, 5 octets: \"Hello\"")
            echoed.notes[0].isOffending = true
            log.entries.append(echoed)
            log.entries.append(entry(1_440, .received, [0x8a, 0x00], "pong, FIN, empty"))
            log.entries.append(
                .init(
                    time: 2_001_431, connection: 0, kind: .waited,
                    notes: [.init(offset: 0, count: 0, text: "nothing in 2 s")]))
            log.entries.append(.init(time: 2_001_440, connection: 0, kind: .reset))
        } else {
            log.entries.append(
                entry(1_431, .received, [0x88, 0x02, 0x03, 0xea], "Close, FIN, 1002"))
            log.entries.append(.init(time: 1_502, connection: 0, kind: .peerFinished))
        }
        return log
    }

    private func entry(
        _ time: Int, _ kind: WireLog.Kind, _ octets: [UInt8], _ note: String, count: Int? = nil
    ) -> WireLog.Entry {
        .init(
            time: time, connection: 0, kind: kind, octets: octets.map(Self.digits).joined(), length: octets.count,
            notes: [.init(offset: 0, count: count ?? octets.count, text: note)])
    }

    private static func digits(_ octet: UInt8) -> String {
        let text = String(octet, radix: 16)
        return text.count < 2 ? "0" + text : text
    }

    /// Three servers, of which the last tries to break the report.
    static func agents(size: Int = 2500) -> [ConformanceResult] {
        var first = SampleConformance(agent: "ours", flaws: 0, size: size, seed: 1).result
        for index in first.cases.indices where first.cases[index].verdict != .skipped {
            first.cases[index].close = .pass
        }
        var hostile = SampleConformance(agent: Self.hostileName, flaws: 25, size: size, seed: 3).result
        for index in hostile.cases.indices where hostile.cases[index].isUnexpected {
            hostile.cases[index].explanation = Self.hostileText
            hostile.cases[index].observed.append(Self.hostileText)
        }
        return [first, SampleConformance(agent: "node-ws 8.11.0", flaws: 6, size: size, seed: 2).result, hostile]
    }

    static let hostileName = "</script><script>document.title='owned'</script>\"'><img src=x onerror=alert(1)>"
    static let hostileText =
        "Close 1002 \"</script><script>alert(1)</script> <!-- ]]> \u{0}\u{1B}[31m \u{2028} | `x` @team\r\n::error::x\""

    /// A few cases, small enough to damage octet by octet.
    static func small() -> ConformanceResult {
        var run = SampleConformance(agent: "small", flaws: 400, size: 1).result
        run.cases.removeLast(max(0, run.cases.count - 6))
        return run
    }
}
