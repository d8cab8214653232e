import Reactor
import Synchronization
import Testing
import WebSocketProtocol
import WebSocketTransport

/// Peers that leave in the middle, wherever that is.
@Suite(.timeLimit(.minutes(10))) struct CutConversationTests {
    enum Departure: CaseIterable, Sendable {
        /// The peer ends its side and reads to the end.
        case finish
        case reset
        /// The peer closes its socket without having read anything.
        case close
    }

    private static let conversation =
        RawPeer.openingRequest
        + [.text("Hello"), WireFrame.text("wor").notFinal, .ping("?"), .continuation("ld"), .close(1000, "bye")]
        .octets(to: .server)

    @Test(arguments: Departure.allCases, [1, 2])
    func `a peer that leaves after any octet leaves nothing behind`(_ departure: Departure, _ loops: Int) async throws {
        let census = Census()
        try await withServer(loops: loops, decide: { _ in .accept(census) }) { server in
            let port = server.address.port
            try await script {
                for count in 0...Self.conversation.count {
                    let peer = try RawPeer(port: port)
                    try peer.send(Self.conversation.prefix(count))
                    switch departure {
                    case .finish:
                        peer.finishSending()
                        _ = try peer.readToTheEnd()
                    case .reset: peer.reset()
                    case .close: peer.disconnect()
                    }
                }
            }
            try await server.provesToServe()
            try await eventually("all connections to be gone") { server.connectionCount == 0 }
            try await eventually("all connection objects to be freed") { census.living == 0 }
            #expect(server.openDescriptors == 1, "only the listener is left")
            #expect(census.opened >= Self.conversation.count - RawPeer.openingRequest.count)
            #expect(census.closed == census.opened)
        }
    }

    @Test(arguments: Departure.allCases)
    func `a server that leaves after any octet of its answer is reported to the client`(_ departure: Departure)
        async throws
    {
        let server = try RawServer()
        let loop = try EventLoop.start(name: "client")
        defer { loop.stop() }
        let configuration = WebSocketConfiguration.testing
        let answered = RawPeer.openingAnswer.count
        for count in 0..<answered {
            async let leaving: Void = script {
                let peer = try server.accept()
                let answer = try RawServer.answer(to: try peer.readHead())
                try peer.send(answer.prefix(count))
                switch departure {
                case .finish:
                    peer.finishSending()
                    _ = try peer.readToTheEnd()
                case .reset: peer.reset()
                case .close: peer.disconnect()
                }
            }
            let url = server.url
            await #expect(throws: WebSocketConnectError.self, "after \(count) octets") {
                try await bounded("a refusal after \(count) octets") {
                    _ = try await WebSocket.connect(to: url, loop: loop, configuration: configuration, logger: silent)
                }
            }
            try await leaving
        }
    }
}

/// Counts connections without keeping them alive. Echoes.
final class Census: WebSocketHandler, Sendable {
    private struct Entry: Sendable {
        weak let connection: WebSocketConnection?
    }

    private let entries = Mutex<[Entry]>([])
    private let ends = Mutex(0)

    var opened: Int { entries.withLock { $0.count } }
    var closed: Int { ends.withLock { $0 } }
    var living: Int { entries.withLock { $0.filter { $0.connection != nil }.count } }

    func opened(_ connection: WebSocketConnection) {
        entries.withLock { $0.append(Entry(connection: connection)) }
    }

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        connection.send(message, kind: kind)
    }

    func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure) { ends.withLock { $0 += 1 } }
}
