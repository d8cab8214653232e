import Glibc

/// A small, repeatable source of randomness (SplitMix64): eight bytes of state, so every client can own one.
///
/// The same seed gives the same run. Not for anything that must not be guessed.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The generator of one `stream` of a run: streams of the same seed are unrelated to each other.
    package init(seed: UInt64, stream: UInt64) {
        var parent = SeededGenerator(seed: seed)
        state = Self.mix(parent.next() ^ Self.mix(stream &+ Self.increment))
    }

    /// 2^64 divided by the golden ratio, odd: the state walks through all 2^64 values.
    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    package mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mix(state)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A generator of its own, unrelated to what this one goes on to give.
    package mutating func split() -> SeededGenerator { SeededGenerator(seed: next(), stream: next()) }

    /// Evenly distributed, at least 0 and below 1.
    @inline(__always)
    package mutating func nextUnit() -> Double {
        // 53 bits are what a Double keeps below 1.
        Double(next() >> 11) * 0x1p-53
    }

    /// Exponentially distributed with the given mean: the gap to the next event of a Poisson process.
    @inline(__always)
    package mutating func nextExponential(mean: Double) -> Double { -log(1 - nextUnit()) * mean }
}
