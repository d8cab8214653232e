/// Looks for YAML aliases without parsing YAML: a small text can stand for an exponentially large one with them.
///
/// Reports an alias only where the same text defines its anchor, since prose may well hold `*this*` or `R &D`; a YAML
/// alias without its anchor is an error of its own. So nothing that is an alias to YAML passes.
enum AliasScan {
    /// The first `*name` that could be a token and has an `&name` that could be one.
    static func firstAlias(in text: String) -> (position: SourcePosition, name: String)? {
        var anchors: Set<String> = []
        for reference in references(in: text) where reference.sign == "&" { anchors.insert(reference.name) }
        guard !anchors.isEmpty else { return nil }
        return references(in: text).first { $0.sign == "*" && anchors.contains($0.name) }.map { ($0.position, $0.name) }
    }

    private struct Reference {
        let sign: Unicode.Scalar
        let name: String
        let position: SourcePosition
    }

    /// What a token may follow without being part of a word: `a=1&b=2` in a URL is none.
    private static let openers: Set<Unicode.Scalar> = [
        " ", "\t", "\n", "\r", "\u{FEFF}", "\u{85}", "\u{2028}", "\u{2029}", ",", "[", "]", "{", "}", ":", "?", "-",
        "\"", "'", "|", ">",
    ]
    private static let lineEnds: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

    private static func references(in text: String) -> [Reference] {
        var found: [Reference] = []
        var line = 1
        var column = 1
        var previous: Unicode.Scalar = "\n"
        /// True while only spaces have been seen in the line: a `#` there makes the line a comment, or part of a
        /// quoted or block text; neither holds a token.
        var isLineStart = true
        var isComment = false
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.first {
            scalars = scalars.dropFirst()
            if lineEnds.contains(scalar) {
                if !(scalar == "\n" && previous == "\r") { line += 1 }
                column = 1
                isLineStart = true
                isComment = false
            } else {
                if isLineStart, scalar == "#" { isComment = true }
                if scalar != " ", scalar != "\t" { isLineStart = false }
                if !isComment, scalar == "&" || scalar == "*", openers.contains(previous) {
                    let name = scalars.prefix { isNameScalar($0) }
                    if !name.isEmpty {
                        found.append(
                            Reference(
                                sign: scalar, name: String(name),
                                position: SourcePosition(line: line, column: column)))
                    }
                }
                column += 1
            }
            previous = scalar
        }
        return found
    }

    /// The characters of an anchor's name in libyaml.
    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
                || scalar == "-")
    }
}
