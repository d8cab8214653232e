/// The schedule of one open-loop client: when each of its messages should leave, whatever the server does.
///
/// At most 32 bytes, since thousands of clients hold one each. Times are in the time of ``RateProfile``'s nominal
/// clock; without a profile that is the time since the client began.
package enum MessageArrivals: Sendable, Hashable {
    case even(EvenArrivals)
    case poisson(PoissonArrivals)

    /// The schedule of client `index` of a run with `seed`.
    package init(_ process: ArrivalProcess, perSecond: Double, client index: Int, seed: UInt64) {
        switch process {
        case .even:
            self = .even(EvenArrivals(perSecond: perSecond, phase: LowDiscrepancy.phase(index)))
        case .poisson:
            let generator = SeededGenerator(seed: seed, stream: UInt64(truncatingIfNeeded: index))
            self = .poisson(PoissonArrivals(perSecond: perSecond, generator: generator))
        }
    }

    /// The next planned time, in nanoseconds after the start.
    package mutating func next() -> UInt64 {
        switch self {
        case .even(var arrivals):
            defer { self = .even(arrivals) }
            return arrivals.next()
        case .poisson(var arrivals):
            defer { self = .poisson(arrivals) }
            return arrivals.next()
        }
    }
}

/// How the messages of an open-loop client follow each other.
package enum ArrivalProcess: String, Sendable, Hashable, CaseIterable {
    case even
    case poisson
}
