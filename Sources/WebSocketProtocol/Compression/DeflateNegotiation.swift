/// How permessage-deflate is agreed on, from both ends (RFC 7692 §5 and §7.1).
package enum DeflateNegotiation {
    /// The server's part: takes the first offer that can be accepted, as the order is the client's preference (§5).
    ///
    /// Offers that break a rule of §7.1 are declined whole. Nil means that none is left, and the answer names no
    /// extension.
    package static func accept(
        _ offers: [WebSocketExtension], preferences: DeflatePreferences
    ) -> (answer: WebSocketExtension, agreed: DeflateParameters)? {
        for offer in offers where DeflateElement.isNamed(by: offer) {
            guard let offer = try? DeflateElement(offer, from: .offer) else { continue }
            let answer = answer(to: offer, preferences)
            return (answer.element, answer.agreed(offer: offer))
        }
        return nil
    }

    /// The client's part, before the request: what to offer.
    ///
    /// client_max_window_bits is always there, since without it the server could not ask for a smaller window (§7.1.2.2).
    package static func offer(_ preferences: DeflatePreferences) -> WebSocketExtension {
        var offer = DeflateElement()
        offer.serverNoContextTakeover = preferences.serverNoContextTakeover
        offer.clientNoContextTakeover = preferences.clientNoContextTakeover
        offer.serverMaxWindowBits = Self.limit(preferences.serverMaxWindowBits)
        offer.clientMaxWindowBits = preferences.clientMaxWindowBits
        return offer.element
    }

    /// The client's part, after the answer: what was agreed, nil if the server declined.
    ///
    /// - Parameters:
    ///   - answer: all extensions that the server accepted.
    ///   - offer: what ``offer(_:)`` returned, and the request said.
    package static func check(
        answer: [WebSocketExtension], offer: WebSocketExtension
    ) throws(HandshakeError) -> DeflateParameters? {
        let elements = answer.filter(DeflateElement.isNamed)
        guard let element = elements.first else { return nil }
        do throws(CompressionMismatch) {
            guard elements.count == 1 else { throw .repeatedExtension }
            let offer = try DeflateElement(offer, from: .offer)
            let answer = try DeflateElement(element, from: .answer)
            try answer.requireAnswer(to: offer)
            return answer.agreed(offer: offer)
        } catch {
            throw .compressionMismatch(error)
        }
    }

    private static func answer(to offer: DeflateElement, _ preferences: DeflatePreferences) -> DeflateElement {
        var answer = DeflateElement()
        answer.serverNoContextTakeover = offer.serverNoContextTakeover || preferences.serverNoContextTakeover
        // Only a hint in an offer (§7.1.1.2), but to repeat it lets both sides rely on it.
        answer.clientNoContextTakeover = offer.clientNoContextTakeover || preferences.clientNoContextTakeover
        // Asked for, it must be answered (§7.1.2.1), even by what limits nothing.
        let limit = Self.limit(preferences.serverMaxWindowBits)
        answer.serverMaxWindowBits = offer.serverMaxWindowBits.map { min($0, limit ?? $0) } ?? limit
        // Only if the client offered it (§7.1.2.2).
        answer.clientMaxWindowBits = offer.clientMaxWindowBits.flatMap {
            Self.limit(min($0, preferences.clientMaxWindowBits))
        }
        return answer
    }

    /// Nil for the largest window, which is what holds without the parameter.
    private static func limit(_ windowBits: Int) -> Int? {
        windowBits < DeflatePreferences.windowBits.upperBound ? windowBits : nil
    }
}

extension DeflateElement {
    /// The element as it is sent. Only an offer has a largest client window, and there it has no value.
    fileprivate var element: WebSocketExtension {
        var parameters: [WebSocketExtension.Parameter] = []
        if serverNoContextTakeover { parameters.append(.init(name: Name.serverNoContextTakeover.rawValue, value: nil)) }
        if clientNoContextTakeover { parameters.append(.init(name: Name.clientNoContextTakeover.rawValue, value: nil)) }
        if let serverMaxWindowBits {
            parameters.append(.init(name: Name.serverMaxWindowBits.rawValue, value: String(serverMaxWindowBits)))
        }
        if let clientMaxWindowBits {
            let value = clientMaxWindowBits < DeflatePreferences.windowBits.upperBound ? clientMaxWindowBits : nil
            parameters.append(.init(name: Name.clientMaxWindowBits.rawValue, value: value.map(String.init)))
        }
        return WebSocketExtension(parsed: Self.extensionName, parameters)
    }

    /// Checks an answer's parameters against the offer's.
    fileprivate func requireAnswer(to offer: DeflateElement) throws(CompressionMismatch) {
        if offer.serverNoContextTakeover && !serverNoContextTakeover {
            throw .missingParameter(Name.serverNoContextTakeover.rawValue)
        }
        if let offered = offer.serverMaxWindowBits {
            guard let answered = serverMaxWindowBits else {
                throw .missingParameter(Name.serverMaxWindowBits.rawValue)
            }
            try Self.requireNoLarger(.serverMaxWindowBits, answered, offered)
        }
        if let answered = clientMaxWindowBits {
            guard let offered = offer.clientMaxWindowBits else {
                throw .unrequestedParameter(Name.clientMaxWindowBits.rawValue)
            }
            try Self.requireNoLarger(.clientMaxWindowBits, answered, offered)
        }
    }

    private static func requireNoLarger(
        _ name: Name, _ answered: Int, _ offered: Int
    ) throws(CompressionMismatch) {
        guard answered <= offered else {
            throw .windowTooLarge(parameter: name.rawValue, answered: answered, offered: offered)
        }
    }

    /// What this answer makes of `offer`. A client keeps to what it offered about itself, whether or not the server
    /// repeats it (§7.1.1.2, §7.1.2.2).
    fileprivate func agreed(offer: DeflateElement) -> DeflateParameters {
        let largest = DeflatePreferences.windowBits.upperBound
        return DeflateParameters(
            serverNoContextTakeover: serverNoContextTakeover,
            clientNoContextTakeover: clientNoContextTakeover || offer.clientNoContextTakeover,
            serverMaxWindowBits: serverMaxWindowBits ?? largest,
            clientMaxWindowBits: min(clientMaxWindowBits ?? largest, offer.clientMaxWindowBits ?? largest))
    }
}
