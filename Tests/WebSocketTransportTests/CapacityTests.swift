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
                guard head.contains("\r\nDate: ") else { throw PeerError(head) }
                // It may ask by a HEAD, which gets no body.
                guard try third.readToTheEnd().isEmpty else { throw PeerError("the 503 has a body") }
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

    @Test func `those who were rejected and linger take no place`() async throws {
        try await withServer(.testing { $0.maximumConnections = 1 }) { server in
            let port = server.address.port
            let first = try await script { Kept(try RawPeer.open(port: port)) }
            let rejected = try await script {
                try (0..<5).map { _ in
                    let peer = try RawPeer(port: port)
                    _ = try peer.readHead()
                    return Kept(peer)
                }
            }
            first.value.reset()
            // The rejected ones stay for a second at most; less on a machine that is slower than that.
            try await eventually("the first one to be gone") { server.connectionCount <= 5 }
            try await server.provesToServe()
            #expect(server.rejectedCount == 5)
            for peer in rejected { peer.value.disconnect() }
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

    @Test func `connections are spread evenly over the loops`() async throws {
        try await withServer(loops: 4, handler: Self.nameOfLoop()) { server in
            let port = server.address.port
            let names = try await script {
                let peers = try (0..<20).map { _ in try RawPeer.open(port: port) }
                return try peers.map { String(decoding: try $0.readFrame().payload, as: UTF8.self) }
            }
            let counts = Dictionary(grouping: names, by: { $0 }).mapValues(\.count)
            #expect(counts.count == 4)
            #expect(counts.values.allSatisfy { $0 == 5 }, "\(counts)")
        }
    }

    @Test func `connections that come one after the other do not all go to the same loop`() async throws {
        try await withServer(loops: 2, handler: Self.nameOfLoop()) { server in
            let port = server.address.port
            var names: [String] = []
            for _ in 0..<6 {
                names.append(try await Self.loopOfOneConnection(port: port))
                try await eventually("the connection to be gone") { server.connectionCount == 0 }
            }
            #expect(names.filter { $0 == names[0] }.count == 3, "\(names)")
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

    @Test func `an address that is taken is refused, again and again`() async throws {
        try await withServer { server in
            for _ in 0..<100 {
                #expect(throws: SocketError.self) {
                    _ = try WebSocketServer.start(on: "\(server.address)", loops: 2, logger: silent) { _ in
                        .refuse(.notFound)
                    }
                }
            }
            try await server.provesToServe()
        }
    }

    @Test(arguments: ["", "nowhere", "127.0.0.1", "127.0.0.1:99999", "::1:80", "unix:"])
    func `an address that makes no sense is refused`(_ address: String) {
        #expect(throws: AddressError.self) {
            _ = try WebSocketServer.start(on: address, logger: silent) { _ in .refuse(.notFound) }
        }
    }
}
