import BenchResults

/// An upgrade request with offers of extensions, and what a server made of them.
struct Negotiation {
    let probe: Probe
    let wire: Wire
    let request: HTTPHeadText
    /// The values of the request's Sec-WebSocket-Extensions fields.
    let offers: [String]
    /// nil when there was no HTTP answer in time.
    let answer: HTTPAnswer?

    /// Sends the request and reads the answer.
    ///
    /// - Throws: ``ProbeError``.
    init(_ probe: Probe, _ offers: [String], fixture: Capability = .deflate) async throws {
        self.probe = probe
        self.offers = offers
        wire = try await probe.connect()
        var request = probe.upgradeRequest(target: try probe.target(fixture))
        for offer in offers { request.add("Sec-WebSocket-Extensions", offer) }
        self.request = request
        await wire.send(request.octets)
        answer = await wire.readAnswer(until: probe.deadline())
        probe.observe(
            "offered \(offers.map { preview(Array($0.utf8), limit: 100) }.joined(separator: ",")): "
                + (answer.map { "\($0.summary), \($0.head.values("Sec-WebSocket-Extensions"))" } ?? "no answer"))
    }

    /// The answer's Sec-WebSocket-Extensions fields.
    var fields: [String] { answer?.head.values("Sec-WebSocket-Extensions") ?? [] }

    var isSwitching: Bool { answer?.status == 101 }

    /// What the answer accepts; nil when it breaks the grammar.
    var accepted: [ExtensionField]? { fields.isEmpty ? [] : ExtensionField.parse(fields) }

    /// What was agreed on; nil without permessage-deflate.
    var terms: DeflateTerms? { fields.count == 1 ? DeflateTerms(answer: fields[0]) : nil }

    /// What is wrong with the answer, whatever the case is about.
    var fault: String? {
        guard isSwitching, let answer else { return nil }
        let key = request.fields.first { $0.name == "Sec-WebSocket-Key" }?.value
        if let fault = Probe.fault(of: answer.head, key: key) { return fault }
        guard let accepted else { return "X-004: the answer breaks the grammar: \(fields)" }
        if accepted.count(where: { $0.name == "permessage-deflate" }) > 1 {
            return "X-015: permessage-deflate comes twice"
        }
        // Offers that break the grammar are no offers; names are looked for in the text then.
        let offered = offers.flatMap { ExtensionField.parse([$0]) ?? [] }
        let faults = accepted.flatMap { $0.faults(answering: offered) }
        return faults.first.map { "\($0.row): \($0.text)" }
    }

    /// Whether the connection works as agreed: two messages, the second with a reference to the first where that is allowed.
    func works() async -> Judgement {
        let conversation = probe.converse(on: wire, terms: terms)
        guard let terms else {
            return await ScriptRun(script: .echo([.text("Hello")], [.text("Hello")]), probe: probe).run(
                on: conversation)
        }
        let compression = terms.compression(of: probe.sender)
        let messages = [Array("Hello, Hello".utf8), Array("Hello again".utf8)]
        let frames = messages.map { Frame.compressed(Frame.text, compression.message($0)) }
        return await ScriptRun(script: .echo(frames, messages.map { .text($0) }), probe: probe).run(on: conversation)
    }
}

/// How an offer has to be answered.
enum NegotiationOutcome: Sendable {
    /// No extension.
    case nothing
    /// permessage-deflate is accepted.
    case agreed
    /// Accepted, or left out.
    case agreedOrDeclined
    /// Not accepted: the connection opens without.
    case declined
    /// The whole request is refused: the offer breaks the grammar (RFC 6455 §9.1).
    case rejected
    /// Like the other offer, which says the same.
    case like(String)

    var accepts: [String] {
        switch self {
        case .nothing: ["101 without Sec-WebSocket-Extensions, and a connection that works"]
        case .agreed: ["101 that accepts permessage-deflate as offered, and a connection that works"]
        case .agreedOrDeclined:
            [
                "101 that accepts permessage-deflate as offered, and a connection that works",
                "101 without it, and the same",
            ]
        case .declined:
            ["101 without permessage-deflate, and a connection that works", "non-strict: an answer with 4xx"]
        case .rejected:
            ["a complete answer with 400", "non-strict: another 4xx or 5xx, or 101 without permessage-deflate"]
        case .like(let other): ["the answer that \(other) gets, and a connection that works"]
        }
    }

    /// Whether it means something only where permessage-deflate is accepted when it is offered well.
    var needsDeflate: Bool {
        switch self {
        case .nothing: false
        default: true
        }
    }
}

extension Case {
    /// An offer, and what has to become of it.
    ///
    /// - Parameter lenient: whether a miss is not more than non-strict.
    static func offer(
        _ row: String, _ variant: String? = nil, _ title: String, _ offers: [String], _ outcome: NegotiationOutcome,
        lenient: Bool = false, mayDrop: Bool = false
    ) -> Case {
        Case(row, variant, title, roles: [.server], accepts: outcome.accepts) { probe in
            if outcome.needsDeflate { try await Negotiation.requireDeflate(probe) }
            let judgement = try await Negotiation(probe, offers).judge(outcome, row: row, mayDrop: mayDrop)
            guard lenient, judgement.behavior == .fail else { return judgement }
            return .nonStrict(judgement.explanation)
        }
    }
}

extension Negotiation {
    /// - Throws: ``ProbeError/skipped(_:)`` when the server does not accept the plainest offer.
    static func requireDeflate(_ probe: Probe) async throws {
        let plain = try await Negotiation(probe, ["permessage-deflate"])
        defer { plain.wire.drop() }
        guard plain.isSwitching, plain.fields.contains(where: { $0.contains("permessage-deflate") }) else {
            throw ProbeError.skipped("permessage-deflate is not accepted when it is offered plainly")
        }
    }

    private var hasDeflate: Bool { fields.contains { $0.lowercased().contains("permessage-deflate") } }

    /// - Parameters:
    ///   - row: what the case is about.
    ///   - mayDrop: whether the request is no HTTP, so that the connection may end without an answer.
    func judge(_ outcome: NegotiationOutcome, row: String? = nil, mayDrop: Bool = false) async throws -> Judgement {
        guard let answer else {
            let didEnd = wire.end != nil || wire.isGone
            if didEnd {
                return mayDrop ? .pass("the connection was ended") : .fail("the connection ended without an answer")
            }
            return .timeout("no answer to the request")
        }
        guard isSwitching else { return judge(refusal: answer, outcome) }
        if let fault, !isAcceptanceOfNonsense(outcome) {
            // A parameter that is granted without saying so is the matter of X-017 and X-019, and theirs alone.
            let isUnsaid = fault.hasPrefix("X-017") || fault.hasPrefix("X-019")
            switch row {
            case "X-022", "X-028": return isUnsaid ? .skipped(fault) : .fail(fault)
            case "X-006", "X-008": if !isUnsaid { return .fail(fault) }
            default: return .fail(fault)
            }
        }
        switch outcome {
        case .nothing:
            if !fields.isEmpty { return .fail("the answer names \(fields)") }
        case .agreed:
            if !hasDeflate { return .fail("permessage-deflate was declined") }
        case .agreedOrDeclined: break
        case .declined, .rejected:
            if hasDeflate { return .fail("an offer that has to be declined was accepted: \(fields)") }
        case .like(let other):
            let same = try await Negotiation(probe, [other])
            defer { same.wire.drop() }
            if same.hasDeflate != hasDeflate {
                return .fail(
                    hasDeflate ? "accepted, where \(other) is declined" : "declined, where \(other) is accepted")
            }
        }
        let works = await works()
        guard case .rejected = outcome, works.behavior == .pass else { return works }
        return .nonStrict("the malformed offer was passed over, not refused")
    }

    /// Whether accepting is itself what the case is about, so that its own words say more.
    private func isAcceptanceOfNonsense(_ outcome: NegotiationOutcome) -> Bool {
        switch outcome {
        case .declined, .rejected, .nothing: hasDeflate || !fields.isEmpty
        case .agreed, .agreedOrDeclined, .like: false
        }
    }

    private func judge(refusal answer: HTTPAnswer, _ outcome: NegotiationOutcome) -> Judgement {
        guard answer.isComplete else { return .fail("the answer is not complete: \(answer.summary)") }
        switch outcome {
        case .rejected where answer.status == 400: return .pass()
        case .rejected, .declined:
            return (400..<500).contains(answer.status)
                ? .nonStrict("answered \(answer.summary)") : .fail("answered \(answer.summary)")
        case .nothing, .agreed, .agreedOrDeclined, .like: return .fail("answered \(answer.summary)")
        }
    }
}
