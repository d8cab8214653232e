import BenchResults

/// Octets that chance has made, told apart by number; the run's seed makes them others.
enum RandomInputCases {
    static let all: [Case] = (0..<200).flatMap { [noise($0), flips($0), request($0), response($0)] }.sorted {
        $0.row < $1.row
    }

    private static let ending = "the connection ends, or waits for more until the suite ends it; nothing else comes"

    /// L-018.
    private static func noise(_ number: Int) -> Case {
        Case("L-018", "\(number)", "random octets after the handshake", isRandom: true, accepts: [ending]) { probe in
            let count = Int.random(in: 1...400, using: &probe.random)
            return try await judge(probe.random.octets(count), probe)
        }
    }

    /// L-019.
    private static func flips(_ number: Int) -> Case {
        Case(
            "L-019", "\(number)", "valid traffic with one to eight bits flipped", isRandom: true,
            accepts: ["what a reference model makes of the octets, or a part of it before a failure"]
        ) { probe in
            let conversation = try await probe.open()
            let frames: [Frame] = [
                .text("one"), .binary(probe.random.octets(Int.random(in: 0...200, using: &probe.random))),
                .ping("are you there"), .text("first ", isFinal: false), .pong(""), .continuation("last"),
                .text("caf\u{e9} \u{1f600}"),
            ]
            var (octets, _) = conversation.encoded(frames)
            for _ in 0..<Int.random(in: 1...8, using: &probe.random) {
                octets[Int.random(in: octets.indices, using: &probe.random)] ^=
                    1 << UInt8.random(in: 0...7, using: &probe.random)
            }
            return await judge(octets, on: conversation, probe)
        }
    }

    private static func judge(_ octets: [UInt8], _ probe: Probe) async throws -> Judgement {
        await judge(octets, on: try await probe.open(), probe)
    }

    private static func judge(_ octets: [UInt8], on conversation: Conversation, _ probe: Probe) async -> Judgement {
        let reference = ReferenceConversation(octets, from: conversation.sender)
        if let code = reference.closeCode { conversation.noteSent(closeCode: code) }
        await conversation.wire.send(octets)
        var hasEnded = false
        // Where nothing has to end it, the end of our side does.
        if reference.ending == .open {
            while !reference.isSatisfied(by: conversation.received), !hasEnded,
                let incoming = await conversation.next(until: probe.deadline())
            { hasEnded = incoming == .end }
            conversation.wire.finish()
        }
        while !hasEnded {
            if probe.role == .client, conversation.close != nil { conversation.wire.finish() }
            guard let incoming = await conversation.next(until: probe.deadline()) else { break }
            hasEnded = incoming == .end
        }
        let received = conversation.received
        guard reference.allows(received) else {
            return probe.conclude(conversation, .fail("something came that the octets do not ask for"))
        }
        guard hasEnded else {
            // It has failed the connection: that TCP stays open is a matter of how it closes.
            let isFailed = conversation.close != nil
            return probe.conclude(
                conversation,
                isFailed
                    ? Judgement(.pass, close: .droppedBySuite, "TCP was left open after the Close")
                    : .timeout("the connection was not ended"))
        }
        // Before a failure or a close, what was still to be echoed may be lost.
        let isClear = reference.ending == .open && !reference.mayFail && !reference.isUnclear
        if isClear && conversation.close == nil && !reference.isSatisfied(by: received) {
            return probe.conclude(
                conversation, .fail("\(received.count) of \(reference.events.count) messages and pongs came"))
        }
        return probe.conclude(conversation, .pass())
    }

    // MARK: - Handshakes

    /// L-020.
    private static func request(_ number: Int) -> Case {
        Case(
            "L-020", "\(number)", "an upgrade request with one to four mutations", roles: [.server], isRandom: true,
            accepts: ["an HTTP answer, or the end of the connection; other connections are served"]
        ) { probe in
            var octets = probe.upgradeRequest(target: try probe.target(.echo)).octets
            for _ in 0..<Int.random(in: 1...4, using: &probe.random) { mutate(&octets, &probe.random) }
            let wire = try await probe.connect()
            await wire.send(octets)
            var answer = await wire.readHead(until: probe.now &+ 300_000_000)
            if answer == nil, wire.end == nil {
                // Perhaps it waits for the end of the head.
                await wire.send(Array("\r\n\r\n".utf8))
                wire.finish()
                answer = await wire.readHead(until: probe.deadline())
            }
            if let answer, answer.status == nil { return .fail("what came is not HTTP: \(answer.startLine)") }
            guard answer != nil || wire.end != nil || wire.isGone else {
                return .timeout("neither an answer nor an end")
            }
            wire.drop()
            return await probe.unlessOutage(.pass(answer.map { "answered \($0.startLine)" } ?? "ended"))
        }
    }

    private static func mutate(_ octets: inout [UInt8], _ random: inout SeededRandom) {
        guard !octets.isEmpty else { return }
        let place = Int.random(in: octets.indices, using: &random)
        switch Int.random(in: 0...5, using: &random) {
        case 0: octets[place] = UInt8.random(in: 0...255, using: &random)
        case 1: octets.remove(at: place)
        case 2: octets.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 3: octets.insert(contentsOf: octets[place...].prefix(Int.random(in: 1...40, using: &random)), at: place)
        case 4: octets.removeSubrange(place..<min(octets.count, place + Int.random(in: 1...40, using: &random)))
        default:
            octets.insert(
                contentsOf: [[0x0d, 0x0a], [0x20], [0x09], [0x00], [0x3a], [0x2c]][
                    Int.random(in: 0...5, using: &random)] as [UInt8], at: place)
        }
    }

    /// L-021.
    private static func response(_ number: Int) -> Case {
        Case(
            "L-021", "\(number)", "a 101 with one to four mutations of known meaning", roles: [.client], isRandom: true,
            accepts: ["the connection opens if none of the mutations forbids it"]
        ) { probe in
            let visitor = try await probe.visitor(offering: nil)
            var answer = Probe.switching(to: visitor.head)
            var isValid = true
            var names: [String] = []
            for _ in 0..<Int.random(in: 1...4, using: &probe.random) {
                let mutation = ResponseMutation.all[Int.random(in: ResponseMutation.all.indices, using: &probe.random)]
                mutation.apply(&answer)
                names.append(mutation.name)
                if !mutation.keepsValid { isValid = false }
            }
            // After any other status the connection is HTTP's, and the next request may come on it, unless it is to end.
            if !answer.startLine.contains(" 101 ") { answer.set("Connection", "close") }
            probe.observe("mutations: \(names.joined(separator: ", "))")
            await visitor.wire.send(answer.octets)
            guard isValid else { return try await ClientHandshake.givesUp(visitor, probe, isStrict: true) }
            return await ClientHandshake.echoes(visitor, probe)
        }
    }
}

/// A change to a 101 whose meaning is known (RFC 6455 §4.1, RFC 9112).
private struct ResponseMutation: Sendable {
    let name: String
    let keepsValid: Bool
    let apply: @Sendable (inout HTTPHeadText) -> Void

    static let all: [ResponseMutation] = [
        valid("names in upper case") { head in
            for index in head.fields.indices { head.fields[index].name = head.fields[index].name.uppercased() }
        },
        valid("names in lower case") { head in
            for index in head.fields.indices { head.fields[index].name = head.fields[index].name.lowercased() }
        },
        valid("white space around values") { head in
            for index in head.fields.indices { head.fields[index].value = " \(head.fields[index].value)\t" }
        },
        valid("another reason phrase") { $0.startLine = $0.startLine.prefix(12) + " Well, then" },
        valid("an unknown field") { $0.add("X-Unknown", "value") },
        valid("other order") { $0.fields.reverse() },
        valid("upper case Upgrade") { head in
            if let index = head.fields.firstIndex(where: { $0.name.lowercased() == "upgrade" }) {
                head.fields[index].value = head.fields[index].value.uppercased()
            }
        },
        broken("no Upgrade") { $0.set("Upgrade", nil) },
        broken("no Connection") { $0.set("Connection", nil) },
        broken("no Sec-WebSocket-Accept") { $0.set("Sec-WebSocket-Accept", nil) },
        broken("another Upgrade") { $0.set("Upgrade", "h2c") },
        broken("a wrong Sec-WebSocket-Accept") { $0.set("Sec-WebSocket-Accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=") },
        // With a length: without one its body goes on until the end of TCP, for which a client may wait (RFC 9112 §6.3).
        broken("status 200") { head in
            head.startLine = "HTTP/1.1 200 OK"
            head.set("Content-Length", "0")
        },
        broken("a subprotocol nobody asked for") { $0.add("Sec-WebSocket-Protocol", "never-asked-for") },
        broken("an extension nobody offered") { $0.add("Sec-WebSocket-Extensions", "never-offered") },
    ]

    private static func valid(
        _ name: String, _ apply: @escaping @Sendable (inout HTTPHeadText) -> Void
    ) -> ResponseMutation { ResponseMutation(name: name, keepsValid: true, apply: apply) }

    private static func broken(
        _ name: String, _ apply: @escaping @Sendable (inout HTTPHeadText) -> Void
    ) -> ResponseMutation { ResponseMutation(name: name, keepsValid: false, apply: apply) }
}
