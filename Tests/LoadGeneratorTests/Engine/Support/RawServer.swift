import Glibc
import Synchronization
import TestSupport

/// A TCP server that speaks no WebSocket by itself: each accepted socket is given to `serve` on a thread of its own.
final class RawServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let accepted = Mutex<[Int32]>([])

    /// - Parameter serve: may block; its socket is shut down when the server ends.
    init(serve: @escaping @Sendable (_ socket: Int32) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw NotInTime(what: "a raw server on a free port") }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.start { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { return }
                accepted.withLock { $0.append(socket) }
                Thread.start { serve(socket) }
            }
        }
    }

    deinit {
        close(listener)
        accepted.withLock { for socket in $0 { close(socket) } }
    }

    /// Stops accepting and ends all connections.
    func end() {
        shutdown(listener, Int32(SHUT_RDWR))
        accepted.withLock { for socket in $0 { shutdown(socket, Int32(SHUT_RDWR)) } }
    }

    /// The address that a socket's peer connects from.
    static func peer(of socket: Int32) -> String {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(socket, $0, &length) }
        }
        guard result == 0, let text = inet_ntoa(address.sin_addr) else { return "" }
        return String(cString: text)
    }

    /// Reads what arrives until the connection ends.
    static func drain(_ socket: Int32) {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while recv(socket, &bytes, bytes.count, 0) > 0 {}
    }
}

private enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Work(body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        if result == 0 { pthread_detach(thread) } else { box.release() }
    }

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
