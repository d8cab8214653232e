extension Session {
    /// Reads the payload of a data frame as it arrives: unmasked, inflated and checked octet by octet.
    func readData(_ header: FrameHeader) throws(Ending) {
        var message = begin(header)
        message.fragments += 1
        if fault == .bufferForEachFragment { message.buffers.append([UInt8](repeating: 0xFF, count: 1024)) }
        message.declared &+= header.length
        let start = fault == .maskPhaseContinues ? message.declared &- header.length : 0
        var offset = 0
        while offset < header.length {
            if inbound.count == 0 {
                do throws(Ending) {
                    try fill()
                } catch {
                    cutShort(message, error)
                    throw error
                }
            }
            let count = min(inbound.count, header.length - offset)
            try append(count, to: &message, header, phase: start + offset)
            offset += count
        }
        frameRemaining = 0
        if fault == .quadraticReassembly {
            // A new buffer for each fragment, a few times over.
            for _ in 0..<8 { message.payload = message.payload.map { $0 } }
        }
        let endsEarly = fault == .emptyFragmentEndsMessage && header.length == 0 && message.fragments > 1
        guard header.isFinal || endsEarly else {
            if fault == .fragmentsCheckedAlone, !message.check.isBetweenCharacters { throw Self.badText }
            if fault == .emptyFragmentForgetsCharacter, header.length == 0 { message.check = UTF8Check(fault: fault) }
            self.message = message
            return
        }
        self.message = nil
        try finish(&message)
    }

    static let badText = Ending.violation(1007, "A text message is not valid UTF-8.")

    private func begin(_ header: FrameHeader) -> IncomingMessage {
        if var message {
            // Not held twice, or each fragment would copy what came before it.
            self.message = nil
            if fault == .binaryFragmentsForgotten, message.kind == .binary, message.fragments == 1 {
                message.payload = []
            }
            return message
        }
        // Not an agreed extension: RSV1 is only here when a fault let it pass.
        let isCompressed = header.reserved & 0x40 != 0 && inflater != nil
        var message = IncomingMessage(
            kind: header.opcode == Opcode.text ? .text : .binary, isCompressed: isCompressed, fault: fault)
        if fault == .leftoversOfOthers { message.payload = StolenState.shared.take() }
        return message
    }

    private func append(
        _ count: Int, to message: inout IncomingMessage, _ header: FrameHeader, phase: Int
    ) throws(Ending) {
        defer { inbound.take(count) }
        if message.isIgnored { return }
        let before = message.payload.count
        let octets = UnsafeRawBufferPointer(rebasing: inbound.octets[..<count])
        if message.isCompressed {
            var compressed = [UInt8](octets)
            unmask(&compressed, from: 0, header, phase)
            if fault == .compressedOctetsChecked, message.kind == .text, !UTF8Check.isValid(compressed) {
                throw Self.badText
            }
            try inflate(compressed, to: &message)
        } else {
            message.payload.append(contentsOf: octets)
            unmask(&message.payload, from: before, header, phase)
        }
        let isChecked =
            message.kind == .text && fault != .textUnchecked && fault != .textCheckedAtItsEnd
            && !(fault == .inflatedTextUnchecked && message.isCompressed)
        guard isChecked || fault == .binaryChecked && message.kind == .binary else { return }
        let isValid = message.payload.withUnsafeBytes {
            message.check.accept(UnsafeRawBufferPointer(rebasing: $0[before...]))
        }
        guard isValid else {
            throw fault == .badTextIsProtocolError ? .violation(1002, "The text is bad.") : Self.badText
        }
    }

    private func unmask(_ octets: inout [UInt8], from start: Int, _ header: FrameHeader, _ phase: Int) {
        guard header.isMasked else { return }
        let phase = fault == .maskPhaseStartsWithEachRead ? 0 : phase
        octets.withUnsafeMutableBytes { bytes in
            var part = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            // As a loop over words does that forgets what is left behind them.
            if fault == .lastOctetsLeftMasked, header.length >= 4080 {
                part = UnsafeMutableRawBufferPointer(rebasing: part[..<(part.count & ~15)])
            }
            mask(part, header.key, phase: phase)
        }
    }

    private func inflate(_ octets: [UInt8], to message: inout IncomingMessage) throws(Ending) {
        var limit = settings.messageLimit + (fault == .limitOffByOne ? 1 : 0)
        // Counts each frame's part by itself.
        if fault == .inflatedLimitPerFrame { limit += message.payload.count }
        do throws(InflateError) {
            try inflater?.inflate(octets, to: &message.payload, limit: limit)
        } catch {
            throw Self.ending(of: error)
        }
    }

    private static func ending(of error: InflateError) -> Ending {
        switch error {
        case .corrupt: .violation(1007, "The compressed data is corrupt.")
        case .cut: .violation(1007, "A compressed message ends within a block.")
        case .tooLarge: .violation(1009, "The message is larger than the limit.")
        }
    }

    private func finish(_ message: inout IncomingMessage) throws(Ending) {
        if message.isIgnored { return }
        if message.isCompressed {
            do throws(InflateError) {
                let limit =
                    fault == .inflatedLimitPerFrame
                    ? Int.max : settings.messageLimit + (fault == .limitOffByOne ? 1 : 0)
                try inflater?.finish(to: &message.payload, limit: limit)
            } catch {
                throw Self.ending(of: error)
            }
        } else if fault == .uncompressedInWindow, let inflater, agreement != nil, !message.payload.isEmpty {
            inflater.remember(message.payload)
        }
        if message.kind == .text, fault != .textUnchecked {
            if fault == .textCheckedAtItsEnd, !UTF8Check.isValid(message.payload) { throw Self.badText }
            let isComplete = message.check.isBetweenCharacters || fault == .textMayEndInCharacter
            guard isComplete || fault == .textCheckedAtItsEnd else { throw Self.badText }
        }
        if fault == .limitAfterPayload, message.payload.count > settings.messageLimit {
            throw .violation(1009, "The message is larger than the limit.")
        }
        deliver(message.payload, message.kind)
        sendHeldPongs()
    }

    /// What a careless reader does when the connection ends within a message.
    private func cutShort(_ message: IncomingMessage, _ ending: Ending) {
        if fault == .partialMessageDelivered, case .finished = ending, !message.payload.isEmpty {
            deliver(message.payload, message.kind)
        }
        if fault == .leftoversOfOthers { StolenState.shared.leave(message.payload) }
    }
}
