extension MessageReader {
    var isFinalFrame: Bool { firstOctet & FrameHeader.finBit != 0 }
    var isControlFrame: Bool { firstOctet & 0x08 != 0 }
    var opcode: UInt8 { firstOctet & 0x0F }
    /// The 7-bit length, or 126 and 127 for the longer forms.
    var shortLength: UInt8 { secondOctet & 0x7F }

    /// Reads the header or as much of it as there is; returns whether it is complete.
    mutating func readHeader(_ input: inout InputCursor) throws(ProtocolError) -> Bool {
        if headerOctets == 0, input.count >= 2 {
            let second = input.position.load(fromByteOffset: 1, as: UInt8.self)
            let length = FrameHeader.length(secondOctet: second)
            if input.count >= length {
                try readWholeHeader(input.position)
                input.position += length
                return true
            }
        }
        while let octet = input.takeOctet() {
            if phase == .idle { phase = .header }
            try readHeaderOctet(octet)
            if headerOctets == 0 { return true }
        }
        return false
    }

    /// Reads a header that lies whole at `start`, with the checks in the order of the octets.
    private mutating func readWholeHeader(_ start: UnsafeMutableRawPointer) throws(ProtocolError) {
        try accept(firstOctet: start.load(as: UInt8.self))
        try accept(secondOctet: start.load(fromByteOffset: 1, as: UInt8.self))
        var end = start + 2
        if shortLength == 126 {
            frameRemaining = Int(UInt16(bigEndian: end.loadUnaligned(as: UInt16.self)))
            end += 2
            try acceptLongLength()
        } else if shortLength == 127 {
            let length = UInt64(bigEndian: end.loadUnaligned(as: UInt64.self))
            try accept(firstLengthOctet: UInt8(truncatingIfNeeded: length >> 56))
            frameRemaining = Int(length)
            end += 8
            try acceptLongLength()
        }
        maskKey = expectedMaskBit == 0 ? 0 : end.loadUnaligned(as: UInt32.self)
    }

    /// Reads one octet of a header that is cut. `headerOctets` is 0 again after the last one.
    private mutating func readHeaderOctet(_ octet: UInt8) throws(ProtocolError) {
        switch headerOctets {
        case 0:
            try accept(firstOctet: octet)
        case 1:
            maskKey = 0
            try accept(secondOctet: octet)
        default:
            try readLengthOrKey(octet, at: Int(headerOctets) - 2)
        }
        headerOctets += 1
        if headerOctets > 1 && Int(headerOctets) == FrameHeader.length(secondOctet: secondOctet) { headerOctets = 0 }
    }

    private mutating func readLengthOrKey(_ octet: UInt8, at index: Int) throws(ProtocolError) {
        let lengthOctets = shortLength == 127 ? 8 : shortLength == 126 ? 2 : 0
        guard index < lengthOctets else {
            let shift = UInt32((index - lengthOctets) * 8)
            maskKey = (UInt32(littleEndian: maskKey) | UInt32(octet) << shift).littleEndian
            return
        }
        if index == 0 {
            if lengthOctets == 8 { try accept(firstLengthOctet: octet) }
            frameRemaining = 0
        }
        // Cannot overflow: the first of eight octets is below 0x80.
        frameRemaining = frameRemaining << 8 | Int(octet)
        if index == lengthOctets - 1 { try acceptLongLength() }
    }

    private mutating func accept(firstOctet octet: UInt8) throws(ProtocolError) {
        firstOctet = octet
        let opcode = Opcode(rawValue: octet & 0x0F)
        let startsMessage = opcode == .text || opcode == .binary
        // Extensions define bits of a message, and its first frame carries them (RFC 7692 §6).
        let unknown = octet & FrameHeader.reservedBits & ~(startsMessage ? allowedReservedBits : 0)
        guard unknown == 0 else { throw .reservedBitsSet(bits: unknown) }
        switch opcode {
        case .continuation:
            guard messageKind != nil else { throw .unexpectedContinuation }
            guard fragments < maximumFragments else { throw .tooManyFragments(limit: Int(maximumFragments)) }
            // Without a limit the count has no use, and must not overflow.
            if !deliversParts { fragments += 1 }
        case .text: try startMessage(.text)
        case .binary: try startMessage(.binary)
        case .close, .ping, .pong:
            guard isFinalFrame else { throw .fragmentedControlFrame(opcode: octet & 0x0F) }
        case nil:
            throw .reservedOpcode(octet & 0x0F)
        }
    }

    private mutating func startMessage(_ kind: MessageKind) throws(ProtocolError) {
        guard messageKind == nil else { throw .expectedContinuation(opcode: kind.rawValue) }
        messageKind = kind
        messageReserved = firstOctet & FrameHeader.reservedBits
        fragments = 1
        declaredTotal = 0
        hasDeliveredPart = false
    }

    private mutating func accept(secondOctet octet: UInt8) throws(ProtocolError) {
        secondOctet = octet
        guard octet & FrameHeader.maskBit == expectedMaskBit else {
            throw expectedMaskBit == 0 ? .maskedFrame : .unmaskedFrame
        }
        if isControlFrame {
            guard shortLength <= FrameHeader.longestShortPayload else { throw .controlFrameTooLong(opcode: opcode) }
            if opcode == Opcode.close.rawValue && shortLength == 1 { throw .closeBodyOfOneByte }
        }
        if shortLength < 126 {
            frameRemaining = Int(shortLength)
            try acceptLength()
        }
    }

    private func accept(firstLengthOctet octet: UInt8) throws(ProtocolError) {
        guard octet < 0x80 else { throw .lengthTooLarge }
    }

    private mutating func acceptLongLength() throws(ProtocolError) {
        let isShort = shortLength == 126
        guard frameRemaining > (isShort ? FrameHeader.longestShortPayload : 0xFFFF) else {
            throw .nonMinimalLength(length: UInt64(frameRemaining), form: isShort ? 16 : 64)
        }
        try acceptLength()
    }

    /// Adds a frame's length to the message's, before any of it is stored.
    private mutating func acceptLength() throws(ProtocolError) {
        guard !isControlFrame else { return }
        // Parts are not counted: there is nothing that could grow too large.
        guard !deliversParts else { return declaredTotal = frameRemaining }
        guard frameRemaining <= maximumMessageSize - declaredTotal else {
            // Both are below 2^63.
            throw .messageTooLarge(length: UInt64(declaredTotal) + UInt64(frameRemaining), limit: maximumMessageSize)
        }
        declaredTotal += frameRemaining
    }
}
