import CommandLineSupport
import Foundation
import LoadGenerator
import Synchronization
import UnixSignals

/// Ends a run at SIGINT and SIGTERM: in order at the first one, at once at the second.
final class SignalWatch: Sendable {
    private let interruption: LoadRun.Interruption
    private let display: ProgressDisplay
    private let first = Mutex<UnixSignal?>(nil)

    init(_ interruption: LoadRun.Interruption, _ display: ProgressDisplay) {
        self.interruption = interruption
        self.display = display
    }

    /// The exit code of a run that was ended so.
    var status: ExitStatus { first.withLock { $0 } == .sigterm ? .terminated : .interrupted }

    func run() async {
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            guard interruption.isRequested else {
                first.withLock { $0 = signal }
                interruption.interrupt()
                continue
            }
            // Nobody waits for the run any more, so what it would have put in order is done here.
            display.end()
            interruption.endServer()
            exit(status.rawValue)
        }
    }
}
