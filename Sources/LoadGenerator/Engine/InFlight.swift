/// The messages of one client that wait for their replies, oldest first: a ring that grows to what the scenario allows
/// and then allocates no more. A client that never sends owns no memory here.
struct InFlight: ~Copyable {
    struct Message {
        /// When it should have left, and when it did; nanoseconds of the monotonic clock.
        var planned: UInt64
        var sent: UInt64
        /// Which message of the pool it is.
        var payload: UInt64
    }

    private var ring: UnsafeMutablePointer<Message>?
    private var capacity: Int32 = 0
    private var head: Int32 = 0
    private var length: Int32 = 0
    /// How many of the oldest have been counted as timed out already.
    private var expired: Int32 = 0

    init() {}

    deinit { ring?.deallocate() }

    var count: Int { Int(length) }
    /// Those that have not been counted as timed out.
    var waiting: Int { Int(length - expired) }

    mutating func append(_ message: Message) {
        if length == capacity { grow() }
        guard let ring else { return }
        ring[slot(length)] = message
        length += 1
    }

    mutating func popFirst() -> Message? {
        guard length > 0, let ring else { return nil }
        let message = ring[Int(head)]
        head = head + 1 == capacity ? 0 : head + 1
        length -= 1
        expired = max(0, expired - 1)
        return message
    }

    /// Counts the messages sent at or before `time` that were not counted by an earlier call.
    mutating func expire(sentUntil time: UInt64) -> Int {
        guard let ring else { return 0 }
        let before = expired
        while expired < length && ring[slot(expired)].sent <= time { expired += 1 }
        return Int(expired - before)
    }

    mutating func removeAll() {
        length = 0
        expired = 0
    }

    private func slot(_ offset: Int32) -> Int {
        let index = head + offset
        return Int(index < capacity ? index : index - capacity)
    }

    private mutating func grow() {
        let larger = max(2, capacity * 2)
        let fresh = UnsafeMutablePointer<Message>.allocate(capacity: Int(larger))
        if let ring {
            for offset in 0..<length { fresh[Int(offset)] = ring[slot(offset)] }
            ring.deallocate()
        }
        ring = fresh
        capacity = larger
        head = 0
    }
}
