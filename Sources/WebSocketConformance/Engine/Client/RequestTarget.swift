/// The request target of a visitor, taken apart: what the control endpoints of a fuzzing server are asked by.
struct RequestTarget: Sendable, Equatable {
    var path: String
    /// The last value of each name, percent-decoded.
    var query: [String: String] = [:]

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? ""
        guard parts.count == 2 else { return }
        for pair in parts[1].split(separator: "&").prefix(64) {
            let words = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[Self.decoded(words[0])] = words.count == 2 ? Self.decoded(words[1]) : ""
        }
    }

    /// `path/of/this`, element by element.
    var elements: [Substring] { path.split(separator: "/") }

    private static func decoded(_ text: Substring) -> String {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                octets.append(value)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet == UInt8(ascii: "+") ? UInt8(ascii: " ") : octet)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
