/// Whether a request has a body, decided so that nobody in front of us can decide otherwise (RFC 9112 §6.3).
enum MessageBody {
    static func isAnnounced(by headers: HTTPHeaders, in version: RequestLine.Version) throws(Refusal) -> Bool {
        let hasLength = try hasContent(headers)
        guard headers.contains("Transfer-Encoding") else { return hasLength ?? false }
        guard hasLength == nil else { throw .badRequest("Content-Length and Transfer-Encoding exclude each other.") }
        // Older than transfer codings: who passed it on may not have seen the body's end where we would (§6.1).
        guard version == .http11 else { throw .badRequest("HTTP/1.0 has no Transfer-Encoding.") }
        let codings = headers.tokens(for: "Transfer-Encoding")
        guard let last = codings.last, last.utf8.span.equalsIgnoringCase("chunked") else {
            throw .badRequest("The last transfer coding must be chunked.")
        }
        guard codings.filter({ $0.utf8.span.equalsIgnoringCase("chunked") }).count == 1 else {
            throw .badRequest("A body is chunked once at most.")
        }
        guard codings.count == 1 else {
            throw Refusal(.notImplemented, "Only the chunked transfer coding is supported.")
        }
        return true
    }

    /// Nil without a Content-Length, else whether it is more than 0.
    private static func hasContent(_ headers: HTTPHeaders) throws(Refusal) -> Bool? {
        switch headers.occurrence(of: "Content-Length") {
        case .absent: return nil
        case .repeated: throw .badRequest("There is more than one Content-Length header.")
        case .once(let text):
            guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else {
                throw .badRequest("The Content-Length header is malformed.")
            }
            return text.utf8.contains { $0 != UInt8(ascii: "0") }
        }
    }
}
