import BenchResults

/// Handshakes cut and joined by TCP (RFC 6455 §4.2.1; TCP keeps no boundaries).
enum SegmentCases {
    static let all: [Case] = cut() + coalesced() + [half("header", 3), half("payload", 9)]

    private static func cut() -> [Case] {
        [
            // Alone: next to others each octet waits for its turn, and all of them for longer than a server grants a handshake.
            Case(
                "H-061", nil, "one octet a segment", roles: [.server], phase: .exclusive,
                accepts: Acceptance.open.summaries
            ) { probe in
                let wire = try await probe.connect()
                let request = try probe.upgradeRequest(.echo)
                let octets = request.octets
                // A moment between the first ones only: a whole second of moments would be several on a busy machine.
                await wire.send(Array(octets.prefix(24)), cut: .everyOctet)
                await wire.send(Array(octets.dropFirst(24)), cut: .everyOctet)
                let reply = await probe.reply(on: wire)
                return await probe.judge(reply, to: request, on: wire, by: .open)
            },
            Case(
                "H-062", nil, "cut in two at every offset", roles: [.server],
                accepts: ["101 every time, and an echo at every sixteenth"]
            ) { probe in
                let count = try probe.upgradeRequest(.echo).octets.count
                for offset in 1..<count {
                    let wire = try await probe.connect()
                    let request = try probe.upgradeRequest(.echo)
                    await wire.send(request.octets, cut: .at([offset]))
                    let reply = await probe.reply(on: wire)
                    guard case .answer(let answer) = reply, answer.status == 101 else {
                        return .fail("cut at \(offset): \(reply.summary)")
                    }
                    guard offset.isMultiple(of: 16) else {
                        wire.drop()
                        continue
                    }
                    let judgement = await probe.judgeOpened(answer.head, request, on: wire)
                    guard judgement.behavior == .pass else {
                        return .fail("cut at \(offset): \(judgement.explanation)")
                    }
                }
                return .pass("\(count - 1) offsets, all as required")
            },
        ]
    }

    /// Frames in the segment of the request: the client's fault, but nothing of it may be lost.
    private static func coalesced() -> [Case] {
        let long = String(repeating: "long ", count: 3000)
        let runs: [(String, String, [Frame], [Event])] = [
            ("one", "a frame behind the request", [.text("first")], [.text("first")]),
            (
                "three", "three frames behind the request", [.text("first"), .binary([2]), .text("third")],
                [.text("first"), .binary([2]), .text("third")]
            ),
            ("ping", "a ping behind the request", [.ping("first")], [.pong("first")]),
            (
                "fragments", "a fragmented message behind the request",
                [.text("first ", isFinal: false), .continuation("half")], [.text("first half")]
            ),
            ("long", "a frame of 15,000 octets behind the request", [.text(long)], [.text(long)]),
        ]
        return runs.map { variant, title, frames, events in
            early("H-063", variant, title, frames, cut: nil, events)
        }
    }

    private static func half(_ variant: String, _ count: Int) -> Case {
        early(
            "H-064", variant, "a frame cut in its \(variant), the first half behind the request", [.text("first")],
            cut: count,
            [.text("first")])
    }

    /// - Parameter cut: how much of the frames comes with the request, nil for all.
    private static func early(
        _ row: String, _ variant: String, _ title: String, _ frames: [Frame], cut: Int?, _ events: [Event]
    ) -> Case {
        Case(
            row, variant, title, roles: [.server],
            accepts: [
                "101, and everything is answered in order", "a whole answer with an error",
                "non-strict: a Close, or the end of the connection",
            ]
        ) { probe in
            let wire = try await probe.connect()
            let request = try probe.upgradeRequest(.echo)
            let conversation = probe.converse(on: wire, terms: nil)
            let (octets, _) = conversation.encoded(frames)
            let reply = await probe.exchange(request.octets + octets.prefix(cut ?? octets.count), on: wire)
            guard case .answer(let answer) = reply, answer.status == 101 else {
                let anyRefusal = Acceptance(
                    opening: nil, refusals: [(400...599, .pass)], end: .nonStrict, reset: .nonStrict)
                return await probe.judge(reply, to: request, on: wire, by: anyRefusal)
            }
            if let cut, cut < octets.count { wire.sendWithoutWaiting(Array(octets.dropFirst(cut))) }
            let key = request.fields.first { $0.name == "Sec-WebSocket-Key" }?.value
            if let fault = Probe.fault(of: answer.head, key: key) { return .fail(fault) }
            let script = Script(
                Opening(), [.send([.text("afterwards")])],
                accept: [.exchange(events + [.text("afterwards")])]
                    + Outcome.failures([1002, 1008], after: events).map {
                        var refused = $0
                        refused.worth = .nonStrict
                        return refused
                    })
            return await ScriptRun(script: script, probe: probe).run(on: probe.converse(on: wire, terms: nil))
        }
    }
}
