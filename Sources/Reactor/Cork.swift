/// The loop's send buffer: what is written to one stream gathers here and leaves in one call.
///
/// Streams reach it by a pointer of their own, so that a write touches neither reference counts nor other objects. It
/// lives as long as its loop.
struct Cork: ~Copyable {
    /// How much is gathered before it must be sent.
    static let capacity = 256 * 1024

    let bytes: UnsafeMutableRawPointer
    /// Bytes gathered for ``owner``.
    var count = 0
    /// The stream they are for. Not retained: a stream lets go of the cork before it leaves the loop.
    var owner: Unmanaged<Stream>?

    init() { bytes = .allocate(byteCount: Self.capacity, alignment: 64) }

    deinit { bytes.deallocate() }

    func belongs(to stream: Stream) -> Bool { owner?.toOpaque() == Unmanaged.passUnretained(stream).toOpaque() }
}

extension EventLoop {
    /// Sends what is gathered.
    func uncork() {
        guard let owner = cork.pointee.owner else { return }
        let bytes = UnsafeRawBufferPointer(start: cork.pointee.bytes, count: cork.pointee.count)
        dropCork()
        owner._withUnsafeGuaranteedRef { $0.transmit(bytes) }
    }

    /// Forgets what is gathered.
    func dropCork() {
        cork.pointee.owner = nil
        cork.pointee.count = 0
    }
}
