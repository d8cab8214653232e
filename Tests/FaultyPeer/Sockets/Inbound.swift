/// Octets that arrived on a channel and were not looked at yet; for the thread that reads.
final class Inbound {
    private let channel: Channel
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)
    private var start = 0
    private var end = 0

    init(_ channel: Channel) { self.channel = channel }

    deinit { buffer.deallocate() }

    var count: Int { end - start }
    /// What is there; gone with the next call of `fill`.
    var octets: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[start..<end]) }

    func takeOctet() -> UInt8? {
        guard start < end else { return nil }
        defer { start += 1 }
        return buffer[start]
    }

    func take(_ count: Int) { start = min(end, start + count) }
    func discard() { start = end }

    /// Waits for more when all is taken.
    func fill(until deadline: Instant?) -> Arrival {
        start = 0
        end = 0
        let arrival = channel.receive(into: buffer, until: deadline)
        if case .octets(let count) = arrival { end = count }
        return arrival
    }
}
