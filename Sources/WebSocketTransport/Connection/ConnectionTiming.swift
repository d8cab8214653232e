import Reactor

/// Decides what a connection's one timer is about: keep-alive, idleness, a peer that does not read. Times are arguments.
struct ConnectionTiming: Sendable {
    let handshakeTimeout: UInt64
    let closeTimeout: UInt64
    private let pingInterval: UInt64?
    private let pingTimeout: UInt64
    private let idleTimeout: UInt64?
    private let outboxTimeout: UInt64

    init(_ configuration: WebSocketConfiguration) {
        handshakeTimeout = configuration.handshakeTimeout.nanoseconds
        closeTimeout = configuration.closeTimeout.nanoseconds
        pingInterval = configuration.pingInterval?.nanoseconds
        pingTimeout = configuration.pingTimeout.nanoseconds
        idleTimeout = configuration.idleTimeout?.nanoseconds
        outboxTimeout = configuration.outboxTimeout.nanoseconds
    }

    /// What is known of an open connection, in nanoseconds of one clock.
    struct Observation {
        var lastReceived: UInt64
        var lastMessage: UInt64
        /// When the ping that waits for an answer was sent.
        var pingSent: UInt64?
        /// Since when the socket has taken nothing although bytes wait.
        var stalledSince: UInt64?
        /// Whether we do not read: then the peer's silence says nothing about it.
        var isReadingPaused: Bool
    }

    enum Action: Equatable {
        case wait(until: UInt64)
        case ping
        case endUnanswered
        case closeIdle
        case endSlow
        /// Nothing is timed.
        case nothing
    }

    func action(at now: UInt64, _ seen: Observation) -> Action {
        // Nobody tells when a stall begins, so it is looked for as often as it may last: none is noticed too late.
        var next = (seen.stalledSince ?? now).later(by: outboxTimeout)
        if seen.stalledSince != nil && next <= now { return .endSlow }
        if let idleTimeout, !seen.isReadingPaused {
            let deadline = seen.lastMessage.later(by: idleTimeout)
            if deadline <= now { return .closeIdle }
            next = min(next, deadline)
        }
        if let pingInterval, !seen.isReadingPaused {
            if let pingSent = seen.pingSent, seen.lastReceived <= pingSent {
                // Any byte since the ping proves that the peer lives.
                let deadline = pingSent.later(by: pingTimeout)
                if deadline <= now { return .endUnanswered }
                // The answer is not waited for: once it is there, the next ping may be due before this deadline.
                next = min(next, deadline, now.later(by: pingInterval))
            } else {
                let deadline = seen.lastReceived.later(by: pingInterval)
                if deadline <= now { return .ping }
                next = min(next, deadline)
            }
        }
        return next == .max ? .nothing : .wait(until: next)
    }
}

extension UInt64 {
    /// This time and a duration after it; a duration without end never comes.
    func later(by duration: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(duration)
        return overflow ? .max : sum
    }
}
