import Foundation
import WebSocketProtocol

/// Inflates messages, whole or in parts.
struct MessageReceiver: ~Copyable {
    private var inflater: Inflater
    private var buffer = InflationBuffer()
    private let keepsContext: Bool
    private let inParts: Bool
    private var random: SeededRandom
    /// The ratio guard has tests of its own; here short seeds may become long messages.
    private let limits = InflationLimits(maximumRatio: .max)

    init(_ direction: DeflateParameters.Direction, inParts: Bool, _ random: SeededRandom) throws {
        inflater = try Inflater(windowBits: direction.windowBits)
        keepsContext = direction.keepsContext
        self.inParts = inParts
        self.random = random
    }

    mutating func inflate(_ payload: UnsafeRawBufferPointer, _ kind: MessageKind) throws -> Data {
        if !keepsContext { inflater.reset() }
        return inParts ? try inflateParts(payload, kind) : try inflateWhole(payload, kind)
    }

    private mutating func inflateWhole(_ payload: UnsafeRawBufferPointer, _ kind: MessageKind) throws -> Data {
        Data(try inflater.inflateMessage(payload, kind: kind, into: &buffer, limits: limits))
    }

    private mutating func inflateParts(_ payload: UnsafeRawBufferPointer, _ kind: MessageKind) throws -> Data {
        var message = Data()
        var rest = payload[...]
        try withUnsafeTemporaryAllocation(byteCount: 1 << 12, alignment: 1) { memory in
            repeat {
                // The memory that takes the result is cut as the input is, so that neither end is special.
                let size = Int.random(in: 1...1000, using: &random)
                let piece = UnsafeMutableRawBufferPointer(
                    rebasing: memory.prefix(.random(in: 1...memory.count, using: &random)))
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(size))
                rest = rest.dropFirst(size)
                try inflater.inflate(part, isLast: rest.isEmpty, kind: kind, piece: piece, limits: limits) {
                    (run) throws(ProtocolError) in message.append(contentsOf: run)
                }
            } while !rest.isEmpty
        }
        return message
    }
}
