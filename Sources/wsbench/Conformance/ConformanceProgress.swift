import BenchReports
import BenchResults
import Foundation
import Synchronization

/// Shows a conformance run on standard error: one line in place on a terminal, a line now and then elsewhere.
final class ConformanceProgress: Sendable {
    private struct State {
        var done = 0
        var unexpected = 0
        var lastLine = ContinuousClock.now
        var isLineOpen = false
    }

    /// Between lines where nothing can be redrawn.
    private static let linePause = Duration.seconds(10)

    private let state = Mutex(State())
    private let total: Int
    private let isQuiet: Bool
    private let isTerminal: Bool
    let summaryStyle: TerminalStyle

    init(total: Int, isQuiet: Bool) {
        self.total = total
        self.isQuiet = isQuiet
        let environment = ProcessInfo.processInfo.environment
        isTerminal = isatty(STDERR_FILENO) != 0 && environment["TERM"] != "dumb"
        summaryStyle = TerminalStyle(environment: environment, isTerminal: isatty(STDOUT_FILENO) != 0)
    }

    /// One more attempt has ended.
    func show(_ result: CaseResult) {
        guard !isQuiet else { return }
        state.withLock { state in
            state.done += 1
            if result.isUnexpected { state.unexpected += 1 }
            let unexpected = state.unexpected == 0 ? "" : ", \(state.unexpected) unexpected"
            if isTerminal {
                write("\r\u{1b}[K\(state.done)/\(total) cases\(unexpected)  \(result.id)")
                state.isLineOpen = true
            } else if ContinuousClock.now - state.lastLine >= Self.linePause || state.done == total {
                state.lastLine = .now
                write("\(state.done)/\(total) cases\(unexpected)\n")
            }
        }
    }

    /// A sentence between the cases.
    func say(_ text: String) {
        guard !isQuiet else { return }
        end()
        write(text + "\n")
    }

    func end() {
        state.withLock { state in
            if state.isLineOpen { write("\r\u{1b}[K") }
            state.isLineOpen = false
        }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
