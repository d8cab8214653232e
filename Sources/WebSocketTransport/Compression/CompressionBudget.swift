import Synchronization

/// How much memory compression contexts may take, counted for all connections that share the budget.
///
/// What a connection may come to need is set aside when it opens, so that the sum holds even if all of them become busy.
public final class CompressionBudget: Sendable {
    /// The budget of the process, unless a configuration brings its own: 256 MiB.
    public static let process = CompressionBudget(octets: 256 << 20)

    /// The limit, in octets.
    public let octets: Int
    private let taken = Atomic(0)

    public init(octets: Int) { self.octets = max(0, octets) }

    /// What is set aside now, in octets.
    public var reserved: Int { taken.load(ordering: .relaxed) }

    /// Sets `count` octets aside, or returns false when that is more than is left.
    func reserve(_ count: Int) -> Bool {
        var current = taken.load(ordering: .relaxed)
        while count <= octets - current {
            let (exchanged, original) = taken.weakCompareExchange(
                expected: current, desired: current + count, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }

    func release(_ count: Int) { taken.subtract(count, ordering: .relaxed) }
}
