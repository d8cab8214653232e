import BenchResults

/// permessage-deflate data (RFC 7692 §6, §7.2).
enum DeflateCases {
    static let all: [Case] =
        DeflateMessageCases.all + DeflateViolationCases.all + DeflateOutputCases.all + DeflateLimitCases.all
        + DeflateMatrixCases.all

    /// What most cases accept, in words.
    static let echo = ["every message comes back as it was sent, then a clean close that the suite begins with 1000"]
}

/// What a case knows when its connection is open and permessage-deflate agreed on.
struct DeflateSession {
    let conversation: Conversation
    let terms: DeflateTerms
    /// Who we are.
    let sender: Sender
    /// Compresses what we send, as agreed.
    let compression: Compression
    let probe: Probe

    /// Messages compressed in order, and the events that their echoes are.
    func exchange(_ messages: [[UInt8]], _ data: SampleData) -> (frames: [Frame], events: [Event]) {
        (messages.map { .compressed(data.opcode, compression.message($0)) }, messages.map(data.event))
    }

    /// Has all of the peer's messages read by the letter, and not only the first 128 KiB.
    func examineEverything() { conversation.inflation?.examinedOctets = 64 * 1024 * 1024 }
}

extension DeflateSession {
    /// Opens a connection as wished.
    ///
    /// - Parameters:
    ///   - needsContext: skips the case when we may not refer to our earlier messages.
    ///   - mustGrant: fails the case when the answer does not grant what was wished for, and does not only skip it.
    /// - Throws: ``ProbeError``.
    init(
        _ probe: Probe, fixture: Capability = .deflate, wish: DeflateWish = DeflateWish(), needsContext: Bool = false,
        mustGrant: Bool = false
    ) async throws {
        conversation =
            switch probe.role {
            case .server: try await probe.open(Opening(fixture: fixture, deflate: wish))
            case .client: try await Self.accept(probe, wish)
            }
        guard let terms = conversation.terms else {
            throw ProbeError.skipped("permessage-deflate was not agreed on")
        }
        self.terms = terms
        self.probe = probe
        sender = probe.sender
        compression = terms.compression(of: sender)
        if sender == .client, let fault = wish.fault(in: terms) {
            throw mustGrant ? ProbeError.notOpened(fault) : ProbeError.skipped(fault)
        }
        if needsContext && !compression.keepsContext {
            throw ProbeError.skipped("the peer does not let the suite refer to earlier messages")
        }
    }

    /// Answers a client as wished. What it offers by itself allows most answers; only where it does not, and there is an
    /// adapter, it is told what to offer.
    private static func accept(_ probe: Probe, _ wish: DeflateWish) async throws -> Conversation {
        let opening = Opening(fixture: .deflate, deflate: wish)
        let visitor = try await probe.visitor(offering: DeflateWish())
        do {
            return try await probe.accept(visitor, opening)
        } catch ProbeError.skipped(let reason) {
            guard probe.capabilities.has(.adapter) else { throw ProbeError.skipped(reason) }
            visitor.wire.drop()
            return try await probe.accept(probe.visitor(offering: wish), opening)
        }
    }
}

extension DeflateWish {
    /// As what a client offers: what is wrong with the answer `terms`; nil when nothing is.
    func fault(in terms: DeflateTerms) -> String? {
        if serverNoContextTakeover && !terms.serverNoContextTakeover {
            return "X-017: server_no_context_takeover was offered, and the answer omits it"
        }
        if let most = serverMaxWindowBits, terms.serverMaxWindowBits > most {
            return "X-019: server_max_window_bits=\(most) was offered, the answer has \(terms.serverMaxWindowBits)"
        }
        if let most = clientMaxWindowBits, most > 0, terms.clientMaxWindowBits > most, terms.clientMaxWindowBits != 15 {
            return "X-021: client_max_window_bits=\(most) was offered, the answer has \(terms.clientMaxWindowBits)"
        }
        return nil
    }

    /// What limits the window in which `sender` compresses.
    static func window(_ bits: Int, of sender: Sender) -> DeflateWish {
        sender == .client ? DeflateWish(clientMaxWindowBits: bits) : DeflateWish(serverMaxWindowBits: bits)
    }
}

extension Case {
    /// A case whose octets depend on what was agreed on.
    ///
    /// - Parameters:
    ///   - wish: what to agree on, by who we are.
    ///   - needsContext: whether our messages refer to earlier ones.
    static func deflate(
        _ row: String, _ variant: String? = nil, _ title: String, roles: Set<CaseRole> = [.server, .client],
        wish: @escaping @Sendable (Sender) -> DeflateWish = { _ in DeflateWish() }, needsContext: Bool = false,
        isRandom: Bool = true, accepts: [String] = DeflateCases.echo,
        _ script: @escaping @Sendable (DeflateSession) throws -> Script
    ) -> Case {
        Case(row, variant, title, roles: roles, isRandom: isRandom, accepts: accepts) { probe in
            let session = try await DeflateSession(probe, wish: wish(probe.sender), needsContext: needsContext)
            return await ScriptRun(script: try script(session), probe: probe).run(on: session.conversation)
        }
    }
}
