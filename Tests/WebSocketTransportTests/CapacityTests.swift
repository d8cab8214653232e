import Reactor
import Synchronization
import Testing
import WebSocketTransport

/// How many connections a server takes, and where it puts them.
@Suite(.timeLimit(.minutes(5))) struct CapacityTests {
    @Test func `one connection too many is answered 503, and the next after one has left is served`() async throws {
        try await withServer(.testing { $0.maximumConnections = 2 }) { server in
            let port = server.address.port
            let first = try await script { Kept(try RawPeer.open(port: port)) }
            let second = try await script { Kept(try RawPeer.open(port: port)) }
            try await script {
                // It has not asked for anything yet.
                let third = try RawPeer(port: port)
                let head = try third.readHead()
                guard head.hasPrefix("HTTP/1.1 503 "), head.contains("\r\nRetry-After: ") else { throw PeerError(head) }
                _ = try third.readToTheEnd()
            }
            #expect(server.rejectedCount == 1)
            try await script {
                try first.value.send(.close(1000))
                try first.value.expect(.close(1000))
                try first.value.expectEnd()
                first.value.disconnect()
            }
            try await eventually("a place to be free") { server.connectionCount == 1 }
            try await server.provesToServe()
            try await script {
                try second.value.send(.text("still here"))
                try second.value.expect(.text("still here"))
            }
            #expect(server.rejectedCount == 1)
        }
    }

    /// Names the loop that it runs on.
    private static func nameOfLoop() -> Recorder {
        Recorder { event, connection in
            if case .opened = event { connection.send(connection.loop.name) }
        }
    }

    private static func loopOfOneConnection(port: UInt16) async throws -> String {
        try await script {
            let peer = try RawPeer.open(port: port)
            let name = String(decoding: try peer.readFrame().payload, as: UTF8.self)
            try peer.send(.close(1000))
            try peer.expect(.close(1000))
            try peer.expectEnd()
            return name
        }
    }

    @Test func `two servers share a group, and one of them stops alone`() async throws {
        let group = try EventLoopGroup(count: 2)
        defer { group.stop() }
        let leaving = try WebSocketServer.start(
            on: "127.0.0.1:0", group: group, configuration: .testing, logger: silent
        ) { _ in .accept(Recorder.echo()) }
        let staying = try WebSocketServer.start(
            on: "127.0.0.1:0", group: group, configuration: .testing, logger: silent
        ) { _ in .accept(Recorder.echo()) }
        let ports = (leaving.address.port, staying.address.port)
        let peers = try await script {
            try (0..<4).map { Kept(try RawPeer.open(port: $0 % 2 == 0 ? ports.0 : ports.1)) }
        }
        async let stopped: Void = bounded("the server to stop") { await leaving.shutdown(within: .seconds(60)) }
        try await script {
            for index in [0, 2] {
                try peers[index].value.expectClose(1001)
                try peers[index].value.send(.close(1001))
                try peers[index].value.expectEnd()
                peers[index].value.disconnect()
            }
        }
        try await stopped
        #expect(leaving.connectionCount == 0)
        #expect(staying.connectionCount == 2)
        try await script {
            for index in [1, 3] {
                try peers[index].value.send(.text("and you?"))
                try peers[index].value.expect(.text("and you?"))
            }
        }
        try await staying.provesToServe()
        try await bounded("the other server to stop") { await staying.shutdown(within: .zero) }
        #expect(staying.connectionCount == 0)
    }

    @Test(arguments: ["", "nowhere", "127.0.0.1", "127.0.0.1:99999", "::1:80", "unix:"])
    func `an address that makes no sense is refused`(_ address: String) {
        #expect(throws: AddressError.self) {
            _ = try WebSocketServer.start(on: address, logger: silent) { _ in .refuse(.notFound) }
        }
    }
}
