import CLinux
import Foundation
import Glibc
import TestSupport
import Testing

/// A TCP server that is no WebSocket server: it says the same to everybody, whatever it is asked, and ends no connection.
final class Answerer: Sendable {
    enum Answer: Sendable, CustomTestStringConvertible {
        case nothing
        case once(String)
        /// Again and again, as long as somebody takes it.
        case endlessly(String)

        var testDescription: String {
            switch self {
            case .nothing: "nothing"
            case .once(let text): "\(text.prefix(40))"
            case .endlessly(let text): "\(text.prefix(40)), again and again"
            }
        }
    }

    let port: UInt16
    private let listener: Int32

    /// Runs `body` while it listens on 127.0.0.1.
    static func with<Value>(_ answer: Answer, _ body: (Answerer) async throws -> Value) async throws -> Value {
        let server = try Answerer(answer)
        defer { shutdown(server.listener, Int32(SHUT_RDWR)) }
        return try await body(server)
    }

    private init(_ answer: Answer) throws {
        port = try freePort()
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                clinux_bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(descriptor, 16) == 0 else {
            close(descriptor)
            throw NotInTime(what: "a listener on port \(port)")
        }
        listener = descriptor
        onThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { break }
                onThread { Self.serve(connection, answer) }
            }
            close(descriptor)
        }
    }

    /// Answers what comes, until the other side has ended the connection.
    private static func serve(_ connection: Int32, _ answer: Answer) {
        defer { close(connection) }
        var octets = [UInt8](repeating: 0, count: 4096)
        while read(connection, &octets, octets.count) > 0 {
            switch answer {
            case .nothing: break
            case .once(let text): _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            case .endlessly(let text):
                while send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) > 0 {}
                return
            }
        }
    }
}

private func onThread(_ body: @escaping @Sendable () -> Void) { Thread.detachNewThread(body) }
