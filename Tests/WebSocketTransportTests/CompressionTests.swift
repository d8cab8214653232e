import Reactor
import Testing
import WebSocketProtocol
import WebSocketTransport

extension WebSocketConfiguration {
    static func testing(_ mode: CompressionConfiguration.Mode, threshold: Int = 0) -> WebSocketConfiguration {
        .testing {
            $0.compression.mode = mode
            $0.compression.threshold = threshold
            $0.compression.budget = CompressionBudget(octets: 64 << 20)
        }
    }
}

/// permessage-deflate between our endpoints, and against scripted peers.
@Suite(.timeLimit(.minutes(10))) struct CompressionTests {
    static let modes: [CompressionConfiguration.Mode] = [
        .off, .shared, .dedicated(), .dedicated(windowBits: 8, memoryLevel: 1),
        .dedicated(windowBits: 11, memoryLevel: 4),
    ]

    /// Around every limit that the sender knows: thresholds, slices, and what does not get smaller.
    private static func messages(seed: UInt64) -> [WebSocketMessage] {
        var random = SeededRandom(seed: seed)
        let sizes = [0, 1, 2, 5, 64, 1000, 16_384, 65_535, 65_536, 65_537, 131_072, 300_000]
        return sizes.flatMap { size -> [WebSocketMessage] in
            let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            let words = ["alpha", "beta", "gamma", "delta", "{\"id\":", "}", ", "]
            var text = ""
            while text.utf8.count < size { text += words.randomElement(using: &random) ?? "" }
            return [.binary(noise), .text(text), .binary(Array(text.utf8.prefix(size)))]
        }
    }

    @Test(arguments: modes, modes)
    func `messages of every size come back whatever the two sides agreed on`(
        _ server: CompressionConfiguration.Mode, _ client: CompressionConfiguration.Mode
    ) async throws {
        try await withServer(.testing(server)) { server in
            let socket = try await WebSocket.connect(
                to: server.url, configuration: .testing(client), logger: silent)
            var echoes = socket.messages.makeAsyncIterator()
            for (index, message) in Self.messages(seed: 71).enumerated() {
                try await socket.send(message)
                let echo = try await echoes.next()
                #expect(echo == message, "message \(index) of seed 71")
            }
            await socket.close()
        }
    }

    @Test(arguments: modes, modes)
    func `both sides know whether they compress`(
        _ server: CompressionConfiguration.Mode, _ client: CompressionConfiguration.Mode
    ) async throws {
        let recorder = Recorder.echo()
        try await withServer(.testing(server), handler: recorder) { running in
            let socket = try await WebSocket.connect(to: running.url, configuration: .testing(client), logger: silent)
            let connection = try await recorder.connection()
            let isCompressed = await connection.onLoop { $0.isCompressed }
            #expect(isCompressed == (server != .off && client != .off))
            await socket.close()
        }
    }

    // MARK: - Against a scripted client

    /// Runs a script against an echoing server that compresses, after a handshake with this offer and answer.
    private func converse(
        _ configuration: WebSocketConfiguration, offer: String, answer: String?, handler: Recorder = .echo(),
        _ peer: @escaping @Sendable (RawPeer) throws -> Void
    ) async throws {
        try await withServer(configuration, handler: handler) { server in
            let port = server.address.port
            try await script {
                let raw = try RawPeer(port: port)
                let request = String(decoding: RawPeer.openingRequest.dropLast(2), as: UTF8.self)
                try raw.send("\(request)Sec-WebSocket-Extensions: \(offer)\r\n\r\n")
                let head = try raw.readHead()
                let lines = head.split(separator: "\r\n").filter { $0.hasPrefix("Sec-WebSocket-Extensions:") }
                guard lines.map(String.init) == (answer.map { ["Sec-WebSocket-Extensions: \($0)"] } ?? []) else {
                    throw PeerError("expected the answer \(answer ?? "without extensions"), received \(head)")
                }
                try peer(raw)
            }
        }
    }

    private static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    private static func compressed(_ payload: [UInt8], isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 1, payload: payload, isFinal: isFinal, reserved: 0x40)
    }

    @Test func `the example of RFC 7692 comes back compressed`() async throws {
        try await converse(
            .testing(.shared), offer: "permessage-deflate",
            answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ) { peer in
            for _ in 0..<3 {
                try peer.send(Self.compressed(Self.hello))
                // Five octets do not get smaller.
                try peer.expect(.text("Hello"))
            }
            let long = [UInt8](repeating: 0x61, count: 200)
            var deflater = try Deflater(windowBits: 15, memoryLevel: 8, level: 6)
            var room = [UInt8](repeating: 0, count: 300)
            let count = long.withUnsafeBytes { payload in
                room.withUnsafeMutableBytes { deflater.compressMessage(payload, into: $0) }
            }
            try peer.send(Self.compressed(Array(room[..<(count ?? 0)])))
            try peer.expect(Self.compressed(Array(room[..<(count ?? 0)])))
        }
    }

    @Test
    func `later messages refer to earlier ones with a context, and fragments with a ping between are one message`()
        async throws
    {
        try await converse(
            .testing(.dedicated(), threshold: 1000), offer: "permessage-deflate", answer: "permessage-deflate"
        ) { peer in
            try peer.send(Self.compressed(Self.hello))
            try peer.expect(.text("Hello"))
            try peer.send(Self.compressed([0xF2, 0x00, 0x11, 0x00], isFinal: false), .ping("p"))
            try peer.send(WireFrame(opcode: 0, payload: [0x00]))
            try peer.expect(.pong("p"), .text("Hello"))
        }
    }

    @Test func `a message is compressed only from the threshold on`() async throws {
        try await converse(
            .testing(.shared, threshold: 100), offer: "permessage-deflate",
            answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ) { peer in
            let short = String(repeating: "a", count: 99)
            try peer.send(.text(short))
            try peer.expect(.text(short))
            try peer.send(.text(short + "a"))
            let frame = try peer.readFrame()
            guard frame.reserved == 0x40, frame.payload.count < 20 else {
                throw PeerError("not compressed: \(frame)")
            }
        }
    }

    @Test func `an application can leave a message out of compression`() async throws {
        let handler = Recorder { event, connection in
            if case .message(.text(let text)) = event { connection.send(text, compress: false) }
        }
        try await converse(
            .testing(.shared), offer: "permessage-deflate",
            answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover", handler: handler
        ) { peer in
            for size in [1000, 200_000] {
                let text = String(repeating: "secret", count: size)
                try peer.send(.text(text))
                try peer.expect(.text(text))
            }
        }
    }

    @Test(arguments: [
        ("not DEFLATE", [0xFF, 0xFF, 0xFF] as [UInt8], 1007), ("a cut block", [0xF2, 0x48], 1007),
        ("text that is not UTF-8", [0x00, 0x01, 0x00, 0xFE, 0xFF, 0xFF, 0x00], 1007),
    ])
    func `compressed data that is wrong ends that connection only`(_ name: String, _ payload: [UInt8], _ code: UInt16)
        async throws
    {
        for mode in [CompressionConfiguration.Mode.shared, .dedicated()] {
            try await withServer(.testing(mode)) { server in
                let good = try await WebSocket.connect(to: server.url, configuration: .testing(mode), logger: silent)
                let port = server.address.port
                try await script {
                    let raw = try RawPeer(port: port)
                    let request = String(decoding: RawPeer.openingRequest.dropLast(2), as: UTF8.self)
                    try raw.send("\(request)Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
                    _ = try raw.readHead()
                    try raw.send(Self.compressed(payload))
                    try raw.expectClose(code)
                    try raw.expectEnd()
                }
                let message = WebSocketMessage.text(String(repeating: "still here ", count: 50))
                try await good.send(message)
                var echoes = good.messages.makeAsyncIterator()
                let echo = try await echoes.next()
                #expect(echo == message)
                await good.close()
            }
        }
    }

    @Test func `RSV1 breaks the protocol where nothing was agreed on`() async throws {
        try await converse(.testing(.off), offer: "permessage-deflate", answer: nil) { peer in
            try peer.send(Self.compressed(Self.hello))
            try peer.expectClose(1002)
        }
    }

    /// Zeros, `size` of them, as one message.
    private static func bomb(_ size: Int) throws -> [UInt8] {
        var deflater = try Deflater(windowBits: 15, memoryLevel: 9, level: 9)
        var output: [UInt8] = []
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { piece in
            zeros.withUnsafeBytes { zeros in
                for _ in 0..<(size >> 20) { deflater.compress(zeros, end: .more, piece: piece) { output += $0 } }
            }
            deflater.compress(UnsafeRawBufferPointer(start: nil, count: 0), end: .last, piece: piece) { output += $0 }
        }
        return output
    }

    @Test(arguments: [Int.max, 200])
    func `a decompression bomb ends at the limit, in one frame and in many`(ratio: Int) async throws {
        let bomb = try Self.bomb(64 << 20)
        var configuration = WebSocketConfiguration.testing(.shared)
        configuration.compression.maximumRatio = ratio
        for size in [bomb.count, 1000] {
            try await converse(
                configuration, offer: "permessage-deflate",
                answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
            ) { peer in
                var rest = bomb[...]
                var isFirst = true
                while !rest.isEmpty {
                    let part = rest.prefix(size)
                    rest = rest.dropFirst(size)
                    try peer.send(
                        WireFrame(
                            opcode: isFirst ? 2 : 0, payload: Array(part), isFinal: rest.isEmpty,
                            reserved: isFirst ? 0x40 : 0))
                    isFirst = false
                }
                try peer.expectClose(1009)
                try peer.expectEnd()
            }
        }
    }

    // MARK: - Budget

    @Test func `new connections share when the budget for contexts is used up, and it is given back`() async throws {
        // Enough for one connection's contexts, not for two.
        let budget = CompressionBudget(octets: 500_000)
        let configuration = WebSocketConfiguration.testing {
            $0.compression.mode = .dedicated()
            $0.compression.threshold = 0
            $0.compression.budget = budget
        }
        try await withServer(configuration) { server in
            let port = server.address.port
            try await script {
                let request = String(decoding: RawPeer.openingRequest.dropLast(2), as: UTF8.self)
                let answers = try (0..<3).map { _ in
                    let raw = try RawPeer(port: port)
                    try raw.send("\(request)Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
                    return (raw, try raw.readHead().contains("no_context_takeover"))
                }
                guard answers.map(\.1) == [false, true, true] else {
                    throw PeerError("shared: \(answers.map(\.1))")
                }
                guard budget.reserved > 250_000, budget.reserved <= budget.octets else {
                    throw PeerError("\(budget.reserved) octets are reserved")
                }
                for (raw, _) in answers {
                    try raw.send(Self.compressed(Self.hello))
                    try raw.expect(.text("Hello"))
                }
            }
        }
        // The last connection may be gone a moment before its contexts are.
        try await eventually("the budget to be given back") { budget.reserved == 0 }
    }

    @Test func `a client that was declined gives its part of the budget back`() async throws {
        let configuration = WebSocketConfiguration.testing(.dedicated())
        try await withServer(.testing(.off)) { server in
            let socket = try await WebSocket.connect(to: server.url, configuration: configuration, logger: silent)
            #expect(configuration.compression.budget.reserved == 0)
            await socket.close()
        }
    }

    @Test(arguments: [
        (CompressionConfiguration.Mode.dedicated(windowBits: 7), 6), (.dedicated(windowBits: 16), 6),
        (.dedicated(memoryLevel: 0), 6), (.dedicated(memoryLevel: 10), 6), (.shared, -1), (.shared, 10),
    ])
    func `settings that zlib does not have are named`(_ mode: CompressionConfiguration.Mode, _ level: Int) {
        var compression = CompressionConfiguration(mode)
        compression.level = level
        #expect(compression.problem != nil)
        #expect(CompressionConfiguration(.dedicated(windowBits: 8, memoryLevel: 9)).problem == nil)
    }
}
