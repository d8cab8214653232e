/// A frame as it came, judged by nobody yet.
struct ReceivedFrame: Sendable, Equatable {
    var isFinal: Bool
    /// RSV1 = 4, RSV2 = 2, RSV3 = 1.
    var reservedBits: UInt8
    var opcode: UInt8
    /// nil when the frame was not masked.
    var maskingKey: [UInt8]?
    /// Unmasked.
    var payload: [UInt8]
    /// Octets of the length field: 0 (7 bits), 2 or 8.
    var lengthOctets: Int
    /// Where the frame began in the stream after the handshake.
    var offset: Int
    var headerLength: Int

    var isControl: Bool { opcode >= 8 }
    var isShortestLength: Bool {
        switch lengthOctets {
        case 2: payload.count >= 126
        case 8: payload.count >= 65536
        default: true
        }
    }
}

/// Cuts a stream of octets into frames, without judging them.
///
/// Independent of the codec that this package ships: it copies, and is simple.
struct FrameReader {
    /// A frame declared longer than this is not waited for.
    static let longestFrame: UInt64 = 64 * 1024 * 1024

    private var buffer: [UInt8] = []
    private var start = 0
    /// Octets consumed since the handshake.
    private var offset = 0

    /// Octets of a frame that is not complete, or that nobody asked for yet.
    var pending: ArraySlice<UInt8> { buffer[start...] }

    mutating func append(_ octets: some Collection<UInt8>) {
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 1 << 20, start > buffer.count / 2 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: octets)
    }

    enum Step {
        case frame(ReceivedFrame)
        case needsMore
        /// Longer than ``longestFrame``; nothing can follow.
        case tooLong(declared: UInt64)
    }

    mutating func next() -> Step {
        let available = buffer.count - start
        guard available >= 2 else { return .needsMore }
        let (first, second) = (buffer[start], buffer[start + 1])
        let short = second & 0x7f
        let lengthOctets = short == 126 ? 2 : short == 127 ? 8 : 0
        let isMasked = second & 0x80 != 0
        let header = 2 + lengthOctets + (isMasked ? 4 : 0)
        guard available >= header else { return .needsMore }
        var length = UInt64(short)
        if lengthOctets > 0 {
            length = buffer[start + 2..<start + 2 + lengthOctets].reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard length <= Self.longestFrame else { return .tooLong(declared: length) }
        let count = Int(length)
        guard available - header >= count else { return .needsMore }
        var payload = Array(buffer[start + header..<start + header + count])
        var key: [UInt8]?
        if isMasked {
            let octets = Array(buffer[start + header - 4..<start + header])
            for index in payload.indices { payload[index] ^= octets[index & 3] }
            key = octets
        }
        let frame = ReceivedFrame(
            isFinal: first & 0x80 != 0, reservedBits: first >> 4 & 7, opcode: first & 0x0f, maskingKey: key,
            payload: payload, lengthOctets: lengthOctets, offset: offset, headerLength: header)
        start += header + count
        offset += header + count
        return .frame(frame)
    }
}
