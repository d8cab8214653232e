/// One line of terminal output: pieces of text with an ink each, so that width is counted without escape codes.
package struct TerminalLine: Sendable, Equatable {
    package enum Ink: String, Sendable {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case boldRed = "1;31"
        case boldGreen = "1;32"
        case boldYellow = "1;33"
    }

    package struct Span: Sendable, Equatable {
        package var text: String
        package var ink: Ink
    }

    package private(set) var spans: [Span] = []

    package init() {}

    package init(_ text: String, _ ink: Ink = .plain) {
        append(text, ink)
    }

    /// Adds text; what could steer the terminal is replaced (``TerminalText/safe(_:)``).
    package mutating func append(_ text: String, _ ink: Ink = .plain) {
        spans.append(Span(text: TerminalText.safe(text), ink: ink))
    }

    package func appending(_ text: String, _ ink: Ink = .plain) -> TerminalLine {
        var line = self
        line.append(text, ink)
        return line
    }

    package mutating func append(contentsOf other: TerminalLine) {
        spans += other.spans
    }

    /// Columns the line takes.
    package var width: Int { spans.reduce(0) { $0 + TerminalText.width($1.text) } }

    /// Adds spaces up to `column`, at least one.
    package mutating func pad(to column: Int) {
        append(String(repeating: " ", count: max(1, column - width)))
    }

    /// The text to print, cut at `width` columns when given.
    package func render(_ style: TerminalStyle, width: Int = .max) -> String {
        var output = ""
        var left = width
        for span in spans where left > 0 {
            let shown = style.unicode ? span.text : TerminalText.ascii(span.text)
            let text = TerminalText.prefix(shown, width: left)
            left -= TerminalText.width(text)
            guard style.colour, span.ink != .plain, !text.isEmpty else {
                output += text
                continue
            }
            output += "\u{1B}[\(span.ink.rawValue)m\(text)\u{1B}[0m"
        }
        return output
    }
}
