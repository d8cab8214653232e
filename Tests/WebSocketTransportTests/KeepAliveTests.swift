import Reactor
import Synchronization
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

/// Real time, as short as a loaded machine allows; nothing here measures it.
@Suite(.timeLimit(.minutes(5))) struct KeepAliveTests {
    private static let patient = WebSocketConfiguration.testing {
        $0.pingInterval = .milliseconds(50)
        $0.pingTimeout = .seconds(120)
    }

    @Test(arguments: ClosingTests.roles)
    func `a silent peer that answers pings stays`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, Self.patient, handler: recorder) { peer in
            for _ in 0..<5 {
                try peer.expect(.ping())
                try peer.send(.pong())
            }
            try peer.send(.close(1000))
            var answer = try peer.readFrame()
            while answer == .ping() { answer = try peer.readFrame() }
            guard answer == .close(1000) else { throw PeerError("\(answer)") }
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .peer)
    }

    @Test func `any octet answers a ping, even one inside a message`() async throws {
        try await converse(as: .server, Self.patient) { peer in
            var rest = ArraySlice(WireFrame.text("slow").octets(to: .server))
            // The next ping only comes when the last one counts as answered.
            while let octet = rest.popFirst() {
                try peer.expect(.ping())
                try peer.send([octet])
            }
            var answer = try peer.readFrame()
            while answer == .ping() { answer = try peer.readFrame() }
            guard answer == .text("slow") else { throw PeerError("\(answer)") }
        }
    }

    @Test(arguments: ClosingTests.roles)
    func `a peer that does not answer a ping is given up`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        let configuration = WebSocketConfiguration.testing {
            $0.pingInterval = .milliseconds(50)
            $0.pingTimeout = .milliseconds(50)
        }
        try await converse(as: role, configuration, handler: recorder) { peer in
            try peer.expectReset()
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .pingTimeout))
    }

    @Test(arguments: ClosingTests.roles)
    func `a peer without messages is sent away with 1001 after the idle timeout`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, .testing { $0.idleTimeout = .milliseconds(100) }, handler: recorder) { peer in
            // Neither of them is a message.
            try peer.send(.pong())
            try peer.send(WireFrame.text("never ends").notFinal)
            try peer.expectClose(1001)
            try peer.send(.close(1001))
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .local)
        #expect(closure.code == .goingAway)
    }

    /// Reading rests for several ping timeouts; the peer is not to blame for being silent meanwhile.
    @Test func `a peer that is not read from is not given up`() async throws {
        let timers = Mutex<[Unchecked<PreciseTimer>]>([])
        let recorder = Recorder { event, connection in
            switch event {
            case .opened:
                connection.pauseReading()
                let timer = PreciseTimer(on: connection.loop) { _ in connection.resumeReading() }
                timer.schedule(at: connection.loop.now + 400_000_000)
                timers.withLock { $0.append(Unchecked(timer)) }
            case .message(let message): connection.send(message)
            case .pong, .writable, .closed: break
            }
        }
        let configuration = WebSocketConfiguration.testing {
            $0.pingInterval = .milliseconds(60)
            $0.pingTimeout = .milliseconds(60)
            $0.idleTimeout = .milliseconds(250)
        }
        try await converse(as: .server, configuration, handler: recorder) { peer in
            try peer.send(.text("waiting"))
            var answer = try peer.readFrame()
            while answer == .ping() { answer = try peer.readFrame() }
            guard answer == .text("waiting") else { throw PeerError("\(answer)") }
        }
    }

    @Test func `pausing and resuming from a test's own task works at any time`() async throws {
        let recorder = Recorder.echo()
        try await withServer(handler: recorder) { server in
            let port = server.address.port
            let peer = try await script { Kept(try RawPeer.open(port: port)) }
            let connection = try await recorder.connection()
            await connection.onLoop { $0.pauseReading() }
            try await script { try peer.value.send(.text("now")) }
            await connection.onLoop { $0.resumeReading() }
            try await script { try peer.value.expect(.text("now")) }
            #expect(connection.pendingBytes == 0)
        }
    }
}

/// `@unchecked Sendable`: keeps an object of a loop alive, nobody looks into it.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
