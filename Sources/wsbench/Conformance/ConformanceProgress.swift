import BenchReports
import BenchResults
import Foundation
import Synchronization
import WebSocketConformance

/// Shows a conformance run on standard error: one line in place on a terminal, a line now and then elsewhere, and what is
/// unexpected as soon as it is known.
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

    init(total: Int, isQuiet: Bool) {
        self.total = total
        self.isQuiet = isQuiet
        let environment = ProcessInfo.processInfo.environment
        isTerminal = isatty(STDERR_FILENO) != 0 && environment["TERM"] != "dumb"
    }

    /// One more attempt has ended.
    func show(_ result: CaseResult) {
        guard !isQuiet else { return }
        state.withLock { state in
            state.done += 1
            if result.isUnexpected { state.unexpected += 1 }
            let unexpected = state.unexpected == 0 ? "" : ", \(state.unexpected) unexpected"
            if result.isUnexpected {
                clearLine(&state)
                write("\(result.id) \(result.verdict.rawValue): \(TerminalText.safe(result.explanation))\n")
            }
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

    /// The same in a second, unless it is cancelled: what takes no longer needs no words.
    func sayLater(_ text: String) -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: .seconds(1))
            say(text)
        }
    }

    /// How long the two halves of a run took, which have nothing to do with each other: the second one is the longer for
    /// every case that only a clock can decide.
    func phaseEnded(_ phase: Case.Phase, count: Int, nanoseconds: UInt64) {
        let cases = count == 1 ? "1 case" : "\(count) cases"
        let seconds = (nanoseconds + 500_000_000) / 1_000_000_000
        say("\(cases) \(phase == .parallel ? "next to each other" : "each alone") in \(seconds) s")
    }

    func end() { state.withLock { clearLine(&$0) } }

    private func clearLine(_ state: inout State) {
        if state.isLineOpen { write("\r\u{1b}[K") }
        state.isLineOpen = false
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
