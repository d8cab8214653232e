import BenchReports
import BenchResults
import CLinux
import Foundation
import Synchronization

/// Shows a running load on standard error: in place on a terminal, a line now and then elsewhere.
final class ProgressDisplay: Sendable {
    private struct State {
        var screen = TerminalScreen()
        var lastLine = -Double.infinity
    }

    /// Seconds between lines where nothing can be redrawn.
    private static let linePause = 5.0

    private let state = Mutex(State())
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let style: TerminalStyle
    let summaryStyle: TerminalStyle

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        let environment = ProcessInfo.processInfo.environment
        isTerminal = isatty(STDERR_FILENO) != 0 && environment["TERM"] != "dumb"
        style = TerminalStyle(environment: environment, isTerminal: isTerminal)
        summaryStyle = TerminalStyle(environment: environment, isTerminal: isatty(STDOUT_FILENO) != 0)
    }

    func begin() {
        guard !isQuiet, isTerminal else { return }
        state.withLock { write($0.screen.begin()) }
    }

    func show(_ snapshot: LiveSnapshot) {
        guard !isQuiet else { return }
        state.withLock { state in
            if isTerminal {
                let size = terminalSize()
                let lines = LiveView.lines(snapshot, width: size.columns, style: style)
                write(state.screen.redraw(lines, rows: size.rows))
            } else if snapshot.elapsed - state.lastLine >= Self.linePause {
                state.lastLine = snapshot.elapsed
                write(LiveView.line(snapshot) + "\n")
            }
        }
    }

    func end() {
        guard !isQuiet, isTerminal else { return }
        state.withLock { write($0.screen.clear() + $0.screen.finish()) }
    }

    private func terminalSize() -> (columns: Int, rows: Int) {
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard clinux_terminal_size(STDERR_FILENO, &columns, &rows) == 0, columns > 0, rows > 0 else { return (80, 24) }
        return (Int(columns), Int(rows))
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
