/// Payloads of compressed messages that no compressor would write.
enum DeflateSamples {
    struct Corrupt: Sendable {
        var name: String
        var title: String
        var payload: [UInt8]
    }

    static let hello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]

    /// Lengths of a code in which every octet has a word of 8 or 9 bits.
    static let flatLengths = Array(repeating: 8, count: 255) + [9, 9]

    /// What `write` writes, without anything after it.
    static func octets(_ write: (inout DeflateWriter) -> Void) -> [UInt8] {
        var writer = DeflateWriter()
        write(&writer)
        return writer.octets
    }

    /// What `write` writes, as a message.
    static func message(_ write: (inout DeflateWriter) -> Void) -> [UInt8] {
        var writer = DeflateWriter()
        write(&writer)
        return writer.message()
    }

    /// The message of `count` zeros, at least one, in about a thousandth of the octets: two bits for every 258 of them.
    static func bomb(_ count: Int) -> [UInt8] {
        message { writer in
            let (matches, rest) = ((count - 1) / 258, (count - 1) % 258)
            // A match of 258 octets one octet back is two bits, both 0.
            var lengths = [Int](repeating: 0, count: 286)
            (lengths[285], lengths[256], lengths[0]) = (1, 2, 2)
            writer.dynamic(literals: lengths, distances: [1], [.literal(0)], ends: false)
            writer.zeros(2 * matches)
            writer.symbols(Array(repeating: .literal(0), count: rest) + [.raw(256)], lengths, [1])
        }
    }

    /// What can be nothing, whatever follows.
    static let corrupt: [Corrupt] = [
        Corrupt(name: "block-type-3", title: "a block of type 3", payload: [0x06, 0x00]),
        Corrupt(
            name: "stored-lengths", title: "a stored block whose LEN and NLEN disagree",
            payload: [0x00, 0x05, 0x00, 0xfb, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00]),
        Corrupt(
            name: "distance-too-far", title: "a reference to before the first octet",
            payload: message { $0.fixed(.literals("Hello".utf8) + [.match(length: 5, distance: 6)]) }),
        Corrupt(
            name: "over-subscribed", title: "a code of more words than there are",
            payload: message {
                $0.dynamic(literals: [1, 1] + Array(repeating: 0, count: 254) + [1], distances: [1], [.literal(0)])
            }),
        Corrupt(
            name: "no-end-code", title: "a dynamic block without a code for its end",
            payload: message {
                $0.dynamic(
                    literals: [1, 1] + Array(repeating: 0, count: 255), distances: [1], [.literal(0), .literal(1)],
                    ends: false)
            }),
        Corrupt(
            // With the four octets that the receiver appends the code for code lengths is complete, and wrong.
            name: "header-truncated", title: "a dynamic block that ends inside its header", payload: [0x04]),
        Corrupt(name: "zlib-header", title: "a zlib header before the data", payload: [0x78, 0x9c] + hello),
        Corrupt(
            name: "gzip-header", title: "a gzip header before the data", payload: [0x1f, 0x8b, 0x08, 0x00] + hello),
        Corrupt(
            name: "length-symbol-286", title: "a length symbol that does not exist",
            payload: message { $0.fixed([.literal(65), .raw(286), .rawDistance(0)]) }),
        Corrupt(
            name: "distance-symbol-30", title: "a distance symbol that does not exist",
            payload: message { $0.fixed([.literal(65), .raw(257), .rawDistance(30)]) }),
    ]

    /// What could go on, and does not.
    static let cut: [Corrupt] = [
        Corrupt(
            name: "mid-symbol", title: "ends inside a symbol",
            payload: octets {
                $0.fixed(.literals("Hello, Hello".utf8), ends: false)
                // The first bits of a word of nine.
                $0.bits(0b11, 2)
            }),
        Corrupt(
            name: "mid-stored", title: "ends inside a stored block",
            payload: [0x00, 0x0a, 0x00, 0xf5, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
        Corrupt(name: "mid-block", title: "ends before the end of a block is marked", payload: Array(hello.prefix(5))),
    ]
}
