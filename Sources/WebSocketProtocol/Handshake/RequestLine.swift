/// The first line of a request: `METHOD SP target SP HTTP-version` (RFC 9112 §3).
struct RequestLine {
    enum Version {
        case http10
        /// HTTP/1.1, or a later minor version, which is to be taken for it (RFC 9110 §2.5).
        case http11
    }

    let method: String
    let rawTarget: String
    let target: RequestTarget
    let version: Version

    init(_ head: MessageHead) throws(Refusal) {
        let line = head.octets.span.extracting(head.startLine)
        guard let methodEnd = line.firstIndex(of: .space),
            let targetEnd = line.firstIndex(of: .space, from: methodEnd + 1),
            methodEnd > 0, line.allSatisfy(in: 0..<methodEnd, \.isToken)
        else { throw .badRequest("The request line is malformed.") }
        version = try Self.version(line.extracting(targetEnd + 1..<line.count))
        method = line.text(0..<methodEnd)
        // Its target has a form of its own, and this server is no proxy.
        guard method != "CONNECT" else { throw .onlyGET }
        let target = methodEnd + 1..<targetEnd
        rawTarget = line.text(target)
        if method == "OPTIONS", rawTarget == "*" {
            self.target = RequestTarget(asterisk: ())
        } else {
            guard let target = RequestTarget(line.extracting(target)) else {
                throw .badRequest("The request target is malformed.")
            }
            self.target = target
        }
    }

    /// `HTTP/` DIGIT `.` DIGIT, in exactly these letters (RFC 9112 §2.3).
    private static func version(_ octets: Span<UInt8>) throws(Refusal) -> Version {
        guard octets.count == 8, octets.hasPrefix("HTTP/"),
            octets[5].isDigit, octets[6] == UInt8(ascii: "."), octets[7].isDigit
        else { throw .badRequest("The request line is malformed.") }
        switch (octets[5], octets[7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): return .http10
        case (UInt8(ascii: "1"), _): return .http11
        default: throw Refusal(.httpVersionNotSupported, "Only HTTP/1.1 is supported.")
        }
    }
}
