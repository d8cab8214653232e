import WebSocketProtocol

/// Any list of extensions is refused, or negotiated as RFC 7692 §7.1 says, from both ends.
struct ExtensionsEntry {
    private let preferences: DeflatePreferences
    private let lines: [ArraySlice<UInt8>]

    init(_ input: [UInt8]) {
        let choice = input.first ?? 0
        let windows = [15, 8, 9, 12]
        preferences = DeflatePreferences(
            serverNoContextTakeover: choice & 1 != 0, clientNoContextTakeover: choice & 2 != 0,
            serverMaxWindowBits: windows[Int(choice >> 2 & 3)], clientMaxWindowBits: windows[Int(choice >> 4 & 3)])
        lines = input.dropFirst().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    func run() throws(BrokenProperty) {
        try runServer()
        try runClient()
    }

    private var headers: [UInt8] {
        lines.flatMap { Array("Sec-WebSocket-Extensions:".utf8) + $0 + [0x0D, 0x0A] }
    }

    private func runServer() throws(BrokenProperty) {
        let request =
            Array(
                ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n").utf8) + headers
            + [0x0D, 0x0A]
        var handshake = ServerHandshake()
        switch request.withUnsafeBytes({ handshake.receive($0) }).outcome {
        case .needMore, .request:
            throw BrokenProperty(name: "request-not-understood", detail: "\(lines)")
        case .refuse: return
        case .upgrade(let request): try negotiate(request.extensions)
        }
    }

    private func negotiate(_ offers: [WebSocketExtension]) throws(BrokenProperty) {
        let accepted = DeflateNegotiation.accept(offers, preferences: preferences)
        let expected = offers.first { $0.name == "permessage-deflate" && ReferenceParameters($0, isOffer: true) != nil }
        guard let accepted, let expected, let offered = ReferenceParameters(expected, isOffer: true) else {
            try require(accepted == nil && expected == nil, "acceptance-differs", "\(offers): \(accepted as Any)")
            return
        }
        let answer = accepted.answer
        guard let said = ReferenceParameters(answer, isOffer: false), answer.name == "permessage-deflate" else {
            throw BrokenProperty(name: "answer-breaks-a-rule", detail: "\(answer) to \(expected)")
        }
        // RFC 7692 §7.1.1.1, §7.1.2.1, §7.1.2.2.
        try require(said.serverFlag || !offered.serverFlag, "answer-omits-flag", "\(answer) to \(expected)")
        try require(
            (said.serverBits ?? 15) <= (offered.serverBits ?? 15)
                && (said.serverBits != nil || offered.serverBits == nil), "answer-exceeds-window",
            "\(answer) to \(expected)")
        try require(
            said.clientBits == nil || said.clientBits ?? 15 <= offered.clientBits ?? 0, "answer-asks-unasked",
            "\(answer) to \(expected)")
        try require(
            accepted.agreed.serverMaxWindowBits <= preferences.serverMaxWindowBits, "preference-ignored", "\(answer)")
        // A client that offered this reads the answer as the server meant it.
        let checked = try requireSuccess("answer-refused", "\(answer) to \(expected)") {
            try DeflateNegotiation.check(answer: [answer], offer: expected)
        }
        try require(checked, equals: accepted.agreed, "ends-disagree", "\(answer) to \(expected)")
        try requireSound(accepted.agreed)
    }

    private func runClient() throws(BrokenProperty) {
        let offer = DeflateNegotiation.offer(preferences)
        var handshake = try requireSuccess("no-client", offer.description) {
            try ClientHandshake(
                url: WebSocketURL("ws://a/"), extensions: [offer],
                keyBytes: (0x7468_6520_7361_6D70, 0x6C65_206E_6F6E_6365))
        }
        let response =
            Array(
                ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n").utf8) + headers + [0x0D, 0x0A]
        switch response.withUnsafeBytes({ handshake.receive($0) }).outcome {
        case .needMore: throw BrokenProperty(name: "response-not-understood", detail: "\(lines)")
        case .failed(let error): try requireVisible(error.description)
        case .open(let response): try check(response.extensions, offer)
        }
    }

    private func check(_ answer: [WebSocketExtension], _ offer: WebSocketExtension) throws(BrokenProperty) {
        let agreed: DeflateParameters?
        do throws(HandshakeError) {
            agreed = try DeflateNegotiation.check(answer: answer, offer: offer)
        } catch {
            return try requireVisible(error.description)
        }
        guard let agreed else { return try require(answer.isEmpty, "answer-overlooked", "\(answer)") }
        guard answer.count == 1, let said = ReferenceParameters(answer[0], isOffer: false) else {
            throw BrokenProperty(name: "accepts-what-breaks-a-rule", detail: "\(answer)")
        }
        try requireSound(agreed)
        let expected = DeflateParameters(
            serverNoContextTakeover: said.serverFlag,
            clientNoContextTakeover: said.clientFlag || preferences.clientNoContextTakeover,
            serverMaxWindowBits: said.serverBits ?? 15,
            clientMaxWindowBits: min(said.clientBits ?? 15, preferences.clientMaxWindowBits))
        try require(agreed, equals: expected, "agrees-on-something-else", "\(answer) to \(offer)")
        try require(
            agreed.serverMaxWindowBits <= preferences.serverMaxWindowBits
                && (agreed.serverNoContextTakeover || !preferences.serverNoContextTakeover),
            "agrees-on-less-than-asked",
            "\(answer) to \(offer)")
    }

    private func requireSound(_ agreed: DeflateParameters) throws(BrokenProperty) {
        for bits in [agreed.serverMaxWindowBits, agreed.clientMaxWindowBits] {
            try require((8...15).contains(bits), "window-out-of-range", "\(agreed)")
        }
    }
}

/// The parameters of an element by RFC 7692 §7.1 once more, from a dictionary. Nil for any that breaks a rule.
private struct ReferenceParameters {
    let serverFlag: Bool
    let clientFlag: Bool
    let serverBits: Int?
    /// 15 for one without a value.
    let clientBits: Int?

    init?(_ element: WebSocketExtension, isOffer: Bool) {
        var values: [String: String?] = [:]
        for parameter in element.parameters {
            guard values.updateValue(parameter.value, forKey: parameter.name) == nil else { return nil }
        }
        func flag(_ name: String) -> Bool? {
            guard let value = values.removeValue(forKey: name) else { return false }
            return value == nil ? true : nil
        }
        func bits(_ name: String, bare: Int?) -> (isValid: Bool, bits: Int?) {
            guard let value = values.removeValue(forKey: name) else { return (true, nil) }
            guard let value else { return (bare != nil, bare) }
            guard ["8", "9", "10", "11", "12", "13", "14", "15"].contains(value) else { return (false, nil) }
            return (true, Int(value))
        }
        guard let serverFlag = flag("server_no_context_takeover"), let clientFlag = flag("client_no_context_takeover")
        else { return nil }
        let server = bits("server_max_window_bits", bare: nil)
        let client = bits("client_max_window_bits", bare: isOffer ? 15 : nil)
        guard server.isValid, client.isValid, values.isEmpty else { return nil }
        (self.serverFlag, self.clientFlag, serverBits, clientBits) = (serverFlag, clientFlag, server.bits, client.bits)
    }
}
