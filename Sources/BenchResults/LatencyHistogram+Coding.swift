/// Stored as the list of its non-empty buckets, flat: value, count, value, count, ascending.
///
/// The least and the greatest value are stored exactly, so that a histogram read back equals the one written.
/// Reading never traps: a list that no run can have produced is refused with a `DecodingError`.
extension LatencyHistogram: Codable {
    private enum CodingKeys: String, CodingKey {
        case unit
        case significantDigits
        case buckets
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("ns", forKey: .unit)
        try container.encode(3, forKey: .significantDigits)
        try container.encode(pairs, forKey: .buckets)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        if let unit = try container.decodeIfPresent(String.self, forKey: .unit), unit != "ns" {
            throw DecodingError.dataCorruptedError(
                forKey: .unit, in: container, debugDescription: "latencies are stored in ns, not in \(unit)")
        }
        let flat = try container.decode([UInt64].self, forKey: .buckets)
        guard flat.count.isMultiple(of: 2) else {
            throw DecodingError.dataCorruptedError(
                forKey: .buckets, in: container,
                debugDescription: "buckets are pairs of value and count, but there are \(flat.count) numbers")
        }
        for index in stride(from: 0, to: flat.count, by: 2) {
            guard record(flat[index], count: flat[index + 1]) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .buckets, in: container,
                    debugDescription: "the counts add up to more than \(Self.highestCount)")
            }
        }
    }

    private var pairs: [UInt64] {
        let buckets = self.buckets
        guard let first = buckets.first, let last = buckets.last else { return [] }
        var flat: [UInt64] = []
        flat.reserveCapacity(buckets.count * 2 + 2)
        for bucket in buckets {
            // Inner buckets by their upper end, which is what percentiles report.
            flat += [bucket.highest, bucket.count]
        }
        if buckets.count > 1 {
            flat[0] = first.lowest
        } else if first.lowest < last.highest {
            // One bucket holds both ends: one value marks the lower, the rest the upper.
            flat = [first.lowest, 1, last.highest, first.count - 1]
        }
        return flat
    }
}
