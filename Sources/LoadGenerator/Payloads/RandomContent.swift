/// Bytes of a chosen compressibility: 0 is random, 1 is one byte repeated, in between every piece of 64 bytes is
/// random in its first part and repeats one byte in the rest.
///
/// Short pieces, so that a message of any length has the wanted mixture and deflate's 32 KiB window always sees both.
struct RandomContent {
    private static let piece = 64
    /// Printable ASCII, 0x20 to 0x7E: valid UTF-8 wherever it is cut.
    private static let firstPrintable: UInt8 = 0x20
    private static let printableCount: UInt64 = 95

    private let randomShare: Double
    private let isText: Bool
    private var generator: SeededGenerator

    /// - Parameter compressibility: 0 to 1.
    init(compressibility: Double, isText: Bool, generator: SeededGenerator) {
        randomShare = 1 - min(1, max(0, compressibility))
        self.isText = isText
        self.generator = generator
    }

    mutating func fill(_ target: UnsafeMutableRawBufferPointer) {
        let repeated = nextByte()
        var index = 0
        // Carried from piece to piece, so that the shares are right for the whole message and not only on average.
        var owed = 0.0
        while index < target.count {
            let length = min(Self.piece, target.count - index)
            owed += Double(length) * randomShare
            let random = min(length, Int(owed.rounded()))
            owed -= Double(random)
            for position in index..<index + random { target[position] = nextByte() }
            for position in index + random..<index + length { target[position] = repeated }
            index += length
        }
    }

    private mutating func nextByte() -> UInt8 {
        let random = generator.next()
        guard isText else { return UInt8(truncatingIfNeeded: random >> 56) }
        // The high half scaled to 0..<95; the bias of 95 against 2^32 cannot be measured.
        return Self.firstPrintable + UInt8(truncatingIfNeeded: ((random >> 32) &* Self.printableCount) >> 32)
    }
}
