import Foundation

/// The client's request and what it allows the server to answer (RFC 6455 §4.1).
struct ClientHandshake {
    struct Agreement {
        let subprotocol: String?
        /// The header of the answer.
        let extensions: String?
        let deflate: DeflateAgreement?
    }

    let options: DialOptions
    let fault: Fault?
    let key: String
    let request: [UInt8]

    init(_ address: Address, _ options: DialOptions, fault: Fault?) {
        self.options = options
        self.fault = fault
        key = Self.makeKey(fault)
        request = Self.request(address, options, key, fault)
    }

    /// 16 octets of the system's randomness in base64.
    private static func makeKey(_ fault: Fault?) -> String {
        switch fault {
        case .sampleKey: return "dGhlIHNhbXBsZSBub25jZQ=="
        case .constantKey: return "qqqqqqqqqqqqqqqqqqqqqg=="
        default: break
        }
        let octets = (0..<(fault == .shortKey ? 12 : 16)).map { _ in UInt8.random(in: 0...255) }
        var key = Data(octets).base64EncodedString()
        // As the sample of RFC 6455 before its erratum 3150.
        if fault == .padBitsSet { key = key.dropLast(3) + "B==" }
        return key
    }

    private static func request(_ address: Address, _ options: DialOptions, _ key: String, _ fault: Fault?) -> [UInt8] {
        var lines = ["GET \(address.target) HTTP/\(fault == .requestInHTTP10 ? "1.0" : "1.1")"]
        lines.append("Host: \(address.host(fault: fault))")
        if fault != .upgradeNotSent { lines.append("Upgrade: websocket") }
        lines.append(fault == .connectionNotUpgrade ? "Connection: keep-alive" : "Connection: Upgrade")
        lines.append("Sec-WebSocket-Key: \(key)")
        if fault == .keySentTwice { lines.append("Sec-WebSocket-Key: \(key)") }
        lines.append("Sec-WebSocket-Version: \(fault == .version8Sent ? "8" : "13")")
        var subprotocols = options.subprotocols
        if fault == .subprotocolsRepeated { subprotocols += subprotocols }
        if fault == .subprotocolsReversed { subprotocols.reverse() }
        if !subprotocols.isEmpty || fault == .emptySubprotocolSent {
            lines.append("Sec-WebSocket-Protocol: \(subprotocols.joined(separator: ", "))")
        }
        if let deflate = options.deflate {
            var offer = deflate.element().text
            if fault == .malformedOffer { offer += "; client_max_window_bits=16; client_window" }
            lines.append("Sec-WebSocket-Extensions: \(offer)")
        }
        for (name, value) in options.headers { lines.append("\(name): \(value)") }
        if fault == .bodyAnnouncedInRequest { lines.append("Content-Length: 4") }
        let head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").unicodeScalars).flatMap {
            Array(String($0).utf8)
        }
        // A target that was not escaped has scalars for octets.
        let octets = fault == .nonASCIIUnescaped ? (lines.joined(separator: "\r\n") + "\r\n\r\n").octets : head
        return fault == .bodyAnnouncedInRequest ? octets + Array("body".utf8) : octets
    }

    /// Judges a 101.
    func check(_ head: Head) throws(DialError) -> Agreement {
        try checkUpgrade(head)
        try checkAccept(head)
        guard
            fault == .bodyIn101Swallowed
                || !head.has("Transfer-Encoding") && head.values("Content-Length").allSatisfy({ $0 == "0" })
        else { throw .answer("the 101 announces a body") }
        let subprotocol = try subprotocol(head)
        let (extensions, deflate) = try self.extensions(head)
        return Agreement(subprotocol: subprotocol, extensions: extensions, deflate: deflate)
    }

    private func checkUpgrade(_ head: Head) throws(DialError) {
        let upgrades = values("Upgrade", head)
        let isWebSocket =
            fault == .upgradeInOneCase
            ? upgrades == ["websocket"] : upgrades.count == 1 && upgrades[0].equalsIgnoringCase("websocket")
        let names = fault == .upgradeByPrefix && upgrades.contains { $0.lowercased().hasPrefix("websocket") }
        guard isWebSocket || names || fault == .upgradeOptional else { throw .answer("Upgrade is not websocket") }
        let isNamed: Bool
        switch fault {
        case .connectionOptional: isNamed = true
        case .connectionAsWhole: isNamed = head.values("Connection").contains { $0.equalsIgnoringCase("upgrade") }
        case .connectionBySubstring:
            isNamed = head.values("Connection").contains { $0.lowercased().contains("upgrade") }
        default: isNamed = head.lists("upgrade", in: "Connection")
        }
        guard isNamed else { throw .answer("Connection does not name Upgrade") }
    }

    private func values(_ name: String, _ head: Head) -> [String] {
        fault == .headerNamesInOneCase ? head.fields.filter { $0.name == name }.map(\.value) : head.values(name)
    }

    private func checkAccept(_ head: Head) throws(DialError) {
        let accepts = values("Sec-WebSocket-Accept", head)
        if accepts.isEmpty, fault == .acceptOptional { return }
        guard let accept = accepts.first, accepts.count == 1 || fault == .firstOfTwoAccepts else {
            throw .answer("Sec-WebSocket-Accept is not there once")
        }
        let expected = HandshakeKey.accept(for: key, fault: nil)
        let isRight =
            switch fault {
            case .acceptUnchecked: true
            case .acceptInAnyCase: accept.equalsIgnoringCase(expected)
            case .acceptByPrefix: accept.hasPrefix(expected.dropLast())
            default: accept == expected
            }
        guard isRight else { throw .answer("Sec-WebSocket-Accept is wrong") }
    }

    private func subprotocol(_ head: Head) throws(DialError) -> String? {
        let chosen = head.values("Sec-WebSocket-Protocol")
        guard let first = chosen.first else {
            return nil
        }
        if fault == .anySubprotocolAccepted { return first }
        if fault == .unaskedSubprotocolAccepted, options.subprotocols.isEmpty { return first }
        guard chosen.count == 1 || fault == .firstOfTwoSubprotocols else {
            throw .answer("more than one subprotocol is chosen")
        }
        let isAsked = options.subprotocols.contains {
            fault == .subprotocolsInAnyCase ? $0.equalsIgnoringCase(first) : $0 == first
        }
        guard isAsked else { throw .answer("a subprotocol is chosen that was not asked for") }
        return first
    }

    private func extensions(_ head: Head) throws(DialError) -> (String?, DeflateAgreement?) {
        let values = head.values("Sec-WebSocket-Extensions")
        guard !values.isEmpty else { return (nil, nil) }
        let elements: [ExtensionElement]
        do throws(ExtensionSyntaxError) {
            elements = try ExtensionList.elements(of: head, fault: fault)
            if elements.isEmpty, fault != .extensionSyntaxUnchecked { throw ExtensionSyntaxError() }
        } catch {
            throw .answer("Sec-WebSocket-Extensions is malformed")
        }
        guard let offer = options.deflate else {
            if fault == .anyExtensionAccepted { return (values[0], nil) }
            throw .answer("an extension is accepted that was not offered")
        }
        guard
            fault == .anyExtensionAccepted || fault == .otherExtensionsIgnored
                || elements.allSatisfy({ $0.name == DeflateParameters.name })
        else { throw .answer("an extension is accepted that was not offered") }
        let deflate = try DeflateNegotiation.check(elements, offer: offer, fault: fault)
        return (values.joined(separator: ", "), deflate)
    }
}
