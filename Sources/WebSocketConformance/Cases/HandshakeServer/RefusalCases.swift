import BenchResults

/// What a refusal looks like, and what follows one (RFC 6455 §4.2.1; RFC 9112 §6.3).
enum RefusalCases {
    static let all: [Case] = complete() + after() + smuggling() + reflection() + order() + leaks() + keepAlive()

    /// Ways to be refused by every server.
    private struct Fault: Sendable {
        var name: String
        var title: String
        /// Judges whether it is refused: other rows are about the refusal.
        var row: String
        var bend: @Sendable (inout HTTPHeadText) -> Void

        /// Nothing was refused, so there is nothing to say about a refusal.
        var isNotRefused: Judgement { .skipped("\(title) was not refused: see \(row)") }
    }

    private static let faults = [
        Fault(name: "bad-version", title: "version 99", row: "H-033") { $0.set("Sec-WebSocket-Version", "99") },
        Fault(name: "no-key", title: "no key", row: "H-027") { $0.set("Sec-WebSocket-Key", nil) },
        Fault(name: "bad-key", title: "a key that is none", row: "H-029") { $0.set("Sec-WebSocket-Key", "!!!") },
    ]

    private static func complete() -> [Case] {
        // A GET may have a body, however odd (RFC 9110 §9.3.1).
        let body = Fault(name: "body", title: "a request with a body", row: "H-071") { $0.add("Content-Length", "5") }
        return faults.map { whole($0, body: []) } + [whole(body, body: Array("Hello".utf8))]
    }

    private static func whole(_ fault: Fault, body: [UInt8]) -> Case {
        Case(
            "H-059", fault.name, "the answer to \(fault.title) is whole", roles: [.server],
            accepts: ["a whole answer with an error, its end told by a length, chunks or the end of the connection"]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.echo)
            var request = ordinary
            fault.bend(&request)
            let notes = request.notes(against: ordinary, isOffending: body.isEmpty)
            let reply = await probe.exchange(request.octets + body, on: wire, notes: notes)
            if reply.isSwitching { return fault.isNotRefused }
            let refused = Acceptance(opening: nil, refusals: [(400...599, .pass), (200...399, .nonStrict)])
            return await probe.judge(reply, to: request, on: wire, by: refused)
        }
    }

    // MARK: - Behind a refusal

    private static func after() -> [Case] {
        [
            following(
                "H-060", "same-segment", "frames in the segment of a request without a key", at: 1, coalesced: true),
            following("H-060", "later", "frames behind the answer to a request without a key", at: 1, coalesced: false),
        ]
    }

    /// What a proxy in front takes for a tunnel when the server does (WebSocket smuggling).
    private static func smuggling() -> [Case] {
        [
            following("S-002", "bad-version", "frames behind the answer to version 99", at: 0, coalesced: false),
            following("S-002", "bad-key", "frames behind the answer to a key that is none", at: 2, coalesced: false),
        ]
    }

    private static func following(_ row: String, _ variant: String, _ title: String, at index: Int, coalesced: Bool)
        -> Case
    {
        let fault = faults[index]
        return Case(
            row, variant, title, roles: [.server],
            accepts: ["an error, and behind it HTTP or the end of the connection, never an answer to a frame"]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.echo)
            var request = ordinary
            fault.bend(&request)
            let conversation = probe.converse(on: wire, terms: nil)
            // The empty line ends what an HTTP parser takes the frames for.
            let frames = conversation.encoded([.ping("tunnelled"), .text("tunnelled")]).octets + Array("\r\n\r\n".utf8)
            let notes = request.notes(against: ordinary, isOffending: true)
            let reply = await probe.exchange(request.octets + (coalesced ? frames : []), on: wire, notes: notes)
            if reply.isSwitching { return fault.isNotRefused }
            // A connection that ends is no tunnel; that a request is owed an answer is H-059's.
            let acceptance = Acceptance(
                opening: nil, refusals: [(400...599, .pass), (200...399, .nonStrict)], end: .pass, reset: .pass)
            let judgement = await probe.judge(reply, to: request, on: wire, by: acceptance)
            guard judgement.behavior == .pass || judgement.behavior == .nonStrict else { return judgement }
            if !coalesced, !wire.isGone { wire.sendWithoutWaiting(frames) }
            let rest = await probe.rest(on: wire)
            // An error page may quote what it did not understand; a frame says its length first.
            if rest.holds([0x8a, 9] + Array("tunnelled".utf8)) { return .fail("the ping was answered") }
            if rest.holds([0x81, 9] + Array("tunnelled".utf8)) { return .fail("the message was echoed") }
            if let first = rest.first, first >= 0x80 { return .fail("a frame came: \(preview(Array(rest)))") }
            return judgement
        }
    }

    // MARK: - What an answer says

    /// Nothing that a server says by itself.
    private static let marker = "c0nf0rm"

    private static func reflection() -> [Case] {
        let bends: [(String, String, Capability, @Sendable (inout HTTPHeadText) -> Void)] = [
            (
                "subprotocol", "a subprotocol that is no token", .subprotocol,
                { $0.set("Sec-WebSocket-Protocol", "\"<\(marker)>") }
            ),
            (
                "extension", "an unknown extension", .echo,
                { $0.set("Sec-WebSocket-Extensions", "x-\(marker); a=\"\(marker)\"") }
            ),
            ("host", "a Host that is none", .echo, { $0.set("Host", "\"<\(marker)>") }),
            ("origin", "an Origin that is none", .echo, { $0.set("Origin", "https://\"<\(marker)>") }),
            (
                "bare-cr", "a bare CR in front of what looks like a field", .echo,
                {
                    $0.set("Sec-WebSocket-Protocol", "chat\rX-Injected: \(marker)")
                }
            ),
        ]
        let fields = bends.map { variant, title, fixture, bend in
            Case(
                "S-003", variant, title, roles: [.server], needs: fixture == .echo ? [] : [fixture],
                accepts: ["an answer whose head does not repeat it"]
            ) { probe in
                let wire = try await probe.connect()
                let ordinary = try probe.upgradeRequest(fixture)
                var request = ordinary
                bend(&request)
                let notes = request.notes(against: ordinary, isOffending: true)
                return judge(await probe.exchange(request.octets, on: wire, notes: notes), marker: marker)
            }
        }
        return fields + [
            redirected("location", "an encoded line end in the query of a redirect") { path, _ in
                path += (path.contains("?") ? "&" : "?") + "x=%0d%0aX-Injected:%20\(marker)"
            } objection: { head in
                head.values("X-Injected").isEmpty ? nil : .fail("the query made a field of the answer")
            },
            // Many a server builds absolute addresses from it; who sends users elsewhere with a cached answer is glad of that.
            redirected("location-host", "a Host that is not the server's, at a redirect") { _, request in
                request.set("Host", "\(marker).example")
            } objection: { head in
                head.octets.holds(Array(marker.utf8)) ? .nonStrict("Host decides where the redirect leads") : nil
            },
        ]
    }

    private static func redirected(
        _ variant: String, _ title: String, _ bend: @escaping @Sendable (inout String, inout HTTPHeadText) -> Void,
        objection: @escaping @Sendable (HTTPHead) -> Judgement?
    ) -> Case {
        Case(
            "S-003", variant, title, roles: [.server], needs: [.redirect],
            accepts: ["an answer that what is asked does not steer"]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.redirect)
            var path = try probe.target(.redirect)
            var request = ordinary
            bend(&path, &request)
            request.startLine = "GET \(path) HTTP/1.1"
            let notes = request.notes(against: ordinary, isOffending: true)
            let reply = await probe.exchange(request.octets, on: wire, notes: notes)
            guard case .answer(let answer) = reply else { return judge(reply, marker: marker) }
            return objection(answer.head) ?? .pass()
        }
    }

    private static func judge(_ reply: Reply, marker: String) -> Judgement {
        switch reply {
        case .answer(let answer):
            return answer.head.octets.holds(Array(marker.utf8)) ? .fail("the head of the answer repeats it") : .pass()
        case .ended: return .pass(reply.summary)
        case .notHTTP: return .fail(reply.summary)
        case .silence: return .timeout(reply.summary)
        }
    }

    /// Whether the resource or the request is looked at first.
    private static func order() -> [Case] {
        [
            Case(
                "H-085", "order", "a resource that nobody serves, with three faults", roles: [.server],
                accepts: ["404 to each, or 404 to none"]
            ) { probe in
                var statuses: [Int] = []
                for fault in faults {
                    let wire = try await probe.connect()
                    var request = probe.upgradeRequest(target: "/conformance-no-such-resource")
                    fault.bend(&request)
                    let reply = await probe.exchange(request.octets, on: wire)
                    // What must not open, and is owed an answer, is other rows' to say.
                    guard let answer = reply.refusal else {
                        return .skipped("\(fault.title): \(reply.summary), see H-054, H-059 and \(fault.row)")
                    }
                    statuses.append(answer.status)
                    wire.drop()
                }
                let unserved = statuses.count { $0 == 404 }
                return unserved == 0 || unserved == statuses.count
                    ? .pass() : .nonStrict("answered \(statuses.map(String.init).joined(separator: ", "))")
            }
        ]
    }

    private static func leaks() -> [Case] {
        faults.map { fault in
            Case(
                "H-085", "body-\(fault.name)", "the body of the answer to \(fault.title)", roles: [.server],
                accepts: ["a body without stack trace or path"]
            ) { probe in
                let wire = try await probe.connect()
                var request = try probe.upgradeRequest(.echo)
                fault.bend(&request)
                let reply = await probe.exchange(request.octets, on: wire)
                guard let answer = reply.refusal else {
                    return reply.isSwitching
                        ? fault.isNotRefused : .skipped("there is no answer with a body: \(reply.summary), see H-059")
                }
                let body = String(decoding: answer.body, as: UTF8.self)
                if let sign = signsOfLeaks.first(where: { body.contains($0) }) {
                    return .nonStrict("the body holds \"\(sign)\"")
                }
                return .pass()
            }
        }
    }

    private static let signsOfLeaks = [
        "Traceback", "goroutine ", "node_modules", "    at ", "Stack trace", "stack backtrace", "/usr/", "/home/",
        "/opt/",
        "/var/", "C:\\", ".py\"", ".java:", ".js:", ".go:", ".rs:", ".swift:", ".cpp:", ".rb:",
    ]

    // MARK: - Another request on the same connection

    private static func keepAlive() -> [Case] {
        [
            second("after-get", "an ordinary GET, then an upgrade") {
                $0.set("Upgrade", nil)
                $0.set("Connection", nil)
                $0.set("Sec-WebSocket-Key", nil)
                $0.set("Sec-WebSocket-Version", nil)
            },
            second("after-refusal", "a refused upgrade, then a valid one") { $0.set("Sec-WebSocket-Key", nil) },
        ]
    }

    private static func second(
        _ variant: String, _ title: String, _ bend: @escaping @Sendable (inout HTTPHeadText) -> Void
    ) -> Case {
        Case(
            "H-081", variant, title, roles: [.server],
            accepts: ["the second opens, or the first answer announced the end", "non-strict: the end without a word"]
        ) { probe in
            let wire = try await probe.connect()
            var first = try probe.upgradeRequest(.echo)
            bend(&first)
            let reply = await probe.exchange(first.octets, on: wire)
            // To end the connection at once is as good for a client that wants another.
            if case .ended = reply { return .pass("\(reply.summary), which H-059 judges") }
            guard let answer = reply.refusal else {
                return .skipped("\(reply.summary): see H-023, H-027 and H-059")
            }
            guard answer.saysMore else { return .pass("the first answer announces the end of the connection") }
            let upgrade = try probe.upgradeRequest(.echo)
            let second = await probe.exchange(upgrade.octets, on: wire)
            guard case .answer = second else {
                return .nonStrict("\(second.summary), which \(answer.summary) did not announce")
            }
            return await probe.judge(second, to: upgrade, on: wire, by: .shouldOpen)
        }
    }
}
