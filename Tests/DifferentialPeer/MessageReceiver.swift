import Foundation
import WebSocketProtocol

/// Puts a message together again: from parts or at once, inflated where it was compressed.
struct MessageReceiver: ~Copyable {
    private var inflater: Inflater?
    private var buffer = InflationBuffer()
    private let keepsContext: Bool
    private var random: SeededRandom
    /// What there is of the message in progress.
    private var message = Data()
    private var isFirstPart = true
    /// The ratio guard has tests of its own; here a short period may become a long message.
    private let limits = InflationLimits(maximumRatio: .max)

    init(_ direction: DeflateParameters.Direction?, _ random: SeededRandom) throws {
        inflater = try direction.map { try Inflater(windowBits: $0.windowBits) }
        keepsContext = direction?.keepsContext ?? true
        self.random = random
    }

    mutating func takeMessage() -> Data {
        defer { message = Data() }
        return message
    }

    mutating func receive(_ payload: UnsafeRawBufferPointer, _ kind: MessageKind, isCompressed: Bool) throws {
        guard isCompressed else { return message.append(contentsOf: payload) }
        if !keepsContext { inflater?.reset() }
        let inflated = try inflater?.inflateMessage(payload, kind: kind, into: &buffer, limits: limits)
        message.append(contentsOf: inflated ?? UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }

    mutating func receive(
        part: UnsafeRawBufferPointer, _ kind: MessageKind, isCompressed: Bool, isLast: Bool
    ) throws {
        defer { isFirstPart = isLast }
        guard isCompressed else { return message.append(contentsOf: part) }
        if isFirstPart, !keepsContext { inflater?.reset() }
        // No size of the memory that takes the result is special.
        try withUnsafeTemporaryAllocation(byteCount: .random(in: 1...5000, using: &random), alignment: 1) { piece in
            try inflater?.inflate(part, isLast: isLast, kind: kind, piece: piece, limits: limits) {
                (run) throws(ProtocolError) in message.append(contentsOf: run)
            }
        }
    }
}
