import CLinux
import Dispatch
import Glibc

/// Waits until a process has ended, whoever started it; returns at once when there is none.
///
/// - Throws: ``NotInTime`` when it still runs after `limit`.
package func waitForEnd(ofProcess pid: Int32, by limit: Duration = .seconds(30)) async throws {
    let descriptor = clinux_process_descriptor(pid)
    guard descriptor >= 0 else { return }
    let milliseconds = Int32(clamping: limit.components.seconds * 1_000)
    let hasEnded = await withCheckedContinuation { done in
        DispatchQueue.global().async {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            done.resume(returning: poll(&waiting, 1, milliseconds) > 0)
            close(descriptor)
        }
    }
    guard hasEnded else { throw NotInTime(what: "the end of process \(pid)") }
}
