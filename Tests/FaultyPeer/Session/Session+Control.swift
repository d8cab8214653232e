extension Session {
    /// Reads a ping, pong or Close whole, and answers it.
    func readControl(_ header: FrameHeader) throws(Ending) {
        var payload: [UInt8] = []
        while payload.count < header.length {
            if fault == .closeBodyInOneSegment, header.opcode == Opcode.close, inbound.count < header.length {
                throw .violation(1002, "The Close frame is not complete.")
            }
            if inbound.count == 0 { try fill() }
            let count = min(inbound.count, header.length - payload.count)
            payload += inbound.octets[..<count]
            inbound.take(count)
        }
        frameRemaining = 0
        if header.isMasked { payload.withUnsafeMutableBytes { mask($0, header.key, phase: 0) } }
        disturb(with: payload)
        switch header.opcode {
        case Opcode.ping: try answer(payload)
        case Opcode.pong: try take(pong: payload)
        default: try take(close: payload)
        }
    }

    /// What control frames within a message do to a careless reader.
    private func disturb(with payload: [UInt8]) {
        guard message != nil else { return }
        switch fault {
        case .controlFrameEndsMessage: message = nil
        case .controlFrameForgetsCharacter: message?.check = UTF8Check(fault: fault)
        case .pingPayloadInMessage: message?.payload += payload
        default: break
        }
    }

    private func answer(_ payload: [UInt8]) throws(Ending) {
        switch fault {
        case .pingUnanswered: return
        case .pingPayloadChecked where !UTF8Check.isValid(payload): throw Self.badText
        case .pongAfterMessage where message != nil: return heldPongs.append(payload)
        case .newestPingOnly where inbound.count > 0: return
        case .pongLate: pause(milliseconds: 700)
        case .pingsDelivered: handler.received(payload, .binary, on: self)
        default: break
        }
        sendPong(payload)
    }

    func sendHeldPongs() {
        for payload in heldPongs { sendPong(payload) }
        heldPongs = []
    }

    private func take(pong payload: [UInt8]) throws(Ending) {
        oldestPing = nil
        switch fault {
        case .pongAnswered: sendPong(payload)
        case .pongsDelivered: handler.received(payload, .binary, on: self)
        case .unsolicitedPongRefused: throw .violation(1002, "Nobody asked for this pong.")
        case .pongInMessageRefused where message != nil: throw .violation(1002, "A pong is in a message.")
        case .pongsKept: StolenState.shared.keep(payload)
        default: break
        }
    }

    private func take(close payload: [UInt8]) throws(Ending) {
        if fault == .closeInMessageIgnored, message != nil { return }
        throw .closeReceived(try CloseBody(payload, fault: fault))
    }
}
