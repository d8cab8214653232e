import Glibc

/// SplitMix64: the same seed gives the same run, so that what a test found can be found again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A latency in nanoseconds: lognormal around `median` seconds, as latencies are.
    mutating func latency(median: Double, spread: Double) -> UInt64 {
        let uniform = Double.random(in: 1e-9..<1, using: &self)
        let angle = Double.random(in: 0..<1, using: &self) * 2 * Double.pi
        let normal = (-2 * log(uniform)).squareRoot() * cos(angle)
        return UInt64(min(3600, median * exp(spread * normal)) * 1e9)
    }

    /// `value`, a little more or less.
    mutating func about(_ value: Double, by share: Double = 0.04) -> Double {
        value * (1 + Double.random(in: -share...share, using: &self))
    }
}
