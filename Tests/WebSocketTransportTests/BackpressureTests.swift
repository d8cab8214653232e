import Reactor
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

/// Peers that do not read what we send.
@Suite(.timeLimit(.minutes(5))) struct BackpressureTests {
    @Test(arguments: ClosingTests.roles)
    func `a peer for which more waits than the outbox may hold is given up`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, .testing { $0.outboxLimit = 1 << 20 }, handler: recorder) { peer in
            try peer.send(.text("send \(24 << 20)"))
            try peer.wait(until: { recorder.closureCount == 1 })
            try peer.expectReset()
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .slowConsumer))
    }

    @Test func `a peer that takes nothing is given up after the outbox timeout`() async throws {
        let recorder = Recorder.obedient()
        try await withServer(.testing { $0.outboxTimeout = .milliseconds(50) }, handler: recorder) { server in
            let port = server.address.port
            let peer = try await script {
                let peer = try RawPeer.open(port: port, receiveBuffer: 4096)
                try peer.send(.text("send \(24 << 20)"))
                return Kept(peer)
            }
            let closure = try await recorder.closure()
            #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .slowConsumer))
            peer.value.disconnect()
        }
    }

    @Test(arguments: [0, 1, 16 * 1024])
    func `a peer that reads again makes the connection writable, whatever the low watermark`(
        _ lowWatermark: Int
    ) async throws {
        let recorder = Recorder.obedient()
        let size = 24 << 20
        let configuration = WebSocketConfiguration.testing { $0.outboxLowWatermark = lowWatermark }
        try await withServer(configuration, handler: recorder) { server in
            let port = server.address.port
            let peer = try await script {
                let peer = try RawPeer.open(port: port, receiveBuffer: 4096)
                try peer.send(.text("send \(size)"))
                return Kept(peer)
            }
            let connection = try await recorder.connection()
            _ = try await recorder.message()
            let isWritable = await connection.onLoop { $0.isWritable }
            #expect(!isWritable)
            try await script {
                guard try peer.value.readFrame().payload.count == size else { throw PeerError("too little") }
            }
            guard case .writable = try await recorder.next() else {
                Issue.record("expected that the connection becomes writable")
                return
            }
            try await script {
                try peer.value.send(.text("go on"))
                try peer.value.expect(.text("go on"))
            }
        }
    }

    /// Each pong waits; the server stops reading instead of keeping them all, and loses none.
    @Test func `100,000 pings of a peer that does not read pause reading, and all are answered in the end`()
        async throws
    {
        let recorder = Recorder.echo()
        try await withServer(handler: recorder) { server in
            let port = server.address.port
            let ping = WireFrame.ping(String(repeating: "p", count: 125))
            let pings = ping.octets(to: .server)
            let peer = try await script {
                let peer = try RawPeer.open(port: port, receiveBuffer: 4096)
                return Kept(peer)
            }
            let connection = try await recorder.connection()
            let all = [[UInt8]](repeating: pings, count: 100_000).flatMap { $0 }
            // As much as fits everywhere; the server goes on reading until its outbox is above the mark.
            let sent = try await script {
                var sent = 0
                while sent < all.count, peer.value.isWritable(within: 300) {
                    sent += peer.value.sendWhatIsTaken(all, from: sent)
                }
                return sent
            }
            try await server.provesToServe()
            let pending = await connection.onLoop { $0.pendingBytes }
            // The high watermark, and what one turn of reading can add.
            #expect(pending <= 64 * 1024 + 4 * EventLoop.receiveCapacity)
            try await script {
                let pong = WireFrame.pong(String(repeating: "p", count: 125)).octets(to: .client)
                let answers = try peer.value.exchange(Array(all[sent...]), for: pong.count * 100_000)
                for index in 0..<100_000
                where !answers[index * pong.count..<(index + 1) * pong.count].elementsEqual(pong) {
                    throw PeerError("answer \(index) is wrong")
                }
            }
        }
    }
}
