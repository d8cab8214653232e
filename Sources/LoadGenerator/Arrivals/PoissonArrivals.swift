/// Messages that arrive independently of each other, as those of many real users do: exponential gaps of one mean.
///
/// 24 bytes. The same generator gives the same times.
package struct PoissonArrivals: Sendable, Hashable {
    private var generator: SeededGenerator
    /// Nanoseconds.
    private let mean: Double
    /// Nanoseconds. A sum of independent gaps has to be accumulated; a Double keeps it to a nanosecond for 100 days.
    private var elapsed: Double = 0

    /// - Parameter perSecond: must be finite and greater than 0.
    package init(perSecond: Double, generator: SeededGenerator) {
        precondition(perSecond > 0 && perSecond.isFinite, "an arrival rate must be positive")
        mean = 1e9 / perSecond
        self.generator = generator
    }

    /// The next planned time, in nanoseconds after the start; never before the previous one.
    package mutating func next() -> UInt64 {
        elapsed += generator.nextExponential(mean: mean)
        return UInt64(clamping: elapsed)
    }
}
