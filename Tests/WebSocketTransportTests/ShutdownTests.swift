import Foundation
import Reactor
import TestSupport
import Testing

@testable import WebSocketTransport

@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
    private static func start(
        _ configuration: WebSocketConfiguration = .testing, on address: String = "127.0.0.1:0", loops: Int = 1,
        handler: Recorder = .echo()
    ) throws -> WebSocketServer {
        try WebSocketServer.start(on: address, loops: loops, configuration: configuration, logger: silent) { _ in
            .accept(handler)
        }
    }

    @Test(arguments: [CloseCode.goingAway, .serviceRestart], [1, 3])
    func `every connection is closed with the code, and its answer awaited`(_ code: CloseCode, _ loops: Int)
        async throws
    {
        let recorder = Recorder.echo()
        let server = try Self.start(loops: loops, handler: recorder)
        let port = server.address.port
        let peers = try await script { try (0..<6).map { _ in Kept(try RawPeer.open(port: port)) } }
        async let stopped: Void = bounded("the server to stop") {
            await server.shutdown(within: .seconds(120), code: code)
        }
        async let waited: Void = bounded("the waiting to end") { await server.waitUntilStopped() }
        try await script {
            for peer in peers { try peer.value.expectClose(code.rawValue) }
            for peer in peers {
                try peer.value.send(.close(code.rawValue))
                try peer.value.expectEnd()
                peer.value.disconnect()
            }
        }
        try await stopped
        try await waited
        #expect(server.connectionCount == 0)
        for _ in peers {
            let closure = try await recorder.closure()
            #expect(closure.cause == .local)
            #expect(closure.code == code)
        }
    }

    @Test func `a connection in its handshake is dropped`() async throws {
        let server = try Self.start()
        let port = server.address.port
        let peers = try await script {
            let silent = try RawPeer(port: port)
            let halfway = try RawPeer(port: port)
            try halfway.send("GET / HTTP/1.1\r\n")
            return [Kept(silent), Kept(halfway)]
        }
        try await eventually("both to be accepted") { server.connectionCount == 2 }
        try await bounded("the server to stop") { await server.shutdown(within: .seconds(120)) }
        try await script {
            for peer in peers { _ = try peer.value.readToTheEnd() }
        }
    }

    @Test func `a peer that never answers is cut off at the deadline`() async throws {
        let recorder = Recorder.echo()
        let server = try Self.start(handler: recorder)
        let port = server.address.port
        let peer = try await script { Kept(try RawPeer.open(port: port)) }
        try await bounded("the server to stop") { await server.shutdown(within: .milliseconds(50)) }
        #expect(server.connectionCount == 0)
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .aborted))
        try await script {
            try peer.value.expectClose(1001)
            try peer.value.expectReset()
        }
    }

    @Test func `a peer that is not read from is closed too`() async throws {
        let recorder = Recorder { event, connection in
            if case .opened = event { connection.pauseReading() }
        }
        let server = try Self.start(handler: recorder)
        let port = server.address.port
        async let stopped: Void = script {
            let peer = try RawPeer.open(port: port)
            try peer.send(.text("unread"))
            try peer.expectClose(1001)
            try peer.send(.close(1001))
            try peer.expectEnd()
        }
        _ = try await recorder.connection()
        try await bounded("the server to stop") { await server.shutdown(within: .seconds(120)) }
        try await stopped
        let closure = try await recorder.closure()
        #expect(closure.cause == .local)
    }

    @Test(arguments: [1, 2])
    func `when shutdown returns the address is free`(_ loops: Int) async throws {
        let address = "127.0.0.1:\(try freePort())"
        var server = try Self.start(on: address, loops: loops)
        for _ in 0..<20 {
            try await server.provesToServe()
            let leaving = server
            try await bounded("the server to stop") { await leaving.shutdown() }
            #expect(server.openDescriptors == 0)
            let port = server.address.port
            await #expect(throws: PeerError.self) { try await script { _ = try RawPeer(port: port) } }
            server = try Self.start(on: address, loops: loops)
        }
        await server.shutdown()
    }

    @Test func `a unix socket is served, and its file is gone after shutdown`() async throws {
        let path = NSTemporaryDirectory() + "transport-\(UInt64.random(in: 0 ... .max)).sock"
        let server = try Self.start(on: "unix:\(path)")
        #expect("\(server.address)" == "unix:\(path)")
        #expect(FileManager.default.fileExists(atPath: path))
        try await script {
            let peer = try RawPeer(unixPath: path)
            try peer.send(RawPeer.openingRequest)
            try peer.expect(RawPeer.openingAnswer)
            try peer.send(.text("over a file"), .close(1000))
            try peer.expect(.text("over a file"), .close(1000))
            try peer.expectEnd()
        }
        try await bounded("the server to stop") { await server.shutdown() }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `shutting down twice, at once and later, is harmless`() async throws {
        let server = try Self.start(loops: 2)
        let port = server.address.port
        let peer = try await script { Kept(try RawPeer.open(port: port)) }
        async let first: Void = bounded("the first") { await server.shutdown(within: .milliseconds(50)) }
        async let second: Void = bounded("the second") { await server.shutdown(within: .milliseconds(50)) }
        try await first
        try await second
        try await bounded("a later one") { await server.shutdown() }
        try await bounded("the waiting to end") { await server.waitUntilStopped() }
        #expect(server.connectionCount == 0)
        peer.value.disconnect()
    }

    @Test func `a server whose loops were stopped by their owner still shuts down`() async throws {
        let group = try EventLoopGroup(count: 2)
        let recorder = Recorder.echo()
        let server = try WebSocketServer.start(
            on: "127.0.0.1:0", group: group, configuration: .testing, logger: silent
        ) { _ in .accept(recorder) }
        let port = server.address.port
        let peer = try await script { Kept(try RawPeer.open(port: port)) }
        _ = try await recorder.connection()
        group.stop()
        let closure = try await recorder.closure()
        #expect(closure.cause == .aborted)
        try await bounded("the server to stop") { await server.shutdown(within: .seconds(120)) }
        #expect(server.connectionCount == 0)
        peer.value.disconnect()
    }

    @Test func `connections that arrive while the server stops are not left hanging`() async throws {
        for _ in 0..<20 {
            let server = try Self.start(.testing { $0.closeTimeout = .milliseconds(50) }, loops: 3)
            let port = server.address.port
            async let storm: Void = script {
                // Some come before, some during and some after; each of them ends.
                for _ in 0..<30 {
                    guard let peer = try? RawPeer(port: port) else { return }
                    guard (try? peer.send(RawPeer.openingRequest)) != nil else { continue }
                    peer.finishSending()
                    _ = try peer.readToTheEnd()
                }
            }
            // No deadline to speak of: a connection that was forgotten would use it up.
            try await bounded("the server to stop") { await server.shutdown(within: .seconds(600)) }
            #expect(server.connectionCount == 0)
            try await storm
        }
    }
}
