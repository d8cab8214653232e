import CLinux
import Glibc

/// Bytes that the socket did not take yet, in order. Exists only while there are any.
struct Outbox: ~Copyable {
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    private var head = 0
    private(set) var count = 0
    /// Since when nothing could be sent, in nanoseconds of the monotonic clock.
    private(set) var stalledSince: UInt64

    init(capacity: Int, now: UInt64) {
        self.capacity = max(capacity, 4096)
        storage = .allocate(byteCount: self.capacity, alignment: 16)
        stalledSince = now
    }

    deinit { storage.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage + head, count: count) }

    /// Appends; the caller has checked the limit, so the sum cannot overflow.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if head + count + bytes.count > capacity { makeRoom(for: bytes.count) }
        memcpy(storage + head + count, source, bytes.count)
        count += bytes.count
    }

    mutating func removeFirst(_ sent: Int, now: UInt64) {
        head += sent
        count -= sent
        stalledSince = now
    }

    /// Moves the bytes to the front when that frees half of the storage, else doubles it: constant cost per byte.
    private mutating func makeRoom(for addition: Int) {
        if count + addition <= capacity / 2 {
            memmove(storage, storage + head, count)
        } else {
            let larger = max(capacity * 2, count + addition)
            let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
            memcpy(fresh, storage + head, count)
            storage.deallocate()
            storage = fresh
            capacity = larger
        }
        head = 0
    }
}
