import CLinux
import Glibc

/// Nanoseconds of the system's monotonic clock. Times are `UInt64` nanoseconds throughout the reactor.
package func monotonicNanoseconds() -> UInt64 { clinux_monotonic_ns() }

extension Duration {
    /// This duration in whole nanoseconds, clamped to 0 … `UInt64.max`.
    package var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (total, carry) = whole.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return carry ? .max : total
    }
}
