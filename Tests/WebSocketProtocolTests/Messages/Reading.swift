import ProtocolReference
import Testing
import WebSocketProtocol

/// A reader and everything it reported so far. It receives as a transport does.
final class Reading {
    private var reader: MessageReader
    private(set) var received: [Received] = []

    init(as role: Role, limits: MessageLimits = MessageLimits(), reserved: UInt8 = 0, inParts: Bool = false) {
        reader = MessageReader(role: role, limits: limits, allowedReservedBits: reserved, deliversParts: inParts)
    }

    /// Gives one receive to the reader, in memory of its own that is spoilt afterwards.
    func receive(_ octets: some Collection<UInt8>) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: octets.count + 1, alignment: 1)
        defer {
            memory.initializeMemory(as: UInt8.self, repeating: 0xEE)
            memory.deallocate()
        }
        memory.copyBytes(from: octets)
        guard let start = memory.baseAddress else { return }
        var input = InputCursor(start: start, count: octets.count)
        do {
            while let event = try reader.next(&input) { received.append(Received(event)) }
        } catch {
            received.append(.failed(error))
            let afterwards = try? reader.next(&input)
            #expect(afterwards == nil, "the reader went on after its error")
        }
        #expect(input.isEmpty, "the reader left octets")
    }

    /// Gives one receive to the reader, directly into its memory as far as it offers some of at least this size.
    func receiveDirectly(_ octets: some Collection<UInt8>, windows atLeast: Int = 1) {
        var rest = ArraySlice(octets)
        while !rest.isEmpty {
            guard let window = reader.directWindow(atLeast: atLeast) else { return receive(rest) }
            let part = rest.prefix(window.count)
            window.copyBytes(from: part)
            rest = rest.dropFirst(part.count)
            do {
                if let event = try reader.commitDirect(part.count) { received.append(Received(event)) }
            } catch {
                received.append(.failed(error))
            }
        }
        reader.releaseEvent()
    }

    var isIdle: Bool { reader.isIdle }
    var isFinished: Bool { reader.isFinished }
    var retainedOctets: Int { reader.retainedOctets }

    func directWindow(atLeast: Int) -> UnsafeMutableRawBufferPointer? { reader.directWindow(atLeast: atLeast) }

    func commitDirect(_ count: Int) throws(ProtocolError) -> MessageReader.Event? { try reader.commitDirect(count) }

    func releaseEvent() { reader.releaseEvent() }

    func takeReceived() -> [Received] {
        defer { received = [] }
        return received
    }
}

/// How a stream of octets is cut into receives.
enum Segmentation: CustomStringConvertible {
    case whole
    case octetByOctet
    case cut(at: Int)
    /// Like `cut`, but the second part goes through direct windows.
    case direct(after: Int)

    var description: String {
        switch self {
        case .whole: "whole"
        case .octetByOctet: "octet by octet"
        case .cut(let offset): "cut at \(offset)"
        case .direct(let offset): "directly after \(offset)"
        }
    }

    /// Every segmentation of a short stream; of a long one the cuts near its ends and some between.
    static func all(_ count: Int) -> [Segmentation] {
        let edge = 24
        let cuts =
            count <= 160
            ? Array(0...count)
            : Array(0..<edge) + stride(from: edge, to: count - edge, by: count / 9) + Array(count - edge...count)
        return [.whole, .octetByOctet] + cuts.map { .cut(at: $0) } + cuts.map { .direct(after: $0) }
    }
}

/// Reads a stream in one segmentation.
func read(
    _ octets: [UInt8], as role: Role, limits: MessageLimits = MessageLimits(), reserved: UInt8 = 0,
    inParts: Bool = false, _ segmentation: Segmentation = .whole
) -> [Received] {
    let reading = Reading(as: role, limits: limits, reserved: reserved, inParts: inParts)
    switch segmentation {
    case .whole: reading.receive(octets)
    case .octetByOctet: for octet in octets { reading.receive(CollectionOfOne(octet)) }
    case .cut(let offset):
        reading.receive(octets[..<offset])
        reading.receive(octets[offset...])
    case .direct(let offset):
        reading.receive(octets[..<offset])
        reading.receiveDirectly(octets[offset...])
    }
    return reading.takeReceived()
}

/// Expects these frames to give these events, in every segmentation and for both roles unless one is named.
func expect(
    _ frames: [WireFrame], give expected: [Received], as roles: [Role] = [.server, .client],
    limits: MessageLimits = MessageLimits(), reserved: UInt8 = 0,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    for role in roles {
        let octets = frames.octets(to: role)
        for segmentation in Segmentation.all(octets.count) {
            let received = read(octets, as: role, limits: limits, reserved: reserved, segmentation)
            if received != expected {
                // One report is enough; the comparison of megabytes in every segmentation would take minutes.
                #expect(
                    summary(received) == summary(expected), "\(role), \(segmentation)", sourceLocation: sourceLocation)
                return
            }
        }
    }
}

/// Events without the bulk of long payloads.
private func summary(_ events: [Received]) -> [String] {
    events.map { String("\($0)".prefix(400)) }
}
