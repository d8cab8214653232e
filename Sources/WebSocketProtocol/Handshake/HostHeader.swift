/// The Host header of a request (RFC 9112 §3.2).
enum HostHeader {
    /// Returns the one valid value; without one, throws or, if none is required, returns an empty text.
    static func check(_ headers: HTTPHeaders, isRequired: Bool) throws(Refusal) -> String {
        switch headers.occurrence(of: "Host") {
        case .once(let host):
            guard (try? Authority(host.utf8.span)) != nil else { throw .badRequest("The Host header is malformed.") }
            return host
        case .absent:
            guard !isRequired else { throw .badRequest("The Host header is missing.") }
            return ""
        case .repeated:
            throw .badRequest("There is more than one Host header.")
        }
    }
}
