import Testing

@testable import WebSocketProtocol

@Suite struct HandshakeLimitsTests {
    private static let limits: HandshakeLimits = {
        var limits = HandshakeLimits()
        limits.maximumStartLineLength = 64
        limits.maximumHeaderLineLength = 80
        limits.maximumHeaderCount = 8
        limits.maximumSize = 400
        return limits
    }()

    private static func server(_ message: MessageText) -> String {
        runEveryWay(message.octets) { runServer($0, limits: limits) }.outcome
    }

    private static func client(_ message: MessageText) throws -> String {
        try runEveryWay(message.octets) { try runClient($0, limits: limits) }.outcome
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test func `H-075: a request line at the limit passes, one octet more is 414`() {
        let line = "GET /\(Self.repeated("a", 64 - 14)) HTTP/1.1"
        #expect(line.utf8.count == 64)
        #expect(Self.server(.request.startLine(line)).hasPrefix("upgrade"))
        #expect(Self.server(.request.startLine("G" + line)).hasPrefix("refuse 414"))
    }

    @Test func `a method that fills the request line is 501, not 414`() {
        let method = Self.repeated("A", 64)
        #expect(Self.server(.request.startLine(method)).hasPrefix("refuse 400"))
        #expect(Self.server(.request.startLine(method + "A")).hasPrefix("refuse 501"))
        #expect(Self.server(.request.startLine(method.dropLast() + " /")).hasPrefix("refuse 414"))
        // The first octet beyond the limit is the space.
        #expect(Self.server(.request.startLine(method + " / HTTP/1.1")).hasPrefix("refuse 414"))
    }

    @Test func `H-076: a header line at the limit passes, one octet more is 431`() {
        let line = "X-A: \(Self.repeated("a", 75))"
        #expect(line.utf8.count == 80)
        #expect(Self.server(.request.adding(line)).hasPrefix("upgrade"))
        #expect(Self.server(.request.adding(line + " ")).hasPrefix("refuse 431"))
        #expect(Self.server(.request.adding(Self.repeated("n", 80) + ":")).hasPrefix("refuse 431"))
    }

    @Test func `H-077: headers at the limit pass, one more is 431`() {
        let message = MessageText.request.adding("A:", "B:", "C:")
        #expect(Self.server(message).hasPrefix("upgrade"))
        #expect(Self.server(message.adding("D:")).hasPrefix("refuse 431"))
    }

    @Test func `a head at the limit passes, one octet more is 431`() {
        var message = MessageText.request.adding("A:", "B:", "C:")
        let missing = 400 - message.octets.count
        message = message.with("A:" + Self.repeated("a", missing / 3)).with("B:" + Self.repeated("b", missing / 3))
        message = message.with("C:" + Self.repeated("c", missing - missing / 3 * 2))
        #expect(message.octets.count == 400)
        #expect(Self.server(message).hasPrefix("upgrade"))
        let larger = Self.server(message.with("A:" + Self.repeated("a", missing / 3 + 1)))
        #expect(larger.contains("together are larger"), "\(larger)")
        #expect(larger.hasPrefix("refuse 431"))
    }

    @Test func `H-245: a response is bound by the same limits`() throws {
        let line = "HTTP/1.1 101 \(Self.repeated("a", 51))"
        #expect(try Self.client(.response.startLine(line)).hasPrefix("open"))
        #expect(try Self.client(.response.startLine(line + "a")).contains("first line is longer"))
        let header = "X-A: \(Self.repeated("a", 75))"
        #expect(try Self.client(.response.adding(header)).hasPrefix("open"))
        #expect(try Self.client(.response.adding(header + "a")).contains("header line is longer"))
        let many = MessageText.response.adding("A:", "B:", "C:", "D:", "E:")
        #expect(try Self.client(many).hasPrefix("open"))
        #expect(try Self.client(many.adding("F:")).contains("more headers"))
        let large = MessageText.response.adding(header, header, header, header)
        #expect(try Self.client(large).contains("together are larger"))
    }

    @Test func `a line that never ends is refused at the limit, not before`() {
        for (start, limit) in [("GET /", 64), ("GET / HTTP/1.1\r\nX: ", 80 + 16)] {
            var handshake = ServerHandshake(limits: Self.limits)
            var count = 0
            for octet in latin1(start) + [UInt8](repeating: 0x61, count: 1000) {
                let (_, outcome) = withUnsafeBytes(of: octet) { handshake.receive($0) }
                count += 1
                if case .refuse = outcome { break }
            }
            #expect(count == limit + 1)
        }
    }

    @Test(arguments: [16 << 10, 1 << 20])
    func `H-075, H-076: huge lines are refused by the default limits, whole and in pieces`(_ length: Int) {
        let filler = Self.repeated("a", length)
        for (message, status) in [
            (MessageText.request.startLine("GET /\(filler) HTTP/1.1"), 414),
            (MessageText.request.adding("X-A: \(filler)"), 431),
        ] {
            let octets = message.octets
            let pieces = stride(from: 0, to: octets.count, by: 1000).map { octets[$0..<min($0 + 1000, octets.count)] }
            #expect(runServer([octets[...]]).outcome.hasPrefix("refuse \(status)"))
            #expect(runServer(pieces).outcome.hasPrefix("refuse \(status)"))
        }
    }

    @Test(arguments: [200, 2000, 100_000])
    func `H-077: many headers are refused by the default limits`(_ count: Int) {
        var message = MessageText.request
        message.headers += [String](repeating: "X-A: b", count: count)
        #expect(runServer([message.octets[...]]).outcome.hasPrefix("refuse 431"))
    }

    @Test(arguments: [Int.min, -1, 0, 1, Int.max])
    func `absurd limits neither trap nor let octets pass unseen`(_ limit: Int) throws {
        var limits = HandshakeLimits()
        limits.maximumStartLineLength = limit
        limits.maximumHeaderLineLength = limit
        limits.maximumHeaderCount = limit
        limits.maximumSize = limit
        let expected = limit == Int.max ? "upgrade" : "refuse"
        #expect(runEveryWay(MessageText.request.octets) { runServer($0, limits: limits) }.outcome.hasPrefix(expected))
        let run = try runEveryWay(MessageText.response.octets) { try runClient($0, limits: limits) }
        #expect(run.outcome.hasPrefix(limit == Int.max ? "open" : "failed"))
    }

    @Test(arguments: [" ", ",", "a;", "\\\\", "a,", "a\t"])
    func `H-048, X-012, S-012: long lists end in a definite outcome`(_ unit: String) {
        let list = Self.repeated(unit, 16_000 / unit.utf8.count)
        for name in ["Connection", "Upgrade", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Expect"] {
            for start in ["", "a; b=\""] {
                let octets = MessageText.request.adding("\(name): \(start)\(list)").octets
                #expect(runServer([octets[...]]).outcome != "needMore")
            }
        }
    }
}
