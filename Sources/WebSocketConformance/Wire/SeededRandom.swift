/// Random numbers that repeat for the same seed (SplitMix64, Steele, Lea and Flood 2014).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The stream of numbers that belongs to `name` within a run: the same for every order in which cases run.
    init(seed: UInt64, name: String) {
        // FNV-1a, so that it is the same in every process.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for octet in name.utf8 { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01b3 }
        self.init(seed: seed ^ hash)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func octets(_ count: Int) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(count)
        while octets.count < count {
            var word = next()
            for _ in 0..<min(8, count - octets.count) {
                octets.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return octets
    }
}
