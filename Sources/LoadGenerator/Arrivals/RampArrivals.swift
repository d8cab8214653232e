/// The connections that open (or close) while the population moves linearly from one number to another.
///
/// The n-th time is computed exactly, never accumulated. The first one is at once, the last one step before the end,
/// so the target stands when the ramp is over. 32 bytes.
package struct RampArrivals: Sendable, Hashable {
    package let from: UInt32
    package let to: UInt32
    /// Nanoseconds.
    private let duration: UInt64
    private var index: UInt32 = 0

    /// - Parameters:
    ///   - from: the population at the start, 0 to 2^32-1.
    ///   - to: the population at the end, 0 to 2^32-1; less than `from` when connections leave.
    ///   - nanoseconds: how long it takes; 0 means all at once.
    package init(from: Int, to: Int, over nanoseconds: UInt64) {
        precondition(from >= 0 && from <= UInt32.max && to >= 0 && to <= UInt32.max, "a population is a count")
        self.from = UInt32(from)
        self.to = UInt32(to)
        duration = nanoseconds
    }

    /// How many connections open or close.
    package var count: Int { Int(from > to ? from - to : to - from) }
    /// True when they close.
    package var isLeaving: Bool { to < from }

    /// When change `index` happens, in nanoseconds after the ramp's start; `index` is below ``count``.
    package func time(of index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "the ramp has only \(count) changes")
        // index < count, so the quotient is below the duration and fits.
        return UInt64(count).dividingFullWidth(duration.multipliedFullWidth(by: UInt64(index))).quotient
    }

    /// The next planned change, in nanoseconds after the ramp's start; nil when all have been given.
    package mutating func next() -> UInt64? {
        guard index < count else { return nil }
        defer { index += 1 }
        return time(of: Int(index))
    }

    /// The population `nanoseconds` after the start, with every change planned until then.
    package func population(at nanoseconds: UInt64) -> Int {
        guard nanoseconds < duration else { return Int(to) }
        guard count > 0 else { return Int(to) }
        // The number of indexes whose time is at most `nanoseconds`: time(of:) rounds down, so this rounds up from the
        // next nanosecond. It cannot exceed the count, since nanoseconds + 1 <= duration.
        let (quotient, remainder) = duration.dividingFullWidth((nanoseconds + 1).multipliedFullWidth(by: UInt64(count)))
        let changes = Int(quotient) + (remainder > 0 ? 1 : 0)
        return isLeaving ? Int(from) - changes : Int(from) + changes
    }
}
