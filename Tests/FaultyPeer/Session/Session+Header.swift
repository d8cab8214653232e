import Synchronization

extension Session {
    /// Reads one frame and does what it asks for.
    func readFrame() throws(Ending) {
        let header = try readHeader()
        frameRemaining = header.length
        do throws(Ending) {
            try check(header)
        } catch {
            if fault == .waitsForPayload { try skip(header.length) }
            if fault == .crashOnReservedOpcode, Self.isReserved(header.opcode) { Fault.crash() }
            throw error
        }
        if Self.isReserved(header.opcode) { return try skip(header.length) }
        header.isControl ? try readControl(header) : try readData(header)
    }

    private static func isReserved(_ opcode: UInt8) -> Bool { opcode & 0x07 > 2 }

    func skip(_ count: Int) throws(Ending) {
        var rest = count
        while rest > 0 {
            if inbound.count == 0 { try fill() }
            let part = min(rest, inbound.count)
            inbound.take(part)
            rest -= part
        }
    }

    private func readHeader() throws(Ending) -> FrameHeader {
        let first = try octet()
        // As code does that takes a read for a frame.
        if fault == .headerInOneSegment, inbound.count == 0 {
            throw .violation(1002, "The frame's header is not complete.")
        }
        var header = FrameHeader(first: first, second: try octet())
        let octets = header.form == 127 ? 8 : header.form == 126 ? 2 : 0
        var length: UInt64 = octets == 0 ? UInt64(header.form) : 0
        for _ in 0..<octets { length = length << 8 | UInt64(try octet()) }
        if fault == .topBitIgnored { length &= UInt64(Int64.max) }
        if fault == .lengthCutTo32Bits { length &= 0xFFFF_FFFF }
        guard length <= UInt64(Int64.max) else {
            throw .violation(1002, "A payload length has its most significant bit set.")
        }
        header.length = Int(length)
        if header.isMasked { for _ in 0..<4 { header.key.append(try octet()) } }
        try checkForm(header)
        return header
    }

    /// The shortest form must be used (RFC 6455 §5.2).
    private func checkForm(_ header: FrameHeader) throws(Ending) {
        let isMinimal: Bool
        switch header.form {
        case 126:
            isMinimal =
                header.length > 125 || fault == .sixteenBitsForSmallAccepted
                || fault == .controlFormUnchecked && header.isControl
        case 127:
            isMinimal =
                header.length > 65535 || fault == .sixtyFourBitsForSmallAccepted
                || fault == .topBitIgnored || fault == .lengthCutTo32Bits
        default: isMinimal = true
        }
        guard isMinimal else { throw .violation(1002, "A payload length is not in its shortest form.") }
    }

    private func check(_ header: FrameHeader) throws(Ending) {
        try checkReserved(header)
        try checkOpcode(header)
        try checkMask(header)
        if header.isControl { try checkControl(header) } else { try checkSequence(header) }
    }

    /// RSV1 marks the first frame of a compressed message; nothing defines other bits (§5.2, RFC 7692 §6).
    private func checkReserved(_ header: FrameHeader) throws(Ending) {
        var allowed: UInt8 = 0
        let startsMessage = header.opcode == Opcode.text || header.opcode == Opcode.binary
        if agreement != nil, startsMessage { allowed = 0x40 }
        switch fault {
        case .rsvOnDataIgnored where startsMessage: allowed = 0x70
        case .rsv2And3Ignored where startsMessage: allowed |= 0x30
        case .rsv2And3IgnoredWithDeflate where agreement != nil: allowed |= 0x30
        case .rsvOnPingIgnored where header.opcode == Opcode.ping || header.opcode == Opcode.pong: allowed = 0x70
        case .rsvOnCloseIgnored where header.opcode == Opcode.close: allowed = 0x70
        case .rsvOnContinuationIgnored where header.opcode == Opcode.continuation: allowed = 0x70
        case .rsvOnEmptyFramesIgnored where header.length == 0: allowed = 0x70
        case .rsv1OnContinuationAccepted where agreement != nil && header.opcode == Opcode.continuation: allowed = 0x40
        case .rsv1OnControlAccepted where agreement != nil && header.isControl: allowed = 0x40
        case .reservedOpcodesWithRSV1Skipped where agreement != nil && Self.isReserved(header.opcode): allowed = 0x40
        case .rsv1AcceptedThoughDeclined where startsMessage: allowed |= 0x40
        default: break
        }
        guard header.reserved & ~allowed == 0 else {
            throw .violation(1002, "A reserved bit is set that no negotiated extension defines.")
        }
    }

    private func checkOpcode(_ header: FrameHeader) throws(Ending) {
        guard Self.isReserved(header.opcode) else { return }
        switch fault {
        case .reservedDataOpcodesSkipped where !header.isControl: return
        case .reservedControlOpcodesSkipped where header.isControl: return
        case .reservedOpcodesSkippedInMessages where message != nil: return
        case .unfinishedReservedOpcodesSkipped where !header.isFinal: return
        case .reservedOpcodesWithRSV1Skipped where header.reserved == 0x40: return
        default: throw .violation(1002, "The opcode is reserved.")
        }
    }

    private func checkMask(_ header: FrameHeader) throws(Ending) {
        switch fault {
        case .unmaskedAccepted where !header.isControl: return
        case .unmaskedControlsAccepted where header.isControl: return
        case .maskedFromServerAccepted where role == .client: return
        case .maskedEmptyFromServerAccepted where role == .client && header.length == 0: return
        default: break
        }
        guard header.isMasked == (role == .server) else {
            throw .violation(1002, "A frame is not masked as its sender's role asks.")
        }
        if fault == .zeroKeyRefused, header.key == [0, 0, 0, 0] {
            throw .violation(1002, "The masking key is zero.")
        }
    }

    private func checkControl(_ header: FrameHeader) throws(Ending) {
        switch fault {
        case .fragmentedPingAccepted where header.opcode != Opcode.close: break
        case .fragmentedCloseAccepted where header.opcode == Opcode.close: break
        default:
            guard header.isFinal else { throw .violation(1002, "A control frame is fragmented.") }
        }
        let isLongAllowed =
            switch header.opcode {
            case Opcode.ping: fault == .longPingAccepted
            case Opcode.pong: fault == .longPongAccepted
            default: fault == .longCloseAccepted
            }
        // What is accepted all the same is bounded by what a test would send.
        guard header.length <= (isLongAllowed ? 1 << 20 : 125) else {
            throw .violation(1002, "A control frame is longer than 125 octets.")
        }
        if header.opcode == Opcode.close, header.length == 1, fault != .halfACodeAccepted {
            throw .violation(1002, "A Close frame has a body of one octet.")
        }
    }

    /// Data frames follow each other as §5.4 has it, within the limits.
    private func checkSequence(_ header: FrameHeader) throws(Ending) {
        if fault == .messageWhileClosingRefused, outbound.withLock({ $0.isCloseSent }) {
            channel.resetOnClose()
            throw .reset
        }
        if header.opcode == Opcode.continuation {
            guard message != nil else {
                switch fault {
                case .strayContinuationAccepted:
                    return message = IncomingMessage(kind: .text, isCompressed: false, fault: fault)
                case .strayContinuationIgnored: return message = IncomingMessage(ignored: (), fault: fault)
                default: throw .violation(1002, "A continuation frame has no message to continue.")
                }
            }
        } else if let message {
            let isText = message.kind == .text
            switch fault {
            case .newTextInMessageAccepted where isText && header.opcode == Opcode.text: self.message = nil
            case .newBinaryInTextAccepted where isText && header.opcode == Opcode.binary: self.message = nil
            case .newMessageInBinaryAccepted where !isText: self.message = nil
            case .compressedRestartAccepted where message.isCompressed && header.reserved == 0x40: self.message = nil
            default: throw .violation(1002, "A new message began before the previous one was finished.")
            }
        }
        try checkSize(header)
    }

    /// The declared sizes are looked at before any of them is believed (§10.4).
    private func checkSize(_ header: FrameHeader) throws(Ending) {
        let tooLarge = Ending.violation(1009, "The message is larger than the limit.")
        if fault == .declaredLengthAllocated, header.length > settings.messageLimit {
            StolenState.shared.keep([UInt8](repeating: 0, count: min(header.length, 64 << 20)))
        }
        var limit = settings.messageLimit
        if fault == .limitOffByOne { limit += 1 }
        if fault == .limitOneTooLow { limit -= 1 }
        if fault == .limitOf64KiB { limit = 65535 }
        let declared = fault == .limitPerFrame ? 0 : message?.declared ?? 0
        let isInTime = fault != .limitAfterPayload
        if fault == .sumOfLengthsWraps {
            guard Int32(truncatingIfNeeded: declared &+ header.length) <= Int32(clamping: limit) else { throw tooLarge }
        } else if isInTime {
            guard header.length <= limit - declared else { throw tooLarge }
        }
        if let message, message.fragments >= (fault == .fewFragmentsAllowed ? 1000 : settings.fragmentLimit) {
            throw .violation(1008, "The message has more fragments than the limit.")
        }
    }
}
