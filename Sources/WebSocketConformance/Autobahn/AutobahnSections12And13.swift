import BenchResults

/// Sections 12 and 13: 1,000 compressed messages each, one after the other.
enum AutobahnSections12And13 {
    static var all: [Case] { dataSets + parameters }

    private struct Row {
        var size: Int
        /// Octets of a fragment of the compressed message; nil does not cut it.
        var fragment: Int?
    }

    private static let rows: [Row] =
        [16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072].map { Row(size: $0) }
        + [8192, 16384, 32768, 65536, 131072].map { Row(size: $0, fragment: 256) }
        + [1024, 4096, 32768].map { Row(size: 131072, fragment: $0) }

    private static let plain = DeflateWish(clientNoContextTakeover: true, clientMaxWindowBits: 0)

    private static var dataSets: [Case] {
        AutobahnData.allCases.enumerated().flatMap { group, data in
            cases("12.\(group + 1)", data, "\(data)", offers: [plain], answers: [DeflateWish()])
        }
    }

    private static var parameters: [Case] {
        let wishes = [
            plain, with(takeover: false), with(bits: 9), with(bits: 15), with(takeover: false, bits: 9),
            with(takeover: false, bits: 15),
        ]
        let answers = [
            DeflateWish(), DeflateWish(clientNoContextTakeover: true), DeflateWish(clientMaxWindowBits: 9),
            DeflateWish(clientMaxWindowBits: 15), DeflateWish(clientNoContextTakeover: true, clientMaxWindowBits: 9),
            DeflateWish(clientNoContextTakeover: true, clientMaxWindowBits: 15),
        ]
        return (0...6).flatMap { index in
            let isList = index == 6
            return cases(
                "13.\(index + 1)", .json, isList ? "three offers" : wishes[index].offer,
                offers: isList ? [wishes[4], wishes[1], wishes[0]] : [wishes[index]],
                answers: isList ? [answers[4], answers[1], answers[0]] : [answers[index]])
        }
    }

    private static func with(takeover: Bool = true, bits: Int? = nil) -> DeflateWish {
        var wish = plain
        wish.serverNoContextTakeover = !takeover
        wish.serverMaxWindowBits = bits
        return wish
    }

    private static func cases(
        _ prefix: String, _ data: AutobahnData, _ title: String, offers: [DeflateWish], answers: [DeflateWish]
    ) -> [Case] {
        rows.enumerated().map { index, row in
            let fragments = row.fragment.map { ", in fragments of \($0)" } ?? ""
            return Case(
                "\(prefix).\(index + 1)", nil, "\(title): 1,000 messages of \(row.size)\(fragments)",
                tags: ["autobahn"],
                // 32 MB and more, for which Autobahn grants eight minutes, with nothing beside them.
                phase: row.size < 32_768 ? .parallel : .exclusive,
                accepts: ["every message, octet for octet, then a close that the suite starts"]
            ) { probe in
                let conversation = try await open(probe, offers: offers, answers: answers)
                return await exchange(conversation, data: data, row: row, probe)
            }
        }
    }

    /// - Throws: ``ProbeError/skipped(_:)`` when permessage-deflate was not agreed on: Autobahn's `UNIMPLEMENTED`.
    private static func open(
        _ probe: Probe, offers: [DeflateWish], answers: [DeflateWish]
    ) async throws -> Conversation {
        switch probe.subject {
        case .server:
            let wire = try await probe.connect()
            let target = try probe.target(.deflate)
            let request = probe.upgradeRequest(
                target: target, extensions: offers.map(\.offer).joined(separator: ", "))
            await wire.send(request.octets)
            return try await probe.finishOpening(on: wire, request: request, needsDeflate: true)
        case .client:
            let visitor = try await probe.visitor(offering: answers.first ?? DeflateWish())
            guard let offer = ClientOffer(visitor.head),
                let wish = answers.first(where: { offer.answer(to: $0) != nil })
            else {
                // It must be answered all the same: otherwise it would wait.
                let conversation = try await probe.accept(visitor, Opening())
                await conversation.sendClose(1000)
                throw ProbeError.skipped("the client does not offer permessage-deflate like this")
            }
            return try await probe.accept(visitor, .deflate(wish))
        }
    }

    private static func exchange(
        _ conversation: Conversation, data: AutobahnData, row: Row, _ probe: Probe
    ) async -> Judgement {
        let octets = data.octets
        guard let terms = conversation.terms, let compressor = MessageCompressor(terms, sender: conversation.sender)
        else { return .fail("no compressor for what was agreed on") }
        let whole = probe.now &+ probe.timeouts.whole(patience: 48)
        var position = 0
        for number in 1...1000 {
            let message = (0..<row.size).map { octets[(position + $0) % octets.count] }
            position = (position + row.size) % octets.count
            let payload = compressor.compress(message)
            let frames =
                row.fragment.map { [Frame](fragmenting: payload, isText: data.isText, size: $0, reservedBits: 4) }
                ?? [Frame](fragmenting: payload, isText: data.isText, size: payload.count, reservedBits: 4)
            let (encoded, notes) = conversation.encoded(frames)
            await conversation.wire.send(encoded, notes: notes)
            let expected = data.isText ? Event.text(message) : .binary(message)
            guard let failure = await compare(conversation, expected, number, whole) else { continue }
            await conversation.sendClose(1000)
            return Judgement(.fail, close: .fail, failure)
        }
        return await close(conversation, probe)
    }

    /// Returns what is wrong with the echo.
    private static func compare(
        _ conversation: Conversation, _ expected: Event, _ number: Int, _ deadline: UInt64
    ) async -> String? {
        while let incoming = await conversation.next(until: deadline) {
            switch incoming {
            case .event(expected):
                // Kept, they would be hundreds of megabytes.
                conversation.forgetLastEvent()
                return conversation.violations.first.map { "the peer broke \($0.row): \($0.text)" }
            case .event(let other): return "message \(number) came back as \(other.summary), not \(expected.summary)"
            case .close(let close):
                return "Close with \(close.code.map { "\($0)" } ?? "no code") instead of message \(number)"
            case .end: return "the connection ended before message \(number) came back"
            case .ping: continue
            }
        }
        return "message \(number) did not come back"
    }

    private static func close(_ conversation: Conversation, _ probe: Probe) async -> Judgement {
        let closing = AutobahnCase(id: "", title: "", steps: [], strict: [], limit: .close(seconds: 1))
        return await AutobahnRun(closing, probe).run(on: conversation) { _, _ in }
    }
}

/// What the messages of sections 12 and 13 are cut from: as long and about as compressible as Autobahn's files, which are
/// not ours to ship. Made by rule, always the same.
enum AutobahnData: CaseIterable, Sendable, CustomStringConvertible {
    case json
    case bitmap
    case german
    case html
    case document

    var isText: Bool { self == .json || self == .html }

    var description: String {
        switch self {
        case .json: "JSON"
        case .bitmap: "a bitmap"
        case .german: "German text"
        case .html: "an HTML page"
        case .document: "a document of compressed streams"
        }
    }

    private static let made: [AutobahnData: [UInt8]] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, $0.make()) })

    var octets: [UInt8] { Self.made[self] ?? [] }

    private static let words = [
        "der", "die", "und", "in", "zu", "den", "das", "nicht", "von", "sie", "ist", "des", "sich", "mit", "dem",
        "dass",
        "er", "es", "ein", "ich", "auf", "so", "eine", "auch", "als", "an", "nach", "wie", "im", "f\u{fc}r", "Himmel",
        "Geist", "Welt", "Herz", "Wort", "Kraft", "Leben", "Stunde", "Natur", "Erde", "Licht", "Nacht", "Freude",
        "Auge",
    ]

    private func make() -> [UInt8] {
        var random = SeededRandom(seed: 0x5eed, name: "\(self)")
        switch self {
        case .json:
            return fill(194_056) { index in
                "{\"id\":\(index),\"name\":\"user\(random.next() % 500)\",\"score\":\(random.next() % 10000),"
                    + "\"active\":\(random.next() % 2 == 0),\"tags\":[\"alpha\",\"beta\"]},\n"
            }
        case .german:
            return fill(222_218) { _ in Self.words[Int(random.next() % UInt64(Self.words.count))] + " " }
        case .html:
            return fill(263_647) { index in
                "<tr class=\"row\"><td>\(index)</td><td><a href=\"/item/\(random.next() % 900)\">Item</a></td></tr>\n"
            }
        case .bitmap:
            // Neighbouring grey values differ little.
            var grey = 128
            return (0..<263_222).map { _ in
                grey = min(255, max(0, grey + Int(random.next() % 33) - 16))
                return UInt8(grey)
            }
        case .document: return random.octets(1_042_328)
        }
    }

    private func fill(_ count: Int, _ piece: (Int) -> String) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(count + 200)
        var index = 0
        while octets.count < count {
            octets += piece(index).utf8
            index += 1
        }
        // ASCII where it is sent as text, so every cut is valid UTF-8.
        return Array(octets.prefix(count))
    }
}

/// Compresses messages as it was agreed on.
final class MessageCompressor {
    private let deflate: Deflate
    private let keepsContext: Bool

    /// - Returns: nil when zlib cannot.
    init?(_ terms: DeflateTerms, sender: Sender) {
        let bits = sender == .client ? terms.clientMaxWindowBits : terms.serverMaxWindowBits
        keepsContext = sender == .client ? !terms.clientNoContextTakeover : !terms.serverNoContextTakeover
        // zlib's smallest window is 512; one of 256 is kept by not compressing.
        guard let deflate = Deflate(windowBits: Int32(max(9, bits)), level: bits < 9 ? 0 : 6) else { return nil }
        self.deflate = deflate
    }

    /// The payload of the message's frames, together.
    func compress(_ octets: [UInt8]) -> [UInt8] {
        if !keepsContext { deflate.reset() }
        return deflate.message(octets)
    }
}
