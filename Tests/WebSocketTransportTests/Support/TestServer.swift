import Foundation
import Glibc
import Logging
import WebSocketTransport

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs `body` against a server on a free loopback port, then stops the server and checks that nothing is left of it.
func withServer<Result>(
    _ configuration: WebSocketConfiguration = .testing, loops: Int = 1,
    respond: @escaping WebSocketServer.Respond = { _ in nil },
    decide: @escaping WebSocketServer.Decide,
    _ body: (WebSocketServer) async throws -> Result
) async throws -> Result {
    let server = try WebSocketServer.start(
        on: "127.0.0.1:0", loops: loops, configuration: configuration, logger: silent, respond: respond,
        decide: decide)
    let result: Result
    do {
        result = try await body(server)
    } catch {
        await server.shutdown(within: .zero)
        throw error
    }
    try await bounded("the server to stop") { await server.shutdown(within: .seconds(1)) }
    guard server.connectionCount == 0 else { throw WaitedInVain(what: "the last connection to be gone") }
    return result
}

/// A server whose connections all have the same handler.
func withServer<Result>(
    _ configuration: WebSocketConfiguration = .testing, loops: Int = 1, handler: Recorder = .echo(),
    _ body: (WebSocketServer) async throws -> Result
) async throws -> Result {
    try await withServer(configuration, loops: loops, decide: { _ in .accept(handler) }, body)
}

extension WebSocketServer {
    var url: String { "ws://127.0.0.1:\(address.port)/" }

    /// Sockets of this process bound to the server's port: the listener and every connection that it accepted.
    var openDescriptors: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { localPort(of: $0) == address.port }.count
    }

    /// Lets a client in and out again: the server still serves.
    func provesToServe() async throws {
        let port = address.port
        try await script {
            let peer = try RawPeer.open(port: port)
            try peer.send(.text("still there?"), .close(1000))
            try peer.expect(.text("still there?"), .close(1000))
            try peer.expectEnd()
        }
    }
}

private func localPort(of descriptor: Int32) -> UInt16? {
    var address = sockaddr_in()
    var length: socklen_t = 16
    let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return result == 0 && address.sin_family == sa_family_t(AF_INET) ? address.sin_port.bigEndian : nil
}

extension WebSocketConfiguration {
    /// The defaults, but no timeout that a loaded machine could reach by accident; a test sets those that it is about.
    static var testing: WebSocketConfiguration {
        var configuration = WebSocketConfiguration()
        configuration.handshakeTimeout = .seconds(120)
        configuration.pingInterval = nil
        configuration.closeTimeout = .seconds(120)
        configuration.outboxTimeout = .seconds(120)
        return configuration
    }

    static func testing(_ change: (inout WebSocketConfiguration) -> Void) -> WebSocketConfiguration {
        var configuration = testing
        change(&configuration)
        return configuration
    }
}

/// Random numbers that a seed repeats (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
