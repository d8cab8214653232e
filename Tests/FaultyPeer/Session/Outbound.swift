/// Writes the frames of one side, one at a time.
struct Outbound {
    let role: Role
    let channel: Channel
    let fault: Fault?
    let deflater: Deflater?
    private(set) var isCloseSent = false
    /// When the peer must have answered our Close.
    private(set) var closeDeadline: Instant?
    private var messages = 0
    private var keys: KeySource
    private var random = SystemRandomNumberGenerator()

    /// A peer that reads nothing for this long is given up.
    private static let patience: UInt64 = 10_000

    init(role: Role, channel: Channel, fault: Fault?, deflater: Deflater?) {
        self.role = role
        self.channel = channel
        self.fault = fault
        self.deflater = deflater
        keys = KeySource(fault: fault)
    }

    /// Sends a message in one frame; nothing once a Close was sent.
    mutating func send(_ message: [UInt8], _ kind: MessageKind) throws(ChannelError) {
        guard !isCloseSent || fault == .dataAfterOwnClose else { return }
        messages += 1
        if fault == .hundredthMessageDropped, messages % 100 == 0 { return }
        var opcode = kind.rawValue
        if fault == .textEchoedAsBinary { opcode = Opcode.binary }
        if fault == .fragmentsNameTheirKind, message.count > 1 {
            try write(opcode, Array(message[..<(message.count / 2)]), isFinal: false)
            return try write(opcode, Array(message[(message.count / 2)...]))
        }
        guard let deflater, !message.isEmpty || fault == .emptyMessageWithRSV1 else {
            let reserved: UInt8 = fault == .rsv1ThoughDeclined && !message.isEmpty ? 0x40 : 0
            return try write(opcode, message, reserved: reserved)
        }
        if message.isEmpty { return try write(opcode, [], reserved: 0x40) }
        let compressed = deflater.compress(message)
        // Fragments show where RSV1 may stand.
        if fault == .rsv1OnEveryFragment, compressed.count > 1 {
            try write(opcode, Array(compressed[..<1]), isFinal: false, reserved: 0x40)
            return try write(Opcode.continuation, Array(compressed[1...]), reserved: 0x40)
        }
        try write(opcode, compressed, reserved: fault == .rsv1NeverSet ? 0 : 0x40)
    }

    mutating func sendPing(_ payload: [UInt8]) throws(ChannelError) {
        guard !isCloseSent else { return }
        try write(Opcode.ping, payload)
    }

    mutating func sendPong(_ payload: [UInt8]) throws(ChannelError) {
        let isAllowed =
            !isCloseSent || fault == .goesOnAfterViolation || fault == .pongAfterClose
            || fault == .pongsWhileFailing
        guard isAllowed else { return }
        switch fault {
        case .emptyPong: try write(Opcode.pong, [])
        case .shortPong: try write(Opcode.pong, Array(payload.prefix(124)))
        case .pongWithSurplus: try write(Opcode.pong, payload + [0xDE, 0xAD, 0xBE, 0xEF])
        case .pongCompressed:
            guard let deflater, !payload.isEmpty else { return try write(Opcode.pong, payload) }
            try write(Opcode.pong, Array(deflater.compress(payload).prefix(125)), reserved: 0x40)
        case .fragmentedPong:
            try write(Opcode.pong, payload, isFinal: false)
        default: try write(Opcode.pong, payload)
        }
    }

    /// Sends the one Close frame; returns false when there was one before.
    ///
    /// - Parameter timeout: milliseconds that the peer has to answer, when it is us who begin.
    mutating func sendClose(_ code: UInt16?, _ reason: [UInt8], timeout: UInt64) -> Bool {
        guard !isCloseSent || fault == .twoCloses else { return false }
        isCloseSent = true
        if fault != .noCloseTimeout { closeDeadline = .after(milliseconds: timeout) }
        let body = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + reason } ?? []
        // A peer that does not read has its TCP connection ended without waiting for it.
        try? write(Opcode.close, body, until: .after(milliseconds: 2000))
        if fault == .octetsAfterClose { try? write(Opcode.pong, Array("bye".utf8)) }
        return true
    }

    mutating func postponeCloseDeadline(timeout: UInt64) {
        if closeDeadline != nil { closeDeadline = .after(milliseconds: timeout) }
    }

    mutating func write(
        _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, until deadline: Instant? = nil
    ) throws(ChannelError) {
        var isMasked = role == .client
        switch fault {
        case .masksAsServer: isMasked = true
        case .unmaskedClient: isMasked = false
        case .unmaskedControlsOfClient where opcode >= 8: isMasked = false
        case .unmaskedEmptyFrames where payload.isEmpty: isMasked = false
        default: break
        }
        var frame: [UInt8] = [(isFinal ? 0x80 : 0) | reserved | opcode]
        frame.reserveCapacity(payload.count + 14)
        appendLength(payload.count, maskBit: isMasked ? 0x80 : 0, to: &frame)
        if isMasked {
            let key = keys.next(for: opcode, &random)
            frame += key
            let start = frame.count
            frame += payload
            // As a loop over words does that forgets what is left behind them.
            let isCut = fault == .lastOctetsLeftMasked && payload.count >= 4080
            let end = start + (isCut ? payload.count & ~15 : payload.count)
            frame.withUnsafeMutableBytes {
                mask(UnsafeMutableRawBufferPointer(rebasing: $0[start..<end]), key, phase: 0)
            }
        } else {
            frame += payload
        }
        if fault == .messagesKept { StolenState.shared.keep(payload) }
        try channel.send(frame, until: deadline ?? .after(milliseconds: Self.patience))
    }

    /// The shortest form that holds the length (§5.2).
    private func appendLength(_ count: Int, maskBit: UInt8, to frame: inout [UInt8]) {
        let shortest = fault == .sixteenBitLengthAlways ? -1 : 125
        let middle = fault == .sixtyFourBitLengthAlways ? -1 : fault == .lengthFormOffByOne ? 65534 : 65535
        if count <= min(shortest, middle) {
            frame.append(maskBit | UInt8(count))
        } else if count <= middle {
            frame += [maskBit | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        } else {
            frame.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) { frame.append(UInt8(count >> shift & 0xFF)) }
        }
    }
}
