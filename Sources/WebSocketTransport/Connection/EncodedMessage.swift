import Reactor
import Synchronization
public import WebSocketProtocol

/// A message that is encoded, and compressed, once and sent to any number of connections on any loop.
///
/// A server's connections refer to the same octets: those that cannot be sent at once wait without a copy. A client's
/// frame is masked with a key of its own, so there only the compression is spared.
public final class EncodedMessage: Sendable {
    public let kind: MessageKind
    private let plain: SharedBytes
    /// Where the payload begins in `plain`.
    private let headerLength: Int
    /// Compressed frames by window, made when the first connection needs one.
    private let compressed = Mutex<[Int: Compressed]>([:])

    private enum Compressed {
        case frame(SharedFrame)
        /// It would not be smaller.
        case incompressible
    }

    /// - Parameters:
    ///   - message: the payload; copied.
    ///   - kind: text must be valid UTF-8 (RFC 6455 §5.6).
    public init(_ message: RawSpan, kind: MessageKind) {
        self.kind = kind
        let count = message.byteCount
        let headerLength = FrameHeader.encodedLength(payload: count, masked: false)
        self.headerLength = headerLength
        plain = SharedBytes(count: headerLength + count) { storage in
            guard let start = storage.baseAddress else { return }
            _ = FrameHeader.write(into: start, fin: true, opcode: kind.opcode, payloadLength: count)
            message.withUnsafeBytes { payload in
                if let source = payload.baseAddress {
                    (start + headerLength).copyMemory(from: source, byteCount: count)
                }
            }
        }
    }

    /// A text message.
    public convenience init(_ text: String) {
        self.init(text.utf8.span.bytes, kind: .text)
    }

    /// Octets of the payload.
    public var count: Int { plain.bytes.count - headerLength }

    /// The uncompressed frame as a server sends it, for who measures what sending it costs. Valid as long as the message.
    package var frameOctets: UnsafeRawBufferPointer { plain.bytes }

    var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: plain.bytes[headerLength...]) }

    /// The uncompressed frame of a server.
    var frame: SharedFrame { SharedFrame(bytes: plain, headerLength: headerLength) }

    /// The compressed frame, which refers to no earlier message; nil when it would not be smaller.
    func compressed(windowBits: Int, level: Int, on loop: LoopCompression) -> SharedFrame? {
        // No distance is longer than the message: a small one suits every window that holds it. Window 8 is kept by other
        // means than the window's size (see Deflater).
        let window = windowBits > 8 && count <= 1 << windowBits ? 15 : windowBits
        return compressed.withLock { known in
            let result = known[window] ?? compress(windowBits: window, level: level, on: loop)
            known[window] = result
            if case .frame(let frame) = result { return frame }
            return nil
        }
    }

    private func compress(windowBits: Int, level: Int, on loop: LoopCompression) -> Compressed {
        let key = DeflaterBox.Key(
            windowBits: windowBits, memoryLevel: CompressionConfiguration.sharedMemoryLevel, level: level)
        guard count > 0, let box = loop.deflater(key) else { return .incompressible }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count - 1 + Deflater.slack, alignment: 16)
        defer { room.deallocate() }
        guard let length = box.deflater.compressMessage(payload, into: room), let source = room.baseAddress else {
            return .incompressible
        }
        let headerLength = FrameHeader.encodedLength(payload: length, masked: false)
        let bytes = SharedBytes(count: headerLength + length) { storage in
            guard let start = storage.baseAddress else { return }
            _ = FrameHeader.write(
                into: start, fin: true, reserved: FrameHeader.rsv1, opcode: kind.opcode, payloadLength: length)
            (start + headerLength).copyMemory(from: source, byteCount: length)
        }
        return .frame(SharedFrame(bytes: bytes, headerLength: headerLength))
    }
}

/// A server's frame in shared memory.
struct SharedFrame: Sendable {
    let bytes: SharedBytes
    let headerLength: Int

    var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes.bytes[headerLength...]) }
}

extension MessageKind {
    var opcode: Opcode { self == .text ? .text : .binary }
}
