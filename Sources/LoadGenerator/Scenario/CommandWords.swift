/// Splits a command into words as a shell would, without being one: quotes and backslashes, but no expansion, pipes
/// or substitution. Variables are filled in afterwards, so their values never become several words.
enum CommandWords {
    struct Failure: Error { let message: String }

    static func split(_ command: String) throws(Failure) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = command[...]
        while let character = characters.popFirst() {
            // A variable stays in one piece, whatever its default holds.
            if character == "$", characters.first == "{", let end = characters.firstIndex(of: "}") {
                word = (word ?? "") + "$" + characters[...end]
                characters = characters[characters.index(after: end)...]
                continue
            }
            switch (quote, character) {
            case ("'", "'"), ("\"", "\""):
                quote = nil
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (nil, "\\"), ("\"", "\\"):
                guard let escaped = characters.popFirst() else { throw Failure(message: "the command ends in `\\`") }
                // Between double quotes a backslash only escapes what would otherwise mean something there.
                let isLiteral = quote != nil && escaped != "\"" && escaped != "\\"
                word = (word ?? "") + (isLiteral ? "\\" : "") + String(escaped)
            case (nil, let space) where space.isWhitespace:
                if let finished = word { words.append(finished) }
                word = nil
            case (nil, "|"), (nil, ";"), (nil, "&"), (nil, "<"), (nil, ">"), (nil, "`"):
                throw Failure(
                    message:
                        "`\(character)` means something to a shell, but the command is not given to one; quote it, "
                        + "or write `[sh, -c, \"…\"]`")
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Failure(message: "the \(quote) of the command is not closed") }
        if let finished = word { words.append(finished) }
        return words
    }
}
