import CLinux
import Glibc

/// A listening socket: accepts on one loop and hands the connections out.
package final class Listener: Pollable {
    /// Accepted per turn at most, so that a storm of connections does not starve those that exist.
    private static let acceptBudget = 64
    /// How long accepting rests when the process has no descriptor left.
    private static let exhaustionPause: UInt64 = 100_000_000

    /// Where it really listens: with port 0, the port the kernel chose.
    package let address: SocketAddress
    private let accepted: (Int32) -> Void
    private let exhausted: (SocketError) -> Void
    private let unixPath: String?

    /// Binds and listens; call from any thread, then ``start(on:)`` on the loop.
    ///
    /// - Parameters:
    ///   - accepted: takes over a connected, non-blocking descriptor. Runs on the loop.
    ///   - exhausted: told that no connection can be accepted for now, for lack of descriptors or memory. Accepting goes
    ///     on by itself; meanwhile connections wait in the kernel's backlog.
    /// - Throws: ``SocketError`` when the address is taken, not ours, or not allowed.
    package init(
        address: SocketAddress, backlog: Int32 = 4096, accepted: @escaping (Int32) -> Void,
        exhausted: @escaping (SocketError) -> Void
    ) throws(SocketError) {
        let descriptor = clinux_socket(address.family)
        guard descriptor >= 0 else { throw SocketError("create a socket for \(address)") }
        do throws(SocketError) {
            if address.isUnix {
                Self.removeStaleSocket(at: address)
            } else {
                _ = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
                // Inherited by accepted sockets, which saves a call for each.
                _ = clinux_set_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            }
            let bound = address.withSockaddr { clinux_bind(descriptor, $0, $1) }
            guard bound == 0 else { throw SocketError("listen on \(address)") }
            guard listen(descriptor, backlog) == 0 else { throw SocketError("listen on \(address)") }
        } catch {
            close(descriptor)
            throw error
        }
        self.address = SocketAddress(localOf: descriptor) ?? address
        self.accepted = accepted
        self.exhausted = exhausted
        unixPath = address.isUnix ? String("\(address)".dropFirst(5)) : nil
        super.init(descriptor: descriptor)
    }

    /// A socket file that nobody listens on is left over from a process that died.
    private static func removeStaleSocket(at address: SocketAddress) {
        let probe = clinux_socket(AF_UNIX)
        guard probe >= 0 else { return }
        defer { close(probe) }
        let result = address.withSockaddr { clinux_connect(probe, $0, $1) }
        guard result != 0 && errno == ECONNREFUSED else { return }
        // The kernel refuses in the same way to connect to a file that is no socket, which is not ours to remove.
        let path = String("\(address)".dropFirst(5))
        var status = stat()
        if lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
    }

    package func start(on loop: EventLoop) throws(SocketError) {
        loop.assertIsCurrent()
        try attach(to: loop, interest: .readable)
    }

    /// Stops accepting. Connections in the kernel's backlog are reset.
    package func stop() {
        guard isAttached else { return }
        detach()
        if let unixPath { unlink(unixPath) }
    }

    override func ready(_ events: ReadyEvents) {
        var budget = Self.acceptBudget
        while budget > 0 && isAttached {
            budget -= 1
            let connection = clinux_accept(descriptor)
            if connection >= 0 {
                accepted(connection)
                continue
            }
            switch errno {
            case EAGAIN: return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pause()
            default: continue  // The connection died in the backlog, or a signal came.
            }
        }
    }

    private func pause() {
        let error = SocketError("accept a connection on \(address)")
        removeInterest(.readable)
        setTimer(at: loop.now + Self.exhaustionPause)
        exhausted(error)
    }

    override func timerFired(now: UInt64) { addInterest(.readable) }

    override func loopStopped() { stop() }
}
