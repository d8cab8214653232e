import CLinux
import Synchronization

/// The sessions that a server ends when it is told to stop.
final class OpenSessions: Sendable {
    private let sessions = Mutex<[ObjectIdentifier: Session]>([:])

    func add(_ session: Session) { sessions.withLock { $0[ObjectIdentifier(session)] = session } }
    func remove(_ session: Session) { sessions.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(session)) } }

    var all: [Session] { sessions.withLock { Array($0.values) } }
}

/// A thread for the listener and one for each connection.
struct Server: Sendable {
    let listener: Listener
    let endpoints: Endpoints
    let tls: TLSContext?
    let fault: Fault?
    let sessions = OpenSessions()

    /// Accepts for ever.
    func accept() {
        while true {
            let descriptor = listener.accept()
            let session = tls.flatMap { TLSSession($0, descriptor: descriptor) }
            guard tls == nil || session != nil else {
                close(descriptor)
                continue
            }
            session?.acceptClient()
            let connection = ServerConnection(
                channel: Channel(descriptor, tls: session), endpoints: endpoints, sessions: sessions, fault: fault)
            if fault == .oneConnectionAtATime {
                connection.serve()
            } else if fault == .descriptorsLeaked {
                startThread {
                    connection.serve()
                    _ = Unmanaged.passRetained(connection.channel)
                    connection.channel.finish()
                }
            } else {
                startThread { connection.serve() }
            }
        }
    }

    /// Says 1001 to everyone and waits until they are gone, two seconds at most.
    func drain() {
        guard fault != .shutdownWithoutClose else { return }
        for session in sessions.all { try? session.close(1001, Array("The server goes down.".utf8)) }
        let deadline = Instant.after(milliseconds: 2000)
        while !sessions.all.isEmpty, .now < deadline { pause(milliseconds: 5) }
    }
}
