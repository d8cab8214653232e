/// The first line of a request (RFC 9112 §3).
struct RequestLine {
    enum Version { case http10, http11 }

    let method: String
    let path: String
    let query: String?
    /// Of an absolute-form target.
    let authority: String?
    let version: Version

    static let methods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE",
    ]

    init(_ line: [UInt8], fault: Fault?) throws(Refusal) {
        let malformed = Refusal(400, "The request line is malformed.")
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3 || fault == .anyRequestTarget && words.count > 3, let first = words.first,
            let last = words.last, !first.isEmpty, first.allSatisfy(\.isToken)
        else { throw malformed }
        version = try Self.version(last.text, fault: fault)
        method = fault == .methodsInAnyCase ? first.text.uppercased() : first.text
        // Its target has a form of its own, and this is no proxy.
        guard method != "CONNECT" else { throw .onlyGET }
        (path, query, authority) = try Self.target(words[1].text, fault: fault)
    }

    private static func version(_ text: String, fault: Fault?) throws(Refusal) -> Version {
        switch text {
        case "HTTP/1.1": return .http11
        case "HTTP/1.0": return .http10
        default:
            if fault == .anyHTTPVersion, text.lowercased().hasPrefix("http/") { return .http11 }
            let octets = text.octets
            let isVersion =
                octets.count == 8 && text.hasPrefix("HTTP/") && octets[5].isDigit && octets[6] == 0x2E
                && octets[7].isDigit
            throw isVersion
                ? Refusal(505, "Only HTTP/1.1 is supported.") : Refusal(400, "The request line is malformed.")
        }
    }

    private static func target(
        _ text: String, fault: Fault?
    ) throws(Refusal) -> (path: String, query: String?, authority: String?) {
        if text == "*" { return ("*", nil, nil) }
        var rest = text
        var authority: String?
        if !text.hasPrefix("/"), fault != .absoluteTargetRefused {
            for scheme in ["http://", "https://", "ws://", "wss://"] where text.lowercased().hasPrefix(scheme) {
                let tail = text.unicodeScalars.dropFirst(scheme.count)
                let end = tail.firstIndex { $0 == "/" || $0 == "?" } ?? tail.endIndex
                authority = String(tail[..<end])
                rest = String(tail[end...])
                if !rest.hasPrefix("/") { rest = "/" + rest }
            }
            if let authority, Authority(authority) == nil { throw Refusal(400, "The request target is malformed.") }
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = parts.first ?? ""
        guard fault == .anyRequestTarget || path.hasPrefix("/") && isWellFormed(path, parts.dropFirst().first) else {
            throw Refusal(400, "The request target is malformed.")
        }
        let wanted = fault == .anyRequestTarget && !path.hasPrefix("/") ? "/" + path : path
        return (wanted, fault == .queryLost ? nil : parts.dropFirst().first, authority)
    }

    /// No fragment, no quotes or brackets, and in the path no backslash and no broken percent-encoding.
    private static func isWellFormed(_ path: String, _ query: String?) -> Bool {
        let forbidden: Set<UInt8> = [0x22, 0x23, 0x3C, 0x3E]
        let path = path.octets
        for (index, octet) in path.enumerated() {
            guard octet.isVisible, !forbidden.contains(octet), octet != 0x5C else { return false }
            if octet == 0x25 {
                guard index + 2 < path.count, path[index + 1].isHexDigit, path[index + 2].isHexDigit else {
                    return false
                }
            }
        }
        return query?.octets.allSatisfy { $0.isVisible && !forbidden.contains($0) } ?? true
    }
}
