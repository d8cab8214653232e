import BenchResults

/// Upgrade requests with a body, which is never a frame nor another request (RFC 9112 §6, RFC 9110 §7.8).
enum RequestBodyCases {
    static let all: [Case] = bodies() + [expectation()]

    private static let hidden = Array("hidden".utf8)

    private static func bodies() -> [Case] {
        let request = Array("GET / HTTP/1.1\r\nHost: hidden.example\r\n\r\n".utf8)
        return [
            body("H-071", "frame", "a body that is a frame", .length, late: false) { $0 },
            body("H-071", "late-frame", "a body that is a frame and comes later", .length, late: true) { $0 },
            body("H-071", "request", "a body that is a request", .length, late: false) { _ in request },
            body("H-072", "frame", "a chunked body that is a frame", .chunked, late: false) { $0 },
            body("H-072", "request", "a chunked body that is a request", .chunked, late: false) { _ in request },
            ambiguous("length-and-chunked", "Content-Length and Transfer-Encoding") {
                $0.add("Content-Length", "6")
                $0.add("Transfer-Encoding", "chunked")
            },
            ambiguous("two-lengths", "two Content-Lengths that differ") {
                $0.add("Content-Length", "6")
                $0.add("Content-Length", "7")
            },
            ambiguous("length-list", "a Content-Length that is a list of two that differ") {
                $0.add("Content-Length", "6, 7")
            },
        ]
    }

    private enum Coding { case length, chunked }

    /// - Parameter choose: gives the body; what it is given is a masked frame, which an echo shows when it is taken for one.
    private static func body(
        _ row: String, _ variant: String, _ title: String, _ coding: Coding, late: Bool,
        _ choose: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) -> Case {
        Case(
            row, variant, title, roles: [.server],
            accepts: [
                "400, 413 or 501, and nothing that answers the body",
                "101, and only the frame behind the body is echoed",
            ]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.echo)
            var request = ordinary
            let conversation = probe.converse(on: wire, terms: nil)
            let content = choose(conversation.encoded([.text(hidden)]).octets)
            var octets: [UInt8]
            switch coding {
            case .length:
                request.add("Content-Length", "\(content.count)")
                octets = content
            case .chunked:
                request.add("Transfer-Encoding", "chunked")
                octets = Array("\(String(content.count, radix: 16))\r\n".utf8) + content + Array("\r\n0\r\n\r\n".utf8)
            }
            let notes = request.notes(against: ordinary, isOffending: false)
            var reply: Reply
            if late {
                wire.sendWithoutWaiting(request.octets, notes: notes)
                await probe.pause(milliseconds: 50)
                reply = await probe.exchange(octets, on: wire)
            } else {
                reply = await probe.exchange(request.octets + octets, on: wire, notes: notes)
            }
            if case .answer(let answer) = reply, answer.status == 101 {
                return await probe.judgeOpened(answer.head, request, on: wire)
            }
            // To drop it is safe; that a request is owed an answer is H-059's.
            let acceptance = Acceptance(
                opening: nil, refusals: [(400...499, .pass), (501...501, .pass), (200...599, .nonStrict)],
                end: .nonStrict)
            let judgement = await probe.judge(reply, to: request, on: wire, by: acceptance)
            guard judgement.behavior != .fail, judgement.behavior != .timeout else { return judgement }
            let rest = await probe.rest(on: wire)
            if rest.holds(hidden) { return .fail("the body was answered as a frame") }
            if rest.starts(with: Array("HTTP/".utf8)) { return .fail("the body was answered as a request") }
            return judgement
        }
    }

    private static func ambiguous(
        _ variant: String, _ title: String, _ bend: @escaping @Sendable (inout HTTPHeadText) -> Void
    ) -> Case {
        Case(
            "H-073", variant, title, roles: [.server],
            accepts: [
                "400, and the end of the connection", "non-strict: another 4xx or 5xx, or the connection goes on",
            ]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.echo)
            var request = ordinary
            bend(&request)
            let notes = request.notes(against: ordinary, isOffending: true)
            let reply = await probe.exchange(request.octets + Array("0\r\n\r\nX".utf8), on: wire, notes: notes)
            let judgement = await probe.judge(reply, to: request, on: wire, by: .refuseMalformed(400))
            guard judgement.behavior == .pass else { return judgement }
            return await wire.waitForEnd(until: probe.deadline()) == nil
                ? .nonStrict("refused, but the connection goes on (RFC 9112 §6.3)") : judgement
        }
    }

    /// RFC 9110 §7.8: first 100, then 101.
    private static func expectation() -> Case {
        Case(
            "H-074", nil, "Expect: 100-continue with a body", roles: [.server],
            accepts: ["100 before 101, or an error"]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.echo)
            var request = ordinary
            request.add("Content-Length", "5")
            request.add("Expect", "100-continue")
            wire.sendWithoutWaiting(request.octets, notes: request.notes(against: ordinary, isOffending: false))
            var didContinue = false
            for _ in 0..<8 {
                guard let head = await wire.readHead(until: probe.deadline()) else {
                    if let end = wire.end { return .nonStrict(Reply.ended(end).summary) }
                    return .timeout("no answer")
                }
                probe.observe(head.startLine)
                switch head.status {
                case 100?:
                    didContinue = true
                    wire.sendWithoutWaiting(Array("hello".utf8))
                case 101?:
                    guard didContinue else { return .fail("101 without 100 before it") }
                    // What becomes of the body then is H-071's.
                    let judgement = await probe.judgeOpened(head, request, on: wire)
                    return judgement.behavior == .pass
                        ? judgement : .pass("100 came before 101; of the body: \(judgement.explanation), see H-071")
                case .some(400...599): return .pass()
                case .some(102...199): continue
                case .some(200...399): return .nonStrict("answered \(head.startLine)")
                default: return .fail("answered \(head.startLine)")
                }
            }
            return .fail("interim answers without end")
        }
    }
}
