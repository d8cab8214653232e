import Reactor
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite(.timeLimit(.minutes(10))) struct EchoTests {
    static let sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20, 16 << 20]

    /// Of our client to our server and back, so that each size goes both ways in both roles.
    @Test(arguments: sizes)
    func `a message of any size comes back as it was`(_ size: Int) async throws {
        try await withServer { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: .testing, logger: silent)
            var messages = socket.messages.makeAsyncIterator()
            // A period that is no multiple of the mask's.
            let octets = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                for index in 0..<size { buffer[index] = UInt8(truncatingIfNeeded: 32 + index % 89) }
                count = size
            }
            try await socket.send(.binary(octets))
            let binary = try await messages.next()
            #expect(binary == .binary(octets))
            let text = String(decoding: octets, as: UTF8.self)
            try await socket.send(.text(text))
            let echoed = try await messages.next()
            #expect(echoed == .text(text))
            await socket.close()
        }
    }

    /// Against a peer with a codec of its own.
    @Test(arguments: [Role.server, .client], sizes.dropLast(2))
    func `a frame of any size is understood and written as others write it`(_ role: Role, _ size: Int) async throws {
        try await converse(as: role) { peer in
            let octets = (0..<size).map { UInt8(truncatingIfNeeded: 32 + $0 % 89) }
            try peer.send(.text(octets: octets), .binary(octets))
            try peer.expect(.text(octets: octets), .binary(octets))
        }
    }

    @Test(arguments: [Role.server, .client])
    func `10,000 small messages sent at once come back in order`(_ role: Role) async throws {
        try await converse(as: role) { peer in
            try peer.send((0..<10_000).map { .text("\($0)") }.octets(to: role))
            for number in 0..<10_000 { try peer.expect(.text("\(number)")) }
        }
    }

    @Test(arguments: [Role.server, .client])
    func `a ping is answered with its payload, also between fragments`(_ role: Role) async throws {
        try await converse(as: role) { peer in
            let longest = String(repeating: "p", count: 125)
            try peer.send(.ping(), .ping(longest))
            try peer.expect(.pong(), .pong(longest))
            try peer.send(WireFrame.text("Hel").notFinal, .ping("now"))
            try peer.expect(.pong("now"))
            try peer.send(.continuation("lo"))
            try peer.expect(.text("Hello"))
        }
    }

    @Test(arguments: [Role.server, .client])
    func `a pong that nobody asked for is reported and not answered`(_ role: Role) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.pong("by the way"), .text("and"))
            try peer.expect(.text("and"))
        }
        _ = try await recorder.connection()
        let event = try await recorder.next()
        guard case .pong(let payload) = event else {
            Issue.record("expected a pong, there was \(event)")
            return
        }
        #expect(payload == Array("by the way".utf8))
    }

    @Test(arguments: [Role.server, .client])
    func `our ping leaves with at most 125 octets`(_ role: Role) async throws {
        let recorder = Recorder { event, connection in
            if case .opened = event {
                connection.sendPing([UInt8](repeating: 7, count: 200).span.bytes)
                connection.sendPing([UInt8]().span.bytes)
            }
        }
        try await converse(as: role, handler: recorder) { peer in
            try peer.expect(WireFrame(opcode: 9, payload: [UInt8](repeating: 7, count: 125)), .ping())
        }
    }

    /// The rest of a large payload is received straight into the message, while other frames follow behind it.
    @Test(arguments: [Role.server, .client])
    func `a large message that comes in halves is whole, and so is what follows`(_ role: Role) async throws {
        try await converse(as: role) { peer in
            let octets = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let frames: [WireFrame] = [.binary(octets), .text("next"), .ping("and")]
            let wire = frames.octets(to: role)
            try peer.send(.text("first"))
            try peer.send(wire.prefix(100_000))
            // The answer proves that the first part was read before the second one was sent.
            try peer.expect(.text("first"))
            try peer.send(wire.dropFirst(100_000))
            try peer.expect(.binary(octets), .text("next"), .pong("and"))
        }
    }

    @Test(arguments: [Role.server, .client])
    func `a large message in fragments, each of them cut, is whole`(_ role: Role) async throws {
        try await converse(as: role) { peer in
            let octets = (0..<250_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
            try peer.send(WireFrame.binary(Array(octets[..<100_000])).notFinal, .ping("between"))
            try peer.expect(.pong("between"))
            let rest = WireFrame(opcode: 0, payload: Array(octets[100_000...])).octets(to: role)
            try peer.send(rest.prefix(20_000))
            try peer.send(rest.dropFirst(20_000))
            try peer.expect(.binary(octets))
        }
    }

    // MARK: - Segments

    private static let conversation: [WireFrame] = [
        .text("Hello"), WireFrame.text("käse").notFinal, .ping("in between"), .continuation(" 🧀"),
        .binary([UInt8](repeating: 5, count: 300)), .text(""), .close(1000, "that is all"),
    ]
    private static let answers: [WireFrame] = [
        .text("Hello"), .pong("in between"), .text("käse 🧀"), .binary([UInt8](repeating: 5, count: 300)), .text(""),
        .close(1000),
    ]

    @Test func `a conversation octet by octet has the same answers, from the handshake on`() async throws {
        try await withServer { server in
            let port = server.address.port
            try await script {
                let peer = try RawPeer(port: port)
                for octet in RawPeer.openingRequest + Self.conversation.octets(to: .server) { try peer.send([octet]) }
                try peer.expect(RawPeer.openingAnswer)
                for answer in Self.answers { try peer.expect(answer) }
                try peer.expectEnd()
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a conversation in random segments has the same answers`(_ seed: UInt64) async throws {
        try await withServer { server in
            let port = server.address.port
            try await script {
                var random = SeededRandom(seed: seed)
                let peer = try RawPeer(port: port)
                var rest = ArraySlice(RawPeer.openingRequest + Self.conversation.octets(to: .server))
                while !rest.isEmpty {
                    let count = min(rest.count, Int.random(in: 1...120, using: &random))
                    try peer.send(rest.prefix(count))
                    rest = rest.dropFirst(count)
                }
                do {
                    try peer.expect(RawPeer.openingAnswer)
                    for answer in Self.answers { try peer.expect(answer) }
                    try peer.expectEnd()
                } catch {
                    throw PeerError("seed \(seed): \(error)")
                }
            }
        }
    }

    @Test func `our client understands a conversation octet by octet, from the handshake on`() async throws {
        let server = try RawServer()
        try await withClient(of: server, handler: .echo()) {
            try await script {
                let peer = try server.accept()
                let answer = try RawServer.answer(to: try peer.readHead())
                for octet in answer + Self.conversation.octets(to: .client) { try peer.send([octet]) }
                for answer in Self.answers { try peer.expect(answer) }
                try peer.expectEnd(of: .client)
            }
        }
    }
}
