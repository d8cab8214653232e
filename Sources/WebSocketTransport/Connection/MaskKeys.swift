import CLinux
import Glibc

/// Masking keys from the kernel's cryptographic generator (RFC 6455 §5.3, §10.3), drawn in batches: a call gives a thousand.
struct MaskKeys: ~Copyable {
    private static let batchSize = 1024
    /// Nil until the first key is drawn: a server draws none.
    private var keys: UnsafeMutablePointer<UInt32>?
    private var remaining = 0

    init() {}

    deinit { keys?.deallocate() }

    /// A key that was never used before.
    mutating func next() -> UInt32 {
        if let keys, remaining > 0 {
            remaining -= 1
            return keys[remaining]
        }
        return refill()
    }

    private mutating func refill() -> UInt32 {
        let keys = self.keys ?? .allocate(capacity: Self.batchSize)
        self.keys = keys
        fillRandom(UnsafeMutableRawBufferPointer(start: keys, count: Self.batchSize * 4))
        remaining = Self.batchSize - 1
        return keys[remaining]
    }
}

/// Fills `buffer` from the kernel's cryptographic generator.
func fillRandom(_ buffer: UnsafeMutableRawBufferPointer) {
    var filled = 0
    while filled < buffer.count {
        let count = getrandom(buffer.baseAddress.map { $0 + filled }, buffer.count - filled, 0)
        // Without flags getrandom(2) only fails when a signal interrupts it.
        if count > 0 { filled += count }
    }
}
