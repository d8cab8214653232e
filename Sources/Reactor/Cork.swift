/// Where the loop gathers what is written to its streams in one turn, so that it leaves in one call for each of them.
///
/// A stream takes a slot with its first write and keeps it until what it gathered is sent: after the event that the
/// stream handled, at the end of the turn, or when all slots are taken and another stream needs one. Streams reach
/// their slot by a pointer of their own, so that a write touches neither reference counts nor other objects.
struct Cork: ~Copyable {
    /// How many streams can gather at once.
    static let slotCount = 16
    /// How much a stream can gather before it is sent.
    static let capacity = 64 * 1024

    struct Slot {
        let bytes: UnsafeMutableRawPointer
        let index: Int
        /// Bytes gathered for the owner.
        var count = 0
        /// Not retained: a stream gives its slot back before it leaves the loop.
        var owner: Unmanaged<Stream>?
    }

    private let memory: UnsafeMutableRawPointer
    private let slots: UnsafeMutablePointer<Slot>
    /// One bit for each slot that is taken.
    private var taken: UInt16 = 0
    /// The next slot to empty when all are taken.
    private var victim = 0

    init() {
        memory = .allocate(byteCount: Self.slotCount * Self.capacity, alignment: 64)
        slots = .allocate(capacity: Self.slotCount)
        for index in 0..<Self.slotCount {
            (slots + index).initialize(to: Slot(bytes: memory + index * Self.capacity, index: index))
        }
    }

    deinit {
        slots.deallocate()
        memory.deallocate()
    }

    var isEmpty: Bool { taken == 0 }

    /// A free slot, the most recently used first: its memory is still in the cache. Nil when all are taken.
    mutating func take(for stream: Stream) -> UnsafeMutablePointer<Slot>? {
        guard taken != .max else { return nil }
        let index = (~taken).trailingZeroBitCount
        taken |= 1 << UInt16(index)
        let slot = slots + index
        slot.pointee.owner = .passUnretained(stream)
        return slot
    }

    mutating func giveBack(_ slot: UnsafeMutablePointer<Slot>) {
        taken &= ~(1 << UInt16(slot.pointee.index))
        slot.pointee.owner = nil
        slot.pointee.count = 0
    }

    /// Whose turn it is to send, so that its slot becomes free.
    mutating func nextVictim() -> Unmanaged<Stream>? {
        victim = (victim + 1) % Self.slotCount
        return slots[victim].owner
    }

    /// A stream that has gathered something.
    var anyOwner: Unmanaged<Stream>? {
        taken == 0 ? nil : slots[taken.trailingZeroBitCount].owner
    }
}

extension EventLoop {
    /// Sends what all streams have gathered.
    func uncork() {
        while let owner = cork.pointee.anyOwner { owner._withUnsafeGuaranteedRef { $0.uncork() } }
    }
}
