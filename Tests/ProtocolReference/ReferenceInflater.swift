/// RFC 1951 once more, slow and simple, for whole messages of RFC 7692, and with a record of what they refer to.
///
/// It takes a window of 2^15, whatever was agreed, and judges distances by the record alone.
package struct ReferenceInflater {
    /// What cannot be inflated, and what is not one of RFC 7692's messages.
    package enum Failure: Error, Equatable {
        case corrupt
        /// The message ends where its sender cannot have left the tail away.
        case cut
        /// More octets than `limit`.
        case tooLarge
    }

    /// One match: so many octets, so far back.
    package struct Match: Equatable {
        package let length: Int
        package let distance: Int
        /// Octets of the whole stream before it.
        package let offset: Int
    }

    /// Everything inflated so far, of all messages.
    package private(set) var output: [UInt8] = []
    package private(set) var matches: [Match] = []
    private let keepsContext: Bool
    private var contextStart = 0

    package init(keepsContext: Bool = true) { self.keepsContext = keepsContext }

    package var longestDistance: Int { matches.map(\.distance).max() ?? 0 }

    /// Inflates the next message.
    package mutating func inflate(_ payload: [UInt8], limit: Int = .max) throws(Failure) -> [UInt8] {
        if !keepsContext { contextStart = output.count }
        let start = output.count
        var bits = Bits(payload)
        var isAfterFinalBlock = false
        while true {
            if isAfterFinalBlock && bits.isAtEnd { break }
            guard let isFinal = bits.take(1), let type = bits.take(2) else { throw .cut }
            isAfterFinalBlock = isFinal == 1
            if type == 0 {
                bits.skipToOctet()
                // The header of an empty block whose length is not sent.
                if bits.isAtEnd { break }
                try stored(&bits, start, limit)
            } else {
                let codes = type == 1 ? (Self.fixedLiterals, Self.fixedDistances) : try Self.dynamicCodes(type, &bits)
                try compressed(&bits, codes.0, codes.1, start, limit)
            }
            if isFinal == 1 { bits.skipToOctet() }
        }
        return Array(output[start...])
    }

    private mutating func append(_ octet: UInt8, _ start: Int, _ limit: Int) throws(Failure) {
        guard output.count - start < limit else { throw .tooLarge }
        output.append(octet)
    }

    private mutating func stored(_ bits: inout Bits, _ start: Int, _ limit: Int) throws(Failure) {
        guard let length = bits.take(16), let complement = bits.take(16) else { throw .cut }
        guard length == ~complement & 0xFFFF else { throw .corrupt }
        for _ in 0..<length {
            guard let octet = bits.take(8) else { throw .cut }
            try append(UInt8(octet), start, limit)
        }
    }

    private mutating func compressed(
        _ bits: inout Bits, _ literals: Code, _ distances: Code, _ start: Int, _ limit: Int
    ) throws(Failure) {
        while true {
            let symbol = try literals.next(&bits)
            if symbol == 256 { return }
            guard symbol > 256 else {
                try append(UInt8(symbol), start, limit)
                continue
            }
            guard symbol < 286 else { throw .corrupt }
            let (base, extra) = Self.lengths[symbol - 257]
            guard let more = bits.take(extra) else { throw .cut }
            let code = try distances.next(&bits)
            guard code < 30 else { throw .corrupt }
            let (distanceBase, distanceExtra) = Self.distances[code]
            guard let further = bits.take(distanceExtra) else { throw .cut }
            let match = Match(length: base + more, distance: distanceBase + further, offset: output.count)
            guard match.distance <= output.count - contextStart else { throw .corrupt }
            matches.append(match)
            for _ in 0..<match.length { try append(output[output.count - match.distance], start, limit) }
        }
    }

    /// §3.2.7; refuses what zlib refuses: more than 286 or 30 codes, and codes that are over- or under-subscribed.
    private static func dynamicCodes(_ type: Int, _ bits: inout Bits) throws(Failure) -> (Code, Code) {
        guard type == 2 else { throw .corrupt }
        guard let a = bits.take(5), let b = bits.take(5), let c = bits.take(4) else { throw .cut }
        let (literalCount, distanceCount) = (a + 257, b + 1)
        guard literalCount <= 286, distanceCount <= 30 else { throw .corrupt }
        var orderedLengths = [Int](repeating: 0, count: 19)
        for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(c + 4) {
            guard let length = bits.take(3) else { throw .cut }
            orderedLengths[place] = length
        }
        let code = Code(orderedLengths)
        guard code.isComplete else { throw .corrupt }
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try code.next(&bits)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .corrupt }
                guard let more = bits.take(2) else { throw .cut }
                lengths += Array(repeating: last, count: 3 + more)
            case 17, 18:
                guard let more = bits.take(symbol == 17 ? 3 : 7) else { throw .cut }
                lengths += Array(repeating: 0, count: (symbol == 17 ? 3 : 11) + more)
            default:
                lengths.append(symbol)
            }
        }
        guard lengths.count == literalCount + distanceCount, lengths[256] != 0 else { throw .corrupt }
        let literals = Code(Array(lengths[..<literalCount]))
        let distances = Code(Array(lengths[literalCount...]))
        // A code of one symbol, or of none, has one bit (§3.2.7).
        guard literals.isComplete || literals.isSingle, distances.isComplete || distances.isSingle else {
            throw .corrupt
        }
        return (literals, distances)
    }

    private static let fixedLiterals = Code(
        Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
            + Array(repeating: 8, count: 8))
    private static let fixedDistances = Code(Array(repeating: 5, count: 32))

    /// §3.2.5: base and extra bits of length codes.
    private static let lengths: [(Int, Int)] = {
        var table: [(Int, Int)] = []
        var base = 3
        for code in 0..<28 {
            let extra = code < 8 ? 0 : code / 4 - 1
            table.append((base, extra))
            base += 1 << extra
        }
        return table + [(258, 0)]
    }()

    /// §3.2.5: base and extra bits of distance codes.
    private static let distances: [(Int, Int)] = {
        var table: [(Int, Int)] = []
        var base = 1
        for code in 0..<30 {
            let extra = code < 4 ? 0 : code / 2 - 1
            table.append((base, extra))
            base += 1 << extra
        }
        return table
    }()
}

/// The octets of a message as a sequence of bits, lowest first (RFC 1951 §3.1.1).
private struct Bits {
    private let octets: [UInt8]
    private var position = 0

    init(_ octets: [UInt8]) { self.octets = octets }

    var isAtEnd: Bool { position == octets.count * 8 }

    mutating func take(_ count: Int) -> Int? {
        guard count <= octets.count * 8 - position else { return nil }
        var value = 0
        for index in 0..<count {
            value |= Int(octets[position / 8] >> UInt8(position % 8) & 1) << index
            position += 1
        }
        return value
    }

    mutating func skipToOctet() { position = (position + 7) / 8 * 8 }
}

/// A Huffman code by its lengths (RFC 1951 §3.2.2): its words of one length are numbers in a row.
private struct Code {
    /// By length: the first word's value, and the symbols of the words.
    private var first = [Int](repeating: 0, count: 16)
    private var symbols = [[Int]](repeating: [], count: 16)
    private let longest: Int
    /// Whether every sequence of bits begins with a word.
    let isComplete: Bool
    /// Whether it has one word of one bit, or none.
    let isSingle: Bool

    init(_ lengths: [Int]) {
        longest = lengths.max() ?? 0
        // In units of the longest possible word.
        isComplete = lengths.reduce(0) { $0 + ($1 > 0 ? 1 << (15 - $1) : 0) } == 1 << 15
        isSingle = longest <= 1 && lengths.count(where: { $0 == 1 }) <= 1
        for (symbol, length) in lengths.enumerated() where length > 0 { symbols[length].append(symbol) }
        for length in 1..<15 { first[length + 1] = (first[length] + symbols[length].count) * 2 }
    }

    func next(_ bits: inout Bits) throws(ReferenceInflater.Failure) -> Int {
        var value = 0
        // A code without words is read as one of one bit, none of which means anything.
        for length in 1...max(1, longest) {
            guard let bit = bits.take(1) else { throw .cut }
            value = value * 2 + bit
            let index = value - first[length]
            if index >= 0 && index < symbols[length].count { return symbols[length][index] }
        }
        throw .corrupt
    }
}
