/// What a request asks for, taken apart but never decoded (RFC 9112 §3.2).
///
/// Strict where a path-bound policy could be misled: no fragment, no backslash, no broken percent-encoding in the path.
/// Queries may hold what browsers send there without encoding it.
struct RequestTarget {
    let path: String
    /// Without the question mark; nil if there is none, which differs from an empty one.
    let query: String?
    /// The authority of an absolute-form target, which replaces the Host header (§3.2.2).
    let authority: String?

    /// Nil for a target that is not valid, or not meant for a server of this kind.
    init?(_ octets: Span<UInt8>) {
        guard octets.count > 0 else { return nil }
        if octets[0] == UInt8(ascii: "/") {
            self.init(octets, pathFrom: 0, authority: nil)
        } else {
            self.init(absolute: octets)
        }
    }

    /// The asterisk-form, which only OPTIONS may have (§3.2.4).
    init(asterisk: Void) {
        path = "*"
        query = nil
        authority = nil
    }

    private init?(absolute octets: Span<UInt8>) {
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), colon + 2 < octets.count,
            octets[colon + 1] == UInt8(ascii: "/"), octets[colon + 2] == UInt8(ascii: "/")
        else { return nil }
        let scheme = octets.extracting(0..<colon)
        guard ["http", "https", "ws", "wss"].contains(where: { scheme.equalsIgnoringCase($0) }) else { return nil }
        let start = colon + 3
        var end = start
        while end < octets.count, octets[end] != UInt8(ascii: "/"), octets[end] != UInt8(ascii: "?") { end += 1 }
        guard (try? Authority(octets.extracting(start..<end))) != nil else { return nil }
        self.init(octets, pathFrom: end, authority: octets.text(start..<end))
    }

    private init?(_ octets: Span<UInt8>, pathFrom start: Int, authority: String?) {
        let pathEnd = octets.firstIndex(of: UInt8(ascii: "?"), from: start) ?? octets.count
        guard Self.isPath(octets, start..<pathEnd) else { return nil }
        // Only an absolute-form target can have no path.
        path = start == pathEnd ? "/" : octets.text(start..<pathEnd)
        if pathEnd < octets.count {
            guard octets.allSatisfy(in: pathEnd + 1..<octets.count, Self.isTargetOctet) else { return nil }
            query = octets.text(pathEnd + 1..<octets.count)
        } else {
            query = nil
        }
        self.authority = authority
    }

    private static func isTargetOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "#"), .quote, UInt8(ascii: "<"), UInt8(ascii: ">"): false
        default: octet.isVisible
        }
    }

    private static func isPath(_ octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range {
            guard isTargetOctet(octets[index]), octets[index] != .backslash else { return false }
            if octets[index] == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, octets[index + 1].isHexDigit, octets[index + 2].isHexDigit
                else { return false }
            }
        }
        return true
    }
}
