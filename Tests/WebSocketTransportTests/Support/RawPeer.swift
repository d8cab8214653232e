import Foundation
import Glibc
import WebSocketProtocol
import WebSocketTransport

/// What a scripted peer saw instead of what it expected.
struct PeerError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Runs a blocking script on a thread of its own, so that it does not hold up the tasks of other tests.
func script<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { done in
        Thread.detachNewThread { done.resume(with: Swift.Result { try body() }) }
    }
}

/// The other end of a connection, octet by octet: send these, expect these, expect the end. Blocking, for one thread.
final class RawPeer {
    /// Generous: it is only used up when something is wrong.
    private static let patience: Int32 = 60_000

    private var descriptor: Int32
    /// Which role the peer plays.
    private let role: Role
    /// Octets received that no call has asked for yet.
    private var unread: ArraySlice<UInt8> = []

    init(descriptor: Int32, role: Role) {
        self.descriptor = descriptor
        self.role = role
    }

    deinit { disconnect() }

    // MARK: - Connecting

    /// Connects to a server on a loopback port.
    ///
    /// - Parameter receiveBuffer: octets that the kernel may hold for this peer; small for one that does not read.
    convenience init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PeerError("no socket: errno \(errno)") }
        self.init(descriptor: descriptor, role: .client)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, 16) }
        }
        guard result == 0 else { throw PeerError("cannot connect: errno \(errno)") }
    }

    /// Connects to a server on a Unix-domain socket.
    convenience init(unixPath path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PeerError("no socket: errno \(errno)") }
        self.init(descriptor: descriptor, role: .client)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw PeerError("cannot connect: errno \(errno)") }
    }

    /// Connects to a server and completes the opening handshake.
    static func open(port: UInt16, receiveBuffer: Int32? = nil) throws -> RawPeer {
        let peer = try RawPeer(port: port, receiveBuffer: receiveBuffer)
        try peer.send(openingRequest)
        try peer.expect(openingAnswer)
        return peer
    }

    /// The example of RFC 6455 §1.3.
    static let openingRequest = Array(
        """
        GET / HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \r\n
        """.utf8)
    static let openingAnswer = Array(
        """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        \r\n
        """.utf8)

    /// The IPv4 address of the other side.
    var address: String {
        var address = sockaddr_in()
        var length: socklen_t = 16
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        guard result == 0 else { return "unknown" }
        let octets = withUnsafeBytes(of: address.sin_addr) { Array($0) }
        return octets.map { "\($0)" }.joined(separator: ".")
    }

    // MARK: - Sending

    func send(_ octets: some Collection<UInt8>) throws {
        var rest = ArraySlice(Array(octets))
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, "to send \(rest.count) octets")
            } else {
                throw PeerError("cannot send \(rest.count) octets: errno \(errno)")
            }
        }
    }

    func send(_ frames: WireFrame...) throws { try send(frames.octets(to: role == .client ? .server : .client)) }

    func send(_ text: String) throws { try send(text.utf8) }

    /// Sends until the other side takes no more, or everything is sent. Returns how much was.
    func sendWhatIsTaken(_ octets: [UInt8], from start: Int = 0) -> Int {
        var sent = start
        while sent < octets.count {
            let count = octets[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            guard count > 0 else { break }
            sent += count
        }
        return sent - start
    }

    /// Sends all of `octets` while it reads, and returns the first `count` octets that it read.
    func exchange(_ octets: [UInt8], for count: Int) throws -> [UInt8] {
        var sent = 0
        while sent < octets.count {
            sent += sendWhatIsTaken(octets, from: sent)
            if isReadable(within: 10), case .octets(let more) = try receive() { unread += more }
        }
        return try read(count)
    }

    /// Whether something, perhaps the end, can be read; waits for it for some milliseconds.
    func isReadable(within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }

    /// Whether something can be sent; waits for it for some milliseconds.
    func isWritable(within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }

    /// Neither sends nor reads until `condition` holds.
    func wait(until condition: () -> Bool) throws {
        let start = ContinuousClock.now
        while !condition() {
            guard ContinuousClock.now - start < .milliseconds(Int(Self.patience)) else {
                throw PeerError("waited in vain")
            }
            sched_yield()
        }
    }

    // MARK: - Expecting

    /// Reads as many octets as `expected` has, and compares.
    func expect(_ expected: [UInt8]) throws {
        let received = try read(expected.count)
        guard received == expected else {
            throw PeerError("expected \(Self.describe(expected)), received \(Self.describe(received))")
        }
    }

    func expect(_ frames: WireFrame...) throws {
        for frame in frames {
            let received = try readFrame()
            guard received == frame else { throw PeerError("expected \(frame), received \(received)") }
        }
    }

    /// Expects a Close frame with this code, whatever its reason.
    func expectClose(_ code: UInt16) throws {
        let received = try readFrame()
        guard received.opcode == 8, received.closeCode == code else {
            throw PeerError("expected Close \(code), received \(received)")
        }
    }

    /// Expects that the other side ends the connection without sending anything more, and without a reset.
    func expectEnd() throws {
        guard unread.isEmpty else { throw PeerError("expected the end, received \(Self.describe(Array(unread)))") }
        switch try receive() {
        case .octets(let more): throw PeerError("expected the end, received \(Self.describe(more))")
        case .reset: throw PeerError("expected the end, the connection was reset")
        case .end: return
        }
    }

    /// Expects that the other side resets the connection; what it sent before does not count.
    func expectReset() throws {
        while true {
            switch try receive() {
            case .octets: continue
            case .end: throw PeerError("expected a reset, received the end")
            case .reset: return
            }
        }
    }

    /// Reads to the end of the connection, however it comes.
    func readToTheEnd() throws -> [UInt8] {
        var all = Array(unread)
        unread = []
        while case .octets(let octets) = try receive() { all += octets }
        return all
    }

    /// Reads an HTTP head.
    func readHead() throws -> String {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try read(1) }
        return String(decoding: head, as: UTF8.self)
    }

    func readFrame() throws -> WireFrame {
        let start = try read(2)
        var frame = WireFrame(opcode: start[0] & 0x0F, isFinal: start[0] & 0x80 != 0, reserved: start[0] & 0x70)
        let isMasked = start[1] & 0x80 != 0
        guard isMasked == (role == .server) else { throw PeerError("the mask bit of a frame is wrong") }
        var length = Int(start[1] & 0x7F)
        let extended = [126: 2, 127: 8][length] ?? 0
        if extended > 0 { length = try read(extended).reduce(0) { $0 << 8 | Int($1) } }
        let key = isMasked ? try read(4) : [0, 0, 0, 0]
        frame.payload = try read(length)
        if isMasked { for index in 0..<length { frame.payload[index] ^= key[index & 3] } }
        return frame
    }

    private func read(_ count: Int) throws -> [UInt8] {
        while unread.count < count {
            guard case .octets(let more) = try receive() else {
                throw PeerError("the connection ended, expected \(count) octets after \(Self.describe(Array(unread)))")
            }
            unread += more
        }
        defer { unread = unread.dropFirst(count) }
        return Array(unread.prefix(count))
    }

    private enum Received {
        case octets([UInt8])
        case end
        case reset
    }

    private func receive() throws -> Received {
        try wait(for: POLLIN, "to receive")
        var failure: Int32 = 0
        let octets = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            let received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if received < 0 { failure = errno }
            count = max(0, received)
        }
        if !octets.isEmpty { return .octets(octets) }
        if failure == 0 { return .end }
        guard failure == ECONNRESET else { throw PeerError("cannot receive: errno \(failure)") }
        return .reset
    }

    private func wait(for events: Int32, _ purpose: String) throws {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        guard poll(&entry, 1, Self.patience) > 0 else { throw PeerError("waited in vain \(purpose)") }
    }

    private static func describe(_ octets: [UInt8]) -> String {
        "\(octets.count) octets \"\(String(decoding: octets.prefix(300), as: UTF8.self))\""
    }

    // MARK: - Leaving

    /// Ends the peer's own side (FIN); it may still read.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func disconnect() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Leaves with a TCP reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        disconnect()
    }
}

/// Hands a peer from one script to the next.
///
/// `@unchecked Sendable`: only one thread has it at a time, the test awaits each script.
final class Kept: @unchecked Sendable {
    let value: RawPeer
    init(_ value: RawPeer) { self.value = value }
}
