/// How the octets of an input are cut into receives.
enum Segmentation: CaseIterable {
    case whole
    case octetByOctet
    /// At places that the input itself decides, so that a finding repeats. Pieces are short more often than long.
    case pseudoRandom

    func pieces(of octets: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        switch self {
        case .whole: return [octets]
        case .octetByOctet: return octets.indices.map { octets[$0...$0] }
        case .pseudoRandom:
            var random = InputRandom(octets)
            var pieces: [ArraySlice<UInt8>] = []
            var rest = octets
            while !rest.isEmpty {
                let longest = 1 << Int.random(in: 0...10, using: &random)
                let piece = rest.prefix(Int.random(in: 1...longest, using: &random))
                pieces.append(piece)
                rest = rest.dropFirst(piece.count)
            }
            return pieces
        }
    }
}

/// Numbers that follow from octets: their FNV-1a hash, continued with SplitMix64.
struct InputRandom: RandomNumberGenerator {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    init(_ octets: some Sequence<UInt8>) {
        for octet in octets { state = (state ^ UInt64(octet)) &* 0x100_0000_01B3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
