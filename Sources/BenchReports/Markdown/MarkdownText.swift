/// Text set in Markdown so that nothing in it is taken for markup.
enum MarkdownText {
    /// The first row is the head; the first column is set to the left, the others to the right unless `allLeft`.
    static func table(_ rows: [[String]], allLeft: Bool = false) -> String {
        guard let head = rows.first else { return "" }
        let rule = head.indices.map { $0 == 0 || allLeft ? ":--" : "--:" }
        return "\n" + ([head, rule] + rows.dropFirst()).map(row).joined()
    }

    static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }

    /// Text in which nothing is markup: no HTML, no links, no mentions, no cell borders.
    static func inline(_ text: String) -> String {
        var escaped = ""
        for scalar in TerminalText.safe(text).unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            // A space of no width ends the mention before it can reach anyone.
            case "@": escaped += "@\u{200B}"
            case "`", "|", "*", "_", "[", "]", "#", "\\", "~", "!": escaped += "\\" + String(scalar)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Text in which only `` `words` `` in backticks are markup.
    static func sentence(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        guard !parts.count.isMultiple(of: 2) else { return inline(text) }
        return parts.enumerated().map { $0.isMultiple(of: 2) ? inline($1) : code($1) }.joined()
    }

    /// A code span. A fence longer than any run of backticks inside holds whatever the text is.
    static func code(_ text: String) -> String {
        let safe = TerminalText.safe(text).split(separator: "|", omittingEmptySubsequences: false).joined(
            separator: "\\|")
        var (longest, run) = (0, 0)
        for character in safe.unicodeScalars {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return longest > 0 || safe.hasPrefix(" ") ? "\(fence) \(safe) \(fence)" : "\(fence)\(safe)\(fence)"
    }
}
