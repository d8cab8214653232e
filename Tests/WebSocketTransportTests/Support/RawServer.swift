import Foundation
import Glibc
import WebSocketProtocol
import WebSocketTransport

/// A listening socket whose connections are scripted: the server that a client under test talks to.
final class RawServer: Sendable {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length: socklen_t = 16
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, 16) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = address.sin_port.bigEndian
        guard result else {
            close(descriptor)
            throw PeerError("cannot listen: errno \(errno)")
        }
    }

    deinit { close(descriptor) }

    var url: String { "ws://127.0.0.1:\(port)/" }

    /// Waits for a connection.
    func accept() throws -> RawPeer { RawPeer(descriptor: try acceptDescriptor(), role: .server) }

    /// Waits for a connection; the caller closes it.
    func acceptDescriptor() throws -> Int32 {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 60_000) > 0 else { throw PeerError("nobody connected") }
        let connection = Glibc.accept(descriptor, nil, nil)
        guard connection >= 0 else { throw PeerError("cannot accept: errno \(errno)") }
        var one: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        return connection
    }

    /// Waits for a connection and completes its opening handshake; `first` leaves in the same segment as the answer.
    func acceptWebSocket(then first: WireFrame...) throws -> RawPeer {
        let peer = try accept()
        let answer = try Self.answer(to: try peer.readHead())
        try peer.send(answer + first.octets(to: .client))
        return peer
    }

    /// The answer 101 to a request.
    static func answer(to request: String, subprotocol: String? = nil) throws -> [UInt8] {
        let line = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }
        guard let line else { throw PeerError("the request has no key") }
        return try ServerResponse.accept(
            key: String(line.dropFirst("Sec-WebSocket-Key: ".count)), subprotocol: subprotocol)
    }
}
