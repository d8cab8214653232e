import Glibc

@testable import WebSocketConformance

/// A server of blocking sockets that does to each connection what a test says, right or wrong; a thread each.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: Int32

    struct Failure: Error {}

    init(_ script: @escaping @Sendable (ScriptedConnection) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutableBytes(of: &address) { bytes in
            guard let raw = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor, raw, length) == 0 && listen(descriptor, 64) == 0
                && getsockname(descriptor, raw, &length) == 0
        }
        guard isBound else {
            close(descriptor)
            throw Failure()
        }
        port = UInt16(bigEndian: address.sin_port)
        listener = descriptor
        Self.detach {
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { break }
                Self.detach { script(ScriptedConnection(accepted)) }
            }
            close(descriptor)
        }
    }

    /// Ends the listener; connections end with their scripts.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func detach(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }
        guard pthread_create(&thread, nil, entry, box.toOpaque()) == 0 else {
            box.release()
            return
        }
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// One connection of a ``ScriptedServer``, closed with its last reference. Reads end after a minute.
final class ScriptedConnection {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// A call, and with it a segment, for every octet.
    var sendsSingleOctets = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// The head of the next request; nil when the peer has ended.
    func readHead() -> HTTPHead? {
        while true {
            if let head = HTTPHead.parse(buffer) {
                buffer.removeFirst(head.octets.count)
                return head
            }
            guard fill() else { return nil }
        }
    }

    func read(_ count: Int) -> [UInt8]? {
        while buffer.count < count { guard fill() else { return nil } }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private func fill() -> Bool {
        var octets = [UInt8](repeating: 0, count: 65536)
        var count = recv(descriptor, &octets, octets.count, 0)
        // A signal ends even a read that would be restarted, when it has a time limit (signal(7)).
        while count < 0 && errno == EINTR { count = recv(descriptor, &octets, octets.count, 0) }
        guard count > 0 else { return false }
        buffer += octets.prefix(count)
        return true
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, sendsSingleOctets ? 1 : $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits for the peer's end.
    func waitForEnd() { while fill() { buffer = [] } }

    /// Reads nothing more, and waits for the connection to be gone, a minute at most.
    func waitUnread() {
        var event = pollfd(fd: descriptor, events: 0, revents: 0)
        poll(&event, 1, 60_000)
    }

    /// Ends with a reset, which leaves alone what the peer has got already.
    func reset() {
        var end = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &end, socklen_t(MemoryLayout<linger>.size))
    }

    /// The right 101 for `head`, with further fields.
    static func switching(_ head: HTTPHead, _ fields: String = "") -> String {
        let accept = HandshakeKey.accept(for: head.value("Sec-WebSocket-Key") ?? "")
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(accept)\r\n\(fields)\r\n"
    }

    /// Echoes short frames until a Close, which it answers.
    func echo() {
        while let header = read(6) {
            let count = Int(header[1] & 0x7f)
            guard count < 126, let masked = read(count) else { return }
            let payload = masked.enumerated().map { $0.element ^ header[2 + $0.offset % 4] }
            switch header[0] & 0x0f {
            case 8:
                send([0x88, UInt8(count)] + payload)
                return
            case 9: send([0x8a, UInt8(count)] + payload)
            default: send([header[0], UInt8(count)] + payload)
            }
        }
    }
}
