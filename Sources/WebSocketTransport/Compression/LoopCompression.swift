import WebSocketProtocol

/// A compressor that can be handed on.
final class DeflaterBox {
    struct Key: Hashable {
        var windowBits: Int
        var memoryLevel: Int
        var level: Int
    }

    let key: Key
    @exclusivity(unchecked) var deflater: Deflater

    init(_ key: Key) throws(CompressionError) {
        self.key = key
        deflater = try Deflater(windowBits: key.windowBits, memoryLevel: key.memoryLevel, level: key.level)
    }
}

/// An inflater that can be handed on.
final class InflaterBox {
    @exclusivity(unchecked) var inflater: Inflater

    init(windowBits: Int) throws(CompressionError) { inflater = try Inflater(windowBits: windowBits) }
}

/// The compressors, inflaters and buffers that the connections of one loop share. Confined to the loop.
final class LoopCompression {
    /// Longer messages are compressed in slices of this size, with a turn of the loop between them: one takes about a
    /// millisecond, while 16 MiB at once would let all other connections wait for a third of a second.
    static let sliceLength = 64 << 10
    /// Compressed messages of more octets are inflated in slices. Up to here a bomb is stopped at `ratioFloor`.
    static let inflatedAtOnce = 4 << 10
    /// Octets that such a message may inflate to before the loop has a turn: some tens of microseconds.
    static let inflatedSlice = 32 << 10
    /// How many octets of it are inflated at once; they become 16 KiB to 256 KiB at most.
    static let inflatedSteps = 16...256
    /// Large messages being compressed at once for connections without a compressor of their own; further ones are sent
    /// uncompressed.
    private static let lentLimit = 8

    private var deflaters: [DeflaterBox.Key: DeflaterBox] = [:]
    private var inflaters: [Int: InflaterBox] = [:]
    private var idle: [DeflaterBox] = []
    private var lent = 0
    /// Where messages are inflated; a message stays in it while its handler runs.
    @exclusivity(unchecked) var inflated = InflationBuffer()
    /// Where messages in parts are inflated; a handler may send what lies there. Made on first use.
    lazy var inflatedPart = ScratchMemory(count: Self.sliceLength)
    /// Where messages and slices are compressed. Made on first use.
    lazy var compressed = ScratchMemory(count: Self.sliceLength + Deflater.slack)

    /// Octets that compression has spared, less those that it cost, since they were last asked for.
    @exclusivity(unchecked) var spared: (sending: Int, receiving: Int) = (0, 0)

    /// The loop's own compressor for whole messages, with an empty window; nil without memory.
    func deflater(_ key: DeflaterBox.Key) -> DeflaterBox? {
        if let known = deflaters[key] {
            known.deflater.reset()
            return known
        }
        let box = try? DeflaterBox(key)
        deflaters[key] = box
        return box
    }

    /// The loop's own inflater for whole messages, with an empty window.
    func inflater(windowBits: Int) throws(CompressionError) -> InflaterBox {
        if let known = inflaters[windowBits] {
            known.inflater.reset()
            return known
        }
        let box = try InflaterBox(windowBits: windowBits)
        inflaters[windowBits] = box
        return box
    }

    /// A compressor, with an empty window, for a message that takes several turns; nil when too many are out already.
    func lend(_ key: DeflaterBox.Key) -> DeflaterBox? {
        guard lent < Self.lentLimit else { return nil }
        let box: DeflaterBox
        if let index = idle.firstIndex(where: { $0.key == key }) {
            box = idle.remove(at: index)
            box.deflater.reset()
        } else {
            guard let fresh = try? DeflaterBox(key) else { return nil }
            box = fresh
        }
        lent += 1
        return box
    }

    func takeBack(_ box: DeflaterBox) {
        lent -= 1
        // One is kept: large messages rarely overlap, and a compressor has a quarter of a megabyte.
        idle = [box]
    }
}

/// Memory without contents.
final class ScratchMemory {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) { bytes = .allocate(byteCount: count, alignment: 16) }

    deinit { bytes.deallocate() }
}
