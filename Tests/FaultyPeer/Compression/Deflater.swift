import CZlib

/// Compresses the messages of one side (RFC 7692 §7.2.1).
final class Deflater {
    private var stream: UnsafeMutablePointer<z_stream>
    private let keepsContext: Bool
    private let fault: Fault?

    /// Nil when zlib has no memory.
    init?(windowBits: Int, keepsContext: Bool, fault: Fault?) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        self.keepsContext = keepsContext || fault == .contextKept
        self.fault = fault
        let isIgnored = fault == .windowIgnored || fault == .windowOf256Ignored && windowBits < 9
        let bits = isIgnored ? 15 : max(windowBits, 9)
        guard czlib_deflate_init_raw(stream, 6, Int32(bits), 8, Z_DEFAULT_STRATEGY) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        // One of four: they are large, and what leaks is to be noticed, not to fill the machine.
        if fault != .deflatersLeaked || Int.random(in: 0..<4) > 0 { deflateEnd(stream) }
        stream.deallocate()
    }

    /// A whole message, without the `00 00 ff ff` of its end.
    func compress(_ message: [UInt8]) -> [UInt8] {
        // The bound is for Z_FINISH; a flush adds its empty block.
        var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(message.count))) + 16)
        let produced = message.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                deflate(stream, Z_SYNC_FLUSH)
                return output.count - Int(stream.pointee.avail_out)
            }
        }
        output.removeLast(output.count - produced)
        if !keepsContext { deflateReset(stream) }
        if fault != .tailKept, output.suffix(4) == [0x00, 0x00, 0xFF, 0xFF] { output.removeLast(4) }
        return output
    }
}
