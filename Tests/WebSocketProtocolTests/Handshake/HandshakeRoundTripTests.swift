import Testing

@testable import WebSocketProtocol

/// Both roles against each other, and against damage.
@Suite struct HandshakeRoundTripTests {
    @Test func `a client and a server agree`() throws {
        let seed: UInt64 = 42
        var random = HandshakeRandom(seed: seed)
        for _ in 0..<200 {
            let subprotocols = (0..<Int.random(in: 0...4, using: &random)).map { "protocol-\($0)" }
            var client = try ClientHandshake(
                url: WebSocketURL("ws://[::1]:8080/a/b?c=\(random.next())"), subprotocols: subprotocols,
                headers: HTTPHeaders([("Cookie", "d=\(random.next())")]), keyBytes: (random.next(), random.next()))
            var server = ServerHandshake()
            let request = client.requestBytes
            let (asked, outcome) = request.withUnsafeBytes { server.receive($0) }
            guard case .upgrade(let upgrade) = outcome else {
                Issue.record("seed \(seed): \(outcome)")
                return
            }
            #expect(asked == request.count)
            #expect(upgrade.host == "[::1]:8080")
            #expect(upgrade.subprotocols == subprotocols)
            let chosen = upgrade.chooseSubprotocol(from: ["protocol-2", "protocol-0"])
            let response = try ServerResponse.accept(key: upgrade.key, subprotocol: chosen)
            let (answered, agreement) = response.withUnsafeBytes { client.receive($0) }
            guard case .open(let opened) = agreement else {
                Issue.record("seed \(seed): \(agreement)")
                return
            }
            #expect(answered == response.count)
            #expect(opened.subprotocol == chosen)
            #expect(opened.status == .switchingProtocols)
        }
    }

    @Test func `a refusal reaches the client with its status`() throws {
        var client = try ClientHandshake(url: WebSocketURL("ws://a"), keyBytes: sampleKeyBytes)
        let response = ServerResponse.refuse(.upgradeRequired("Only version 13 of WebSocket is supported."), date: nil)
        let (_, outcome) = response.withUnsafeBytes { client.receive($0) }
        guard case .failed(.status(let code, let reason, let headers)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(code == 426)
        #expect(reason == "Upgrade Required")
        #expect(headers.first(for: "Sec-WebSocket-Version") == "13")
    }

    private static let request = MessageText.request.adding(
        "Origin: https://a.example", "Sec-WebSocket-Protocol: chat, superchat",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; x=\"1\", other"
    ).octets

    private static let response =
        MessageText(startLine: "HTTP/1.1 100 Continue", headers: ["A: b"]).octets
        + MessageText.response.adding("Sec-WebSocket-Protocol: chat", "Content-Length: 0").octets

    /// Changes, removes, doubles and inserts octets, most of them such as mean something.
    private static func damage(_ octets: [UInt8], _ random: inout HandshakeRandom) -> [UInt8] {
        let telling = latin1("\r\n\0 \t:,;=\"\\/?#%[]@\u{7F}\u{80}\u{FF}HTP1.3")
        var octets = octets
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let index = Int.random(in: octets.indices, using: &random)
            let octet = telling.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<5, using: &random) {
            case 0: octets[index] = octet
            case 1: octets[index] = UInt8.random(in: .min ... .max, using: &random)
            case 2: octets.insert(octet, at: index)
            case 3: octets.remove(at: index)
            default:
                let end = min(octets.count, index + Int.random(in: 1...40, using: &random))
                octets.insert(contentsOf: octets[index..<end], at: index)
            }
        }
        return octets
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `damaged requests and responses end the same way however they are cut`(_ seed: UInt64) throws {
        var random = HandshakeRandom(seed: seed)
        for round in 0..<400 {
            // The end makes every head complete or wrong, so that the outcome is definite.
            let end = latin1("\r\n\r\n\n")
            let request = Self.damage(Self.request, &random) + end
            let response = Self.damage(Self.response, &random) + end
            let cut = Int.random(in: 0...min(request.count, response.count), using: &random)

            let whole = runServer([request[...]])
            #expect(whole.outcome != "needMore", "seed \(seed) round \(round)")
            #expect(runServer(request.indices.map { request[$0...$0] }) == whole, "seed \(seed) round \(round)")
            #expect(runServer([request[..<cut], request[cut...]]) == whole, "seed \(seed) round \(round) cut \(cut)")

            let answer = try runClient([response[...]])
            #expect(answer.outcome != "needMore", "seed \(seed) round \(round)")
            #expect(
                try runClient(response.indices.map { response[$0...$0] }) == answer, "seed \(seed) round \(round)")
            #expect(
                try runClient([response[..<cut], response[cut...]]) == answer, "seed \(seed) round \(round) cut \(cut)")
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `random octets never open anything`(_ seed: UInt64) throws {
        var random = HandshakeRandom(seed: seed)
        for _ in 0..<200 {
            let octets = (0..<4096).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(runServer([octets[...]]).outcome.hasPrefix("refuse"), "seed \(seed)")
            #expect(try runClient([octets[...]]).outcome.hasPrefix("failed"), "seed \(seed)")
        }
    }
}
