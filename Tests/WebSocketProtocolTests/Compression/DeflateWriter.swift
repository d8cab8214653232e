/// Writes DEFLATE by hand, right or wrong (RFC 1951).
struct DeflateWriter {
    private(set) var octets: [UInt8] = []
    private var bitCount = 0

    /// Adds the lowest `count` bits of `value`, lowest first.
    mutating func bits(_ value: Int, _ count: Int) {
        for index in 0..<count {
            if bitCount % 8 == 0 { octets.append(0) }
            octets[bitCount / 8] |= UInt8(value >> index & 1) << UInt8(bitCount % 8)
            bitCount += 1
        }
    }

    /// Adds a Huffman code, highest bit first.
    mutating func code(_ value: Int, _ count: Int) {
        for index in (0..<count).reversed() { bits(value >> index & 1, 1) }
    }

    mutating func header(type: Int, isFinal: Bool = false) { bits((isFinal ? 1 : 0) | type << 1, 3) }

    /// Whether the next bit begins an octet.
    var isAligned: Bool { bitCount % 8 == 0 }

    mutating func align() { bitCount = (bitCount + 7) / 8 * 8 }

    /// A stored block.
    mutating func stored(_ content: [UInt8]) {
        header(type: 0)
        align()
        bits(content.count, 16)
        bits(~content.count, 16)
        octets += content
        bitCount += content.count * 8
    }

    /// A literal or length symbol of the fixed code.
    mutating func fixedSymbol(_ symbol: Int) {
        switch symbol {
        case ..<144: code(0x30 + symbol, 8)
        case ..<256: code(0x190 + symbol - 144, 9)
        case ..<280: code(symbol - 256, 7)
        default: code(0xC0 + symbol - 280, 8)
        }
    }

    /// A match of three octets in the fixed code.
    mutating func fixedMatch(distance: Int) {
        fixedSymbol(257)
        var base = 1
        for symbol in 0..<30 {
            let extra = symbol < 4 ? 0 : symbol / 2 - 1
            if distance < base + 1 << extra {
                code(symbol, 5)
                return bits(distance - base, extra)
            }
            base += 1 << extra
        }
    }

    /// A block of the fixed code.
    mutating func fixed(isFinal: Bool = false, _ content: (inout DeflateWriter) -> Void) {
        header(type: 1, isFinal: isFinal)
        content(&self)
        fixedSymbol(256)
    }

    /// The header of the empty stored block that ends a message.
    mutating func end() {
        header(type: 0)
        align()
    }

    static func message(_ content: (inout DeflateWriter) -> Void) -> [UInt8] {
        var writer = DeflateWriter()
        content(&writer)
        writer.end()
        return writer.octets
    }

    /// What `content` writes and nothing more.
    static func octets(_ content: (inout DeflateWriter) -> Void) -> [UInt8] {
        var writer = DeflateWriter()
        content(&writer)
        return writer.octets
    }
}
