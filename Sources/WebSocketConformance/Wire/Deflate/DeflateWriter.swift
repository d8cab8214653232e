/// DEFLATE made by hand, block by block and bit by bit (RFC 1951), right or wrong as a case wants it.
///
/// ```swift
/// var writer = DeflateWriter()
/// writer.fixed([.literal(0x48), .match(length: 3, distance: 1)])
/// writer.stored([1, 2, 3])
/// let payload = writer.message()
/// ```
struct DeflateWriter {
    enum Symbol: Sendable, Equatable {
        case literal(UInt8)
        case match(length: Int, distance: Int)
        /// A symbol of the first code as it is, without anything behind it.
        case raw(Int)
        /// A symbol of the distance code as it is.
        case rawDistance(Int)
    }

    private(set) var octets: [UInt8] = []
    /// Bits used of the last octet; 0 when it is full.
    private var used = 0

    init() {}

    /// Appends the lowest `count` bits of `value`, the lowest first.
    mutating func bits(_ value: Int, _ count: Int) {
        for index in 0..<count {
            if used == 0 { octets.append(0) }
            octets[octets.count - 1] |= UInt8(value >> index & 1) << UInt8(used)
            used = (used + 1) & 7
        }
    }

    /// Appends `count` bits that are 0, a great many if need be.
    mutating func zeros(_ count: Int) {
        let first = min(count, (8 - used) & 7)
        bits(0, first)
        octets += [UInt8](repeating: 0, count: (count - first) / 8)
        bits(0, (count - first) % 8)
    }

    /// Goes on at the next octet.
    mutating func alignToOctet() { used = 0 }

    /// A block as it is (§3.2.4), at most 65,535 octets.
    mutating func stored(_ content: [UInt8], isFinal: Bool = false) {
        header(type: 0, isFinal)
        alignToOctet()
        let length = min(content.count, 65535)
        bits(length, 16)
        bits(~length, 16)
        octets += content.prefix(length)
    }

    /// A block in the fixed code (§3.2.6).
    ///
    /// - Parameter ends: whether its end is marked.
    mutating func fixed(_ symbols: [Symbol], isFinal: Bool = false, ends: Bool = true) {
        header(type: 1, isFinal)
        self.symbols(symbols + (ends ? [.raw(256)] : []), HuffmanCode.fixedLiteralLengths, HuffmanCode.fixedDistanceLengths)
    }

    /// A block in codes of its own (§3.2.7), given by the lengths of their words, 0 for symbols without one.
    ///
    /// The lengths are written one by one, in a code for code lengths of 16 words of four bits.
    mutating func dynamic(
        literals: [Int], distances: [Int], _ symbols: [Symbol], isFinal: Bool = false, ends: Bool = true
    ) {
        header(type: 2, isFinal)
        bits(literals.count - 257, 5)
        bits(distances.count - 1, 5)
        bits(15, 4)
        let orders = Array(repeating: 4, count: 16) + [0, 0, 0]
        for place in DeflateTables.codeLengthOrder { bits(orders[place], 3) }
        let words = HuffmanCode.words(orders)
        for length in literals + distances { bits(words[length], 4) }
        self.symbols(symbols + (ends ? [.raw(256)] : []), literals, distances)
    }

    /// What was written, as a message: with the beginning of an empty stored block, whose four octets are left away
    /// (RFC 7692 §7.2.1).
    mutating func message() -> [UInt8] {
        header(type: 0, false)
        alignToOctet()
        return octets
    }

    mutating func header(type: Int, _ isFinal: Bool) { bits((isFinal ? 1 : 0) | type << 1, 3) }

    /// Symbols of a block that has begun, in the code that these lengths make.
    mutating func symbols(_ symbols: [Symbol], _ literals: [Int], _ distances: [Int]) {
        let words = HuffmanCode.words(literals)
        let distanceWords = HuffmanCode.words(distances)
        for symbol in symbols {
            switch symbol {
            case .literal(let octet): bits(words[Int(octet)], literals[Int(octet)])
            case .raw(let number): bits(words[number], literals[number])
            case .rawDistance(let number): bits(distanceWords[number], distances[number])
            case .match(let length, let distance):
                let code = Self.place(of: length, in: DeflateTables.lengths)
                bits(words[code + 257], literals[code + 257])
                bits(length - DeflateTables.lengths[code].base, DeflateTables.lengths[code].extra)
                let far = Self.place(of: distance, in: DeflateTables.distances)
                bits(distanceWords[far], distances[far])
                bits(distance - DeflateTables.distances[far].base, DeflateTables.distances[far].extra)
            }
        }
    }

    private static func place(of value: Int, in table: [(base: Int, extra: Int)]) -> Int {
        table.lastIndex { $0.base <= value } ?? 0
    }
}

extension [DeflateWriter.Symbol] {
    static func literals(_ octets: some Sequence<UInt8>) -> Self { octets.map { .literal($0) } }

    /// `octets` with references no farther back than `window`, which may reach into `history`.
    static func referring(_ octets: [UInt8], history: [UInt8] = [], window: Int) -> Self {
        let whole = [UInt8](history.suffix(window)) + octets
        var places: [Int: Int] = [:]
        var symbols: Self = []
        var index = 0
        let start = whole.count - octets.count
        while index < whole.count {
            let key =
                index + 2 < whole.count
                ? Int(whole[index]) << 16 | Int(whole[index + 1]) << 8 | Int(whole[index + 2]) : -1
            var length = 0
            if key >= 0, index >= start, let place = places[key], index - place <= window {
                while length < 258, index + length < whole.count, whole[place + length] == whole[index + length] {
                    length += 1
                }
                symbols.append(.match(length: length, distance: index - place))
            } else if index >= start {
                symbols.append(.literal(whole[index]))
            }
            if key >= 0 { places[key] = index }
            index += Swift.max(1, length)
        }
        return symbols
    }
}
