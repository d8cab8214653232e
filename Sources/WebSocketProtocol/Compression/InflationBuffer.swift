import Glibc

/// The memory into which messages are inflated, one at a time: one for each loop is enough.
///
/// It grows by doubling to what a message needs and keeps it for the next.
package struct InflationBuffer: ~Copyable {
    /// The first step, and what `shrink` leaves.
    package static let smallestCapacity = 16 << 10
    /// What `shrink` leaves of more.
    package static let retainedCapacity = 256 << 10

    private(set) var start: UnsafeMutableRawPointer?
    /// Octets of memory that the buffer owns.
    package private(set) var capacity = 0

    package init() {}

    deinit { free(start) }

    /// Gives back what only a large message needed. Messages in the buffer are gone.
    package mutating func shrink() {
        guard capacity > Self.retainedCapacity else { return }
        free(start)
        start = nil
        capacity = 0
    }

    /// Makes room for more than it has, keeping what is there: at least `hint` if it has nothing, never more than
    /// `ceiling` octets. Returns false without memory; `ceiling` is more than the capacity.
    mutating func grow(hint: Int, ceiling: Int) -> Bool {
        assert(ceiling > capacity)
        let (doubled, overflow) = capacity.multipliedReportingOverflow(by: 2)
        let wanted = max(Self.smallestCapacity, overflow ? .max : doubled, capacity == 0 ? hint : 0)
        let newCapacity = min(ceiling, wanted)
        guard let moved = realloc(start, newCapacity) else { return false }
        start = moved
        capacity = newCapacity
        return true
    }
}
