import Glibc

/// The octets of a message that did not arrive in one piece. It owns memory only while there are any.
///
/// Memory follows the octets that arrive, not the length that a peer declares: at most twice what is stored, and never
/// less than the first step below.
struct AssemblyBuffer: ~Copyable {
    /// The first step, if as much is declared.
    static let firstCapacity = 64 << 10
    /// The first step for a message whose later fragments are not known yet.
    static let smallestOpenCapacity = 256
    /// The most that a direct window adds at once.
    static let largestWindow = 1 << 20

    private(set) var start: UnsafeMutableRawPointer?
    private(set) var capacity = 0
    /// Octets stored; never more than `capacity`.
    private(set) var count = 0

    init() {}

    deinit { free(start) }

    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Where the next octets go, when there is memory.
    var end: UnsafeMutableRawPointer? { start.map { $0 + count } }

    var spare: Int { capacity - count }

    /// Makes room for `additional` octets that have arrived. Returns false if the system has no memory.
    ///
    /// `declared` is what all frames of the message so far declared, `ceiling` what the message can have at most; both
    /// are not less than `count + additional`.
    mutating func reserve(_ additional: Int, declared: Int, ceiling: Int) -> Bool {
        guard additional > spare else { return true }
        let required = count + additional
        let (doubled, overflow) = capacity.multipliedReportingOverflow(by: 2)
        let first = max(Self.smallestOpenCapacity, min(declared, Self.firstCapacity))
        return grow(to: min(ceiling, max(required, overflow ? required : doubled, first)))
    }

    /// Makes room for some of `outstanding` octets that will be received here directly. Returns false without memory.
    mutating func reserveWindow(outstanding: Int) -> Bool {
        guard spare < min(outstanding, Self.firstCapacity) else { return true }
        let step = min(outstanding, Self.largestWindow, max(Self.firstCapacity, capacity))
        return grow(to: count + step)
    }

    mutating func commit(_ added: Int) {
        assert(added >= 0 && added <= spare)
        count += added
    }

    mutating func release() {
        free(start)
        start = nil
        capacity = 0
        count = 0
    }

    private mutating func grow(to newCapacity: Int) -> Bool {
        guard let moved = realloc(start, newCapacity) else { return false }
        start = moved
        capacity = newCapacity
        return true
    }
}
