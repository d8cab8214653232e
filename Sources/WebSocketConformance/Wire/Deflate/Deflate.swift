import CZlib

/// Raw DEFLATE (RFC 1951) by zlib, with everything adjustable that a case wants to adjust.
final class Deflate {
    enum Flush: Int32, Sendable {
        case none = 0
        case partial = 1
        case sync = 2
        case full = 3
        case finish = 4
        case block = 5
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter windowBits: 9 to 15; zlib cannot do 8 here.
    init?(windowBits: Int32 = 15, level: Int32 = 6, memoryLevel: Int32 = 8, strategy: Int32 = 0) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_deflate_init_raw(stream, level, windowBits, memoryLevel, strategy) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// What `octets` become, with everything flushed as asked.
    func compress(_ octets: [UInt8], flush: Flush = .sync) -> [UInt8] {
        var output: [UInt8] = []
        var input = octets
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(clamping: input.count)
            repeat {
                chunk.withUnsafeMutableBufferPointer { room in
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    deflate(stream, flush.rawValue)
                }
                output += chunk[..<(chunk.count - Int(stream.pointee.avail_out))]
            } while stream.pointee.avail_out == 0
        }
        return output
    }

    /// A message as permessage-deflate sends it: flushed, without the last four octets (RFC 7692 §7.2.1).
    func message(_ octets: [UInt8]) -> [UInt8] {
        let compressed = compress(octets, flush: .sync)
        // zlib does not flush twice in a row: a message without octets is one octet (RFC 7692 §7.2.3.6).
        return compressed.count < 5 ? [0x00] : Array(compressed.dropLast(4))
    }

    /// Forgets the window, as without context takeover.
    func reset() { deflateReset(stream) }
}

/// Raw inflate by zlib, message by message (RFC 7692 §7.2.2).
final class Inflate {
    private let stream: UnsafeMutablePointer<z_stream>

    init?(windowBits: Int32 = 15) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_inflate_init_raw(stream, windowBits) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The message whose compressed octets these are, without the four that were removed.
    ///
    /// - Returns: nil when they are no valid DEFLATE, or more than `limit` octets come out.
    func message(_ compressed: [UInt8], limit: Int = 64 * 1024 * 1024) -> [UInt8]? {
        var output: [UInt8] = []
        var input = compressed + [0x00, 0x00, 0xff, 0xff]
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        var isValid = true
        input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(clamping: input.count)
            repeat {
                let result = chunk.withUnsafeMutableBufferPointer { room -> Int32 in
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    return inflate(stream, Z_SYNC_FLUSH)
                }
                output += chunk[..<(chunk.count - Int(stream.pointee.avail_out))]
                if result == Z_STREAM_END {
                    // A block marked as the last (RFC 7692 §7.2.3.4). Whether what follows may refer to what was before
                    // is left open: it is read either way.
                    beginStreamWithOldWindow()
                    continue
                }
                isValid = (result == Z_OK || result == Z_BUF_ERROR) && output.count <= limit
            } while isValid && (stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0)
        }
        return isValid ? output : nil
    }

    private func beginStreamWithOldWindow() {
        var window = [UInt8](repeating: 0, count: 32768)
        var count: UInt32 = 0
        inflateGetDictionary(stream, &window, &count)
        inflateReset(stream)
        inflateSetDictionary(stream, &window, min(count, UInt32(window.count)))
    }

    /// Forgets the window, as without context takeover.
    func reset() { inflateReset(stream) }
}
