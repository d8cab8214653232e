import COpenSSL
import Glibc

/// What all TLS connections of one loop share: the buffers through which they exchange bytes with OpenSSL.
///
/// OpenSSL asks for ciphertext and hands it out by a BIO of our own, which reads from where the loop received and writes
/// to what the loop sends: nothing is copied in between, and no connection owns a buffer.
struct TLSExchange: ~Copyable {
    /// Ciphertext gathered before it must be taken: what the cork can hold, in records, and a flight of a handshake.
    static let outputCapacity = 288 * 1024
    /// Plaintext of one read: no longer than its ciphertext and a record that was begun before.
    static let plaintextCapacity = EventLoop.receiveCapacity + 32 * 1024

    /// Ciphertext received and not yet read by OpenSSL.
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Whose input it is: while one connection's bytes are read, its handler may open others or write to them.
    private var reader: OpaquePointer?
    private let outputStart: UnsafeMutableRawPointer
    private var outputCount = 0
    let plaintext: UnsafeMutableRawBufferPointer

    init() {
        outputStart = .allocate(byteCount: Self.outputCapacity, alignment: 64)
        plaintext = .allocate(byteCount: Self.plaintextCapacity, alignment: 64)
    }

    deinit {
        outputStart.deallocate()
        plaintext.deallocate()
    }

    /// What there is for `bio` to read from now on; nothing at last, when these bytes are no longer there.
    mutating func setInput(_ bytes: UnsafeRawBufferPointer, for bio: OpaquePointer) {
        input = bytes
        reader = bio
    }

    /// Ciphertext to be sent.
    var output: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: outputStart, count: outputCount) }

    mutating func clearOutput() { outputCount = 0 }

    fileprivate mutating func take(_ limit: Int, into destination: UnsafeMutableRawPointer, for bio: OpaquePointer)
        -> Int
    {
        guard reader == bio, let start = input.baseAddress else { return 0 }
        let count = min(limit, input.count)
        memcpy(destination, start, count)
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return count
    }

    fileprivate mutating func append(_ source: UnsafeRawPointer, _ count: Int) -> Int {
        let taken = min(count, Self.outputCapacity - outputCount)
        memcpy(outputStart + outputCount, source, taken)
        outputCount += taken
        return taken
    }

    /// A stream of OpenSSL's over `exchange`; its owner frees it before the exchange.
    static func makeBIO(_ exchange: UnsafeMutablePointer<TLSExchange>) -> OpaquePointer? {
        guard let method = ExchangeBIO.method, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, exchange)
        BIO_set_init(bio, 1)
        return bio
    }
}

/// The functions behind the BIO.
private enum ExchangeBIO {
    /// Made once and never freed or changed, so any thread may use it.
    nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "event loop") else { return nil }
        BIO_meth_set_read_ex(method) { bio, destination, limit, taken in
            guard let bio, let destination, let taken, let exchange = exchange(of: bio) else { return 0 }
            BIO_clear_flags(bio, retryFlags)
            let count = exchange.pointee.take(limit, into: destination, for: bio)
            taken.pointee = count
            // Never the end: whether the peer has ended is for the stream to tell.
            if count == 0 && limit > 0 { BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY) }
            return count > 0 ? 1 : 0
        }
        BIO_meth_set_write_ex(method) { bio, source, count, written in
            guard let bio, let source, let written, let exchange = exchange(of: bio) else { return 0 }
            BIO_clear_flags(bio, retryFlags)
            let taken = exchange.pointee.append(source, count)
            written.pointee = taken
            if taken == 0 && count > 0 { BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY) }
            return taken > 0 ? 1 : 0
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in
            // Nothing is held back, so flushing is done. Everything else is not supported, which is answered by 0.
            command == BIO_CTRL_FLUSH ? 1 : 0
        }
        return method
    }()

    private static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY

    private static func exchange(of bio: OpaquePointer) -> UnsafeMutablePointer<TLSExchange>? {
        BIO_get_data(bio)?.assumingMemoryBound(to: TLSExchange.self)
    }
}

extension EventLoop {
    /// The buffers of the loop's TLS connections; freed with the loop.
    var tlsExchange: UnsafeMutablePointer<TLSExchange> {
        if let madeTLSExchange { return madeTLSExchange }
        let exchange = UnsafeMutablePointer<TLSExchange>.allocate(capacity: 1)
        exchange.initialize(to: TLSExchange())
        madeTLSExchange = exchange
        return exchange
    }
}
