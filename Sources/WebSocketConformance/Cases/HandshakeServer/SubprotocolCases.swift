import BenchResults

/// Sec-WebSocket-Protocol (RFC 6455 §1.9, §4.2.2, §11.3.4). The fixture has `chat` and `superchat`.
enum SubprotocolCases {
    static let all: [Case] = none() + chosen() + invalid() + lists() + large()

    private static func none() -> [Case] {
        let unknown = Acceptance(opening: .pass, refusals: [(400...599, .pass)])
        return [
            offer("H-038", "echo", "no offer", fixture: .echo, [], [nil]),
            offer("H-038", "subprotocol", "no offer where the server has some", [], [nil]),
            offer(
                "H-039", "one", "an unknown subprotocol", fixture: .echo, ["conformance-unknown"], [nil], unknown),
            offer(
                "H-039", "several", "unknown subprotocols where the server has others",
                ["conformance-unknown, chats, cha"], [nil], unknown),
        ]
    }

    private static func chosen() -> [Case] {
        let unlike = Acceptance(opening: .pass, refusals: [(400...599, .nonStrict)], end: .nonStrict, reset: .nonStrict)
        return [
            offer("H-040", "first", "the known one first", ["chat, other-a, other-b"], ["chat"]),
            offer("H-040", "middle", "the known one in the middle", ["other-a, chat, other-b"], ["chat"]),
            offer("H-040", "last", "the known one last", ["other-a, other-b, superchat"], ["superchat"]),
            offer("H-041", "in-order", "two known ones", ["chat, superchat"], ["chat", "superchat"]),
            offer("H-041", "reversed", "two known ones, reversed", ["superchat, chat"], ["chat", "superchat"]),
            preference(),
            offer("H-042", "first-field", "two fields, the known one in the first", ["chat", "other-a"], ["chat"]),
            offer("H-042", "second-field", "two fields, the known one in the second", ["other-a", "chat"], ["chat"]),
            offer(
                "H-042", "three-fields", "three fields with lists",
                ["other-a, other-b", "other-c", "other-d, superchat"],
                ["superchat"]),
            offer("H-043", "spaces", "spaces around the commas", ["other-a  ,  chat  ,  other-b"], ["chat"]),
            offer("H-043", "tabs", "tabs around the commas", ["other-a\t,\tchat\t,\tother-b"], ["chat"]),
            offer("H-043", "none", "nothing around the commas", ["other-a,chat,other-b"], ["chat"]),
            offer("H-044", "alone", "another case", ["CHAT"], ["CHAT", nil], unlike),
            offer("H-044", "both", "another case, then the right one", ["CHAT, chat"], ["CHAT", "chat", nil], unlike),
        ]
    }

    private static func invalid() -> [Case] {
        let elements: [(String, String, Bool)] = [
            ("space", "a b", true), ("slash", "a/b", true), ("semicolon", "a;b", true), ("quote", "a\"b", true),
            ("nul", "a\u{0}b", false), ("delete", "a" + HTTPHeadText.octet(0x7f) + "b", false),
            ("octet-ff", "a" + HTTPHeadText.octet(0xff) + "b", true),
        ]
        return elements.map { variant, element, isHTTP in
            .upgrade(
                "H-045", variant, "an element that is no token: \(variant)", fixture: .subprotocol,
                isHTTP ? .refuse(400) : .refuseMalformed(400)
            ) { $0.set("Sec-WebSocket-Protocol", "chat, \(element)") }
        }
    }

    private static func lists() -> [Case] {
        let once = Acceptance(
            opening: .pass, refusals: [(400...400, .pass), (401...599, .nonStrict)], end: .nonStrict, reset: .nonStrict)
        return [
            offer("H-046", "inner", "an empty element", ["chat,,superchat"], ["chat", "superchat", nil], .recorded),
            offer("H-046", "leading", "a leading comma", [", chat"], ["chat", nil], .recorded),
            offer("H-046", "trailing", "a trailing comma", ["chat, "], ["chat", nil], .recorded),
            offer("H-046", "empty", "an empty value", [""], [nil], .recorded),
            offer("H-047", "list", "the same twice", ["chat, chat"], ["chat"], once),
            offer("H-047", "fields", "the same in two fields", ["chat", "chat"], ["chat"], once),
        ]
    }

    /// Long lists are read in linear time, or refused.
    private static func large() -> [Case] {
        let bounded = Acceptance(
            opening: .pass, refusals: [(400...599, .pass)], end: .nonStrict, reset: .nonStrict)
        let many = (1...1000).map { "conformance-\($0)" }.joined(separator: ", ")
        let values: [(String, String, String)] = [
            ("many", "1,000 subprotocols", many),
            ("spaces", "8 KiB of spaces in the list", "other-a," + String(repeating: " ", count: 8192) + "other-b"),
            ("long", "a subprotocol of 64 KiB", String(repeating: "x", count: 65536)),
        ]
        return values.map { variant, title, value in
            Case("H-048", variant, title, roles: [.server], accepts: bounded.summaries) { probe in
                let fixture: Capability = probe.capabilities.has(.subprotocol) ? .subprotocol : .echo
                let wire = try await probe.connect()
                let ordinary = try probe.upgradeRequest(fixture)
                var request = ordinary
                request.set("Sec-WebSocket-Protocol", value)
                let notes = request.notes(against: ordinary, isOffending: false)
                let reply = await probe.exchange(request.octets, on: wire, notes: notes)
                if case .answer(let answer) = reply, answer.status == 101,
                    let objection = objection(to: answer.head, choices: [nil])
                {
                    return .fail(objection)
                }
                return await probe.unlessOutage(await probe.judge(reply, to: request, on: wire, by: bounded))
            }
        }
    }

    // MARK: - The shape of a case

    /// - Parameters:
    ///   - fields: the values offered, a field each.
    ///   - choices: what a 101 may answer; nil for no field.
    private static func offer(
        _ row: String, _ variant: String, _ title: String, fixture: Capability = .subprotocol, _ fields: [String],
        _ choices: [String?], _ acceptance: Acceptance = .open
    ) -> Case {
        let answers = choices.map { $0 ?? "no subprotocol" }.joined(separator: " or ")
        return Case(
            row, variant, title, roles: [.server], needs: fixture == .echo ? [] : [fixture],
            accepts: acceptance.summaries + ["where it opens: \(answers)"]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(fixture)
            var request = ordinary
            for field in fields { request.add("Sec-WebSocket-Protocol", field) }
            let notes = request.notes(against: ordinary, isOffending: false)
            let reply = await probe.exchange(request.octets, on: wire, notes: notes)
            if case .answer(let answer) = reply, answer.status == 101 {
                if let objection = objection(to: answer.head, choices: choices) { return .fail(objection) }
                probe.observe("chosen: \(answer.head.values("Sec-WebSocket-Protocol").first ?? "nothing")")
            }
            return await probe.judge(reply, to: request, on: wire, by: acceptance)
        }
    }

    private static func objection(to head: HTTPHead, choices: [String?]) -> String? {
        let values = head.values("Sec-WebSocket-Protocol")
        guard values.count <= 1 else { return "\(values.count) fields Sec-WebSocket-Protocol" }
        guard choices.contains(values.first) else {
            return values.first.map { "the subprotocol \"\($0)\" was chosen" } ?? "no subprotocol was chosen"
        }
        return nil
    }

    /// Whose order counts is nobody's rule; users want to know.
    private static func preference() -> Case {
        Case(
            "H-041", "preference", "whose order counts", roles: [.server], level: .information, needs: [.subprotocol],
            accepts: ["recorded only"]
        ) { probe in
            var chosen: [String] = []
            for offer in ["chat, superchat", "superchat, chat"] {
                let wire = try await probe.connect()
                var request = try probe.upgradeRequest(.subprotocol)
                request.set("Sec-WebSocket-Protocol", offer)
                guard case .answer(let answer) = await probe.exchange(request.octets, on: wire), answer.status == 101,
                    let value = answer.head.value("Sec-WebSocket-Protocol")
                else { return .information("nothing was chosen from \(offer)") }
                chosen.append(value)
                wire.drop()
            }
            return .information(chosen[0] == chosen[1] ? "the server's order counts" : "the client's order counts")
        }
    }
}
