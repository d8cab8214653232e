import CZlib

/// Inflates the messages of one direction, one after the other (RFC 7692 §7.2.2).
///
/// The window is kept from message to message: without context takeover call `reset` before each. After an error there
/// is no more to inflate until `reset`.
package struct Inflater: ~Copyable {
    private let stream = ZStream()
    private var message = Message()
    private var isBroken = false
    /// Whether nothing was inflated since the window was emptied.
    private var isFresh = true

    /// What is known of the message in progress.
    private struct Message {
        /// Octets as they were sent, so far.
        var arrived = 0
        /// Octets that they became; never more than the limits allow, but for the moment before the error.
        var inflated = 0
        var validator = UTF8Validator()
        /// Whether the last octet so far ended a block with BFINAL.
        var isAfterFinalBlock = false
    }

    /// Takes the memory of `memory(windowBits:)` but for the window, which is taken with the first message.
    ///
    /// - Parameter windowBits: the logarithm of the peer's window, 8...15.
    package init(windowBits: Int) throws(CompressionError) {
        guard DeflatePreferences.windowBits.contains(windowBits) else { throw .invalidWindowBits(windowBits) }
        let code = czlib_inflate_init_raw(stream.pointer, Int32(Self.actual(windowBits)))
        if let error = CompressionError(code: code, requested: Self.memory(windowBits: windowBits)) { throw error }
    }

    deinit {
        // Does nothing to a stream that never began.
        inflateEnd(stream.pointer)
    }

    /// Octets that an inflater owns once it was used: the window, and zlib's state and stream.
    package static func memory(windowBits: Int) -> Int { (1 << actual(windowBits)) + fixedMemory }

    /// `inflate_state` of zlib 1.2.13 on 64 bits, and the stream.
    private static let fixedMemory = 7160 + MemoryLayout<z_stream>.size

    /// Older zlib made a window of 2^9 of one of 2^8 and said nothing: what such peers send is still understood.
    private static func actual(_ windowBits: Int) -> Int { max(9, windowBits) }

    /// Empties the window and forgets a message in progress or an error.
    package mutating func reset() {
        message = Message()
        isBroken = false
        guard !isFresh else { return }
        inflateReset(stream.pointer)
        isFresh = true
    }

    /// Inflates a whole message and returns it; it is in `buffer` until that is used again.
    ///
    /// Text is checked to be UTF-8. The buffer grows to what the message needs, at most one octet beyond the limits. No
    /// message may be in parts.
    package mutating func inflateMessage(
        _ payload: UnsafeRawBufferPointer, kind: MessageKind, into buffer: inout InflationBuffer,
        limits: InflationLimits
    ) throws(ProtocolError) -> UnsafeMutableRawBufferPointer {
        assert(isBroken || message.arrived == 0, "a message in parts is not finished")
        do throws(ProtocolError) {
            try begin(payload.count)
            try inflateRuns(payload, kind, into: &buffer, limits)
            try end(kind)
        } catch {
            isBroken = true
            throw error
        }
        defer { message = Message() }
        return UnsafeMutableRawBufferPointer(start: buffer.start, count: message.inflated)
    }

    /// Inflates the next part of a message and hands out what it became, in runs of at most `piece.count` octets.
    ///
    /// Text is checked to be UTF-8 before it is handed out, but a character may be cut between runs. The limits hold for
    /// all parts together, and the ratio for what arrived so far.
    ///
    /// - Parameters:
    ///   - kind: the same for all parts of a message.
    ///   - isLast: whether the message ends with this part, which may be empty.
    ///   - piece: memory to work in, not empty.
    ///   - emit: called with octets in `piece`, valid during the call.
    package mutating func inflate(
        _ part: UnsafeRawBufferPointer, isLast: Bool, kind: MessageKind, piece: UnsafeMutableRawBufferPointer,
        limits: InflationLimits, emit: (UnsafeRawBufferPointer) throws(ProtocolError) -> Void
    ) throws(ProtocolError) {
        precondition(!piece.isEmpty, "inflating needs memory to work in")
        do throws(ProtocolError) {
            try begin(part.count)
            try inflateRuns(part, kind, piece, limits, emit)
            guard isLast else { return }
            try end(kind)
            message = Message()
        } catch {
            isBroken = true
            throw error
        }
    }
}

extension Inflater {
    /// Text is inflated and checked in runs of this size, so that the check reads what is still in the cache. zlib copies
    /// up to 32 KiB into its window with each run, which is little beside it.
    private static var textRun: Int { 64 << 10 }

    private mutating func begin(_ count: Int) throws(ProtocolError) {
        guard !isBroken else { throw .corruptCompressedData(offset: message.arrived) }
        let (arrived, overflow) = message.arrived.addingReportingOverflow(count)
        message.arrived = overflow ? .max : arrived
        isFresh = false
    }

    private mutating func inflateRuns(
        _ payload: UnsafeRawBufferPointer, _ kind: MessageKind, into buffer: inout InflationBuffer,
        _ limits: InflationLimits
    ) throws(ProtocolError) {
        let ceiling = roomCeiling(limits)
        var read = 0
        while read < payload.count {
            read += setInput(payload, from: read)
            repeat {
                if message.inflated >= buffer.capacity {
                    // Most text becomes less than four times as large.
                    let (hint, overflow) = payload.count.multipliedReportingOverflow(by: 4)
                    guard buffer.grow(hint: overflow ? .max : hint, ceiling: ceiling) else {
                        throw .outOfMemory(requested: message.inflated)
                    }
                }
                guard let start = buffer.start else { throw .outOfMemory(requested: message.inflated) }
                let space = min(buffer.capacity, ceiling) - message.inflated
                let room = UnsafeMutableRawBufferPointer(
                    start: start + message.inflated, count: min(space, kind == .text ? Self.textRun : .max))
                _ = try fill(room, kind, limits)
            } while !isExhausted
        }
    }

    private mutating func inflateRuns(
        _ part: UnsafeRawBufferPointer, _ kind: MessageKind, _ piece: UnsafeMutableRawBufferPointer,
        _ limits: InflationLimits, _ emit: (UnsafeRawBufferPointer) throws(ProtocolError) -> Void
    ) throws(ProtocolError) {
        let ceiling = roomCeiling(limits)
        var read = 0
        while read < part.count {
            read += setInput(part, from: read)
            repeat {
                let room = UnsafeMutableRawBufferPointer(rebasing: piece.prefix(ceiling - message.inflated))
                let count = try fill(room, kind, limits)
                if count > 0 { try emit(UnsafeRawBufferPointer(rebasing: room.prefix(count))) }
            } while !isExhausted
        }
    }

    /// One octet more than the limits allow, by which an excess is known; more than what is inflated already.
    private func roomCeiling(_ limits: InflationLimits) -> Int {
        let ceiling = limits.ceiling(arrived: message.arrived)
        return ceiling == .max ? .max : ceiling + 1
    }

    private func setInput(_ octets: UnsafeRawBufferPointer, from offset: Int) -> Int {
        let run = min(octets.count - offset, ZStream.longestRun)
        stream.setInput(octets.baseAddress.map { $0 + offset }, count: run)
        return run
    }

    /// Whether there is nothing more to come of the input given so far.
    private var isExhausted: Bool {
        stream.unread == 0 && (stream.unused > 0 || message.isAfterFinalBlock || isAtFlushPoint)
    }

    /// Whether the last octet was the header of a stored block and nothing after it: where the four octets that the
    /// sender left away belong (§7.2.1). Only this tells it from the middle of any other block.
    private var isAtFlushPoint: Bool { inflateSyncPoint(stream.pointer) == 1 }

    /// Inflates into `room`, which is not empty, until it is full or the input is used up, and returns how many octets
    /// that made.
    private mutating func fill(
        _ room: UnsafeMutableRawBufferPointer, _ kind: MessageKind, _ limits: InflationLimits
    ) throws(ProtocolError) -> Int {
        guard let start = room.baseAddress else { return 0 }
        let space = min(room.count, ZStream.longestRun)
        stream.setOutput(start, count: space)
        var failure: ProtocolError?
        repeat { failure = step() } while failure == nil && stream.unread > 0 && stream.unused > 0
        // Of several failures the one of the first octet counts, wherever the message is cut.
        let count = space - stream.unused
        let offset = message.inflated
        message.inflated += count
        if kind == .text {
            let invalid = message.validator.firstInvalidOffset(in: UnsafeRawBufferPointer(start: start, count: count))
            if let invalid { throw .invalidUTF8(offset: offset + invalid) }
        }
        if message.inflated > limits.ceiling(arrived: message.arrived) { throw limits.error(arrived: message.arrived) }
        if let failure { throw failure }
        return count
    }

    /// Lets zlib go on until it lacks input or room, or a block with BFINAL ends. Returns what is wrong with the input.
    private mutating func step() -> ProtocolError? {
        let unread = stream.unread
        let unused = stream.unused
        let code = CZlib.inflate(stream.pointer, Z_SYNC_FLUSH)
        let isStuck = stream.unread == unread && stream.unused == unused
        switch code {
        case Z_OK where !isStuck:
            message.isAfterFinalBlock = false
            return nil
        case Z_BUF_ERROR where unread == 0:
            // What was given is used up, and the room was exactly enough.
            return nil
        case Z_STREAM_END:
            // A block with BFINAL ends a stream, and a message may have several (§7.2.3.4). The next one begins at the
            // next octet and still refers to what the window has, so only the state is begun anew.
            inflateResetKeep(stream.pointer)
            message.isAfterFinalBlock = true
            return nil
        case Z_MEM_ERROR:
            return .outOfMemory(requested: 1 << 15)
        default:
            return .corruptCompressedData(offset: message.arrived - stream.unread)
        }
    }

    /// Ends the message: gives zlib the tail that its sender left away (§7.2.2).
    private mutating func end(_ kind: MessageKind) throws(ProtocolError) {
        // After a block with BFINAL most senders add the header of an empty block (§7.2.3.4). Without it nothing is
        // missing, and there is no tail to add.
        if !message.isAfterFinalBlock {
            guard isAtFlushPoint else { throw .cutCompressedMessage(length: message.arrived) }
            try withUnsafeTemporaryAllocation(byteCount: 8, alignment: 4) { memory throws(ProtocolError) in
                guard let start = memory.baseAddress else { return }
                start.storeBytes(of: UInt32(0xFFFF_0000).littleEndian, as: UInt32.self)
                stream.setInput(start, count: 4)
                // The block is empty; zlib wants a place to write to all the same.
                stream.setOutput(start + 4, count: 4)
                if let failure = step() { throw failure }
            }
        }
        if kind == .text && !message.validator.isComplete { throw .invalidUTF8(offset: message.inflated) }
    }
}

// The zlib state has one owner and no thread of its own: whoever has the value may use it.
extension Inflater: @unchecked Sendable {}
