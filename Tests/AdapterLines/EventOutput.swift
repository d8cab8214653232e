import Glibc
import Synchronization

/// Writes events to standard output, each whole and at once, from any thread.
package final class EventOutput: Sendable {
    private let lock = Mutex(())

    package init() {}

    package func report(_ event: AdapterEvent) {
        let octets = Array((event.line + "\n").utf8)
        lock.withLock { _ in
            var written = 0
            while written < octets.count {
                let count = octets.withUnsafeBytes { bytes in
                    write(STDOUT_FILENO, bytes.baseAddress.map { $0 + written }, octets.count - written)
                }
                guard count > 0 || errno == EINTR else { return }
                written += max(0, count)
            }
        }
    }
}
