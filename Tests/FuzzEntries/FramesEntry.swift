import ProtocolReference
import WebSocketProtocol

/// Any octets are read as the reference reads them, however they are cut, and in bounded memory.
struct FramesEntry {
    private let role: Role
    private let limits: MessageLimits
    private let reserved: UInt8
    private let octets: ArraySlice<UInt8>

    init(_ input: [UInt8]) {
        let choice = input.first ?? 0
        role = choice & 1 == 0 ? .server : .client
        reserved = choice & 2 == 0 ? 0 : 0x40
        limits = choice & 4 == 0 ? MessageLimits() : MessageLimits(maximumMessageSize: 100, maximumFragments: 4)
        octets = input.dropFirst()
    }

    func run() throws(BrokenProperty) {
        let expected = ReferenceReader(role: role, limits: limits, reserved: reserved).read(Array(octets))
        for segmentation in Segmentation.allCases {
            for usesWindows in [false, true] {
                let received = try read(segmentation.pieces(of: octets), usesWindows: usesWindows)
                try require(
                    received, equals: expected, "differs-from-reference",
                    "\(segmentation)\(usesWindows ? ", directly" : "")")
            }
        }
    }

    private func read(_ pieces: [ArraySlice<UInt8>], usesWindows: Bool) throws(BrokenProperty) -> [Received] {
        var reading = FrameReading(role: role, limits: limits, reserved: reserved)
        for piece in pieces {
            try usesWindows ? reading.receiveDirectly(piece) : reading.receive(piece)
        }
        return reading.received
    }
}

/// A reader, what it reported, and how much it may own.
private struct FrameReading: ~Copyable {
    /// The least that the reader takes for a message, and the longest payload of a control frame.
    private static let smallest = (64 << 10) + 125

    private var reader: MessageReader
    private let maximumMessageSize: Int
    private var arrived = 0
    private(set) var received: [Received] = []

    init(role: Role, limits: MessageLimits, reserved: UInt8) {
        reader = MessageReader(role: role, limits: limits, allowedReservedBits: reserved)
        maximumMessageSize = limits.maximumMessageSize
    }

    /// Gives one receive to the reader, in memory that ends with it, so that no read beyond goes unnoticed.
    mutating func receive(_ octets: ArraySlice<UInt8>) throws(BrokenProperty) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: octets.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: octets)
        arrived += octets.count
        guard let start = memory.baseAddress else { return }
        var input = InputCursor(start: start, count: octets.count)
        let wasFinished = reader.isFinished
        let before = received.count
        do throws(ProtocolError) {
            while let event = try reader.next(&input) { received.append(Received(event)) }
        } catch {
            received.append(.failed(error))
            try requireSilence(&input)
        }
        try require(!wasFinished || received.count == before, "event-after-end", "\(received.suffix(2))")
        try require(input.isEmpty, "octets-left", "\(input.count) of \(octets.count)")
        try requireBoundedMemory(growth: 0)
    }

    /// Like `receive`, but into the reader's own memory as far as it offers some.
    mutating func receiveDirectly(_ octets: ArraySlice<UInt8>) throws(BrokenProperty) {
        var rest = octets
        while !rest.isEmpty {
            guard let window = reader.directWindow(atLeast: 1) else { return try receive(rest) }
            // A window adds as much as is there, and this much at first.
            try requireBoundedMemory(growth: 64 << 10)
            let part = rest.prefix(window.count)
            try require(!part.isEmpty, "empty-window")
            window.copyBytes(from: part)
            arrived += part.count
            rest = rest.dropFirst(part.count)
            do throws(ProtocolError) {
                if let event = try reader.commitDirect(part.count) { received.append(Received(event)) }
            } catch {
                received.append(.failed(error))
            }
        }
        reader.releaseEvent()
        try requireBoundedMemory(growth: 64 << 10)
    }

    private mutating func requireSilence(_ input: inout InputCursor) throws(BrokenProperty) {
        var afterwards: Received?
        do throws(ProtocolError) {
            if let event = try reader.next(&input) { afterwards = Received(event) }
        } catch {
            afterwards = .failed(error)
        }
        if let afterwards { throw BrokenProperty(name: "event-after-error", detail: "\(afterwards)") }
    }

    /// At most twice what arrived or a first step, never more than a message may have, and nothing without need.
    private func requireBoundedMemory(growth: Int) throws(BrokenProperty) {
        let retained = reader.retainedOctets
        let bound = min(max(Self.smallest, 2 * arrived) + growth, maximumMessageSize + 125)
        try require(retained <= bound, "retains-too-much", "\(retained) octets after \(arrived), at most \(bound)")
        if reader.isIdle || reader.isFinished {
            try require(retained == 0, "retains-without-need", "\(retained) octets")
        }
    }
}
