/// What a client's request allows the server's 101 to say (RFC 6455 §4.1, second list).
struct Expectations {
    let accept: String
    /// Those that were asked for.
    let subprotocols: [String]
    /// The names of those that were offered.
    let extensions: [String]

    func check(_ status: HTTPStatus, _ headers: HTTPHeaders) throws(HandshakeError) -> UpgradeResponse {
        try checkUpgrade(headers)
        try checkAccept(headers)
        try checkBody(headers)
        return UpgradeResponse(
            status: status, headers: headers, subprotocol: try subprotocol(headers),
            extensions: try extensions(headers))
    }

    private func checkUpgrade(_ headers: HTTPHeaders) throws(HandshakeError) {
        let upgrade = try once("Upgrade", headers)
        guard let upgrade else { throw .missingHeader("Upgrade") }
        guard upgrade.utf8.span.equalsIgnoringCase("websocket") else { throw .unexpectedUpgrade(upgrade) }
        guard headers.contains("Connection") else { throw .missingHeader("Connection") }
        guard headers.contains(token: "upgrade", in: "Connection") else { throw .connectionWithoutUpgrade }
    }

    private func checkAccept(_ headers: HTTPHeaders) throws(HandshakeError) {
        guard let received = try once("Sec-WebSocket-Accept", headers) else {
            throw .missingHeader("Sec-WebSocket-Accept")
        }
        guard received.hasSameOctets(as: accept) else { throw .wrongAccept(received: received, expected: accept) }
    }

    /// A 101 has no body (RFC 9112 §6.3). Whether octets that it announces all the same are frames cannot be known; a
    /// length of 0, which some servers send, leaves no doubt.
    private func checkBody(_ headers: HTTPHeaders) throws(HandshakeError) {
        guard !headers.contains("Transfer-Encoding") else { throw .unexpectedBody(header: "Transfer-Encoding") }
        if let length = try once("Content-Length", headers), !length.hasSameOctets(as: "0") {
            throw .unexpectedBody(header: "Content-Length")
        }
    }

    private func subprotocol(_ headers: HTTPHeaders) throws(HandshakeError) -> String? {
        guard let chosen = try once("Sec-WebSocket-Protocol", headers) else { return nil }
        guard let match = subprotocols.first(where: { $0.hasSameOctets(as: chosen) }) else {
            throw .unrequestedSubprotocol(chosen, requested: subprotocols)
        }
        return match
    }

    private func extensions(_ headers: HTTPHeaders) throws(HandshakeError) -> [WebSocketExtension] {
        guard headers.contains("Sec-WebSocket-Extensions") else { return [] }
        guard let list = try? ExtensionList(headers) else { throw .malformedExtensions }
        // One that is left out might be one that the server now uses.
        guard !list.elements.isEmpty, !list.isCut else { throw .malformedExtensions }
        for element in list.elements where !extensions.contains(where: { $0.hasSameOctets(as: element.name) }) {
            throw .unrequestedExtension(element.name)
        }
        return list.elements
    }

    private func once(_ name: String, _ headers: HTTPHeaders) throws(HandshakeError) -> String? {
        switch headers.occurrence(of: name) {
        case .absent: nil
        case .once(let value): value
        case .repeated: throw .repeatedHeader(name)
        }
    }
}
