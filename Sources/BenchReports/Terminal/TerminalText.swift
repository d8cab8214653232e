/// Text as a terminal shows it: its width in columns, what must not reach it, and an ASCII form.
package enum TerminalText {
    /// Replaces everything that could steer the terminal or reorder the line: error texts and names are input.
    package static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" || scalar == "\r" {
                safe.append(" ")
            } else {
                safe.append(isControl(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(safe)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Line separators and the marks that turn writing direction around.
        case 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Columns that `text` takes: two for wide East Asian characters and emoji, none for combining marks.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// The longest beginning of `text` that fits into `width` columns.
    package static func prefix(_ text: String, width: Int) -> String {
        guard self.width(text) > width else { return text }
        var left = width
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            left -= self.width(scalar)
            if left < 0 { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x300: return 1
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: break
        }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: 0
        default: 1
        }
    }

    /// The nearest ASCII: known signs by a like one, others by `?`.
    package static func ascii(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !$0.isASCII }) else { return text }
        var ascii = ""
        for scalar in text.unicodeScalars {
            ascii += scalar.isASCII ? String(scalar) : (substitutes[scalar] ?? "?")
        }
        return ascii
    }

    private static let substitutes: [Unicode.Scalar: String] = [
        "µ": "u", "–": "-", "—": "-", "…": "...", "·": "-", "×": "x", "✓": "+", "✔": "+", "✗": "x", "→": ">",
        "§": "section ", "!": "!", "≤": "<=",
        "≥": ">=",
        "─": "-", "│": "|", "█": "#", "░": ".", "▁": "_", "▂": ".", "▃": ",", "▄": "-", "▅": "=", "▆": "+", "▇": "*",
    ]
}
