/// RFC 1951 and RFC 7692 §7.2 read by the letter, message by message, with a record of how far back references reach.
///
/// zlib says neither: it takes references beyond an agreed window as long as it still has the octets, and it is content
/// with a message whose end is missing. Slower than zlib, so only the beginning of long conversations is read like this.
struct DeflateReader {
    enum Failure: Error, Equatable {
        /// No DEFLATE, whatever follows.
        case corrupt(String)
        /// The message with the four octets that its sender left away does not end with an empty stored block, exactly
        /// (RFC 7692 §7.2.1).
        case cut(String)
        /// More octets than the limit come out.
        case tooLarge
    }

    /// The largest distance that DEFLATE can express, and so all of the past that matters (RFC 1951 §2).
    static let largestWindow = 32768

    /// Octets of the messages so far that a reference may mean; at most ``largestWindow``.
    private var history: [UInt8] = []
    /// The farthest reference of the last message; 0 for none.
    private(set) var longestDistance = 0
    /// The farthest that a reference of the last message reaches beyond its own first octet; 0 when none does.
    private(set) var deepestReach = 0

    /// Forgets the past, as without context takeover.
    mutating func forgetContext() { history = [] }

    /// Inflates the next message, given without the four octets at its end.
    mutating func message(_ payload: [UInt8], limit: Int = .max) throws(Failure) -> [UInt8] {
        longestDistance = 0
        deepestReach = 0
        var output = history
        let start = output.count
        var bits = BitReader(payload + [0x00, 0x00, 0xff, 0xff])
        var endsWithEmptyBlock = false
        while !bits.isAtEnd {
            let isFinal = try bits.take(1) == 1
            let type = try bits.take(2)
            let before = output.count
            switch type {
            case 0: try stored(&bits, &output, start, limit)
            case 1: try compressed(&bits, .fixedLiterals, .fixedDistances, &output, start, limit)
            case 2:
                let (literals, distances) = try Self.dynamicCodes(&bits)
                try compressed(&bits, literals, distances, &output, start, limit)
            default: throw .corrupt("a block of type 3")
            }
            endsWithEmptyBlock = type == 0 && output.count == before
            // A stream ends here; what follows begins at an octet (RFC 7692 §7.2.3.4).
            if isFinal { bits.skipToOctet() }
        }
        guard endsWithEmptyBlock else { throw .cut("it does not end with an empty stored block") }
        history = Array(output.suffix(Self.largestWindow))
        return Array(output[start...])
    }

    // MARK: - Blocks

    private func stored(_ bits: inout BitReader, _ output: inout [UInt8], _ start: Int, _ limit: Int) throws(Failure) {
        bits.skipToOctet()
        let length = try bits.take(16)
        guard try bits.take(16) == ~length & 0xffff else { throw .corrupt("a stored block whose lengths disagree") }
        guard output.count - start + length <= limit else { throw .tooLarge }
        try output.append(contentsOf: bits.octets(length))
    }

    private mutating func compressed(
        _ bits: inout BitReader, _ literals: HuffmanCode, _ distances: HuffmanCode, _ output: inout [UInt8],
        _ start: Int, _ limit: Int
    ) throws(Failure) {
        while true {
            let symbol = try literals.next(&bits)
            if symbol < 256 {
                guard output.count - start < limit else { throw .tooLarge }
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol < 286 else { throw .corrupt("the length symbol \(symbol)") }
            let length = DeflateTables.lengths[symbol - 257]
            let count = try length.base + bits.take(length.extra)
            let code = try distances.next(&bits)
            guard code < 30 else { throw .corrupt("the distance symbol \(code)") }
            let base = DeflateTables.distances[code]
            let distance = try base.base + bits.take(base.extra)
            guard distance <= output.count else {
                throw .corrupt("a reference \(distance) octets back where there are \(output.count)")
            }
            guard output.count - start + count <= limit else { throw .tooLarge }
            longestDistance = max(longestDistance, distance)
            deepestReach = max(deepestReach, distance - (output.count - start))
            for _ in 0..<count { output.append(output[output.count - distance]) }
        }
    }

    /// RFC 1951 §3.2.7.
    private static func dynamicCodes(_ bits: inout BitReader) throws(Failure) -> (HuffmanCode, HuffmanCode) {
        let literalCount = try bits.take(5) + 257
        let distanceCount = try bits.take(5) + 1
        let lengthCount = try bits.take(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .corrupt("more codes than there are symbols") }
        var orders = [Int](repeating: 0, count: 19)
        for place in DeflateTables.codeLengthOrder.prefix(lengthCount) { orders[place] = try bits.take(3) }
        let code = HuffmanCode(orders)
        guard code.isComplete else { throw .corrupt("a code for code lengths that is not complete") }
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try code.next(&bits)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .corrupt("a repetition of nothing") }
                lengths += Array(repeating: last, count: try bits.take(2) + 3)
            case 17: lengths += Array(repeating: 0, count: try bits.take(3) + 3)
            case 18: lengths += Array(repeating: 0, count: try bits.take(7) + 11)
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == literalCount + distanceCount else { throw .corrupt("too many code lengths") }
        guard lengths[256] != 0 else { throw .corrupt("no code for the end of the block") }
        let literals = HuffmanCode(Array(lengths[..<literalCount]))
        let distances = HuffmanCode(Array(lengths[literalCount...]))
        // A code of one symbol, or of none, has one bit.
        guard literals.isComplete || literals.isSingle, distances.isComplete || distances.isSingle else {
            throw .corrupt("a code that is over- or under-subscribed")
        }
        return (literals, distances)
    }
}

/// Octets as a sequence of bits, lowest first (RFC 1951 §3.1.1).
struct BitReader {
    private let source: [UInt8]
    /// In bits.
    private var position = 0

    init(_ octets: [UInt8]) { source = octets }

    var isAtEnd: Bool { position == source.count * 8 }

    mutating func take(_ count: Int) throws(DeflateReader.Failure) -> Int {
        guard count <= source.count * 8 - position else { throw .cut("it ends inside a block") }
        let value = peek(count)
        position += count
        return value
    }

    /// The next bits, at most 16, with zeros for those that are not there.
    func peek(_ count: Int) -> Int {
        var word = 0
        let first = position / 8
        for index in 0..<3 where first + index < source.count { word |= Int(source[first + index]) << (8 * index) }
        return word >> (position % 8) & (1 << count - 1)
    }

    mutating func skipToOctet() { position = (position + 7) / 8 * 8 }

    /// Whole octets; call at an octet's start.
    mutating func octets(_ count: Int) throws(DeflateReader.Failure) -> ArraySlice<UInt8> {
        guard count <= source.count - position / 8 else { throw .cut("it ends inside a stored block") }
        defer { position += count * 8 }
        return source[position / 8..<position / 8 + count]
    }
}

/// A Huffman code given by the lengths of its words (RFC 1951 §3.2.2).
struct HuffmanCode {
    /// By the next ``longest`` bits: the symbol times 16, and the length of its word; 0 where no word is.
    private var table: [UInt16]
    private let longest: Int
    /// Whether every sequence of bits begins with a word, and with one only.
    let isComplete: Bool
    /// Whether it has one word of one bit, or none.
    let isSingle: Bool

    init(_ lengths: [Int]) {
        longest = max(1, lengths.max() ?? 0)
        let share = lengths.reduce(0) { $0 + ($1 > 0 ? 1 << (15 - $1) : 0) }
        isComplete = share == 1 << 15
        isSingle = longest == 1 && lengths.count(where: { $0 == 1 }) <= 1
        table = [UInt16](repeating: 0, count: 1 << longest)
        guard share <= 1 << 15 else { return }
        let words = Self.words(lengths)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let entry = UInt16(truncatingIfNeeded: symbol << 4 | length)
            for index in stride(from: words[symbol], to: 1 << longest, by: 1 << length) { table[index] = entry }
        }
    }

    /// The word of each symbol with its first bit lowest, as it is written; 0 for symbols without one.
    static func words(_ lengths: [Int]) -> [Int] {
        var counts = [Int](repeating: 0, count: 17)
        for length in lengths where length > 0 { counts[length] += 1 }
        var next = [Int](repeating: 0, count: 17)
        for length in 1...15 { next[length + 1] = (next[length] + counts[length]) << 1 }
        return lengths.map { length in
            guard length > 0 else { return 0 }
            defer { next[length] += 1 }
            return (0..<length).reduce(0) { $0 | (next[length] >> (length - 1 - $1) & 1) << $1 }
        }
    }

    func next(_ bits: inout BitReader) throws(DeflateReader.Failure) -> Int {
        let entry = Int(table[bits.peek(longest)])
        guard entry != 0 else {
            // Bits that are not there look like zeros; only what is there can be no word.
            _ = try bits.take(longest)
            throw .corrupt("bits that are no word of the code")
        }
        _ = try bits.take(entry & 15)
        return entry >> 4
    }

    static let fixedLiteralLengths =
        Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
        + Array(repeating: 8, count: 8)
    static let fixedDistanceLengths = Array(repeating: 5, count: 32)
    static let fixedLiterals = HuffmanCode(fixedLiteralLengths)
    static let fixedDistances = HuffmanCode(fixedDistanceLengths)
}

/// The tables of RFC 1951 §3.2.5 and §3.2.7.
enum DeflateTables {
    /// Of the symbols from 257 on.
    static let lengths: [(base: Int, extra: Int)] = {
        var table: [(base: Int, extra: Int)] = []
        var base = 3
        for code in 0..<28 {
            let extra = code < 8 ? 0 : code / 4 - 1
            table.append((base, extra))
            base += 1 << extra
        }
        return table + [(258, 0)]
    }()

    static let distances: [(base: Int, extra: Int)] = {
        var table: [(base: Int, extra: Int)] = []
        var base = 1
        for code in 0..<30 {
            let extra = code < 4 ? 0 : code / 2 - 1
            table.append((base, extra))
            base += 1 << extra
        }
        return table
    }()

    static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
}
