/// Redraws a block of lines in place, by escape codes: it makes the strings, its owner prints them.
///
/// Print ``begin()`` once, ``redraw(_:rows:)`` for each frame, and always ``finish()``, also on Ctrl-C: it gives the
/// cursor back.
public struct TerminalScreen: Sendable {
    private enum Code {
        static let hideCursor = "\u{1B}[?25l"
        static let showCursor = "\u{1B}[?25h"
        /// Without it a line too long for a window just made narrower would wrap and shift all others.
        static let wrapOff = "\u{1B}[?7l"
        static let wrapOn = "\u{1B}[?7h"
        static let eraseLine = "\u{1B}[2K"
        static let eraseBelow = "\u{1B}[J"
        /// Lets terminals that know it show a frame at once; others ignore it.
        static let frameStart = "\u{1B}[?2026h"
        static let frameEnd = "\u{1B}[?2026l"
    }

    /// Lines of the last frame: the cursor stands on the line below them.
    private var drawn = 0

    public init() {}

    /// Prepares the terminal.
    public func begin() -> String { Code.hideCursor + Code.wrapOff }

    /// Draws `lines` over the last frame. With `rows`, the window's height, only as many as can be redrawn.
    public mutating func redraw(_ lines: [String], rows: Int? = nil) -> String {
        let shown = rows.map { Array(lines.prefix(max(1, $0 - 1))) } ?? lines
        var output = Code.frameStart + toTop
        for line in shown { output += Code.eraseLine + line + "\n" }
        output += Code.eraseBelow + Code.frameEnd
        drawn = shown.count
        return output
    }

    /// Takes the last frame away, so that other output can be printed in its place.
    public mutating func clear() -> String {
        let output = toTop + Code.eraseBelow
        drawn = 0
        return output
    }

    /// Leaves the last frame where it is and gives the terminal back as it was.
    public mutating func finish() -> String {
        drawn = 0
        return Code.wrapOn + Code.showCursor
    }

    private var toTop: String { drawn > 0 ? "\r\u{1B}[\(drawn)A" : "\r" }
}
