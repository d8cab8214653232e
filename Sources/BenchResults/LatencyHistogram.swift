package import Histogram

/// Latencies in nanoseconds: 1 ns to one hour at three significant decimal digits, in fixed memory (HdrHistogram).
///
/// Merged by adding counts, so percentiles of several threads or stages are exact and never averages of percentiles.
public struct LatencyHistogram: Sendable {
    /// Values above one hour are recorded as one hour; ``max`` then says so.
    public static let highestTrackable: UInt64 = 3_600_000_000_000

    package private(set) var histogram: Histogram<UInt64>

    public init() {
        histogram = Histogram(
            lowestDiscernibleValue: 1,
            highestTrackableValue: Self.highestTrackable,
            numberOfSignificantValueDigits: .three
        )
    }

    /// Records one latency of `nanoseconds`; costs about 8 ns and never allocates.
    public mutating func record(_ nanoseconds: UInt64) {
        _ = histogram.record(Swift.min(nanoseconds, Self.highestTrackable))
    }

    /// Adds every value of `other`.
    public mutating func add(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        histogram.add(other.histogram)
    }

    public mutating func reset() { histogram.reset() }

    public var count: UInt64 { histogram.totalCount }
    public var isEmpty: Bool { histogram.totalCount == 0 }
    /// Nanoseconds; 0 when empty.
    public var min: UInt64 { isEmpty ? 0 : histogram.min }
    public var max: UInt64 { isEmpty ? 0 : histogram.maxRecorded }

    /// The arithmetic mean in nanoseconds, within a bucket's width; 0 when empty.
    public var mean: Double {
        guard !isEmpty else { return 0 }
        var sum = 0.0
        for bucket in buckets { sum += Double(bucket.middle) * Double(bucket.count) }
        // The sum is rounded, which must not take the mean past the ends.
        return Swift.min(Swift.max(sum / Double(count), Double(min)), Double(max))
    }

    /// The value that `percent` (0 to 100) of all values do not exceed, in nanoseconds; 0 when empty.
    public func percentile(_ percent: Double) -> UInt64 {
        // The library would turn a NaN into an integer, which traps.
        isEmpty || percent.isNaN ? 0 : histogram.valueAtPercentile(Swift.max(percent, 0))
    }

    /// How many values are at most `nanoseconds`, as a share between 0 and 1.
    public func share(atOrBelow nanoseconds: UInt64) -> Double {
        isEmpty ? 1 : histogram.percentileAtOrBelowValue(nanoseconds) / 100
    }
}

extension LatencyHistogram {
    /// One non-empty bucket: all values within it are told apart by no one.
    package struct Bucket: Sendable, Equatable {
        package var lowest: UInt64
        package var highest: UInt64
        package var count: UInt64

        package var middle: UInt64 { lowest + (highest - lowest) / 2 }
    }

    /// The non-empty buckets, ascending; the outer two are narrowed to the exact minimum and maximum.
    ///
    /// Walks the value range itself: the library's iterators sum value times count in 64 bits and trap on overflow.
    package var buckets: [Bucket] {
        guard !isEmpty else { return [] }
        var found: [Bucket] = []
        let (least, greatest) = (self.min, self.max)
        var value = histogram.lowestEquivalentForValue(least)
        while value <= greatest {
            let next = histogram.nextNonEquivalentForValue(value)
            let count = histogram.countForValue(value)
            if count > 0 {
                found.append(
                    Bucket(lowest: Swift.max(value, least), highest: Swift.min(next - 1, greatest), count: count))
            }
            value = next
        }
        return found
    }

    /// Adds `count` values of `nanoseconds`; returns false and changes nothing when the total would pass
    /// ``highestCount``.
    package mutating func record(_ nanoseconds: UInt64, count added: UInt64) -> Bool {
        let (total, overflow) = count.addingReportingOverflow(added)
        guard !overflow, total <= Self.highestCount else { return false }
        // A count of zero would still move the minimum and the maximum.
        guard added > 0 else { return true }
        _ = histogram.record(Swift.min(nanoseconds, Self.highestTrackable), count: added)
        return true
    }

    /// More values than any run records (ten million a second for ten months), few enough that 65,000 histograms
    /// can be added up without overflow.
    package static let highestCount: UInt64 = 1 << 48
}

extension LatencyHistogram: Equatable {
    public static func == (left: LatencyHistogram, right: LatencyHistogram) -> Bool {
        left.count == right.count && left.buckets == right.buckets
    }
}
