import WebSocketProtocol

/// What one side of a handshake can agree to, with the memory for it set aside.
struct CompressionTerms {
    let preferences: DeflatePreferences
    let settings: CompressionConfiguration

    /// Every message by itself.
    static func shared(_ settings: CompressionConfiguration) -> CompressionTerms {
        CompressionTerms(
            preferences: DeflatePreferences(serverNoContextTakeover: true, clientNoContextTakeover: true),
            settings: settings)
    }

    static func dedicated(_ settings: CompressionConfiguration, windowBits: Int) -> CompressionTerms {
        CompressionTerms(
            preferences: DeflatePreferences(serverMaxWindowBits: windowBits, clientMaxWindowBits: windowBits),
            settings: settings)
    }

    /// What a connection with these terms can come to need, in octets.
    private func memory(_ agreed: DeflateParameters, as role: Role) -> Int {
        let sending = agreed.sending(as: role)
        let receiving = agreed.receiving(as: role)
        let deflater =
            settings.keepsContext && sending.keepsContext
            ? Deflater.memory(windowBits: sending.windowBits, memoryLevel: settings.memoryLevel) : 0
        return deflater + (receiving.keepsContext ? Inflater.memory(windowBits: receiving.windowBits) : 0)
    }

    /// The server's part: accepts one of the client's offers, or none.
    static func accept(
        _ offers: [WebSocketExtension], settings: CompressionConfiguration, on loop: LoopCompression
    ) -> (answer: WebSocketExtension, compression: ConnectionCompression)? {
        switch settings.mode {
        case .off: return nil
        case .shared: return shared(settings).accept(offers, on: loop)
        case .dedicated(let windowBits, _):
            return dedicated(settings, windowBits: windowBits).accept(offers, on: loop)
                ?? shared(settings).accept(offers, on: loop)
        }
    }

    /// Nil when there is no offer to accept, or no memory left for it.
    private func accept(
        _ offers: [WebSocketExtension], on loop: LoopCompression
    ) -> (answer: WebSocketExtension, compression: ConnectionCompression)? {
        guard let (answer, agreed) = DeflateNegotiation.accept(offers, preferences: preferences) else { return nil }
        let memory = memory(agreed, as: .server)
        guard memory == 0 || settings.budget.reserve(memory) else { return nil }
        let compression = ConnectionCompression(
            agreed, as: .server, settings: settings, on: loop, reserved: memory)
        return (answer, compression)
    }
}

/// A client's offer, until the server has answered.
struct CompressionOffer: ~Copyable {
    /// Nil when compression is off.
    let element: WebSocketExtension?
    private let settings: CompressionConfiguration
    /// Octets set aside of the budget, for the most that the answer can ask for.
    private var reserved: Int

    init(_ configuration: CompressionConfiguration) {
        var settings = configuration
        var terms: CompressionTerms?
        var reserved = 0
        switch settings.mode {
        case .off: break
        case .shared: terms = .shared(settings)
        case .dedicated(let windowBits, let memoryLevel):
            let most =
                Deflater.memory(windowBits: windowBits, memoryLevel: memoryLevel)
                + Inflater.memory(windowBits: windowBits)
            if settings.budget.reserve(most) {
                reserved = most
                terms = .dedicated(settings, windowBits: windowBits)
            } else {
                settings.mode = .shared
                terms = .shared(settings)
            }
        }
        element = terms.map { DeflateNegotiation.offer($0.preferences) }
        self.settings = settings
        self.reserved = reserved
    }

    deinit { if reserved > 0 { settings.budget.release(reserved) } }

    /// What the server's answer makes of the offer; nil when it declined.
    mutating func accept(
        _ answer: [WebSocketExtension], on loop: LoopCompression
    ) throws(HandshakeError) -> ConnectionCompression? {
        guard let element, let agreed = try DeflateNegotiation.check(answer: answer, offer: element) else { return nil }
        defer { reserved = 0 }
        return ConnectionCompression(agreed, as: .client, settings: settings, on: loop, reserved: reserved)
    }
}
