/// The server's 101 (RFC 6455 §4.2.2).
enum Acceptance {
    static func octets(
        for request: UpgradeRequest, subprotocol: String?, extensions: String?, fault: Fault?
    ) -> [UInt8] {
        let version = fault == .http10In101 ? "HTTP/1.0" : "HTTP/1.1"
        var text = "\(version) 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        let accept = HandshakeKey.accept(for: request.key, fault: fault)
        text += "Sec-WebSocket-Accept: \(accept)\r\n"
        if fault == .acceptTwice { text += "Sec-WebSocket-Accept: \(accept)\r\n" }
        if fault == .contentLengthIn101 { text += "Content-Length: 0\r\n" }
        if fault == .versionIn101 { text += "Sec-WebSocket-Version: 13\r\n" }
        if let subprotocol { text += "Sec-WebSocket-Protocol: \(subprotocol)\r\n" }
        if let extensions { text += "Sec-WebSocket-Extensions: \(extensions)\r\n" }
        text += "\r\n"
        // A body that nobody announced.
        if fault == .octetsAfter101 { text += "\r\n" }
        return text.octets
    }
}
