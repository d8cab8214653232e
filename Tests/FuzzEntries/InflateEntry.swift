import ProtocolReference
import WebSocketProtocol

/// Any octets are inflated as the reference inflates them, whole and in parts, within the limits.
struct InflateEntry {
    private let windowBits: Int
    private let keepsContext: Bool
    private let kind: MessageKind
    private let limits: InflationLimits
    private let messages: [[UInt8]]

    init(_ input: [UInt8]) {
        let choice = input.first ?? 0
        // The largest most often: only there no distance is too far for anyone.
        windowBits = choice & 3 == 3 ? 8 + Int(choice >> 5) : 15
        keepsContext = choice & 4 == 0
        kind = choice & 8 == 0 ? .binary : .text
        limits =
            choice & 16 == 0
            ? InflationLimits(maximumSize: 20_000, maximumRatio: .max)
            : InflationLimits(maximumSize: 300, maximumRatio: 4, ratioFloor: 100)
        var messages: [[UInt8]] = []
        var rest = input.dropFirst()
        while let length = rest.popFirst() {
            let payload = length == 255 ? rest : rest.prefix(Int(length))
            messages.append(Array(payload))
            rest = rest.dropFirst(payload.count)
        }
        self.messages = messages
    }

    private enum Outcome: Equatable {
        case message([UInt8])
        case failed(CloseCode)
    }

    func run() throws(BrokenProperty) {
        let whole = try received(by: .whole)
        let expected = expected()
        if let expected { try require(whole, equals: expected, "differs-from-reference", "\(messages)") }
        for segmentation in Segmentation.allCases {
            let parts = try received(by: .parts(segmentation))
            if limits.maximumRatio == .max {
                if expected != nil { try require(parts, equals: whole, "segmentation-decides", "\(segmentation)") }
            } else {
                // The ratio of what arrived so far may be too high where that of the whole is not.
                try require(isEarlier(parts, whole) || expected == nil, "parts-take-more", "\(parts), \(whole)")
            }
        }
        try compress(whole)
    }

    private func isEarlier(_ parts: [Outcome], _ whole: [Outcome]) -> Bool {
        parts == whole || parts.last == .failed(.messageTooBig) && whole.starts(with: parts.dropLast())
    }

    /// What the reference makes of the messages; nil if it has no say, as they refer beyond the window.
    private func expected() -> [Outcome]? {
        var reference = ReferenceInflater(keepsContext: keepsContext)
        var outcomes: [Outcome] = []
        for message in messages {
            let (product, overflow) = message.count.multipliedReportingOverflow(by: limits.maximumRatio)
            let ceiling = min(limits.maximumSize, overflow ? .max : max(limits.ratioFloor, product))
            let start = reference.output.count
            // One octet more than allowed, by which an excess is known.
            let isWhole = (try? reference.inflate(message, limit: ceiling + 1)) != nil
            // A match is recorded before it is carried out, so one too far is there in any case.
            if windowBits < 15 && reference.longestDistance > 1 << max(9, windowBits) { return nil }
            let octets = Array(reference.output[start...])
            // The first failure counts, by the octets of the message.
            let failure: CloseCode? =
                if kind == .text && firstInvalidOffset(octets) != nil {
                    .invalidPayloadData
                } else if octets.count > ceiling {
                    .messageTooBig
                } else if !isWhole || kind == .text && !isValidUTF8(octets) {
                    .invalidPayloadData
                } else {
                    nil
                }
            outcomes.append(failure.map { .failed($0) } ?? .message(octets))
            if failure != nil { break }
        }
        return outcomes
    }

    private enum Delivery {
        case whole
        case parts(Segmentation)
    }

    private func received(by delivery: Delivery) throws(BrokenProperty) -> [Outcome] {
        var inflater = try requireSuccess("no-inflater", "\(windowBits)") { try Inflater(windowBits: windowBits) }
        var buffer = InflationBuffer()
        var outcomes: [Outcome] = []
        for message in messages {
            if !keepsContext { inflater.reset() }
            var failure: ProtocolError?
            var octets: [UInt8] = []
            do throws(ProtocolError) {
                switch delivery {
                case .whole:
                    octets = try whole(message, &inflater, &buffer)
                case .parts(let segmentation):
                    let parts = message.isEmpty ? [] : segmentation.pieces(of: message[...])
                    for (index, part) in parts.enumerated() {
                        try self.part(part, isLast: index == parts.count - 1, &inflater, &octets)
                    }
                    if parts.isEmpty { try part([], isLast: true, &inflater, &octets) }
                }
            } catch {
                failure = error
            }
            try require(octets.count <= limits.maximumSize, "beyond-the-limit", "\(octets.count)")
            outcomes.append(failure.map { .failed($0.closeCode) } ?? .message(octets))
            if failure != nil { break }
        }
        try require(
            buffer.capacity <= max(InflationBuffer.smallestCapacity, limits.maximumSize + 1), "retains-too-much",
            "\(buffer.capacity)")
        return outcomes
    }

    /// In memory that ends with the message, so that no read beyond goes unnoticed.
    private func whole(
        _ message: [UInt8], _ inflater: inout Inflater, _ buffer: inout InflationBuffer
    ) throws(ProtocolError) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: message)
        return Array(
            try inflater.inflateMessage(UnsafeRawBufferPointer(memory), kind: kind, into: &buffer, limits: limits))
    }

    private func part(
        _ part: ArraySlice<UInt8>, isLast: Bool, _ inflater: inout Inflater, _ octets: inout [UInt8]
    ) throws(ProtocolError) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 1)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
        defer {
            memory.deallocate()
            piece.deallocate()
        }
        memory.copyBytes(from: part)
        try inflater.inflate(
            UnsafeRawBufferPointer(memory), isLast: isLast, kind: kind, piece: piece, limits: limits
        ) { emitted throws(ProtocolError) in octets += emitted }
    }

    /// What came out goes in again, at another setting, and comes out the same, within the window.
    private func compress(_ outcomes: [Outcome]) throws(BrokenProperty) {
        var deflater = try requireSuccess("no-deflater", "\(windowBits)") {
            try Deflater(windowBits: windowBits, memoryLevel: 1 + messages.count % 9, level: messages.count % 10)
        }
        var reference = ReferenceInflater(keepsContext: keepsContext)
        for case .message(let octets) in outcomes {
            if !keepsContext { deflater.reset() }
            var payload = [UInt8](repeating: 0, count: octets.count + Deflater.slack)
            let length = octets.withUnsafeBytes { octets in
                payload.withUnsafeMutableBytes { deflater.compressMessage(octets, into: $0) }
            }
            // What does not shrink is sent as it is, and the peer's window stays as it was.
            guard let length else { continue }
            let again = try requireSuccess("compressed-unreadable", "\(octets)") {
                try reference.inflate(Array(payload[..<length]))
            }
            try require(again, equals: octets, "compressed-differs", "\(payload[..<length])")
        }
        try require(
            reference.longestDistance <= 1 << windowBits, "window-exceeded", "\(reference.longestDistance)")
    }
}
