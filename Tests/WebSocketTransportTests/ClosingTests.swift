import Glibc
import Reactor
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

/// Every way in which a connection ends, in both roles (RFC 6455 §7).
@Suite(.timeLimit(.minutes(5))) struct ClosingTests {
    static let roles = [Role.server, .client]

    @Test(arguments: roles)
    func `the peer's close is answered with its code, and ends the connection`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.close(1001, "leaving"))
            try peer.expect(.close(1001))
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .goingAway, reason: "leaving", cause: .peer))
        #expect(closure.wasClean)
    }

    @Test(arguments: roles)
    func `an empty close is answered with an empty one, and reported as 1005`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.close())
            try peer.expect(.close())
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .noStatusReceived, reason: "", cause: .peer))
    }

    @Test(arguments: roles)
    func `our close waits for the peer's, which is not answered again`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("close"))
            try peer.expect(.close(1000, "bye"))
            try peer.send(.close(1000, "you too"))
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .normalClosure, reason: "you too", cause: .local))
        #expect(recorder.closureCount == 1)
    }

    @Test(arguments: roles)
    func `two closes that cross each other are one closing handshake`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("close"), .close(4000))
            try peer.expect(.close(1000, "bye"))
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: CloseCode(rawValue: 4000), reason: "", cause: .local))
    }

    @Test(arguments: roles)
    func `after our close nothing is sent, no echo and no pong`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("close"), .ping("?"), .text("echo?"))
            try peer.expect(.close(1000, "bye"))
            try peer.send(.ping("?"), .text("close"), .close(1000))
            try peer.expectEnd(of: role)
        }
        _ = try await recorder.closure()
        #expect(recorder.closureCount == 1)
    }

    @Test(arguments: roles)
    func `after the peer's close nothing of it counts`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, handler: recorder) { peer in
            let garbage = [UInt8](repeating: 0xFF, count: 300_000)
            try peer.send(WireFrame.close(1000).octets(to: role) + WireFrame.text("late").octets(to: role) + garbage)
            try peer.expect(.close(1000))
            // Unread input would have turned the end into a reset.
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .peer)
    }

    @Test(arguments: roles)
    func `a peer that does not answer our close is left after the close timeout`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, .testing { $0.closeTimeout = .milliseconds(50) }, handler: recorder) { peer in
            try peer.send(.text("close"))
            try peer.expect(.close(1000, "bye"))
            try peer.expectEnd()
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .closeTimeout))
        #expect(!closure.wasClean)
    }

    @Test(arguments: roles)
    func `a peer that does not end TCP after both closes is left after the close timeout`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        let configuration = WebSocketConfiguration.testing { $0.closeTimeout = .milliseconds(50) }
        switch role {
        case .server:
            try await withServer(configuration, handler: recorder) { server in
                let port = server.address.port
                let peer = try await script {
                    let peer = try RawPeer.open(port: port)
                    try peer.send(.close(1000))
                    try peer.expect(.close(1000))
                    try peer.expectEnd()
                    return Kept(peer)
                }
                try await eventually("the server to let go") { server.connectionCount == 0 }
                #expect(server.openDescriptors == 1)
                peer.value.disconnect()
            }
        case .client:
            try await converse(as: role, configuration, handler: recorder) { peer in
                try peer.send(.close(1000))
                try peer.expect(.close(1000))
                try peer.expectEnd()
            }
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .peer)
    }

    @Test(arguments: roles)
    func `the end of TCP without a close is 1006`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("half a"))
            try peer.expect(.text("half a"))
            try peer.send(WireFrame.text("message").octets(to: role).dropLast())
            peer.finishSending()
            try peer.expectEnd()
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .peerVanished))
    }

    @Test(arguments: roles)
    func `the end of TCP instead of an answer to our close is 1006`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("close"))
            try peer.expect(.close(1000, "bye"))
            peer.finishSending()
            try peer.expectEnd()
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .peerVanished))
    }

    @Test(arguments: roles)
    func `a reset is reported as what it is`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("ready"))
            try peer.expect(.text("ready"))
            peer.reset()
        }
        let closure = try await recorder.closure()
        guard case .transport(let error) = closure.cause else {
            Issue.record("expected a failure of the transport, there was \(closure)")
            return
        }
        #expect(error.code == ECONNRESET)
        #expect(closure.code == .abnormalClosure)
    }

    @Test(arguments: roles)
    func `abort resets the connection without a close`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("abort"))
            try peer.expectReset()
        }
        let closure = try await recorder.closure()
        #expect(closure == WebSocketClosure(code: .abnormalClosure, reason: "", cause: .aborted))
    }

    /// Else the end of TCP would not be read, and the close timeout used up.
    @Test(arguments: roles)
    func `a pause of the application ends with the peer's close`(_ role: Role) async throws {
        let recorder = Recorder { event, connection in
            if case .message = event { connection.pauseReading() }
        }
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("pause"), .close(1000))
            try peer.expect(.close(1000))
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .peer)
    }

    @Test(arguments: roles)
    func `a pause of the application ends with our close`(_ role: Role) async throws {
        let recorder = Recorder { event, connection in
            guard case .message(let message) = event else { return }
            connection.pauseReading()
            if message == .text("close") { try? connection.close(code: .normalClosure, reason: "") }
            connection.pauseReading()
        }
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("pause"), .text("close"))
            try peer.expect(.close(1000))
            try peer.send(.close(1000))
            try peer.expectEnd(of: role)
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .local)
    }

    /// The peer has said all and only listens; what waits for it must not be thrown away with its FIN.
    @Test(arguments: roles)
    func `what the peer asked for before it closed and half-closed still arrives`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        let size = 24 << 20
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("send \(size)"), .close(1000))
            peer.finishSending()
            let message = try peer.readFrame()
            guard message.payload == [UInt8](repeating: 0xAB, count: size) else {
                throw PeerError("the message has \(message.payload.count) octets or was damaged")
            }
            try peer.expect(.close(1000))
            try peer.expectEnd()
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .peer)
    }

    @Test(arguments: [CloseCode.noStatusReceived, .abnormalClosure, .tlsHandshakeFailure, CloseCode(rawValue: 999)])
    func `a code that must not be sent is refused, and the connection stays open`(_ code: CloseCode) async throws {
        let recorder = Recorder { event, connection in
            guard case .message = event else { return }
            do throws(CloseBodyError) {
                try connection.close(code: code, reason: "")
                connection.send("closed")
            } catch {
                connection.send("\(error == .codeNotAllowed(code))")
            }
        }
        try await converse(as: .server, handler: recorder) { peer in
            try peer.send(.text("close"))
            try peer.expect(.text("true"))
        }
    }

    @Test func `a reason that is too long, or without a code, is refused`() async throws {
        let recorder = Recorder { event, connection in
            guard case .message(.text(let reason)) = event else { return }
            do {
                try connection.close(code: reason.isEmpty ? nil : .normalClosure, reason: reason.isEmpty ? "x" : reason)
            } catch {
                connection.send("refused")
            }
        }
        try await converse(as: .server, handler: recorder) { peer in
            try peer.send(.text(""), .text(String(repeating: "r", count: 124)))
            try peer.expect(.text("refused"), .text("refused"))
            let longest = String(repeating: "r", count: 123)
            try peer.send(.text(longest))
            try peer.expect(.close(1000, longest))
        }
    }
}
