import Testing
import WebSocketProtocol

@Suite struct CloseHandshakeTests {
    private typealias Ending = CloseHandshake.Ending

    // C-001, C-009, C-026, C-029
    @Test(arguments: [(Role.server, .closeTransport), (.client, .awaitPeer)] as [(Role, CloseHandshake.Ending)])
    func `the peer's close is answered with its code, and only the server ends the transport`(
        role: Role, ending: CloseHandshake.Ending
    ) {
        var handshake = CloseHandshake(role: role)
        let action = handshake.receive(.goingAway)
        #expect(action == .reply(.goingAway, then: ending))
        let closure = handshake.transportEnded()
        #expect(closure.code == .goingAway)
        #expect(closure.wasClean)
    }

    // C-002, C-045
    @Test func `an empty close is answered with an empty one and told as 1005`() {
        var handshake = CloseHandshake(role: .server)
        let action = handshake.receive(nil)
        #expect(action == .reply(nil, then: .closeTransport))
        let closure = handshake.transportEnded()
        #expect(closure.code == .noStatusReceived)
        #expect(closure.wasClean)
    }

    // C-017
    @Test func `the peer's close is answered once, then ignored`() {
        var handshake = CloseHandshake(role: .server)
        _ = handshake.receive(.normalClosure)
        let second = handshake.receive(.goingAway)
        #expect(second == .ignore)
        let closure = handshake.transportEnded()
        #expect(closure.code == .normalClosure)
    }

    // C-032
    @Test(arguments: [(Role.server, .closeTransport), (.client, .awaitPeer)] as [(Role, CloseHandshake.Ending)])
    func `our close waits for the reply, which ends the exchange`(role: Role, ending: CloseHandshake.Ending) {
        var handshake = CloseHandshake(role: role)
        let maySendBefore = handshake.maySend
        #expect(maySendBefore)
        let close = handshake.close(.normalClosure)
        #expect(close == .send(.normalClosure))
        let maySendAfterwards = handshake.maySend
        #expect(!maySendAfterwards)
        let mayReceiveReply = handshake.mayReceive
        #expect(mayReceiveReply)
        let reply = handshake.receive(.normalClosure)
        #expect(reply == .end(ending))
        let mayReceiveMore = handshake.mayReceive
        #expect(!mayReceiveMore)
        let closure = handshake.transportEnded()
        #expect(closure.code == .normalClosure)
        #expect(closure.wasClean)
    }

    // C-033
    @Test func `closes that cross on the wire are both clean and no second one is sent`() {
        var server = CloseHandshake(role: .server)
        var client = CloseHandshake(role: .client)
        let fromServer = server.close(.goingAway)
        let fromClient = client.close(nil)
        #expect(fromServer == .send(.goingAway))
        #expect(fromClient == .send(nil))
        let atServer = server.receive(nil)
        let atClient = client.receive(.goingAway)
        #expect(atServer == .end(.closeTransport))
        #expect(atClient == .end(.awaitPeer))
        let serverClosure = server.transportEnded()
        let clientClosure = client.transportEnded()
        #expect(serverClosure.code == .noStatusReceived && serverClosure.wasClean)
        #expect(clientClosure.code == .goingAway && clientClosure.wasClean)
    }

    // C-022
    @Test func `a second close of the application is ignored in every state`() {
        var handshake = CloseHandshake(role: .client)
        _ = handshake.close(.normalClosure)
        let waiting = handshake.close(.goingAway)
        _ = handshake.receive(.normalClosure)
        let exchanged = handshake.close(.goingAway)
        _ = handshake.transportEnded()
        let ended = handshake.close(.goingAway)
        #expect(waiting == .ignore)
        #expect(exchanged == .ignore)
        #expect(ended == .ignore)
        var failed = CloseHandshake(role: .client)
        _ = failed.fail(.protocolError)
        let afterFailure = failed.close(.goingAway)
        #expect(afterFailure == .ignore)
    }

    // C-040, C-044
    @Test func `a failure sends its code, ignores the peer's close and is told as 1006`() {
        var handshake = CloseHandshake(role: .server)
        let action = handshake.fail(.protocolError)
        #expect(action == .sendAndCloseTransport(.protocolError))
        let maySend = handshake.maySend
        #expect(!maySend)
        let mayReceive = handshake.mayReceive
        #expect(!mayReceive)
        let received = handshake.receive(.normalClosure)
        #expect(received == .ignore)
        let again = handshake.fail(.messageTooBig)
        #expect(again == .ignore)
        let closure = handshake.transportEnded()
        #expect(closure.code == .abnormalClosure)
        #expect(!closure.wasClean)
    }

    // C-022
    @Test func `a failure after our close sends no second one`() {
        var handshake = CloseHandshake(role: .server)
        _ = handshake.close(.goingAway)
        let action = handshake.fail(.protocolError)
        #expect(action == .closeTransport)
        let closure = handshake.transportEnded()
        #expect(closure.code == .abnormalClosure)
    }

    @Test func `a failure after the exchange only ends the transport`() {
        var handshake = CloseHandshake(role: .client)
        _ = handshake.receive(.normalClosure)
        let action = handshake.fail(.internalError)
        #expect(action == .closeTransport)
        let closure = handshake.transportEnded()
        #expect(closure.code == .normalClosure)
        #expect(closure.wasClean)
        let late = handshake.fail(.internalError)
        #expect(late == .ignore)
    }

    // C-030, C-031
    @Test func `a peer that never answers is given up`() {
        var handshake = CloseHandshake(role: .server)
        let early = handshake.closeTimedOut()
        #expect(early == .ignore)
        _ = handshake.close(.goingAway)
        let action = handshake.closeTimedOut()
        #expect(action == .closeTransport)
        let late = handshake.receive(.goingAway)
        #expect(late == .ignore)
        let closure = handshake.transportEnded()
        #expect(closure.code == .abnormalClosure)
        #expect(!closure.wasClean)
    }

    // C-029
    @Test func `a server that never ends the transport is given up, and the close stays clean`() {
        var handshake = CloseHandshake(role: .client)
        _ = handshake.receive(.normalClosure)
        let action = handshake.closeTimedOut()
        #expect(action == .closeTransport)
        let closure = handshake.transportEnded()
        #expect(closure.code == .normalClosure)
        #expect(closure.wasClean)
        let afterwards = handshake.closeTimedOut()
        #expect(afterwards == .ignore)
    }

    // C-034, C-035
    @Test func `an end without a close is told as 1006`() {
        var handshake = CloseHandshake(role: .client)
        let closure = handshake.transportEnded()
        #expect(closure.code == .abnormalClosure)
        #expect(!closure.wasClean)
        let late = handshake.receive(.normalClosure)
        #expect(late == .ignore)
        let maySend = handshake.maySend
        #expect(!maySend)
        let again = handshake.transportEnded()
        #expect(again == closure)
    }

    @Test func `an end while we wait for the reply is told as 1006`() {
        var handshake = CloseHandshake(role: .client)
        _ = handshake.close(.normalClosure)
        let closure = handshake.transportEnded()
        #expect(closure.code == .abnormalClosure)
        #expect(!closure.wasClean)
    }
}
