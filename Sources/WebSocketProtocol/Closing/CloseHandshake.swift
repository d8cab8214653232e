/// Decides what each side owes the other once a Close frame is sent or received, or the connection fails (RFC 6455
/// §7.1).
///
/// At most one Close is ever sent. Nothing else may be sent after it: ask `maySend`.
package struct CloseHandshake: ~Copyable {
    private enum State {
        case open
        /// Our Close is out; the peer's messages are still delivered until its Close arrives.
        case waitingForReply
        /// Both have sent a Close; only the transport is left to end.
        case exchanged
        /// We gave the connection up: what the peer still sends does not count (§7.1.7).
        case failed
        case ended
    }

    private let role: Role
    private var state = State.open
    /// What the peer's Close said, 1006 while there was none (§7.1.5).
    private var code = CloseCode.abnormalClosure

    package init(role: Role) { self.role = role }

    /// Whether frames may still be sent.
    package var maySend: Bool { state == .open }

    /// Whether the peer's messages still count.
    package var mayReceive: Bool { state == .open || state == .waitingForReply }

    /// How the transport ends after both Closes: the server closes first, a client waits for that (§7.1.1).
    package enum Ending: Equatable {
        /// Flush what is queued, then end the transport.
        case closeTransport
        /// Wait for the peer to end the transport, for a bounded time.
        case awaitPeer
    }

    package enum CloseAction: Equatable {
        case send(CloseCode?)
        case ignore
    }

    /// The application closes; the code was checked by `CloseBody`.
    package mutating func close(_ code: CloseCode?) -> CloseAction {
        switch state {
        case .open:
            state = .waitingForReply
            return .send(code)
        case .waitingForReply, .exchanged, .failed, .ended:
            return .ignore
        }
    }

    package enum ReceiveAction: Equatable {
        /// Send a Close with the peer's code, or an empty one, then end.
        case reply(CloseCode?, then: Ending)
        /// Our Close was out already, so none is sent: end.
        case end(Ending)
        case ignore
    }

    /// Handles a Close frame from the peer, as a reply or crossing ours on the wire.
    package mutating func receive(_ code: CloseCode?) -> ReceiveAction {
        switch state {
        case .open:
            state = .exchanged
            self.code = code ?? .noStatusReceived
            return .reply(code, then: ending)
        case .waitingForReply:
            state = .exchanged
            self.code = code ?? .noStatusReceived
            return .end(ending)
        case .exchanged, .failed, .ended:
            return .ignore
        }
    }

    package enum FailAction: Equatable {
        /// Send a Close with this code, then end the transport without waiting for a reply.
        case sendAndCloseTransport(CloseCode)
        case closeTransport
        case ignore
    }

    /// The connection fails: the peer broke a rule, or we cannot go on (§7.1.7).
    package mutating func fail(_ code: CloseCode) -> FailAction {
        switch state {
        case .open:
            state = .failed
            return .sendAndCloseTransport(code)
        case .waitingForReply:
            state = .failed
            return .closeTransport
        case .exchanged:
            // Both Closes are out: the exchange stays clean, only the wait for the transport is over.
            return .closeTransport
        case .failed, .ended:
            return .ignore
        }
    }

    package enum TimeoutAction: Equatable {
        case closeTransport
        case ignore
    }

    /// The time allowed for closing is over.
    package mutating func closeTimedOut() -> TimeoutAction {
        switch state {
        case .waitingForReply:
            state = .failed
            return .closeTransport
        case .exchanged, .failed:
            return .closeTransport
        case .open, .ended:
            return .ignore
        }
    }

    /// How a connection ended, as the application is told (§7.1.4-§7.1.6).
    package struct Closure: Equatable, Sendable {
        /// The peer's code, 1005 if its Close had none, 1006 if there was no Close.
        package let code: CloseCode
        /// Whether both sides sent a Close before the transport ended.
        package let wasClean: Bool
    }

    /// The transport has ended, by whomever. Later calls return the same.
    package mutating func transportEnded() -> Closure {
        state = .ended
        // The code leaves 1006 only when the peer's Close arrives, and then ours is or goes out.
        return Closure(code: code, wasClean: code != .abnormalClosure)
    }

    private var ending: Ending { role == .server ? .closeTransport : .awaitPeer }
}
