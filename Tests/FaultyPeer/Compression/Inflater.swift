import CZlib

/// Why compressed data came to nothing.
enum InflateError: Error {
    case corrupt
    /// The message ends within a block.
    case cut
    case tooLarge
}

/// Inflates the messages of one peer as their octets arrive (RFC 7692 §7.2.2).
final class Inflater {
    private var stream: UnsafeMutablePointer<z_stream>
    private let keepsContext: Bool
    private let fault: Fault?
    private var isDead = false
    private static let chunk = 16 << 10
    private let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: Inflater.chunk)

    /// Nil when zlib has no memory. Always the largest window: it takes what smaller ones take.
    init?(windowBits: Int, keepsContext: Bool, fault: Fault?) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        self.keepsContext = keepsContext && fault != .inflaterForgets
        self.fault = fault
        let bits = fault == .inflateWindowTooSmall ? max(windowBits - 1, 9) : 15
        guard czlib_inflate_init_raw(stream, Int32(bits)) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        if fault != .inflatersLeaked { inflateEnd(stream) }
        stream.deallocate()
        scratch.deallocate()
    }

    /// Inflates the next octets of a message, appending to `output` until that has `limit` octets.
    func inflate(_ input: [UInt8], to output: inout [UInt8], limit: Int) throws(InflateError) {
        guard !isDead else { throw .corrupt }
        let result = input.withUnsafeBytes { bytes in
            Result { () throws(InflateError) in try inflate(bytes, &output, limit) }
        }
        try result.get()
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer, _ output: inout [UInt8], _ limit: Int
    ) throws(InflateError) {
        var rest = input
        while true {
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: rest.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(rest.count)
            stream.pointee.next_out = scratch
            stream.pointee.avail_out = UInt32(Self.chunk)
            let status = CZlib.inflate(stream, Z_SYNC_FLUSH)
            let produced = Self.chunk - Int(stream.pointee.avail_out)
            rest = UnsafeRawBufferPointer(rebasing: rest[(rest.count - Int(stream.pointee.avail_in))...])
            if output.count + produced > limit, fault != .inflatedSizeUnlimited { throw .tooLarge }
            output.append(contentsOf: UnsafeBufferPointer(start: scratch, count: produced))
            switch status {
            case Z_STREAM_END:
                if fault == .finalBlockEndsInflater { isDead = true }
                restart()
                if rest.isEmpty { return }
            case Z_OK:
                // Nothing left to read and room left to write.
                if rest.isEmpty, produced < Self.chunk { return }
            case Z_BUF_ERROR: return
            default:
                if fault == .corruptDataDelivered { return }
                throw .corrupt
            }
        }
    }

    /// Ends a message: adds what its sender took away, and makes sure that it ended between blocks.
    func finish(to output: inout [UInt8], limit: Int) throws(InflateError) {
        let before = output.count
        try inflate([0x00, 0x00, 0xFF, 0xFF], to: &output, limit: limit)
        // zlib: 128 after a block's end, 64 within the last block, below that the bits left of an octet.
        let isBetweenBlocks = stream.pointee.data_type & 0xBF == 128 && output.count == before
        guard isBetweenBlocks || fault == .cutMessageAccepted || fault == .corruptDataDelivered else { throw .cut }
        if !keepsContext || fault == .cutMessageAccepted && !isBetweenBlocks { inflateReset(stream) }
    }

    /// Lets what the window missed, because it was not compressed, into it; only a fault does that.
    func remember(_ message: [UInt8]) {
        inflateSetDictionary(stream, message, UInt32(min(message.count, 32 << 10)))
    }

    /// Goes on after a block that called itself the last (BFINAL), with the window as it was (§7.2.3.4).
    private func restart() {
        var window = [UInt8](repeating: 0, count: 32 << 10)
        var length: UInt32 = 0
        inflateGetDictionary(stream, &window, &length)
        inflateReset(stream)
        if keepsContext, length > 0 { inflateSetDictionary(stream, window, length) }
    }
}
