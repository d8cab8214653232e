/// The key with which a client masked a frame.
struct MaskingKey: Sendable, Equatable {
    /// The first octet on the wire counts most.
    let value: UInt32

    /// nil when the frame was not masked.
    init?(_ frame: ReceivedFrame) {
        guard let key = frame.maskingKey else { return nil }
        value = key.reduce(0) { $0 << 8 | UInt32($1) }
    }

    init(_ value: UInt32) { self.value = value }
}

/// Whether a sequence of masking keys could come from a strong source of randomness, as RFC 6455 §10.3 demands.
///
/// The bounds are far out: good keys exceed one of them in less than one of a million runs.
struct KeyStatistics {
    private let keys: [UInt32]

    /// - Parameter keys: in the order of the wire; a few thousand, or the bounds mean nothing.
    init(_ keys: [MaskingKey]) { self.keys = keys.map(\.value) }

    /// What is wrong, in a few words; nil when nothing is seen.
    var fault: String? {
        repetition ?? relation(of: keys, "big-endian") ?? relation(of: keys.map(\.byteSwapped), "little-endian") ?? bits
            ?? pairs ?? octets
    }

    /// Two of 10,000 are equal once in 86 runs.
    private var repetition: String? {
        let repeated = keys.count - Set(keys).count
        return repeated <= 3 ? nil : "\(repeated) of \(keys.count) keys had been used before"
    }

    /// Each of the 32 bits is set in half of the keys, within 7 standard deviations.
    private var bits: String? {
        for bit in UInt32(0)..<32 {
            var ones = 0
            for key in keys where key >> bit & 1 == 1 { ones += 1 }
            let deviation = Double(2 * ones - keys.count) / Double(keys.count).squareRoot()
            if abs(deviation) > 7 { return "bit \(bit) is set in \(ones) of \(keys.count) keys" }
        }
        return nil
    }

    /// Neighbouring bits are equal as often as not (χ² of 3 degrees, below 60).
    private var pairs: String? {
        var counts = [Int](repeating: 0, count: 4)
        for key in keys {
            for shift in stride(from: UInt32(0), to: 32, by: 2) { counts[Int(key >> shift & 3)] += 1 }
        }
        let deviation = Self.chiSquare(counts)
        return deviation < 60 ? nil : "pairs of bits come \(counts) times"
    }

    /// Each octet takes every value about equally often, and not more equally than chance does (χ² of 255 degrees).
    private var octets: String? {
        for position in 0..<4 {
            var counts = [Int](repeating: 0, count: 256)
            for key in keys { counts[Int(key >> UInt32(24 - 8 * position) & 0xff)] += 1 }
            let deviation = Self.chiSquare(counts)
            if deviation > 500 || deviation < 110 {
                return "the values of octet \(position + 1) are \(deviation > 500 ? "unevenly" : "too evenly") spread"
            }
        }
        return nil
    }

    /// Keys that are computed from those before them: by a constant sum or exclusive or, or by a linear congruence modulo 2³².
    private func relation(of values: [UInt32], _ order: String) -> String? {
        guard values.count > 100 else { return nil }
        let differences = zip(values.dropFirst(), values).map { $0 &- $1 }
        if Self.mostOften(differences) > 5 { return "the same difference between many keys (\(order))" }
        let exclusive = zip(values.dropFirst(), values).map { $0 ^ $1 }
        if Self.mostOften(exclusive) > 5 { return "the same exclusive or between many keys" }
        // With x' = a·x + c, differences are multiplied by a: the middle one's square is the product of its neighbours.
        var congruent = 0
        for index in 1..<differences.count - 1 {
            let (before, middle, after) = (differences[index - 1], differences[index], differences[index + 1])
            if middle &* middle == before &* after { congruent += 1 }
        }
        return congruent < values.count / 20 ? nil : "each key is a linear function of the one before (\(order))"
    }

    private static func mostOften(_ values: [UInt32]) -> Int {
        var counts: [UInt32: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        return counts.values.max() ?? 0
    }

    private static func chiSquare(_ counts: [Int]) -> Double {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        guard expected > 0 else { return 0 }
        var sum = 0.0
        for count in counts {
            let deviation = Double(count) - expected
            sum += deviation * deviation / expected
        }
        return sum
    }
}
