/// Spreads the clients of a run evenly, whatever their number: the n-th point falls into the widest gap left so far.
///
/// The two axes of the R2 sequence (multiples of powers of the plastic number, as 64-bit fractions). They are two,
/// not one, because clients of one behaviour would otherwise share a part of the phase circle.
package enum LowDiscrepancy {
    /// 2^64 / 1.32471795724474602596
    private static let first: UInt64 = 0xC13F_A9A9_02A6_328F
    /// 2^64 / 1.32471795724474602596²
    private static let second: UInt64 = 0x91E1_0DA5_C79E_7B1D

    /// The share of [0, 1), as a 64-bit fraction, that decides the behaviour of client `index`.
    package static func choice(_ index: Int) -> UInt64 { UInt64(truncatingIfNeeded: index) &* first }

    /// Where in its interval client `index` sends its first message: at least 0 and below 1.
    package static func phase(_ index: Int) -> Double {
        Double((UInt64(truncatingIfNeeded: index) &* second) >> 11) * 0x1p-53
    }
}
