/// The messages of one payload, made before the run starts: sending one touches no allocator and no generator.
///
/// One block of memory that never changes after `init`; all loops read it.
// @unchecked Sendable: the block is written only in `init`, before any other thread can know the object, and freed in
// `deinit`, after the last one has let go of it.
package final class PayloadPool: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    /// Where each message starts; one more than there are messages, so that the last one's end is there too.
    private let offsets: [Int]

    /// Text messages (opcode 1) hold valid UTF-8; the others are binary (opcode 2).
    package let isText: Bool

    /// How many different messages a random payload has, unless they would exceed ``maximumBytes``.
    package static let randomVariants = 64
    /// What one pool may hold.
    package static let maximumBytes = 64 << 20

    /// How many random messages of `size` bytes a pool has.
    static func variants(ofSize size: Int) -> Int { max(1, min(randomVariants, maximumBytes / max(1, size))) }

    /// One fixed text.
    package convenience init(text: String) {
        self.init(messages: [Array(text.utf8)], isText: true)
    }

    /// Messages that deflate can shrink to about `1 - compressibility` of their size.
    ///
    /// As many variants as ``randomVariants`` allows, at least one. Text is made of the 95 printable ASCII characters,
    /// which deflate already packs into 6.6 of 8 bits; binary of all 256 bytes.
    package convenience init(
        randomBytes size: Int, compressibility: Double, isText: Bool, generator: SeededGenerator
    ) {
        let variants = Self.variants(ofSize: size)
        var content = RandomContent(compressibility: compressibility, isText: isText, generator: generator)
        self.init(capacity: variants * size, lengths: Array(repeating: size, count: variants), isText: isText) {
            content.fill($0)
        }
    }

    /// The lines of a corpus, in its order.
    package convenience init(_ corpus: Corpus) {
        let lines = corpus.lines
        var next = 0
        self.init(capacity: lines.reduce(0) { $0 + $1.count }, lengths: lines.map(\.count), isText: true) { target in
            corpus.copy(lines[next], to: target)
            next += 1
        }
    }

    convenience init(messages: [[UInt8]], isText: Bool) {
        var next = 0
        self.init(capacity: messages.reduce(0) { $0 + $1.count }, lengths: messages.map(\.count), isText: isText) {
            $0.copyBytes(from: messages[next])
            next += 1
        }
    }

    /// `fill` is called once for each length, in order, with zeroed memory of that length.
    private init(
        capacity: Int, lengths: [Int], isText: Bool, fill: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        precondition(!lengths.isEmpty, "a pool holds at least one message")
        memory = .allocate(byteCount: max(1, capacity), alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        var offsets = [0]
        offsets.reserveCapacity(lengths.count + 1)
        var offset = 0
        for length in lengths {
            fill(UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + length]))
            offset += length
            offsets.append(offset)
        }
        self.offsets = offsets
        self.isText = isText
    }

    deinit { memory.deallocate() }

    /// How many different messages there are, at least 1.
    package var count: Int { offsets.count - 1 }
    /// The bytes of all messages together.
    package var byteCount: Int { offsets[offsets.count - 1] }
    /// The longest message, in bytes.
    package var longestMessage: Int { zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0 }

    /// Message `index`, counted round and round. Valid as long as the pool; nothing is allocated.
    @inline(__always)
    package func message(at index: UInt64) -> UnsafeRawBufferPointer {
        let slot = Int(truncatingIfNeeded: index % UInt64(count))
        return UnsafeRawBufferPointer(rebasing: memory[offsets[slot]..<offsets[slot + 1]])
    }
}
