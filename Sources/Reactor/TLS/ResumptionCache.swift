import COpenSSL
import Synchronization

/// Sessions with servers, by server, so that the next connection saves a handshake with certificates (RFC 8446 §2.2).
///
/// Holds at most one session for each of ``capacity`` servers; the one that was there longest makes room.
final class ResumptionCache: Sendable {
    private struct State {
        var sessions: [String: ResumableSession] = [:]
        /// The keys of `sessions`, oldest first.
        var order: [String] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { state.withLock { $0.sessions.count } }

    func keep(_ session: ResumableSession, for key: String) {
        // The session that makes room is freed after the lock is released.
        _ = state.withLock { state -> ResumableSession? in
            let previous = state.sessions.updateValue(session, forKey: key)
            if previous != nil { return previous }
            state.order.append(key)
            guard state.order.count > capacity else { return nil }
            return state.sessions.removeValue(forKey: state.order.removeFirst())
        }
    }

    /// A session for one connection. One of TLS 1.3 is taken away: its ticket, used twice, would let observers link the two
    /// connections (RFC 8446 §C.4), and each connection brings a new one.
    func take(for key: String) -> ResumableSession? {
        let session = state.withLock { state -> ResumableSession? in
            guard let session = state.sessions[key] else { return nil }
            if session.isForOnce {
                state.sessions[key] = nil
                state.order.removeAll { $0 == key }
            }
            return session
        }
        guard let session, !session.isForOnce else { return session }
        return session.copy()
    }

    /// Lets connections of `context` report the sessions that their servers offer. Each must have a ``TicketHolder``.
    static func fill(from context: borrowing TLSContext) {
        // OpenSSL's own cache would keep them by a number that nobody asks for.
        copenssl_set_session_cache_mode(
            context.pointer, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
        SSL_CTX_sess_set_new_cb(context.pointer) { connection, session in
            guard let connection, let session, let holder = SSL_get_ex_data(connection, TicketHolder.index) else {
                return 0
            }
            if let copy = ResumableSession(copying: session) {
                Unmanaged<TicketHolder>.fromOpaque(holder).takeUnretainedValue().keep(copy)
            }
            return 0
        }
    }
}

/// A session that a server offered to resume; freed with its owner.
///
/// Each connection has one of its own: a connection that breaks off makes its session useless, and just then it is wanted.
///
/// `@unchecked Sendable`: nothing changes it while it is kept.
final class ResumableSession: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Nil when there is no memory.
    init?(copying session: OpaquePointer) {
        guard let copy = SSL_SESSION_dup(session) else { return nil }
        pointer = copy
    }

    deinit { SSL_SESSION_free(pointer) }

    var isForOnce: Bool { SSL_SESSION_get_protocol_version(pointer) >= TLSVersion.tls13.rawValue }

    func copy() -> ResumableSession? { ResumableSession(copying: pointer) }
}

/// Where one connection's sessions go, and come from.
final class TicketHolder: Sendable {
    /// The place of OpenSSL's connections for application data (`SSL_get_app_data`).
    static let index: Int32 = 0

    private let cache: ResumptionCache
    private let key: String

    init(cache: ResumptionCache, key: String) {
        self.cache = cache
        self.key = key
    }

    func keep(_ session: ResumableSession) { cache.keep(session, for: key) }
    func takeKept() -> ResumableSession? { cache.take(for: key) }
}
