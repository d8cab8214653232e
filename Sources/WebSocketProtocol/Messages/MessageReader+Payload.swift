import Glibc

extension MessageReader {
    /// Text is unmasked and checked in pieces of this size, so that the check reads what is still in the first cache. A
    /// multiple of four, the length of the key.
    private static var pieceLength: Int { 8 << 10 }

    var isMasked: Bool { expectedMaskBit != 0 }

    private var checksText: Bool { messageKind == .text && messageReserved == 0 }

    /// Reads what is there of a data frame's payload; leaves the phase when the frame is complete.
    mutating func readData(_ input: inout InputCursor) throws(ProtocolError) -> Event? {
        let available = min(input.count, frameRemaining)
        if isFinalFrame, assembly.count == 0, available == frameRemaining, !hasDeliveredPart {
            // All of the message is here: it stays where it is.
            let payload = input.take(available)
            try absorb(payload, into: payload, count: available, offset: 0)
            return try deliver(UnsafeRawBufferPointer(start: payload, count: available))
        }
        if deliversParts { return try readPart(&input, count: available) }
        if available > 0 {
            guard let target = reserve(available) else { throw .outOfMemory(requested: available) }
            try absorb(input.take(available), into: target, count: available, offset: assembly.count)
            assembly.commit(available)
        }
        return try endFrameIfComplete()
    }

    /// Hands on what is there of the message.
    private mutating func readPart(_ input: inout InputCursor, count: Int) throws(ProtocolError) -> Event? {
        guard let kind = messageKind else { return nil }
        let part = input.take(count)
        try absorb(part, into: part, count: count, offset: declaredTotal - frameRemaining)
        if frameRemaining == 0 { phase = .header }
        let payload = UnsafeRawBufferPointer(start: part, count: count)
        guard isFinalFrame && frameRemaining == 0 else {
            hasDeliveredPart = true
            return count == 0 ? nil : .part(kind, reserved: messageReserved, payload, isLast: false)
        }
        if checksText && !validator.isComplete { throw .invalidUTF8(offset: declaredTotal) }
        messageKind = nil
        phase = control.start == nil ? .idle : .header
        return .part(kind, reserved: messageReserved, payload, isLast: true)
    }

    /// What the end of a data frame means, if this is it.
    mutating func endFrameIfComplete() throws(ProtocolError) -> Event? {
        guard frameRemaining == 0 else { return nil }
        phase = .header
        return isFinalFrame ? try deliver(assembly.contents) : nil
    }

    private mutating func deliver(_ payload: UnsafeRawBufferPointer) throws(ProtocolError) -> Event? {
        guard let kind = messageKind else { return nil }
        if checksText && !validator.isComplete { throw .invalidUTF8(offset: payload.count) }
        messageKind = nil
        // The next call releases what the message may hold.
        phase = assembly.start == nil && control.start == nil ? .idle : .header
        return .message(kind, reserved: messageReserved, payload)
    }

    private mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
        let ceiling = isFinalFrame ? declaredTotal : maximumMessageSize
        guard assembly.reserve(count, declared: declaredTotal, ceiling: ceiling) else { return nil }
        return assembly.end
    }

    /// Unmasks the next `count` octets of the frame into `target`, which may be where they are, and checks text.
    ///
    /// `offset` is their place in the message.
    mutating func absorb(
        _ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int, offset: Int
    ) throws(ProtocolError) {
        frameRemaining -= count
        let key = maskKey
        maskKey = Masking.rotated(key, by: count)
        if !isMasked && target != source { memcpy(target, source, count) }
        guard checksText else {
            if isMasked { Masking.transform(from: source, to: target, count: count, key: key) }
            return
        }
        var position = 0
        while position < count {
            let length = min(count - position, Self.pieceLength)
            let piece = target + position
            let isASCII = isMasked && Masking.transform(from: source + position, to: piece, count: length, key: key)
            if !isASCII || !validator.isComplete {
                let invalid = validator.firstInvalidOffset(in: UnsafeRawBufferPointer(start: piece, count: length))
                if let invalid { throw .invalidUTF8(offset: offset + position + invalid) }
            }
            position += length
        }
    }

    /// Reads what is there of a control frame's payload.
    mutating func readControl(_ input: inout InputCursor) throws(ProtocolError) -> Event? {
        let length = Int(shortLength)
        let available = min(input.count, frameRemaining)
        let payload = input.take(available)
        if available == length {
            frameRemaining = 0
            if isMasked { Masking.transform(from: payload, to: payload, count: length, key: maskKey) }
            return try endControl(UnsafeRawBufferPointer(start: payload, count: length))
        }
        guard available > 0 else { return nil }
        guard let kept = control.reserve() else { throw .outOfMemory(requested: length) }
        // A client's key is 0, which makes this a copy.
        let target = kept + (length - frameRemaining)
        Masking.transform(from: payload, to: target, count: available, key: maskKey)
        maskKey = Masking.rotated(maskKey, by: available)
        frameRemaining -= available
        guard frameRemaining == 0 else { return nil }
        return try endControl(UnsafeRawBufferPointer(start: kept, count: length))
    }

    private mutating func endControl(_ payload: UnsafeRawBufferPointer) throws(ProtocolError) -> Event? {
        phase = messageKind == nil && control.start == nil && assembly.start == nil ? .idle : .header
        switch Opcode(rawValue: opcode) {
        case .ping:
            return .ping(payload)
        case .pong:
            return .pong(payload)
        case .close:
            let (code, reason) = try CloseBody.decode(payload)
            phase = .finished
            // A message in progress will never be delivered (§5.5.1); the next call frees it.
            messageKind = nil
            return .close(code, reason: reason)
        case .continuation, .text, .binary, nil:
            return nil
        }
    }
}
