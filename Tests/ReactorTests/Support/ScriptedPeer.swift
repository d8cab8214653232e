import CLinux
import Foundation
import Synchronization

@testable import Reactor

/// The kinds of sockets that the reactor serves.
enum SocketKind: CaseIterable, Sendable {
    case ipv4
    case ipv6
    case unix

    static let hasIPv6: Bool = {
        guard let address = SocketAddress(numeric: "::1", port: 0) else { return false }
        let probe = clinux_socket(AF_INET6)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        return address.withSockaddr { clinux_bind(probe, $0, $1) } == 0
    }()

    /// A free address of this kind to listen on.
    func freshAddress() throws -> SocketAddress {
        switch self {
        case .ipv4: try SocketAddress.ipv4()
        case .ipv6: try ListenAddress("[::1]:0").socketAddress
        case .unix: try SocketAddress.unix(freshPath())
        }
    }

    /// Both ends of a connection: a non-blocking descriptor for the reactor, a blocking peer for the test.
    func connectedPair() throws -> (descriptor: Int32, peer: ScriptedPeer) {
        if self == .unix { return try ScriptedPeer.pair(type: SOCK_STREAM) }
        let listening = try ListeningSocket(on: freshAddress())
        let peer = try ScriptedPeer(connectingTo: listening.address)
        return (try listening.accept(), peer)
    }
}

extension SocketAddress {
    static func ipv4(_ host: String = "127.0.0.1", port: UInt16 = 0) throws -> SocketAddress {
        guard let address = SocketAddress(numeric: host, port: port) else { throw Unexpected(host) }
        return address
    }

    static func unix(_ path: String) throws -> SocketAddress {
        guard let address = SocketAddress(unixPath: path) else { throw Unexpected(path) }
        return address
    }
}

/// A short path in the temporary directory that no other test uses; Unix-domain paths have 107 bytes at most.
func freshPath() -> String {
    "/tmp/reactor-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
}

/// A system call of the test itself failed.
struct CallFailed: Error, Equatable, CustomStringConvertible {
    let call: String
    let code: Int32
    init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }
    var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// A plain listening socket, blocking.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    let address: SocketAddress

    init(on address: SocketAddress, backlog: Int32 = 128) throws {
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0, address.withSockaddr({ bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, backlog) == 0, let bound = SocketAddress(localOf: descriptor)
        else {
            throw CallFailed("listen on \(address)")
        }
        self.descriptor = descriptor
        self.address = bound
    }

    deinit { close(descriptor) }

    /// Takes the next connection: a non-blocking descriptor, as the reactor expects it.
    func accept() throws -> Int32 {
        var query = pollfd(descriptor: descriptor)
        guard poll(&query, 1, 60_000) == 1 else { throw Overdue() }
        let connection = clinux_accept(descriptor)
        guard connection >= 0 else { throw CallFailed("accept") }
        // As the reactor's listener does; without it, small kernel buffers wait for delayed acknowledgements.
        if !address.isUnix { _ = clinux_set_option(connection, Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
        return connection
    }
}

/// A bound address on which nobody listens: connecting is refused for as long as this object lives.
final class RefusingAddress: Sendable {
    private let descriptor: Int32
    let address: SocketAddress

    init() throws {
        let descriptor = clinux_socket(AF_INET)
        let any = try SocketAddress.ipv4()
        guard descriptor >= 0, any.withSockaddr({ clinux_bind(descriptor, $0, $1) }) == 0,
            let bound = SocketAddress(localOf: descriptor)
        else {
            throw CallFailed("bind")
        }
        self.descriptor = descriptor
        address = bound
    }

    deinit { close(descriptor) }
}

/// Runs blocking calls on a thread of their own, so that no thread of the concurrency runtime waits.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let results = Events<Result<Value, any Error>>()
    Thread.detachNewThread { results.send(Result { try body() }) }
    return try await results.next().get()
}

/// The other end of a connection: blocking calls on a plain socket, none of them longer than the test's patience.
final class ScriptedPeer: Sendable {
    /// What one look at the socket gave.
    enum Received: Equatable, Sendable {
        case bytes([UInt8])
        case end
        case failed(Int32)
    }

    /// -1 once closed.
    private let state: Mutex<Int32>

    /// Takes over a connected descriptor.
    init(descriptor: Int32) {
        state = Mutex(descriptor)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    convenience init(connectingTo address: SocketAddress) throws {
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw CallFailed("socket") }
        self.init(descriptor: descriptor)
        guard address.withSockaddr({ connect(descriptor, $0, $1) }) == 0 else {
            throw CallFailed("connect to \(address)")
        }
    }

    /// Two ends of a Unix-domain pair. With `SOCK_SEQPACKET`, one send of one end is one receive of the other.
    static func pair(type: __socket_type) throws -> (descriptor: Int32, peer: ScriptedPeer) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(type.rawValue), 0, &ends) == 0 else { throw CallFailed("socketpair") }
        _ = fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK)
        return (ends[0], ScriptedPeer(descriptor: ends[1]))
    }

    deinit { close() }

    private var descriptor: Int32 { state.withLock { $0 } }

    /// What the peer's own address looks like to the kernel.
    var localAddress: SocketAddress? { SocketAddress(localOf: descriptor) }

    // MARK: - Blocking, for use inside `onThread`

    func sendNow(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw CallFailed("send") }
            sent += count
        }
    }

    func receiveNow(upTo limit: Int = 256 * 1024) -> Received {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        if count < 0 { return .failed(errno) }
        return count == 0 ? .end : .bytes(Array(buffer[..<count]))
    }

    // MARK: - Waiting

    func send(_ bytes: [UInt8]) async throws { try await onThread { try self.sendNow(bytes) } }

    /// One receive call.
    func receiveOnce() async throws -> Received { try await onThread { self.receiveNow() } }

    func receive(exactly count: Int) async throws -> [UInt8] {
        try await onThread {
            var bytes: [UInt8] = []
            while bytes.count < count {
                let received = self.receiveNow(upTo: min(count - bytes.count, 256 * 1024))
                guard case .bytes(let more) = received else { throw Unexpected(received) }
                bytes += more
            }
            return bytes
        }
    }

    /// Everything up to the end (FIN).
    func receiveToEnd() async throws -> [UInt8] {
        let (bytes, end) = try await receiveAll()
        guard end == .end else { throw Unexpected(end) }
        return bytes
    }

    /// Everything, and how it ended.
    func receiveAll() async throws -> (bytes: [UInt8], end: Received) {
        try await onThread {
            var bytes: [UInt8] = []
            while true {
                let received = self.receiveNow()
                guard case .bytes(let more) = received else { return (bytes, received) }
                bytes += more
            }
        }
    }

    // MARK: - Ending

    /// Ends the sending side only (FIN).
    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    func close() {
        let taken = state.withLock { descriptor in
            defer { descriptor = -1 }
            return descriptor
        }
        if taken >= 0 { Glibc.close(taken) }
    }

    /// Ends both sides at once (RST).
    func reset() {
        _ = clinux_reset_on_close(descriptor)
        close()
    }
}
