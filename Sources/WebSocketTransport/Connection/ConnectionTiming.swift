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
        var next = UInt64.max
        if let stalledSince = seen.stalledSince {
            let deadline = stalledSince &+ outboxTimeout
            if deadline <= now { return .endSlow }
            next = min(next, deadline)
        }
        if let idleTimeout {
            let deadline = seen.lastMessage &+ idleTimeout
            if deadline <= now { return .closeIdle }
            next = min(next, deadline)
        }
        if let pingInterval {
            if let pingSent = seen.pingSent, seen.lastReceived < pingSent {
                // Any byte since the ping proves that the peer lives.
                let deadline = pingSent &+ pingTimeout
                if deadline <= now { return .endUnanswered }
                next = min(next, deadline)
            } else {
                let deadline = seen.lastReceived &+ pingInterval
                if deadline <= now { return .ping }
                next = min(next, deadline)
            }
        }
        return next == .max ? .nothing : .wait(until: next)
    }
}
