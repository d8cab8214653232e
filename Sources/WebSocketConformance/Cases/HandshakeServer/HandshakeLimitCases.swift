import BenchResults

/// Requests too large, too slow or never finished (RFC 9112 §3, RFC 9110 §5.4).
enum HandshakeLimitCases {
    static let all: [Case] = sizes() + lists() + timeouts() + halves()

    private static func sizes() -> [Case] {
        let pad = { @Sendable (count: Int) in String(repeating: "x", count: count) }
        let target = Acceptance(
            opening: .pass, refusals: [(414...414, .pass), (400...499, .nonStrict)], reset: .nonStrict)
        let field = Acceptance(opening: .pass, refusals: [(400...499, .pass)], reset: .nonStrict)
        let lines = Acceptance(
            opening: .pass, refusals: [(431...431, .pass), (400...400, .pass), (400...599, .nonStrict)],
            end: .nonStrict,
            reset: .nonStrict)
        let targets = [("16-kib", 16 << 10), ("1-mib", 1 << 20)].map { variant, count in
            Case.upgrade("H-075", variant, "a request target of \(count) octets", target, checksService: true) {
                let parts = $0.startLine.split(separator: " ")
                $0.startLine = "GET \(parts[1])\(parts[1].contains("?") ? "&" : "?")x=\(pad(count)) HTTP/1.1"
            }
        }
        let fields = [("64-kib", 64 << 10), ("1-mib", 1 << 20)].map { variant, count in
            Case.upgrade("H-076", variant, "a field of \(count) octets", field, checksService: true) {
                $0.add("X-Long", pad(count))
            }
        }
        let counts = [200, 2000, 100_000].map { count in
            Case.upgrade("H-077", "\(count)", "\(count) fields", lines, checksService: true) { request in
                for number in 0..<count { request.add("X-\(number)", "1") }
            }
        }
        return targets + fields + counts
    }

    /// Lists that a careless pattern reads in quadratic time.
    private static func lists() -> [Case] {
        let acceptance = Acceptance(
            opening: .pass, refusals: [(400...599, .pass)], end: .nonStrict, reset: .nonStrict)
        let fillings: [(String, String)] = [("spaces", " "), ("commas", ",")]
        return ["Connection", "Upgrade"].flatMap { name in
            fillings.map { filling, character in
                // Something at the end that does not match makes a pattern go back.
                let value = "x" + String(repeating: character, count: 65536) + "!"
                return Case.upgrade(
                    "S-012", "\(name.lowercased())-\(filling)", "64 KiB of \(filling) in \(name)", acceptance,
                    checksService: true
                ) { $0.add(name, value) }
            }
        }
    }

    // MARK: - Time

    private static func timeouts() -> [Case] {
        [
            slow("H-078", "octets", "an octet now and then") { request, number in [request.octets[min(number, 15)]] },
            slow("H-078", "endless-head", "fields without end") { request, number in
                number == 0 ? Array(request.octets.dropLast(2)) : Array("X-\(number): 1\r\n".utf8)
            },
            slow("H-079", nil, "nothing at all", nil),
        ]
    }

    /// Sends what `next` gives twice a second until the server has had enough.
    private static func slow(
        _ row: String, _ variant: String?, _ title: String, _ next: (@Sendable (HTTPHeadText, Int) -> [UInt8])?
    ) -> Case {
        Case(
            row, variant, title, roles: [.server], needs: [.handshakeTimeout], phase: .exclusive,
            accepts: ["the end of the connection at the handshake timeout, with or without a 408"]
        ) { probe in
            let wire = try await probe.connect()
            let request = try probe.upgradeRequest(.echo)
            let began = probe.now
            let allowed = (probe.capabilities.handshakeTimeout + 2) * probe.timeouts.multiplier
            let deadline = began &+ UInt64(max(0, allowed) * 1e9)
            var number = 0
            while probe.now < deadline, wire.end == nil, !wire.isGone {
                if let next { wire.sendWithoutWaiting(next(request, number)) }
                number += 1
                let turn = min(deadline, probe.now &+ 500_000_000)
                while probe.now < turn, wire.end == nil, await wire.wait(until: turn) {}
            }
            if !wire.unread.isEmpty { probe.observe("received\(preview(Array(wire.unread), limit: 40))") }
            let tenths = (probe.now &- began) / 100_000_000
            probe.observe("after \(tenths / 10).\(tenths % 10) s")
            guard wire.end != nil || wire.isGone else {
                return .fail("the connection is still open after \(tenths / 10) s")
            }
            return wire.unread.starts(with: Array("HTTP/1.1 101".utf8))
                ? .fail("the server switched protocols") : .pass()
        }
    }

    // MARK: - Requests that break off

    private static func halves() -> [Case] {
        [("fin", "our end after half a request", false), ("rst", "a reset after half a request", true)].map {
            (variant: String, title: String, resets: Bool) in
            Case(
                "H-080", variant, "\(title), 50 times", roles: [.server], phase: .exclusive,
                accepts: ["the server ends each connection, releases its descriptor, and goes on"]
            ) { probe in
                let before = probe.processID.flatMap { ProcessFigures(processID: $0) }
                for _ in 1...50 {
                    let wire = try await probe.connect()
                    let octets = try probe.upgradeRequest(.echo).octets
                    wire.sendWithoutWaiting(Array(octets.prefix(octets.count / 2)))
                    if resets {
                        wire.reset()
                    } else {
                        wire.finish()
                        if await wire.waitForEnd(until: probe.deadline()) == nil, !wire.isGone {
                            return await probe.unlessOutage(.nonStrict("the connection stays open after our end"))
                        }
                        wire.drop()
                    }
                }
                if let before, let left = await descriptorsLeft(probe, above: before.openDescriptors) {
                    return .fail("\(left) descriptors more than before")
                }
                return await probe.unlessOutage(.pass())
            }
        }
    }

    /// How many more descriptors the process has than `count` when time is up; nil when they are released.
    private static func descriptorsLeft(_ probe: Probe, above count: Int) async -> Int? {
        guard let processID = probe.processID else { return nil }
        let deadline = probe.deadline()
        while let now = ProcessFigures(processID: processID) {
            // One or two may be a log or a timer that began meanwhile.
            let left = now.openDescriptors - count
            if left <= 2 { return nil }
            if probe.now >= deadline { return left }
            await probe.pause(milliseconds: 50)
        }
        return nil
    }
}
