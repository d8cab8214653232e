import BenchResults

/// The 101 itself (RFC 6455 §4.2.2).
enum SwitchingCases {
    static let all: [Case] = accept() + head() + fields()

    private static func accept() -> [Case] {
        [
            .upgrade("H-001", "random-key", "the smallest valid request", .open),
            .upgrade("H-001", "sample-key", "the key of RFC 6455 §1.3", .open) {
                $0.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            },
            Case(
                "H-002", nil, "200 random keys", roles: [.server], isRandom: true,
                accepts: ["200 times the right Sec-WebSocket-Accept"]
            ) { probe in
                for number in 1...200 {
                    let wire = try await probe.connect()
                    let request = try probe.upgradeRequest(.echo)
                    await wire.send(request.octets)
                    _ = try await probe.finishOpening(on: wire, request: request)
                    wire.drop()
                    probe.observe("key \(number) is answered rightly")
                }
                return .pass()
            },
        ]
    }

    private static func head() -> [Case] {
        [
            .switching(
                "H-003", "head", "status line and end of the head", accepts: "HTTP/1.1 101, CR LF CR LF, then frames"
            ) {
                head in
                guard head.startLine.hasPrefix("HTTP/1.1 101 ") else {
                    return .fail("the status line is \(head.startLine)")
                }
                return hasBareLineFeeds(head.octets) ? .fail("a line of the head ends with LF alone") : nil
            },
            .upgrade("H-003", "echo", "nothing between the head and the first frame", .open),
            Case(
                "H-003", "push", "a message right behind the head", roles: [.server], needs: [.push],
                accepts: ["the message is the first thing behind CR LF CR LF"]
            ) { probe in
                let wire = try await probe.connect()
                let request = try probe.upgradeRequest(.push)
                await wire.send(request.octets)
                let conversation = try await probe.finishOpening(on: wire, request: request)
                guard case .event(let event)? = await conversation.next(until: probe.deadline()) else {
                    return .fail("no message came behind the head")
                }
                probe.observe("received \(event.summary)")
                if let violation = conversation.violations.first {
                    return .fail("the peer broke \(violation.row): \(violation.text)")
                }
                return .pass()
            },
        ]
    }

    private static func hasBareLineFeeds(_ octets: [UInt8]) -> Bool {
        octets.indices.contains { octets[$0] == 0x0a && ($0 == 0 || octets[$0 - 1] != 0x0d) }
    }

    private static func fields() -> [Case] {
        let counted: @Sendable (HTTPHead) -> Judgement? = { head in
            for name in ["Upgrade", "Sec-WebSocket-Accept"] where head.values(name).count != 1 {
                return .fail("\(head.values(name).count) fields \(name), not one")
            }
            let protocols = head.values("Sec-WebSocket-Protocol").count
            return protocols > 1 ? .fail("\(protocols) fields Sec-WebSocket-Protocol") : nil
        }
        return [
            .switching("H-004", "plain", "one each of Upgrade and Sec-WebSocket-Accept", accepts: "one each", counted),
            .switching(
                "H-004", "subprotocol", "two subprotocols offered that the server has", fixture: .subprotocol,
                subprotocols: "chat, superchat", accepts: "one each, and at most one Sec-WebSocket-Protocol", counted),
            .switching("H-005", nil, "no body is announced", accepts: "neither Content-Length nor Transfer-Encoding") {
                head in
                for name in ["Content-Length", "Transfer-Encoding"] where !head.values(name).isEmpty {
                    return .fail("the 101 carries \(name)")
                }
                return nil
            },
            .switching("H-006", nil, "no version is named", accepts: "no Sec-WebSocket-Version") { head in
                head.values("Sec-WebSocket-Version").isEmpty
                    ? nil : .nonStrict("the 101 carries Sec-WebSocket-Version, which is for refusals")
            },
        ]
    }
}

extension Case {
    /// An ordinary request, of whose 101 something is looked at.
    ///
    /// - Parameter objection: to the head of the 101; nil has none.
    fileprivate static func switching(
        _ row: String, _ variant: String?, _ title: String, fixture: Capability = .echo, subprotocols: String? = nil,
        accepts: String, _ objection: @escaping @Sendable (HTTPHead) -> Judgement?
    ) -> Case {
        Case(row, variant, title, roles: [.server], needs: fixture == .echo ? [] : [fixture], accepts: [accepts]) {
            probe in
            let wire = try await probe.connect()
            var request = try probe.upgradeRequest(fixture)
            request.set("Sec-WebSocket-Protocol", subprotocols)
            let reply = await probe.exchange(request.octets, on: wire)
            guard case .answer(let answer) = reply, answer.status == 101 else { return .fail(reply.summary) }
            return objection(answer.head) ?? .pass()
        }
    }
}
