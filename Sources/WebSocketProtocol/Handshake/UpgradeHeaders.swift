/// The headers that ask for a WebSocket, checked (RFC 6455 §4.2.1).
struct UpgradeHeaders {
    let key: String
    let origin: String?
    let subprotocols: [String]
    let extensions: [WebSocketExtension]

    /// Whether the request is meant to open a WebSocket, rightly or not. Upgrades to other protocols are ignored, as
    /// RFC 9110 §7.8 allows.
    static func areMeant(by headers: HTTPHeaders) -> Bool {
        headers.contains(token: "websocket", in: "Upgrade") || headers.contains("Sec-WebSocket-Key")
            || headers.contains("Sec-WebSocket-Version") || headers.contains("Sec-WebSocket-Key1")
    }

    init(_ headers: HTTPHeaders) throws(Refusal) {
        guard headers.contains(token: "websocket", in: "Upgrade") else {
            throw .upgradeRequired("The Upgrade header does not name websocket.")
        }
        guard headers.contains(token: "upgrade", in: "Connection") else {
            throw .badRequest("The Connection header does not name Upgrade.")
        }
        // Before the key, which other versions do without.
        try Self.checkVersion(headers)
        key = try Self.key(headers)
        origin = try Self.origin(headers)
        subprotocols = try Self.subprotocols(headers)
        do throws(ExtensionSyntaxError) {
            extensions = try ExtensionList(headers).elements
        } catch {
            throw .badRequest("The Sec-WebSocket-Extensions header is malformed.")
        }
    }

    private static func checkVersion(_ headers: HTTPHeaders) throws(Refusal) {
        switch headers.occurrence(of: "Sec-WebSocket-Version") {
        case .absent: throw .badVersion("The Sec-WebSocket-Version header is missing.")
        case .repeated: throw .badVersion("There is more than one Sec-WebSocket-Version header.")
        case .once(let version):
            guard isVersion(version) else { throw .badVersion("The Sec-WebSocket-Version header is malformed.") }
            guard version == "13" else { throw .upgradeRequired("Only version 13 of WebSocket is supported.") }
        }
    }

    /// §4.3: 0-255 without leading zeros.
    private static func isVersion(_ text: String) -> Bool {
        let octets = text.utf8
        guard 1...3 ~= octets.count, octets.allSatisfy(\.isDigit), let number = Int(text) else { return false }
        return number <= 255 && (octets.count == 1 || octets.first != UInt8(ascii: "0"))
    }

    private static func key(_ headers: HTTPHeaders) throws(Refusal) -> String {
        switch headers.occurrence(of: "Sec-WebSocket-Key") {
        case .absent: throw .badRequest("The Sec-WebSocket-Key header is missing.")
        case .repeated: throw .badRequest("There is more than one Sec-WebSocket-Key header.")
        case .once(let key):
            guard WebSocketKey.isValid(key) else {
                throw .badRequest("The Sec-WebSocket-Key is not 16 octets in base64.")
            }
            return key
        }
    }

    private static func origin(_ headers: HTTPHeaders) throws(Refusal) -> String? {
        switch headers.occurrence(of: "Origin") {
        case .absent: nil
        case .once(let origin): origin
        case .repeated: throw .badRequest("There is more than one Origin header.")
        }
    }

    private static func subprotocols(_ headers: HTTPHeaders) throws(Refusal) -> [String] {
        let offered = headers.tokens(for: "Sec-WebSocket-Protocol")
        do throws(Subprotocol.Invalid) {
            try Subprotocol.check(offered)
        } catch {
            switch error {
            case .notAToken: throw .badRequest("The Sec-WebSocket-Protocol header is malformed.")
            case .repeated: throw .badRequest("A subprotocol is offered twice.")
            }
        }
        return offered
    }
}
