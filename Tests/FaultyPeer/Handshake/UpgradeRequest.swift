/// A request as a server sees it, checked in the order of RFC 6455 §4.2.1.
enum RequestCheck {
    /// What a well-formed request is.
    enum Outcome {
        case upgrade(UpgradeRequest)
        /// Not meant to open a WebSocket.
        case ordinary(RequestLine)
    }

    static func check(_ head: Head, fault: Fault?) throws(Refusal) -> Outcome {
        let line = try RequestLine(head.startLine, fault: fault)
        do throws(Refusal) {
            return try check(line, head, fault)
        } catch {
            var refusal = error
            refusal.answersHead = line.method == "HEAD"
            throw refusal
        }
    }

    private static func check(_ line: RequestLine, _ head: Head, _ fault: Fault?) throws(Refusal) -> Outcome {
        try checkHost(line, head, fault)
        let hasBody = try announcesBody(head, fault)
        for expectation in head.elements("Expect") where !expectation.equalsIgnoringCase("100-continue") {
            throw Refusal(417, "The expectation cannot be met.")
        }
        let isMeant =
            namesWebSocket(head, fault) || head.has("Sec-WebSocket-Key") || head.has("Sec-WebSocket-Version")
            || head.has("Sec-WebSocket-Key1")
        guard isMeant else {
            guard !hasBody else { throw Refusal(413, "A body is not expected here.") }
            return .ordinary(line)
        }
        if fault == .hixieAccepted, head.has("Sec-WebSocket-Key1") {
            return .upgrade(
                UpgradeRequest(line: line, head: head, key: "", origin: nil, subprotocols: [], extensions: []))
        }
        // HTTP/1.0 has no Upgrade (RFC 9110 §7.8).
        guard line.version == .http11 || fault == .http10Accepted else {
            throw .upgradeRequired("A WebSocket is opened over HTTP/1.1.", fault: fault)
        }
        guard line.method == "GET" || fault == .anyMethod else {
            throw RequestLine.methods.contains(line.method)
                ? .onlyGET : Refusal(501, "The method is not implemented.")
        }
        try checkUpgrade(head, fault)
        try checkVersion(head, fault)
        let key = try key(head, fault)
        let origin = try origin(head, fault)
        let subprotocols = try subprotocols(head, fault)
        let extensions: [ExtensionElement]
        do throws(ExtensionSyntaxError) {
            extensions = try ExtensionList.elements(of: head, fault: fault)
        } catch {
            throw Refusal(400, "The Sec-WebSocket-Extensions header is malformed.")
        }
        guard !hasBody || fault == .bodyAsFrames else {
            throw Refusal(400, "A request to open a WebSocket has no body.")
        }
        return .upgrade(
            UpgradeRequest(
                line: line, head: head, key: key, origin: origin, subprotocols: subprotocols, extensions: extensions))
    }

    private static func checkHost(_ line: RequestLine, _ head: Head, _ fault: Fault?) throws(Refusal) {
        let hosts = head.values("Host")
        guard hosts.count <= 1 || fault == .twoHostsAccepted else {
            throw Refusal(400, "There is more than one Host header.")
        }
        guard let host = hosts.first else {
            guard line.version == .http10 || fault == .hostOptional else {
                throw Refusal(400, "The Host header is missing.")
            }
            return
        }
        guard Authority(host) != nil || fault == .hostUnchecked else {
            throw Refusal(400, "The Host header is malformed.")
        }
    }

    private static func announcesBody(_ head: Head, _ fault: Fault?) throws(Refusal) -> Bool {
        let lengths = head.values("Content-Length")
        let codings = head.elements("Transfer-Encoding")
        if fault == .bodyAsFrames { return !lengths.isEmpty || !codings.isEmpty }
        guard lengths.count <= 1, lengths.isEmpty || !head.has("Transfer-Encoding") else {
            throw Refusal(400, "The length of the body is not clear.")
        }
        if head.has("Transfer-Encoding") {
            guard codings.count == 1, codings[0].equalsIgnoringCase("chunked") else {
                throw Refusal(400, "The transfer coding is not supported.")
            }
            return true
        }
        guard let length = lengths.first else { return false }
        guard !length.isEmpty, length.octets.allSatisfy(\.isDigit) else {
            throw Refusal(400, "The Content-Length header is malformed.")
        }
        return length.octets.contains { $0 != 0x30 }
    }

    private static func namesWebSocket(_ head: Head, _ fault: Fault?) -> Bool {
        if fault == .upgradeOptional { return true }
        let elements = head.elements("Upgrade")
        if fault == .upgradeInOneCase { return elements.contains("websocket") }
        if fault == .upgradeByPrefix { return elements.contains { $0.lowercased().hasPrefix("websocket") } }
        return elements.contains { $0.equalsIgnoringCase("websocket") }
    }

    private static func checkUpgrade(_ head: Head, _ fault: Fault?) throws(Refusal) {
        guard namesWebSocket(head, fault) else {
            throw .upgradeRequired("The Upgrade header does not name websocket.", fault: fault)
        }
        let isNamed: Bool
        if fault == .connectionOptional {
            isNamed = true
        } else if fault == .connectionAsWhole {
            isNamed = head.values("Connection").contains { $0.equalsIgnoringCase("upgrade") }
        } else if fault == .connectionBySubstring {
            isNamed = head.values("Connection").contains { $0.lowercased().contains("upgrade") }
        } else {
            isNamed = head.lists("upgrade", in: "Connection")
        }
        guard isNamed else { throw Refusal(400, "The Connection header does not name Upgrade.") }
    }

    /// The client is told the right version with each refusal (RFC 6455 §4.2.2).
    private static func checkVersion(_ head: Head, _ fault: Fault?) throws(Refusal) {
        let version = [("Sec-WebSocket-Version", "13")]
        let values = head.values("Sec-WebSocket-Version")
        guard let first = values.first else {
            if fault == .versionOptional { return }
            throw Refusal(400, "The Sec-WebSocket-Version header is missing.", version)
        }
        guard values.count == 1 || fault == .firstOfTwoVersions else {
            throw Refusal(400, "There is more than one Sec-WebSocket-Version header.", version)
        }
        if fault == .versionByPrefix, first.hasPrefix("13") { return }
        let number = Int(first).flatMap { 0...255 ~= $0 && String($0) == first ? $0 : nil }
        if fault == .versionAsNumber, Int(first) == 13 { return }
        guard let number else {
            throw Refusal(400, "The Sec-WebSocket-Version header is malformed.", version)
        }
        guard number == 13 || fault == .version8Accepted && number == 8 || fault == .anyVersion else {
            throw .upgradeRequired("Only version 13 of WebSocket is supported.", fault: fault)
        }
    }

    private static func key(_ head: Head, _ fault: Fault?) throws(Refusal) -> String {
        let keys = head.values("Sec-WebSocket-Key")
        guard let key = keys.first else {
            if fault == .keyOptional { return "" }
            throw Refusal(400, "The Sec-WebSocket-Key header is missing.")
        }
        guard keys.count == 1 || fault == .firstOfTwoKeys else {
            throw Refusal(400, "There is more than one Sec-WebSocket-Key header.")
        }
        guard HandshakeKey.isValid(key, fault: fault) else {
            throw Refusal(400, "The Sec-WebSocket-Key is not 16 octets in base64.")
        }
        return key
    }

    private static func origin(_ head: Head, _ fault: Fault?) throws(Refusal) -> String? {
        let origins = head.values("Origin")
        guard origins.count <= 1 || fault == .firstOfTwoOrigins else {
            throw Refusal(400, "There is more than one Origin header.")
        }
        return origins.first
    }

    private static func subprotocols(_ head: Head, _ fault: Fault?) throws(Refusal) -> [String] {
        var values = head.values("Sec-WebSocket-Protocol")
        if fault == .firstSubprotocolLineOnly { values = Array(values.prefix(1)) }
        if fault == .listsInQuadraticTime {
            // As an expression that backtracks over blanks.
            let blanks = values.reduce(0) { $0 + $1.utf8.filter(\.isBlank).count }
            pause(milliseconds: UInt64(blanks * blanks / 2000))
        }
        if fault == .blanksInSubprotocolsKept {
            return values.flatMap { $0.split(separator: ",").map(String.init) }
        }
        let offered = values.flatMap(Head.elements)
        if fault == .subprotocolsUnchecked { return offered }
        guard offered.allSatisfy(\.isToken) else {
            throw Refusal(400, "The Sec-WebSocket-Protocol header is malformed.")
        }
        guard Set(offered).count == offered.count else { throw Refusal(400, "A subprotocol is offered twice.") }
        return offered
    }
}

/// A valid request to open a WebSocket.
struct UpgradeRequest {
    let line: RequestLine
    let head: Head
    let key: String
    let origin: String?
    let subprotocols: [String]
    let extensions: [ExtensionElement]
}
