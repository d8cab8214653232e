/// Does what a fixture asks for with the messages of one session.
final class FixtureHandler: SessionHandler {
    private let behaviour: Behaviour
    private let fault: Fault?

    init(_ behaviour: Behaviour, fault: Fault?) {
        self.behaviour = behaviour
        self.fault = fault
    }

    func opened(_ session: Session) {
        switch behaviour {
        case .push(let text): session.send(Array(text.utf8), .text)
        case .close(let code, let reason):
            if fault == .closeEndsTCP {
                session.channel.finish()
            } else {
                close(session, code, reason)
            }
        case .echo, .textOnly, .fail: break
        }
    }

    func received(_ message: [UInt8], _ kind: MessageKind, on session: Session) {
        switch behaviour {
        case .echo, .push: session.send(message, kind)
        case .textOnly where kind == .text: session.send(message, kind)
        case .textOnly: close(session, fault == .kindIsProtocolError ? 1002 : 1003, "Only text is accepted here.")
        case .fail:
            if fault == .crashOnApplicationError { Fault.crash() }
            if fault == .applicationErrorDropsConnection { return session.channel.abandon() }
            close(session, fault == .applicationErrorIsNormal ? 1000 : 1011, "The handler failed.")
        // Our Close was the last that may be sent.
        case .close: if fault == .dataAfterOwnClose { session.send(message, kind) }
        }
    }

    func closed(_ session: Session, _ closure: Closure) {}

    private func close(_ session: Session, _ code: UInt16?, _ reason: String) {
        // All that is given here may be sent.
        try? session.close(code, Array(reason.utf8))
    }
}
