import Testing
import WebSocketProtocol
import WebSocketTransport

/// What a peer may not do: it is told why, and then hears the end of TCP, never a reset that would swallow the reason.
@Suite(.timeLimit(.minutes(5))) struct ProtocolErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let octets: @Sendable (Role) -> [UInt8]
        let code: UInt16

        init(_ description: String, _ frames: WireFrame..., code: UInt16) {
            testDescription = description
            octets = { frames.octets(to: $0) }
            self.code = code
        }

        /// - Parameter octets: what the peer sends to an endpoint of that role.
        init(_ description: String, code: UInt16, octets: @escaping @Sendable (Role) -> [UInt8]) {
            testDescription = description
            self.octets = octets
            self.code = code
        }
    }

    private static let configuration = WebSocketConfiguration.testing {
        $0.messageLimits = MessageLimits(maximumMessageSize: 1000, maximumFragments: 3)
    }

    static let rows = [
        Row("a reserved bit", WireFrame.text("x").reserved(0x40), code: 1002),
        Row("a reserved opcode", WireFrame(opcode: 3), code: 1002),
        Row("a reserved control opcode", WireFrame(opcode: 11), code: 1002),
        Row("a ping in fragments", WireFrame.ping("x").notFinal, code: 1002),
        Row("a ping of 126 octets", .ping(String(repeating: "x", count: 126)), code: 1002),
        Row("a continuation of nothing", .continuation("x"), code: 1002),
        Row("a message inside another", WireFrame.text("x").notFinal, .text("y"), code: 1002),
        Row("a close of one octet", .close(body: [3]), code: 1002),
        Row("a close with a code for local use", .close(1006), code: 1002),
        Row("a close reason that is not UTF-8", .close(body: [3, 0xE8, 0xFF]), code: 1007),
        Row("a text that is not UTF-8", .text(octets: [0xC0, 0x80]), code: 1007),
        Row("a text that ends inside a character", .text(octets: [0xE2, 0x82]), code: 1007),
        Row("a length with its top bit set", WireFrame.binary([]).declaring(1 << 63), code: 1002),
        Row("a length of 2^62", WireFrame.binary([]).declaring(1 << 62), code: 1009),
        Row("a message one octet too large, before it comes", WireFrame.binary([]).declaring(1001), code: 1009),
        Row(
            "fragments one octet too large", WireFrame.binary([UInt8](repeating: 0, count: 1000)).notFinal,
            WireFrame.continuation("x"), code: 1009),
        Row(
            "a fragment too many", WireFrame.text("1").notFinal, WireFrame.continuation("2").notFinal,
            WireFrame.continuation("3").notFinal, .continuation("4"), code: 1008),
        Row("the wrong mask bit", code: 1002) { role in
            WireFrame.text("x").octets(to: role == .server ? .client : .server)
        },
    ]

    @Test(arguments: ClosingTests.roles, rows)
    func `a broken rule is answered with its code, then the end of TCP`(_ role: Role, _ row: Row) async throws {
        let recorder = Recorder.echo()
        try await converse(as: role, Self.configuration, handler: recorder) { peer in
            // What comes behind is in the same segments, and must neither count nor cause a reset.
            try peer.send(
                row.octets(role) + WireFrame.text("late").octets(to: role) + [UInt8](repeating: 0, count: 70_000))
            try peer.expectClose(row.code)
            try peer.expectEnd()
        }
        let closure = try await recorder.closure()
        guard case .protocolError(let error) = closure.cause else {
            Issue.record("expected a protocol error, there was \(closure)")
            return
        }
        #expect(error.closeCode.rawValue == row.code)
        #expect(closure.code.rawValue == row.code)
        #expect(closure.reason == error.description)
        #expect(!closure.wasClean)
    }

    @Test(arguments: ClosingTests.roles)
    func `what is just within the limits passes`(_ role: Role) async throws {
        try await converse(as: role, Self.configuration) { peer in
            let largest = [UInt8](repeating: 9, count: 1000)
            try peer.send(.binary(largest))
            try peer.send(WireFrame.text("1").notFinal, WireFrame.continuation("2").notFinal, .continuation("3"))
            try peer.expect(.binary(largest), .text("123"))
        }
    }

    @Test(arguments: ClosingTests.roles)
    func `text that is not UTF-8 is refused before its frame is complete`(_ role: Role) async throws {
        try await converse(as: role) { peer in
            try peer.send(WireFrame.text(octets: Array("good so far \u{FFFD}".utf8) + [0xFF, 0x41]).declaring(100))
            try peer.expectClose(1007)
            try peer.expectEnd()
        }
    }

    @Test(arguments: ClosingTests.roles)
    func `text that is not UTF-8 is refused in the middle of a large message`(_ role: Role) async throws {
        try await converse(as: role) { peer in
            let octets = [UInt8](repeating: 0x41, count: 200_000) + [0xFF]
            try peer.send(.text("first"))
            // All but the first part is received directly into the message.
            try peer.send(WireFrame.text(octets: octets).declaring(1 << 20))
            try peer.expect(.text("first"))
            try peer.expectClose(1007)
            try peer.expectEnd()
        }
    }

    @Test(arguments: ClosingTests.roles)
    func `an error after our close is not told, the connection just ends`(_ role: Role) async throws {
        let recorder = Recorder.obedient()
        try await converse(as: role, handler: recorder) { peer in
            try peer.send(.text("close"))
            try peer.expect(.close(1000, "bye"))
            try peer.send(WireFrame(opcode: 3))
            try peer.expectEnd()
        }
        let closure = try await recorder.closure()
        #expect(closure.cause == .protocolError(.reservedOpcode(3)))
        #expect(closure.code == .abnormalClosure)
    }
}
