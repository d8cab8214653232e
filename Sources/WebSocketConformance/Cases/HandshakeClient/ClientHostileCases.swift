import BenchResults
import Reactor

/// Answers of a server that means ill, or has died (RFC 6455 §10; CVE-2023-43669).
enum ClientHostileCases {
    static let all: [Case] = endings() + large() + endless()

    // MARK: - The connection ends

    private static func endings() -> [Case] {
        let moments: [(String, String, @Sendable (Int) -> Int)] = [
            ("before", "before the answer", { _ in 0 }), ("inside", "inside the answer", { $0 / 2 }),
            ("before-last", "before the last octet of the answer", { $0 - 1 }),
            ("after", "right behind the answer", { $0 }),
        ]
        return moments.flatMap { name, title, count in
            [("fin", false), ("rst", true)].map { (kind: String, isReset: Bool) in
                Case(
                    "H-247", "\(kind)-\(name)", "\(isReset ? "a reset" : "the end of TCP") \(title)", roles: [.client],
                    needs: isReset ? [.adapter] : [], accepts: ["the client ends TCP, and reports failure or 1006"]
                ) { probe in
                    let visitor = try await probe.visitor()
                    let octets = Probe.switching(to: visitor.head).octets
                    let sent = count(octets.count)
                    if sent > 0 { await visitor.wire.send(Array(octets.prefix(sent))) }
                    if isReset { visitor.wire.reset() } else { visitor.wire.finish() }
                    return try await notices(visitor, probe, isOpen: sent == octets.count, isReset: isReset)
                }
            }
        }
    }

    private static func notices(_ visitor: Visitor, _ probe: Probe, isOpen: Bool, isReset: Bool) async throws
        -> Judgement
    {
        if !isReset, await visitor.wire.waitForEnd(until: probe.deadline()) == nil {
            return .timeout("the client did not end the connection")
        }
        guard let control = try? probe.client, let id = control.ids.last else { return .pass() }
        guard let ending = try await control.ending(of: id, until: probe.deadline()) else {
            return .timeout("the client did not tell its application that the connection ended")
        }
        if !isOpen, control.opened.contains(id) { return .fail("the client reported an open connection") }
        guard let code = ending.code, code != 1006 else { return .pass() }
        return .nonStrict("the client reported the close code \(code) instead of 1006")
    }

    // MARK: - Too much

    private static func large() -> [Case] {
        let answers: [(String, String, @Sendable (inout HTTPHeadText) -> Void)] = [
            (
                "status-line", "a status line of 64 KiB",
                { $0.startLine = "HTTP/1.1 101 " + String(repeating: "x", count: 64 * 1024) }
            ),
            ("field", "a field of 1 MiB", { $0.fields.insert(("X", String(repeating: "x", count: 1 << 20)), at: 0) }),
            (
                "fields", "10,000 fields",
                { answer in
                    answer.fields.insert(contentsOf: (0..<10_000).map { ("X-\($0)", "y") }, at: 0)
                }
            ),
        ]
        return answers.map { name, title, bend in
            ClientHandshake.refuses("H-245", name, title, isStrict: false) { answer, _ in bend(&answer) }
        }
    }

    /// Octets of an answer that never ends, after which a client that still reads is held not to have a limit.
    private static let most = 32 << 20

    private static func endless() -> [Case] {
        let line = Array("X: \(String(repeating: "y", count: 1000))\r\n".utf8)
        let block = Array("10000\r\n".utf8) + [UInt8](repeating: 0x61, count: 0x10000) + Array("\r\n".utf8)
        let streams: [(String, String, String, String, [UInt8])] = [
            (
                "H-245", "endless-head", "a head without end", "HTTP/1.1 101 Switching Protocols\r\n",
                Array(repeating: line, count: 64).flatMap { $0 }
            ),
            (
                "H-245", "endless-line", "a status line without end", "HTTP/1.1 101 ",
                [UInt8](repeating: 0x61, count: 65536)
            ),
            (
                "H-249", "body", "404 with a body without end",
                "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n",
                [UInt8](repeating: 0x61, count: 65536)
            ),
            (
                "H-249", "chunks", "404 with chunks without end",
                "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n", block
            ),
        ]
        var cases = streams.map { row, name, title, start, piece in
            Case(
                row, name, title, roles: [.client], phase: .exclusive,
                accepts: ["the client ends the connection before \(most >> 20) MiB"]
            ) { probe in
                let visitor = try await probe.visitor()
                return try await floods(visitor, probe, Array(start.utf8), piece)
            }
        }
        cases += [
            Case(
                "H-235", nil, "interim answers without end", roles: [.client], needs: [.handshakeTimeout],
                phase: .exclusive, accepts: ["the client ends the connection, by their number or by its timeout"]
            ) { probe in
                let piece = Array("HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n".utf8)
                return try await givesUpInTime(try await probe.visitor(), probe) { _ in piece }
            },
            Case(
                "H-246", nil, "an answer that comes octet by octet and never ends", roles: [.client],
                needs: [.handshakeTimeout], phase: .exclusive,
                accepts: ["the client ends the connection within its timeout"]
            ) { probe in
                let text = Array("HTTP/1.1 101 Switching Protocols\r\nX: ".utf8)
                return try await givesUpInTime(try await probe.visitor(), probe) { count in
                    [count < text.count ? text[count] : UInt8(ascii: "y")]
                }
            },
        ]
        return cases
    }

    private static func floods(
        _ visitor: Visitor, _ probe: Probe, _ start: [UInt8], _ piece: [UInt8]
    ) async throws -> Judgement {
        let wire = visitor.wire
        let before = probe.processID.flatMap { ProcessFigures(processID: $0) }?.residentOctets
        await wire.send(start)
        var sent = 0
        let deadline = probe.now &+ probe.timeouts.whole(patience: 1)
        while sent < most, wire.end == nil, !wire.isGone, probe.now < deadline {
            wire.sendWithoutWaiting(piece)
            sent += piece.count
            while wire.unsentCount > 1 << 20, wire.end == nil, await wire.wait(until: deadline) {}
        }
        _ = await wire.waitForEnd(until: probe.deadline())
        guard wire.end != nil || wire.isGone else {
            return .fail("the client has taken \(sent >> 20) MiB of an answer, and still does not end the connection")
        }
        probe.observe("the client ended the connection after at most \(sent) octets")
        // What a client may take for an answer: as much as was sent twice over would be a copy of a copy.
        if let before, let process = probe.processID, let after = ProcessFigures(processID: process)?.residentOctets,
            after > before + 64 << 20
        {
            return .fail("the client's memory grew by \((after - before) >> 20) MiB")
        }
        return try await ClientHandshake.reportsFailure(probe)
    }

    /// Whether the client ends the connection within the handshake timeout that it declares, while it is sent what
    /// `octets` gives, ten times a second.
    static func givesUpInTime(
        _ visitor: Visitor, _ probe: Probe, _ octets: (Int) -> [UInt8]?
    ) async throws -> Judgement {
        let wire = visitor.wire
        let limit = probe.capabilities.handshakeTimeout * probe.timeouts.multiplier + 2
        let deadline = probe.now &+ UInt64(max(0, min(limit, 120)) * 1e9)
        var count = 0
        while wire.end == nil, !wire.isGone, probe.now < deadline {
            if let piece = octets(count) {
                wire.sendWithoutWaiting(piece)
                count += 1
            }
            // Something may come, but nothing has to: the next piece is due then all the same.
            _ = await wire.wait(until: min(deadline, probe.now &+ 100_000_000))
        }
        guard wire.end != nil || wire.isGone else {
            return .timeout("the client did not give up within \(Int(limit)) s")
        }
        wire.finish()
        return try await ClientHandshake.reportsFailure(probe)
    }
}
