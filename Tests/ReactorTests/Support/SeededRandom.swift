/// A repeatable source of randomness (SplitMix64): a failure names the seed and can be run again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        // By words: tests move megabytes, without optimization.
        var words: [UInt64] = []
        words.reserveCapacity(count / 8 + 1)
        while words.count * 8 < count { words.append(next()) }
        return words.withUnsafeBytes { Array($0.prefix(count)) }
    }
}

/// Bytes that show where a piece is missing, twice or misplaced.
func pattern(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return random.bytes(count)
}

/// Where `received` differs from `expected`, in words, or nil. (`==` in an expectation would print both, and look for the
/// shortest edit between them, which takes minutes for megabytes.)
func difference(_ received: [UInt8], _ expected: [UInt8]) -> String? {
    if received == expected { return nil }
    let same = zip(received, expected).prefix { $0 == $1 }.count
    return "\(received.count) bytes instead of \(expected.count), different from byte \(same) on"
}
