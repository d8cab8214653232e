/// How permessage-deflate is agreed on, from both ends (RFC 7692 §5, §7.1).
enum DeflateNegotiation {
    /// The server's part: takes the first offer that can be accepted; nil when none can.
    static func accept(
        _ offers: [ExtensionElement], fault: Fault?
    ) -> (answer: String, agreement: DeflateAgreement)? {
        if fault == .deflateUnasked, offers.isEmpty { return (DeflateParameters.name, DeflateAgreement()) }
        var names: Set<String> = [DeflateParameters.name]
        if fault == .legacyNamesAccepted { names.insert("x-webkit-deflate-frame") }
        var offers = offers
        if fault == .firstOfferOnly { offers = Array(offers.prefix(1)) }
        for offer in offers where names.contains(offer.name) {
            guard let parameters = DeflateParameters(offer, from: .offer, fault: fault),
                // DEFLATE of zlib without its header has no window of 256 octets.
                parameters.serverMaxWindowBits != 8 || fault == .nineForEight
            else { continue }
            var answer = parameters
            // Nothing was asked of our inflater, which takes any window.
            if answer.clientMaxWindowBits == 15 { answer.clientMaxWindowBits = nil }
            if fault == .clientWindowUnasked { answer.clientMaxWindowBits = 12 }
            if fault == .serverTakeoverUnanswered { answer.serverNoContextTakeover = false }
            if fault == .serverWindowUnanswered { answer.serverMaxWindowBits = nil }
            if fault == .nineForEight, answer.serverMaxWindowBits == 8 { answer.serverMaxWindowBits = 9 }
            if fault == .largerWindowAnswered, let bits = answer.serverMaxWindowBits, bits < 15 {
                answer.serverMaxWindowBits = bits + 1
            }
            let agreement = DeflateAgreement(
                serverNoContextTakeover: answer.serverNoContextTakeover,
                clientNoContextTakeover: answer.clientNoContextTakeover,
                serverWindowBits: answer.serverMaxWindowBits ?? 15, clientWindowBits: answer.clientMaxWindowBits ?? 15)
            var element = answer.element(fault: fault)
            element.name = offer.name
            return (text(of: element, offers, fault), agreement)
        }
        if fault == .unknownExtensionEchoed, let first = offers.first { return (first.text, DeflateAgreement()) }
        return nil
    }

    private static func text(of answer: ExtensionElement, _ offers: [ExtensionElement], _ fault: Fault?) -> String {
        switch fault {
        case .allOffersEchoed: offers.map(\.text).joined(separator: ", ")
        case .answeredTwice: "\(answer.text), \(answer.text)"
        default: answer.text
        }
    }

    /// The client's part, after the answer: nil when the server declined.
    static func check(
        _ answers: [ExtensionElement], offer: DeflateParameters, fault: Fault?
    ) throws(DialError) -> DeflateAgreement? {
        let elements = answers.filter { $0.name == DeflateParameters.name }
        guard let element = elements.first else { return nil }
        guard elements.count == 1 || fault == .answeredTwiceAccepted else {
            throw .answer("permessage-deflate is accepted twice")
        }
        guard let answer = DeflateParameters(element, from: .answer, fault: fault) else {
            throw .answer("the parameters of permessage-deflate are malformed")
        }
        try requireAnswer(answer, to: offer, fault)
        return DeflateAgreement(
            serverNoContextTakeover: answer.serverNoContextTakeover,
            clientNoContextTakeover: answer.clientNoContextTakeover || offer.clientNoContextTakeover,
            serverWindowBits: answer.serverMaxWindowBits ?? 15,
            clientWindowBits: min(answer.clientMaxWindowBits ?? 15, offer.clientMaxWindowBits ?? 15))
    }

    private static func requireAnswer(
        _ answer: DeflateParameters, to offer: DeflateParameters, _ fault: Fault?
    ) throws(DialError) {
        if offer.serverNoContextTakeover, !answer.serverNoContextTakeover, fault != .missingTakeoverAccepted {
            throw .answer("server_no_context_takeover was asked for and is not granted")
        }
        if answer.clientNoContextTakeover, !offer.clientNoContextTakeover, fault == .unaskedTakeoverRefused {
            throw .answer("client_no_context_takeover was not offered")
        }
        if fault == .unaskedServerParametersRefused,
            answer.serverNoContextTakeover && !offer.serverNoContextTakeover
                || answer.serverMaxWindowBits != nil && offer.serverMaxWindowBits == nil
        {
            throw .answer("the server's parameters were not offered")
        }
        if let offered = offer.serverMaxWindowBits {
            guard let answered = answer.serverMaxWindowBits else {
                throw .answer("server_max_window_bits was asked for and is not granted")
            }
            guard answered <= offered || fault == .largerWindowAccepted else {
                throw .answer("the server's window is larger than asked for")
            }
        }
        if let answered = answer.clientMaxWindowBits {
            guard let offered = offer.clientMaxWindowBits ?? (fault == .unaskedClientWindowAccepted ? 15 : nil) else {
                throw .answer("client_max_window_bits was not offered")
            }
            guard answered <= offered || fault == .largerWindowAccepted else {
                throw .answer("the client's window is larger than offered")
            }
            // See `accept`: zlib has no such window.
            guard answered > 8 || fault == .windowOf256Ignored else {
                throw .answer("a window of 256 octets is not supported")
            }
        }
    }
}
