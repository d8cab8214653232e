extension ExpectationLine {
    /// A sentence without its full stop.
    struct Problem: Error, Equatable {
        var message: String

        init(_ message: String) { self.message = message }
    }

    private static let example = "F-022#declared-1mib  FAIL  role=server  # why"

    /// Reads a line; nil when it is empty or only a comment.
    static func parse(_ text: String, number: Int) throws(Problem) -> ExpectationLine? {
        let (fields, comment) = split(text)
        guard let pattern = fields.first else { return nil }
        if let id = pattern.split(separator: "/").last, id.utf8.count < pattern.utf8.count {
            throw Problem("`\(pattern)` is no id; write it without role and group, as \(id)")
        }
        guard fields.count > 1 else {
            throw Problem(
                "`\(pattern)` has no verdict after it; write FAIL, a list such as FAIL,TIMEOUT, or \(disabledWord)")
        }
        var line = ExpectationLine(
            number: number, pattern: CasePattern(pattern), outcome: try outcome(fields[1]), reason: comment)
        var rest = fields.dropFirst(2)
        while let field = rest.popFirst() {
            if field == "until" {
                guard let date = rest.popFirst() else {
                    throw Problem("`until` has no date after it; write for example until 2027-03-01")
                }
                guard line.until == nil else { throw Problem("`until` stands twice") }
                line.until = try day(date)
            } else {
                try line.add(condition: field)
            }
        }
        guard !comment.isEmpty else {
            throw Problem("there is no reason; end the line with one, as in \(example)")
        }
        return line
    }

    private mutating func add(condition field: String) throws(Problem) {
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("role", 2):
            guard role == nil else { throw Problem("`role` stands twice") }
            role = CaseRole(rawValue: parts[1])
            if role == nil {
                throw Self.unknown(parts[1], "role", of: CaseRole.allCases.map(\.rawValue))
            }
        case ("transport", 2):
            guard transport == nil else { throw Problem("`transport` stands twice") }
            guard Self.transports.contains(parts[1]) else {
                throw Self.unknown(parts[1], "transport", of: Self.transports)
            }
            transport = parts[1]
        case ("role", _), ("transport", _): throw Problem("`\(field)` has no value; write \(field)=…")
        default:
            throw Self.unknown(
                parts[0], "condition", of: ["role", "transport", "until"],
                otherwise: "a reason begins with # after a space, verdicts are joined by commas without spaces")
        }
    }

    private static func outcome(_ field: String) throws(Problem) -> Outcome {
        if field == disabledWord { return .disabled }
        var verdicts: [CaseVerdict] = []
        for word in field.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard word != disabledWord else { throw Problem("\(disabledWord) stands alone, not in a list") }
            guard let verdict = CaseVerdict(rawValue: word) else {
                throw unknown(word, "verdict", of: CaseVerdict.allCases.map(\.rawValue) + [disabledWord])
            }
            guard !verdicts.contains(verdict) else { throw Problem("\(word) stands twice") }
            verdicts.append(verdict)
        }
        return .verdicts(verdicts)
    }

    private static func day(_ text: String) throws(Problem) -> CalendarDate {
        guard text.utf8.count == 10, let date = CalendarDate(text) else {
            throw Problem("`\(text)` is no date; write year, month and day as in 2027-03-01")
        }
        return date
    }

    private static func unknown(
        _ word: String, _ kind: String, of known: [String], otherwise: String? = nil
    ) -> Problem {
        if let meant = NearestName.of(word, in: known) {
            return Problem("`\(word)` is no \(kind); did you mean \(meant)?")
        }
        let list = known.joined(separator: ", ")
        return Problem("`\(word)` is no \(kind); known are \(list)" + (otherwise.map { " (\($0))" } ?? ""))
    }

    /// The words before the comment, and the comment. It begins with a `#` that begins a word: ids have theirs inside.
    private static func split(_ text: String) -> (fields: [String], comment: String) {
        let isSpace = { (octet: UInt8) in octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        var fields: [String] = []
        var rest = Array(text.utf8)[...]
        while true {
            rest = rest.drop(while: isSpace)
            guard let first = rest.first else { return (fields, "") }
            if first == UInt8(ascii: "#") {
                var comment = rest.dropFirst().drop(while: isSpace)
                while let last = comment.last, isSpace(last) { comment.removeLast() }
                return (fields, String(decoding: comment, as: UTF8.self))
            }
            let word = rest.prefix { !isSpace($0) }
            fields.append(String(decoding: word, as: UTF8.self))
            rest = rest[word.endIndex...]
        }
    }
}
