import CZlib

/// Compresses the messages of one direction, one after the other (RFC 7692 §7.2.1).
///
/// The window is kept from message to message: without context takeover call `reset` before each. Its memory is zlib's,
/// taken by `init` and given back with the value.
package struct Deflater: ~Copyable {
    /// Octets that `compressMessage` needs in its room behind what it returns: the empty block's tail, and one more by
    /// which zlib shows that it was not stopped by the end.
    package static let slack = tail + 1

    /// The smallest piece that `compress` takes: an end of the room must not cut the tail.
    package static let smallestPiece = 64

    /// 00 00 FF FF, which ends every flush and is not sent (§7.2.1).
    private static let tail = 4

    private let stream = ZStream()
    /// Whether nothing was compressed since the window was emptied.
    private var isFresh = true
    /// The last octets of a message in parts, which may turn out to be its tail; in the order of memory.
    private var held: UInt32 = 0
    /// How many octets `held` has; 0 or 4 but for the first octets of a message.
    private var heldCount = 0
    /// Whether octets of the message in parts were handed out.
    private var hasEmitted = false

    /// Takes the memory of `memory(windowBits:memoryLevel:)`.
    ///
    /// - Parameters:
    ///   - windowBits: the logarithm of the window, 8...15.
    ///   - memoryLevel: 1...9; less memory compresses less.
    ///   - level: 0...9, from storing to the most effort.
    package init(windowBits: Int, memoryLevel: Int, level: Int) throws(CompressionError) {
        guard DeflatePreferences.windowBits.contains(windowBits) else { throw .invalidWindowBits(windowBits) }
        guard 1...9 ~= memoryLevel else { throw .invalidMemoryLevel(memoryLevel) }
        guard 0...9 ~= level else { throw .invalidLevel(level) }
        // zlib refuses a raw window of 2^8 (deflateInit2 in zlib.h), and one of 2^9 may refer further back than the peer
        // was promised. With Z_RLE every match has a distance of one, whatever the window, and the promise is kept.
        let isSmallest = windowBits == DeflatePreferences.windowBits.lowerBound
        let code = czlib_deflate_init_raw(
            stream.pointer, Int32(level), Int32(Self.actual(windowBits)), Int32(memoryLevel),
            isSmallest ? Z_RLE : Z_DEFAULT_STRATEGY)
        let requested = Self.memory(windowBits: windowBits, memoryLevel: memoryLevel)
        if let error = CompressionError(code: code, requested: requested) { throw error }
    }

    deinit {
        // Frees also in the middle of a message, and does nothing to a stream that never began; both it reports as errors
        // of no interest here.
        deflateEnd(stream.pointer)
    }

    /// Octets that a compressor owns: the formula of zconf.h, and zlib's state and stream.
    package static func memory(windowBits: Int, memoryLevel: Int) -> Int {
        (1 << (actual(windowBits) + 2)) + (1 << (memoryLevel + 9)) + fixedMemory
    }

    /// `deflate_state` of zlib 1.2.13 on 64 bits, and the stream.
    private static let fixedMemory = 5952 + MemoryLayout<z_stream>.size

    private static func actual(_ windowBits: Int) -> Int { max(9, windowBits) }

    /// Empties the window and forgets a message in parts that was not finished.
    package mutating func reset() {
        held = 0
        heldCount = 0
        hasEmitted = false
        // Clearing zlib's tables costs as much as compressing a short message.
        guard !isFresh else { return }
        deflateReset(stream.pointer)
        isFresh = true
    }

    /// Compresses a whole message into `room` and returns how many octets it became.
    ///
    /// At most `room.count - slack` octets: a room of `payload.count - 1 + slack` asks for a message that is smaller
    /// than it was. Nil if there are more; the message is then to be sent as it is, and as the peer will not have it in
    /// its window, ours may be emptied. No message may be in parts at that time.
    package mutating func compressMessage(
        _ payload: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
    ) -> Int? {
        assert(heldCount == 0 && !hasEmitted, "a message in parts is not finished")
        guard let start = room.baseAddress, room.count > Self.slack else { return nil }
        guard !payload.isEmpty else {
            // The header of an empty stored block. A second flush in a row gives nothing, so zlib is not asked.
            start.storeBytes(of: 0, as: UInt8.self)
            return 1
        }
        guard let length = flush(payload, into: room, start) else {
            reset()
            return nil
        }
        return length
    }

    private mutating func flush(
        _ payload: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer, _ start: UnsafeMutableRawPointer
    ) -> Int? {
        isFresh = false
        var used = 0
        var read = 0
        while read < payload.count {
            let run = min(payload.count - read, ZStream.longestRun)
            stream.setInput(payload.baseAddress.map { $0 + read }, count: run)
            read += run
            let mode = read == payload.count ? Z_SYNC_FLUSH : Z_NO_FLUSH
            while true {
                let space = min(room.count - used, ZStream.longestRun)
                // At the end there may be more to come, or not: no answer without room.
                guard space > 0 else { return nil }
                stream.setOutput(start + used, count: space)
                guard deflate(stream.pointer, mode) == Z_OK else { return nil }
                used += space - stream.unused
                if stream.unused > 0 { break }
            }
        }
        return used - Self.tail
    }

    /// What follows a part of a message.
    package enum PartEnd {
        /// More parts. zlib may keep what it has.
        case more
        /// More parts, later: the peer shall be able to read everything so far.
        case flush
        /// Nothing.
        case last
    }

    /// Compresses the next part of a message and hands out what it became, in runs of at most `piece.count` octets.
    ///
    /// The four octets that may be the tail are held back, as the last ones of a message are not sent; a peer needs none
    /// of them to read what was flushed. A message becomes one octet at least, but its last part may become none.
    ///
    /// - Parameters:
    ///   - piece: memory to work in, at least `smallestPiece` octets.
    ///   - emit: called with octets in `piece`, valid during the call.
    package mutating func compress(
        _ part: UnsafeRawBufferPointer, end: PartEnd, piece: UnsafeMutableRawBufferPointer,
        emit: (UnsafeRawBufferPointer) -> Void
    ) {
        precondition(piece.count >= Self.smallestPiece, "the piece must hold at least smallestPiece octets")
        guard let start = piece.baseAddress else { return }
        var read = 0
        repeat {
            let run = min(part.count - read, ZStream.longestRun)
            stream.setInput(part.baseAddress.map { $0 + read }, count: run)
            read += run
            // Without input there is nothing to do but flush.
            let mode = read < part.count || end == .more ? Z_NO_FLUSH : Z_SYNC_FLUSH
            if run > 0 || mode == Z_SYNC_FLUSH { drain(mode, piece, start, emit) }
        } while read < part.count
        if end == .last { finish(emit) }
    }

    /// Hands out what zlib has, but for the last octets.
    private mutating func drain(
        _ mode: Int32, _ piece: UnsafeMutableRawBufferPointer, _ start: UnsafeMutableRawPointer,
        _ emit: (UnsafeRawBufferPointer) -> Void
    ) {
        isFresh = false
        repeat {
            start.storeBytes(of: held, as: UInt32.self)
            let space = min(piece.count, ZStream.longestRun) - heldCount
            stream.setOutput(start + heldCount, count: space)
            // Z_BUF_ERROR, a flush straight after a flush, writes nothing.
            deflate(stream.pointer, mode)
            let count = heldCount + space - stream.unused
            let ready = max(0, count - Self.tail)
            if ready > 0 {
                emit(UnsafeRawBufferPointer(start: start, count: ready))
                hasEmitted = true
            }
            heldCount = count - ready
            held = (start + ready).loadUnaligned(as: UInt32.self)
        } while stream.unused == 0
    }

    /// Drops the tail, after a flush, or makes one octet of a message that has none.
    private mutating func finish(_ emit: (UnsafeRawBufferPointer) -> Void) {
        if !hasEmitted {
            // Nothing came since the last message: the header of an empty stored block.
            withUnsafeBytes(of: UInt8(0)) { emit($0) }
        }
        held = 0
        heldCount = 0
        hasEmitted = false
    }
}

// The zlib state has one owner and no thread of its own: whoever has the value may use it.
extension Deflater: @unchecked Sendable {}
