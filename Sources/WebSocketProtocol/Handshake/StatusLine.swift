/// The first line of a response: `HTTP-version SP status-code SP [reason]` (RFC 9112 §4).
struct StatusLine {
    let version: String
    let status: HTTPStatus

    var isHTTP11: Bool { version == "HTTP/1.1" }

    /// The space before an empty reason may be missing, as in the answers of several servers.
    init(_ head: MessageHead) throws(HandshakeError) {
        let line = head.octets.span.extracting(head.startLine)
        guard line.hasPrefix("HTTP/"), let versionEnd = line.firstIndex(of: .space),
            line.allSatisfy(in: 5..<versionEnd, { $0.isDigit || $0 == UInt8(ascii: ".") }),
            let code = Self.code(line, at: versionEnd + 1)
        else { throw .malformedStatusLine(line.text(0..<line.count)) }
        version = line.text(0..<versionEnd)
        status = HTTPStatus(code, line.text(min(versionEnd + 5, line.count)..<line.count))
    }

    /// Three digits, 100-599 (RFC 9110 §15), that end the line or are followed by a space.
    private static func code(_ line: Span<UInt8>, at start: Int) -> Int? {
        guard start + 3 <= line.count, line.allSatisfy(in: start..<start + 3, \.isDigit),
            start + 3 == line.count || line[start + 3] == .space
        else { return nil }
        var code = 0
        for index in start..<start + 3 { code = code * 10 + Int(line[index] - UInt8(ascii: "0")) }
        return 100..<600 ~= code ? code : nil
    }
}
