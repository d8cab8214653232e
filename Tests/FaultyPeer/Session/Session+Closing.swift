import Synchronization

extension Session {
    /// Why our side's API refuses to close as it is told.
    struct CloseRefused: Error, CustomStringConvertible {
        let description: String
    }

    /// Begins the closing handshake (RFC 6455 §7.1.2).
    func close(_ code: UInt16?, _ reason: [UInt8]) throws(CloseRefused) {
        var code = code
        if fault == .emptyCloseNotOffered, code == nil { code = 1000 }
        if let code, fault != .closeArgumentsUnchecked {
            guard CloseBody.isAllowed(code, fault: nil) else {
                throw CloseRefused(description: "the code \(code) must not be sent")
            }
        }
        guard fault == .closeArgumentsUnchecked || reason.count <= 123 && (code != nil || reason.isEmpty) else {
            throw CloseRefused(description: "the reason is longer than 123 octets, or has no code before it")
        }
        guard UTF8Check.isValid(reason) else { throw CloseRefused(description: "the reason is not UTF-8") }
        _ = outbound.withLock { $0.sendClose(code, reason, timeout: settings.closeTimeout) }
    }

    /// Ends the connection as what happened asks for; returns when TCP is over on our side.
    func end(after ending: Ending) -> Closure {
        switch ending {
        case .violation(let code, let reason):
            failConnection(code, reason)
            return .abnormal
        case .closeReceived(let body):
            answerClose(body)
            let code = fault == .codeNotReported ? 1006 : body.code ?? 1005
            return Closure(code: code, reason: String(decoding: body.reason, as: UTF8.self), isClean: true)
        case .finished, .truncated:
            if fault == .finNotNoticed { pause(milliseconds: 20_000) }
            if fault == .cleanWithoutClose { return Closure(code: 1000, reason: "", isClean: true) }
            channel.finish()
            return .abnormal
        case .reset:
            if fault == .crashOnReset { Fault.crash() }
            return .abnormal
        case .closeTimeout:
            channel.finish()
            return .abnormal
        case .pingTimeout:
            failConnection(1011, "A ping was not answered.")
            return .abnormal
        }
    }

    /// §7.1.7: one Close that says why, then the end of TCP; nothing more is looked at.
    private func failConnection(_ code: UInt16, _ reason: String) {
        var sent: UInt16? = code
        switch fault {
        case .violationWithoutClose: return endTransport()
        case .violationIgnored: return drain(until: .after(milliseconds: 10_000))
        case .violationWith1000: sent = 1000
        case .violationWith1006: sent = 1006
        case .violationWithoutCode: sent = nil
        case .tooBigIsProtocolError where code == 1009: sent = 1002
        default: break
        }
        var text = sent == nil ? [] : Array(reason.utf8)
        if fault == .reasonTooLong { text = Array(String(repeating: reason, count: 10).utf8).prefix(300).map { $0 } }
        if fault == .brokenReason, sent != nil { text += [0xE2, 0x82] }
        if fault == .resetWithoutClose {
            channel.resetOnClose()
            return
        }
        _ = outbound.withLock { $0.sendClose(sent, text, timeout: settings.closeTimeout) }
        if fault == .pongsWhileFailing, let pong = nextPing() { sendPong(pong) }
        if fault == .spinsAfterError { spin() }
        endTransport()
    }

    private func answerClose(_ body: CloseBody) {
        var code = body.code
        switch fault {
        case .closeUnanswered: return endTransport()
        case .closeIgnored: return drain(until: .after(milliseconds: 10_000))
        case .answersWith1000: code = 1000
        case .answersWith1002: code = 1002
        case .answersWith1005: code = code ?? 1005
        case .answersWithoutCode: code = nil
        default: break
        }
        if fault == .replyDelayed { pause(milliseconds: 3000) }
        if fault == .replyLostAfterFIN, case .finished = peekEnd() { return endTransport() }
        if fault == .pongAfterClose, let ping = nextPing() { sendPong(ping) }
        if fault == .echoAfterClose, let message = nextMessage() { send(message, .text) }
        _ = outbound.withLock { $0.sendClose(code, [], timeout: settings.closeTimeout) }
        if fault == .closeAnsweredTwice {
            try? outbound.withLock { out throws(ChannelError) in
                try out.write(Opcode.close, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
            }
        }
        if fault == .secondCloseForGarbage, garbageFollows() {
            try? outbound.withLock { out throws(ChannelError) in try out.write(Opcode.close, [0x03, 0xEA]) }
        }
        endTransport()
    }

    /// Ends TCP so that the Close frame arrives: half-close, then read away what the peer still sends, because octets that
    /// nobody read would turn our FIN into a RST. A client leaves the first FIN to the server (§7.1.1).
    private func endTransport() {
        if fault == .resetAfterClose {
            channel.resetOnClose()
            return
        }
        if fault == .tcpLeftOpen {
            drain(until: .after(milliseconds: 30_000))
            // A server ends TCP first; not even that moves this client.
            if role == .client { pause(milliseconds: 30_000) }
            return
        }
        // close(2) at once: FIN, or RST if there are octets that nobody read.
        if fault == .unreadOctetsLeft { return }
        let waits = role == .client && fault != .clientClosesFirst || fault == .serverWaitsForClient
        let deadline = Instant.after(milliseconds: settings.closeTimeout)
        if waits {
            drain(until: fault == .noCloseTimeout ? nil : deadline)
            channel.finish(withCloseNotify: fault != .noCloseNotify)
        } else {
            channel.finish(withCloseNotify: fault != .noCloseNotify)
            drain(until: deadline)
        }
    }

    /// Reads and forgets until the peer's FIN.
    private func drain(until deadline: Instant?) {
        inbound.discard()
        while true {
            if let deadline, deadline <= .now { return }
            guard case .octets = inbound.fill(until: deadline) else { return }
        }
    }
}
