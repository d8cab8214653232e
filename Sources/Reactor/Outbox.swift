import CLinux
import Glibc

/// Bytes that wait to be sent, in order. Exists only while there are any.
///
/// A queue of segments: copies of small pieces one after the other in memory of the outbox, and references to octets
/// that are shared with other streams. Nothing that waits is ever moved.
struct Outbox: ~Copyable {
    /// The most pieces that leave in one call; the kernel takes up to 1024.
    static let piecesPerSend = 16
    /// What a first segment holds; each further one holds twice as much, up to the largest.
    private static let firstCapacity = 4096
    private static let largestCapacity = 1 << 20

    private struct Segment {
        /// What still waits of it.
        var start: UnsafeRawPointer
        var count: Int
        /// Octets after those that wait which can still be written; 0 when they are somebody else's.
        var room: Int
        let memory: Memory

        enum Memory {
            case own(UnsafeMutableRawPointer)
            case shared(Unmanaged<SharedBytes>)
        }

        func release() {
            switch memory {
            case .own(let storage): storage.deallocate()
            case .shared(let bytes): bytes.release()
            }
        }
    }

    private var segments: [Segment] = []
    /// The segments before it are gone.
    private var first = 0
    private var nextCapacity = Outbox.firstCapacity
    private(set) var count = 0
    /// Since when nothing could be sent, in nanoseconds of the monotonic clock.
    private(set) var stalledSince: UInt64

    init(now: UInt64) { stalledSince = now }

    deinit { for segment in segments[first...] { segment.release() } }

    /// Appends a copy. The caller has checked the limit, so the sum cannot overflow.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        count += bytes.count
        var copied = 0
        if let last = segments.indices.last, last >= first, segments[last].room > 0 {
            copied = min(bytes.count, segments[last].room)
            let end = UnsafeMutableRawPointer(mutating: segments[last].start + segments[last].count)
            memcpy(end, source, copied)
            segments[last].count += copied
            segments[last].room -= copied
        }
        let rest = bytes.count - copied
        guard rest > 0 else { return }
        let capacity = max(rest, nextCapacity)
        nextCapacity = min(nextCapacity * 2, Self.largestCapacity)
        let storage = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        memcpy(storage, source + copied, rest)
        add(Segment(start: storage, count: rest, room: capacity - rest, memory: .own(storage)))
    }

    /// Appends a reference to `bytes`, from `offset` on.
    mutating func append(_ bytes: SharedBytes, from offset: Int) {
        guard let start = bytes.bytes.baseAddress, offset < bytes.bytes.count else { return }
        let rest = bytes.bytes.count - offset
        count += rest
        add(Segment(start: start + offset, count: rest, room: 0, memory: .shared(.passRetained(bytes))))
    }

    private mutating func add(_ segment: Segment) {
        // Once half of the list is gone the rest moves up: constant cost per segment.
        if first > 16 && first > segments.count / 2 {
            segments.removeFirst(first)
            first = 0
        }
        segments.append(segment)
    }

    /// Lends the first pieces, as one call can send them.
    func withPieces(_ body: (UnsafeBufferPointer<iovec>) -> Int) -> Int {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.piecesPerSend) { pieces in
            var used = 0
            for segment in segments[first...].prefix(Self.piecesPerSend) {
                let start = UnsafeMutableRawPointer(mutating: segment.start)
                pieces.initializeElement(at: used, to: iovec(iov_base: start, iov_len: segment.count))
                used += 1
            }
            return body(UnsafeBufferPointer(rebasing: pieces[..<used]))
        }
    }

    mutating func removeFirst(_ sent: Int, now: UInt64) {
        count -= sent
        stalledSince = now
        var remaining = sent
        while remaining > 0 && first < segments.count {
            guard remaining >= segments[first].count else {
                segments[first].start += remaining
                segments[first].count -= remaining
                return
            }
            remaining -= segments[first].count
            segments[first].release()
            first += 1
        }
    }
}
