/// Escapes text for HTML, scalar by scalar.
///
/// The template library's own escaping compares whole characters: a quote followed by a combining mark is a character
/// of its own there, passes unescaped, and ends an attribute in every browser.
package enum HTMLText {
    package static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        escaped.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "\n", "\t": escaped.append(scalar)
            // HTML has no other control characters; browsers drop or reinterpret them.
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": escaped.append("\u{FFFD}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// Escaped text in which `` `words` `` in backticks are set as code.
    package static func sentence(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map { escaped(String($0)) }
        // An odd number of backticks leaves one without a partner: then none of them means code.
        guard !parts.count.isMultiple(of: 2) else { return escaped(text) }
        return parts.enumerated().map { $0.isMultiple(of: 2) ? $1 : "<code>\($1)</code>" }.joined()
    }
}
