/// Messages at equal distances: planned at phase, phase + 1 interval, phase + 2 intervals, …
///
/// The n-th time is computed, never accumulated, so a rate of 3/s is still 3/s after a day. 24 bytes.
package struct EvenArrivals: Sendable, Hashable {
    /// Nanoseconds.
    private let interval: Double
    /// Nanoseconds, less than one interval.
    private let phase: Double
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - perSecond: must be finite and greater than 0.
    ///   - phase: which part of the first interval passes before the first message, at least 0 and below 1; from
    ///     ``LowDiscrepancy/phase(_:)``, so that different clients do not all fire together.
    package init(perSecond: Double, phase: Double) {
        precondition(perSecond > 0 && perSecond.isFinite, "an arrival rate must be positive")
        precondition(phase >= 0 && phase < 1, "a phase is a share of one interval")
        interval = 1e9 / perSecond
        self.phase = phase * interval
    }

    /// When message `index` is planned, in nanoseconds after the start.
    package func time(of index: UInt64) -> UInt64 { UInt64(clamping: phase + Double(index) * interval) }

    /// The next planned time, in nanoseconds after the start.
    package mutating func next() -> UInt64 {
        defer { count += 1 }
        return time(of: count)
    }
}

extension UInt64 {
    /// Whole nanoseconds from a computed time; what is beyond 64 bits stays at the end of time.
    @inline(__always)
    init(clamping nanoseconds: Double) {
        // 2^63 ns are 292 years; every Double below it converts without a trap.
        self = nanoseconds < 0x1p63 ? UInt64(Swift.max(0, nanoseconds)) : .max
    }
}
