import Foundation
import WebSocketProtocol

/// Turns steps into frames: masked by a client, compressed where that was agreed and asked for.
struct MessageSender: ~Copyable {
    private let role: Role
    private var deflater: Deflater?
    private var random: SeededRandom
    private let keepsContext: Bool
    /// Whether the message in progress is compressed.
    private var isCompressing = false

    init(
        _ role: Role, _ direction: DeflateParameters.Direction?, _ settings: Settings.Deflate?, _ random: SeededRandom
    ) throws {
        self.role = role
        self.random = random
        keepsContext = direction?.keepsContext ?? true
        guard let direction, let settings else { return }
        deflater = try Deflater(
            windowBits: direction.windowBits, memoryLevel: settings.memoryLevel, level: settings.level)
    }

    /// Sends anything but a Close.
    mutating func send(_ step: Step, into output: inout Data) throws {
        switch step.kind {
        case .ping: writeFrame(.ping, step.octets, into: &output)
        case .pong: writeFrame(.pong, step.octets, into: &output)
        case .text: begin(.text, step, into: &output)
        case .binary: begin(.binary, step, into: &output)
        case .continuation: writeFragment(.continuation, step, into: &output)
        case .close: throw Fault("a Close is no message")
        }
    }

    private mutating func begin(_ opcode: Opcode, _ step: Step, into output: inout Data) {
        isCompressing = step.compress && deflater != nil
        if isCompressing, !keepsContext { deflater?.reset() }
        if isCompressing, step.fin {
            writeWhole(opcode, step, into: &output)
        } else {
            writeFragment(opcode, step, into: &output)
        }
    }

    /// A message that is there whole, compressed in one call, is sent as it is when compression does not make it smaller.
    private mutating func writeWhole(_ opcode: Opcode, _ step: Step, into output: inout Data) {
        var room = Data(count: max(0, step.octets.count - 1 + Deflater.slack))
        let length = step.octets.withUnsafeBytes { payload in
            room.withUnsafeMutableBytes { deflater?.compressMessage(payload, into: $0) }
        }
        guard let length else { return writeFrame(opcode, step.octets, into: &output) }
        writeFrames(opcode, room.prefix(length), count: step.frames, into: &output)
    }

    /// Cuts a compressed message into `count` frames of the same size, but for the last.
    private mutating func writeFrames(_ opcode: Opcode, _ payload: Data, count: Int, into output: inout Data) {
        let size = payload.count / max(1, count)
        var rest = payload
        for index in 0..<max(1, count) {
            let isLast = index == max(1, count) - 1
            let fragment = isLast ? rest : rest.prefix(size)
            rest = rest.dropFirst(fragment.count)
            writeFrame(
                index == 0 ? opcode : .continuation, fragment, fin: isLast, isCompressed: index == 0, into: &output)
        }
    }

    private mutating func writeFragment(_ opcode: Opcode, _ step: Step, into output: inout Data) {
        guard isCompressing else { return writeFrame(opcode, step.octets, fin: step.fin, into: &output) }
        let end: Deflater.PartEnd = step.fin ? .last : step.flush ? .flush : .more
        var compressed = Data()
        withUnsafeTemporaryAllocation(byteCount: 1000, alignment: 8) { piece in
            step.octets.withUnsafeBytes { payload in
                deflater?.compress(payload, end: end, piece: piece) { compressed.append(contentsOf: $0) }
            }
        }
        writeFrame(opcode, compressed, fin: step.fin, isCompressed: opcode != .continuation, into: &output)
    }

    private mutating func writeFrame(
        _ opcode: Opcode, _ payload: Data, fin: Bool = true, isCompressed: Bool = false, into output: inout Data
    ) {
        payload.withUnsafeBytes {
            writeFrame(opcode, $0, fin: fin, isCompressed: isCompressed, into: &output)
        }
    }

    mutating func writeFrame(
        _ opcode: Opcode, _ payload: UnsafeRawBufferPointer, fin: Bool = true, isCompressed: Bool = false,
        into output: inout Data
    ) {
        let key: UInt32? = role == .client ? .random(in: 0...(.max), using: &random) : nil
        withUnsafeTemporaryAllocation(
            byteCount: FrameHeader.maximumLength + payload.count, alignment: 8
        ) { frame in
            guard let start = frame.baseAddress else { return }
            let length = FrameHeader.write(
                into: start, fin: fin, reserved: isCompressed ? FrameHeader.rsv1 : 0, opcode: opcode,
                payloadLength: payload.count, maskKey: key)
            // A key of 0 copies.
            Masking.copy(from: payload, to: start + length, key: key ?? 0)
            output.append(contentsOf: frame.prefix(length + payload.count))
        }
    }
}
