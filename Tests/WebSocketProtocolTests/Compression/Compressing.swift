import Testing
import WebSocketProtocol

/// How the messages of a test get through a codec: whole, or in parts of this many octets with this much memory to work
/// in.
enum Delivery: CustomTestStringConvertible, Sendable {
    case whole
    case parts(of: Int, piece: Int)

    static let all: [Delivery] = [
        .whole, .parts(of: 1, piece: 64), .parts(of: 7, piece: 100), .parts(of: 1000, piece: 4096),
        .parts(of: 1 << 20, piece: 1 << 16),
    ]

    var testDescription: String {
        switch self {
        case .whole: "whole"
        case .parts(let size, let piece): "in parts of \(size), \(piece) at a time"
        }
    }

    func parts(_ octets: [UInt8]) -> [ArraySlice<UInt8>] {
        guard case .parts(let size, _) = self else { return [octets[...]] }
        return stride(from: 0, to: octets.count, by: size).map { octets[$0..<min($0 + size, octets.count)] }
    }
}

/// A compressor that takes and gives arrays.
final class Compressing {
    private var deflater: Deflater
    private let keepsContext: Bool
    private var isFirst = true

    init(windowBits: Int = 15, memoryLevel: Int = 8, level: Int = 6, keepsContext: Bool = true) throws {
        deflater = try Deflater(windowBits: windowBits, memoryLevel: memoryLevel, level: level)
        self.keepsContext = keepsContext
    }

    /// The payload of the next message; nil if it has more octets than `most`.
    func message(_ octets: [UInt8], atMost most: Int) -> [UInt8]? {
        prepare()
        var room = [UInt8](repeating: 0xEE, count: most + Deflater.slack)
        let count = octets.withUnsafeBytes { payload in
            room.withUnsafeMutableBytes { deflater.compressMessage(payload, into: $0) }
        }
        return count.map { Array(room[..<$0]) }
    }

    /// The payload of the next message. What cannot shrink grows by an eighth at most, as a literal has 9 bits at most.
    func message(_ octets: [UInt8], _ delivery: Delivery = .whole) throws -> [UInt8] {
        guard case .parts(_, let piece) = delivery else {
            return try #require(message(octets, atMost: octets.count + octets.count / 8 + 100))
        }
        return parts(delivery.parts(octets).map { ($0, .more) } + [([], .last)], piece: piece).flatMap(\.self)
    }

    /// What each part of the next message becomes.
    func parts(_ parts: [(ArraySlice<UInt8>, Deflater.PartEnd)], piece: Int = 4096) -> [[UInt8]] {
        prepare()
        return parts.map { part, end in
            var output: [UInt8] = []
            withUnsafeTemporaryAllocation(byteCount: piece, alignment: 1) { memory in
                part.withUnsafeBytes { octets in
                    deflater.compress(octets, end: end, piece: memory) { emitted in
                        #expect(emitted.count <= piece)
                        output += emitted
                    }
                }
            }
            return output
        }
    }

    func reset() { deflater.reset() }

    private func prepare() {
        if !keepsContext && !isFirst { deflater.reset() }
        isFirst = false
    }
}

/// An inflater that takes and gives arrays.
final class Inflating {
    private var inflater: Inflater
    private var buffer = InflationBuffer()
    private let keepsContext: Bool
    private let limits: InflationLimits
    private var isFirst = true

    init(windowBits: Int = 15, keepsContext: Bool = true, limits: InflationLimits = InflationLimits()) throws {
        inflater = try Inflater(windowBits: windowBits)
        self.keepsContext = keepsContext
        self.limits = limits
    }

    /// What the next message becomes.
    func message(
        _ payload: [UInt8], kind: MessageKind = .binary, _ delivery: Delivery = .whole
    ) throws(ProtocolError) -> [UInt8] {
        guard case .parts(_, let piece) = delivery else {
            if !keepsContext && !isFirst { inflater.reset() }
            isFirst = false
            // In memory of its own, so that no read beyond goes unnoticed.
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: payload.count, alignment: 1)
            defer { memory.deallocate() }
            memory.copyBytes(from: payload)
            let message = try inflater.inflateMessage(
                UnsafeRawBufferPointer(memory), kind: kind, into: &buffer, limits: limits)
            return Array(message)
        }
        var whole: [UInt8] = []
        let parts = delivery.parts(payload)
        for part in parts { whole += try self.part(part, isFirst: part.startIndex == 0, kind: kind, piece: piece) }
        whole += try part([], isFirst: parts.isEmpty, isLast: true, kind: kind, piece: piece)
        return whole
    }

    /// What the next part of a message becomes.
    func part(
        _ part: ArraySlice<UInt8>, isFirst isFirstPart: Bool = false, isLast: Bool = false,
        kind: MessageKind = .binary, piece: Int = 4096
    ) throws(ProtocolError) -> [UInt8] {
        if isFirstPart {
            if !keepsContext && !isFirst { inflater.reset() }
            isFirst = false
        }
        var output: [UInt8] = []
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: piece + part.count, alignment: 1)
        defer { memory.deallocate() }
        let octets = UnsafeMutableRawBufferPointer(rebasing: memory[piece...])
        octets.copyBytes(from: part)
        try inflater.inflate(
            UnsafeRawBufferPointer(octets), isLast: isLast, kind: kind,
            piece: UnsafeMutableRawBufferPointer(rebasing: memory[..<piece]), limits: limits
        ) { emitted throws(ProtocolError) in
            #expect((1...piece).contains(emitted.count))
            output += emitted
        }
        return output
    }

    func reset() { inflater.reset() }

    var capacity: Int { buffer.capacity }
    func shrink() { buffer.shrink() }
}

/// Octets like those of a protocol in JSON: compressible, not regular.
func plausibleText(_ count: Int, _ random: inout WireRandom) -> [UInt8] {
    let words = ["\"user\":", "\"topic\":", "{", "}", ",", "42", "room/7", "\"presence\"", "true", "é€😀", "null"]
    var text: [UInt8] = []
    while text.count < count {
        text += Array((words.randomElement(using: &random) ?? "").utf8)
        text += Array(String(UInt16.random(in: 0...999, using: &random)).utf8)
    }
    // Ends between characters.
    var end = count
    while end > 0, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(text[..<end]) + Array(repeating: 0x20, count: count - end)
}
