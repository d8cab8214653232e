import BenchResults
import FoundationEssentials
import Testing

@Suite struct `a latency histogram` {
    /// A value of any order of magnitude up to beyond the hour, as the seed says.
    private static func value(_ random: inout SplitMix) -> UInt64 {
        UInt64.random(in: 0...(1 << UInt64.random(in: 0...43, using: &random)), using: &random)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func `written and read back is the same`(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var histogram = LatencyHistogram()
        for _ in 0..<Int.random(in: 1...500, using: &random) { histogram.record(Self.value(&random)) }
        let copy = try JSONDecoder().decode(LatencyHistogram.self, from: JSONEncoder().encode(histogram))
        #expect(copy == histogram, "seed \(seed)")
        #expect(copy.count == histogram.count && copy.min == histogram.min && copy.max == histogram.max, "seed \(seed)")
        #expect(copy.mean == histogram.mean, "seed \(seed)")
        for percent in [0.0, 1, 50, 90, 99, 99.9, 99.99, 100] {
            #expect(copy.percentile(percent) == histogram.percentile(percent), "seed \(seed), \(percent) %")
        }
    }

    @Test(
        arguments: [[], [0], [1], [5_000_000], [1_000_000, 1_000_001], [0, 0, 7], [3_600_000_000_000]] as [[UInt64]])
    func `keeps its exact ends, also in a single bucket`(_ values: [UInt64]) throws {
        let histogram = histogram(values)
        let copy = try JSONDecoder().decode(LatencyHistogram.self, from: JSONEncoder().encode(histogram))
        #expect(copy == histogram)
        #expect(copy.min == values.min() ?? 0)
        #expect(copy.max == values.max() ?? 0)
        #expect(copy.count == UInt64(values.count))
    }

    // Found by fuzzing: the rounded sum divided by the count was less than the only value.
    @Test func `has its mean between its ends, however often it is rounded`() throws {
        let histogram = try JSONDecoder().decode(
            LatencyHistogram.self, from: Data(#"{"buckets":[1099360632837,393349]}"#.utf8))
        #expect(histogram.min == histogram.max)
        #expect(histogram.mean == Double(histogram.max))
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func `added up is the union of both`(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var (left, right, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for _ in 0..<300 {
            let value = Self.value(&random)
            if Bool.random(using: &random) { left.record(value) } else { right.record(value) }
            both.record(value)
        }
        left.add(right)
        #expect(left == both, "seed \(seed)")
        #expect(left.percentile(99) == both.percentile(99), "seed \(seed)")
    }

    @Test func `adding an empty one changes nothing, also to an empty one`() {
        var empty = LatencyHistogram()
        empty.add(LatencyHistogram())
        #expect(empty.isEmpty && empty.min == 0 && empty.max == 0 && empty.mean == 0 && empty.percentile(99) == 0)
        #expect(empty.share(atOrBelow: 1) == 1)
        var one = histogram([7])
        one.add(empty)
        #expect(one == histogram([7]))
    }

    @Test func `more than an hour counts as an hour`() {
        let histogram = histogram([LatencyHistogram.highestTrackable - 1, .max, LatencyHistogram.highestTrackable + 1])
        #expect(histogram.count == 3)
        #expect(histogram.max == LatencyHistogram.highestTrackable)
        #expect(histogram.share(atOrBelow: .max) == 1)
    }

    @Test func `percentiles out of range are the nearest in range`() {
        let histogram = histogram([10, 20, 30])
        #expect(histogram.percentile(-5) == 10)
        #expect(histogram.percentile(200) == 30)
        #expect(histogram.percentile(.infinity) == 30)
        #expect(histogram.percentile(.nan) == 0)
    }

    @Test func `reset forgets everything`() {
        var histogram = histogram([1, 2, 3])
        histogram.reset()
        #expect(histogram == LatencyHistogram())
    }

    @Test(arguments: [
        ("an odd number", "[5]"), ("an odd number", "[5, 1, 6]"), ("a negative value", "[-5, 1]"),
        ("a negative count", "[5, -1]"), ("a fraction", "[5, 1.5]"), ("a string", "[5, \"1\"]"), ("no list", "7"),
        ("too great a number", "[5, 18446744073709551616]"), ("too many", "[5, 18446744073709551615]"),
        ("counts that overflow", "[5, 18446744073709551615, 6, 18446744073709551615]"),
        ("one more than allowed", "[5, 281474976710656, 6, 1]"),
    ])
    func `refuses a damaged list of buckets`(_ what: String, _ buckets: String) {
        let json = #"{"unit": "ns", "significantDigits": 3, "buckets": \#(buckets)}"#
        #expect(throws: DecodingError.self, "\(what)") {
            try JSONDecoder().decode(LatencyHistogram.self, from: Data(json.utf8))
        }
    }

    @Test(
        arguments: [
            ("[]", 0, 0, 0), ("[5, 3]", 3, 5, 5), ("[9, 1, 5, 1]", 2, 5, 9), ("[5, 1, 9, 0]", 1, 5, 5),
            ("[18446744073709551615, 1]", 1, 3_600_000_000_000, 3_600_000_000_000),
            ("[5, 281474976710656]", 1 << 48, 5, 5),
        ] as [(String, UInt64, UInt64, UInt64)])
    func `reads what only looks odd`(_ buckets: String, _ count: UInt64, _ min: UInt64, _ max: UInt64) throws {
        let json = #"{"buckets": \#(buckets)}"#
        let histogram = try JSONDecoder().decode(LatencyHistogram.self, from: Data(json.utf8))
        #expect(histogram.count == count)
        #expect(histogram.min == min)
        #expect(histogram.max == max)
    }

    @Test func `refuses another unit`() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(LatencyHistogram.self, from: Data(#"{"unit": "ms", "buckets": []}"#.utf8))
        }
    }

    @Test func `the most hours that fit can be averaged and walked`() throws {
        let json = #"{"buckets": [3600000000000, 281474976710656]}"#
        let histogram = try JSONDecoder().decode(LatencyHistogram.self, from: Data(json.utf8))
        #expect(histogram.mean > 3.59e12)
        #expect(histogram.buckets.count == 1)
        #expect(histogram.percentile(50) == LatencyHistogram.highestTrackable)
    }
}

private func histogram(_ values: [UInt64]) -> LatencyHistogram {
    var histogram = LatencyHistogram()
    for value in values { histogram.record(value) }
    return histogram
}

/// SplitMix64: the same seed gives the same values.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
