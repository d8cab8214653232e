import CZlib

/// The heap memory of one `z_stream`, whose address zlib keeps: it must not move.
///
/// It owns that memory alone. The state behind it is ended by who began it, before this value goes.
struct ZStream: ~Copyable {
    /// zlib counts in 32 bits: more is given in several calls.
    static let longestRun = 1 << 30

    let pointer: UnsafeMutablePointer<z_stream>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: z_stream())
    }

    deinit {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }

    /// Sets what the next call reads; at most `longestRun` octets, which it does not change.
    @inline(__always)
    func setInput(_ start: UnsafeRawPointer?, count: Int) {
        // zlib's own header lacks the `const`.
        pointer.pointee.next_in = UnsafeMutablePointer(mutating: start?.assumingMemoryBound(to: UInt8.self))
        pointer.pointee.avail_in = UInt32(truncatingIfNeeded: count)
    }

    /// Sets what the next call writes; at most `longestRun` octets.
    @inline(__always)
    func setOutput(_ start: UnsafeMutableRawPointer, count: Int) {
        pointer.pointee.next_out = start.assumingMemoryBound(to: UInt8.self)
        pointer.pointee.avail_out = UInt32(truncatingIfNeeded: count)
    }

    @inline(__always)
    var unread: Int { Int(pointer.pointee.avail_in) }

    @inline(__always)
    var unused: Int { Int(pointer.pointee.avail_out) }
}

extension CompressionError {
    /// What a zlib init function's result means; nil for success.
    init?(code: Int32, requested: Int) {
        switch code {
        case Z_OK: return nil
        case Z_MEM_ERROR: self = .outOfMemory(requested: requested)
        default: self = .refused(code: code)
        }
    }
}
