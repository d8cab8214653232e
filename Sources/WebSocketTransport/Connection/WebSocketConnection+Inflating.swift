import Reactor
import WebSocketProtocol

/// A large compressed message that is inflated slice by slice; what arrived behind it waits.
final class InflatingMessage {
    let kind: MessageKind
    private let compressed: [UInt8]
    private var done = 0
    /// What it has become so far.
    private(set) var inflated: [UInt8] = []

    init(_ kind: MessageKind, _ compressed: [UInt8]) {
        self.kind = kind
        self.compressed = compressed
    }

    var isComplete: Bool { done == compressed.count }

    /// How many octets to inflate at once, so that the slice is not much exceeded: a few octets can become a thousand times
    /// as many, and often do when those before did.
    private func step(until end: Int) -> Int {
        let ratio = inflated.count / max(1, done) + 1
        return min(
            max((end - inflated.count) / ratio, LoopCompression.inflatedSteps.lowerBound),
            LoopCompression.inflatedSteps.upperBound)
    }

    /// Goes on until the message or a slice is complete.
    func inflateSlice(_ compression: ConnectionCompression, _ limits: InflationLimits) throws(ProtocolError) {
        let end = inflated.count + LoopCompression.inflatedSlice
        while !isComplete && inflated.count < end {
            let next = min(done + step(until: end), compressed.count)
            let range = done..<next
            done = next
            try compressed.withUnsafeBufferPointer { octets throws(ProtocolError) in
                let part = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: octets[range]))
                try compression.inflate(part: part, isLast: isComplete, kind: kind, limits: limits) {
                    inflated.append(contentsOf: $0)
                }
            }
        }
    }
}

extension WebSocketConnection {
    /// Inflates a message in turns of their own, and reads on when it was delivered.
    func beginInflating(_ kind: MessageKind, _ payload: UnsafeRawBufferPointer) {
        inflating = InflatingMessage(kind, Array(payload))
        holdBack()
        continueInflating()
    }

    private func continueInflating() {
        loop.execute { [self] in
            guard let message = inflating, stream != nil else { return }
            // Once the connection is closing nobody waits for it, but perhaps for the peer's Close frame behind it.
            guard isOpen, let compression else {
                inflating = nil
                return endHoldingBack()
            }
            do throws(ProtocolError) {
                try message.inflateSlice(compression, context.inflationLimits)
            } catch {
                inflating = nil
                return fail(error)
            }
            guard message.isComplete else { return continueInflating() }
            inflating = nil
            message.inflated.withUnsafeBytes { handler.received($0.bytes, kind: message.kind, on: self) }
            noteMessage()
            // Its answer may be large too.
            if !holdBackForQueue() { endHoldingBack() }
        }
    }
}
