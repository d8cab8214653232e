import BenchResults

/// What a client's request has to hold (RFC 6455 §4.1, numbers 2 to 12).
enum ClientRequestCases {
    static let all: [Case] = upgrade() + keys() + subprotocols() + extensions() + others()

    private static func upgrade() -> [Case] {
        [
            ClientHandshake.inspects(
                "H-200", "form", "request line", accepts: "GET, an origin-form target, HTTP/1.1"
            ) { head, _ in
                let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
                guard parts.count == 3, parts[0] == "GET", parts[2] == "HTTP/1.1" else {
                    return .fail("the request line is \(head.startLine)")
                }
                return parts[1].hasPrefix("/") ? .pass() : .fail("the target \(parts[1]) is not in origin form")
            },
            ClientHandshake.inspects(
                "H-203", nil, "Upgrade and Connection",
                accepts: "Upgrade holds websocket, Connection holds Upgrade, in any case"
            ) { head, _ in
                guard head.tokens("Upgrade").contains(where: { $0.lowercased() == "websocket" }) else {
                    return .fail("no Upgrade: websocket")
                }
                return head.tokens("Connection").contains { $0.lowercased() == "upgrade" }
                    ? .pass() : .fail("no Connection: Upgrade")
            },
            ClientHandshake.inspects("H-207", nil, "version", accepts: "one Sec-WebSocket-Version: 13") { head, _ in
                let values = head.values("Sec-WebSocket-Version")
                return values == ["13"] ? .pass() : .fail("Sec-WebSocket-Version: \(values)")
            },
        ]
    }

    // MARK: - The key

    /// What examples print: RFC 6455 §1.3, its erratum 3150, and two that tutorials copy.
    private static let published: Set<String> = [
        "dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEC==", "AQIDBAUGBwgJCgsMDQ4PEA==", "x3JJHMbDL1EzLkh9GBhXDw==",
        "E4WSEcseoWr4csPLS2QJHA==",
    ]

    private static func keys() -> [Case] {
        [
            ClientHandshake.inspects(
                "H-204", "form", "Sec-WebSocket-Key", accepts: "one key of 24 characters, 16 octets in base64"
            ) { head, _ in
                let keys = head.values("Sec-WebSocket-Key")
                guard keys.count == 1 else { return .fail("\(keys.count) fields Sec-WebSocket-Key") }
                return keys[0].utf8.count == 24 && HandshakeKey.decodedBase64(keys[0])?.count == 16
                    ? .pass() : .fail("the key \(keys[0]) is not 16 octets in base64")
            },
            ClientHandshake.inspects(
                "H-204", "pad-bits", "the four bits of the key that carry nothing",
                accepts: "the 22nd character is A, Q, g or w"
            ) { head, _ in
                let key = Array((head.values("Sec-WebSocket-Key").first ?? "").utf8)
                guard key.count == 24 else { return .fail("the key has \(key.count) characters") }
                return Array("AQgw".utf8).contains(key[21]) ? .pass() : .fail("the key's pad bits are not zero")
            },
            ClientHandshake.inspects(
                "H-206", "published", "no key of an example", accepts: "a key that no document prints, of varied octets"
            ) { head, _ in
                let key = head.values("Sec-WebSocket-Key").first ?? ""
                if published.contains(key) { return .fail("the key \(key) is one of an example") }
                let octets = HandshakeKey.decodedBase64(key) ?? []
                return Set(octets).count > 4 ? .pass() : .fail("the key's octets are all alike: \(hexadecimal(octets))")
            },
            Case(
                "H-206", "constant", "two connections, two keys", roles: [.client], needs: [.adapter],
                accepts: ["each connection has a key of its own"]
            ) { probe in
                let keys = try await keys(2, probe)
                return Set(keys).count == keys.count ? .pass() : .fail("both connections had the key \(keys[0])")
            },
            Case(
                "H-205", nil, "keys of many connections", roles: [.client], needs: [.adapter], phase: .exclusive,
                accepts: [
                    "no key twice, nor in a second run of the client; about as many ones as zeros in every place"
                ],
                distribution),
        ]
    }

    /// 300 connections: with a fair source each of the 128 bits is set 150 times, and by more than 52 off (six standard
    /// deviations) once in some billions of runs.
    private static let sampleSize = 300
    private static let tolerance = 52

    @Sendable private static func distribution(_ probe: Probe) async throws -> Judgement {
        let first = try await keys(sampleSize, probe)
        try await probe.client.restartClient()
        let second = try await keys(20, probe)
        let all = first + second
        guard Set(all).count == all.count else {
            return .fail("\(all.count - Set(all).count) of \(all.count) keys came twice")
        }
        let octets = first.map { HandshakeKey.decodedBase64($0) ?? [] }
        guard octets.allSatisfy({ $0.count == 16 }) else { return .fail("a key is not 16 octets in base64") }
        for bit in 0..<128 {
            let count = octets.filter { $0[bit / 8] >> (7 - bit % 8) & 1 == 1 }.count
            guard abs(count - sampleSize / 2) <= tolerance else {
                return .fail("bit \(bit) of the key is set in \(count) of \(sampleSize) connections")
            }
        }
        return .pass()
    }

    /// The keys of `count` connections, one after the other in small groups.
    private static func keys(_ count: Int, _ probe: Probe) async throws -> [String] {
        let control = try probe.client
        var keys: [String] = []
        while keys.count < count {
            let size = min(10, count - keys.count)
            for _ in 0..<size { try control.dial() }
            for _ in 0..<size {
                let visitor = try await control.visitor(until: probe.now &+ probe.timeouts.opening)
                keys.append(visitor.head.values("Sec-WebSocket-Key").first ?? "")
                visitor.wire.drop()
            }
        }
        return keys
    }

    // MARK: - Subprotocols

    private static func subprotocols() -> [Case] {
        let lists = [("absent", []), ("one", ["chat"]), ("three", ["v3.example", "v2.example", "chat"])]
        var cases = lists.map { name, list in
            ClientHandshake.inspects(
                "H-208", name, "\(list.count) subprotocols asked for", dial: ClientDial(subprotocols: list),
                accepts: list.isEmpty
                    ? "no Sec-WebSocket-Protocol" : "Sec-WebSocket-Protocol: \(list.joined(separator: ", "))"
            ) { head, _ in
                let fields = head.values("Sec-WebSocket-Protocol")
                guard !list.isEmpty else {
                    return fields.isEmpty
                        ? .pass() : .fail("Sec-WebSocket-Protocol: \(fields) though nothing was asked for")
                }
                return elements(fields) == list ? .pass() : .fail("Sec-WebSocket-Protocol: \(fields), expected \(list)")
            }
        }
        cases.append(
            ClientHandshake.inspects(
                "H-208", "tokens", "subprotocols of its own", accepts: "absent, or unique tokens"
            ) { head, _ in
                let fields = head.values("Sec-WebSocket-Protocol")
                let list = elements(fields)
                return list.allSatisfy(isToken) && Set(list).count == list.count
                    ? .pass() : .fail("Sec-WebSocket-Protocol: \(fields)")
            })
        let bad = [
            ("repeated", ["chat", "chat"]), ("empty", [""]), ("space", ["a b"]), ("comma", ["a,b"]),
            ("quote", ["\"a\""]),
        ]
        cases += bad.map { name, list in
            Case(
                "H-208", "bad-\(name)", "asked for \(list)", roles: [.client], needs: [.adapter],
                accepts: ["the client refuses, or sends unique tokens or no Sec-WebSocket-Protocol"]
            ) { probe in
                let control = try probe.client
                let id = try control.dial(ClientDial(subprotocols: list))
                guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
                    return .pass("refused")
                }
                let fields = visitor.head.values("Sec-WebSocket-Protocol")
                await ClientHandshake.closeWell(visitor, probe)
                let sent = elements(fields)
                return sent.allSatisfy(isToken) && Set(sent).count == sent.count
                    ? .pass() : .fail("Sec-WebSocket-Protocol: \(fields)")
            }
        }
        return cases
    }

    /// Of a list, empty elements included: a client sends none (RFC 9110 §5.6.1.1).
    private static func elements(_ fields: [String]) -> [String] {
        fields.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map { trimmed(String($0)) } }
    }

    private static func isToken(_ text: String) -> Bool { ExtensionField.isToken(Array(text.utf8)) }

    // MARK: - Extensions

    private static func extensions() -> [Case] {
        let dials: [(String, ClientDial?)] = [
            ("own", nil), ("deflate", ClientDial(deflate: .ordinary)),
            (
                "parameters",
                ClientDial(
                    deflate: .with(
                        DeflateWish(
                            serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 12,
                            clientMaxWindowBits: 12)))
            ),
        ]
        return dials.map { name, dial in
            ClientHandshake.inspects(
                "H-209", name, "offer of extensions", dial: dial,
                accepts: "a list by the ABNF of RFC 6455 §9.1, with the parameters of RFC 7692 §7.1 alone"
            ) { head, _ in offer(head.values("Sec-WebSocket-Extensions")) }
        }
    }

    private static func offer(_ fields: [String]) -> Judgement {
        guard !fields.isEmpty else { return .pass("offers none") }
        guard let offers = ExtensionField.parse(fields) else {
            return .fail("Sec-WebSocket-Extensions: \(fields) does not follow the ABNF")
        }
        for one in offers {
            // Registered at IANA, and the one that some browsers had before RFC 7692.
            guard ["permessage-deflate", "bbf-usp-protocol", "x-webkit-deflate-frame"].contains(one.name) else {
                return .fail("the extension \(one.name) is registered nowhere")
            }
            if one.name == "permessage-deflate", let fault = one.deflateFault { return .fail(fault) }
        }
        return .pass()
    }

    // MARK: - The rest

    private static func others() -> [Case] {
        [
            ClientHandshake.inspects(
                "H-210", nil, "Origin", accepts: "a browser sends one; others none unless they are told to (recorded)"
            ) { head, probe in
                let origins = head.values("Origin")
                if probe.capabilities.has(.browser) {
                    return origins.count == 1 ? .pass() : .fail("\(origins.count) fields Origin")
                }
                guard origins.count < 2 else { return .fail("\(origins.count) fields Origin") }
                return origins.isEmpty ? .pass() : .information("sends Origin: \(origins[0])")
            },
            ClientHandshake.inspects(
                "H-211", nil, "no body", accepts: "no Content-Length above 0, no Transfer-Encoding"
            ) {
                head, _ in
                if let length = head.values("Content-Length").first(where: { $0 != "0" }) {
                    return .fail("Content-Length: \(length)")
                }
                let coding = head.values("Transfer-Encoding")
                return coding.isEmpty ? .pass() : .fail("Transfer-Encoding: \(coding)")
            },
            Case(
                "H-212", nil, "nothing is sent before the answer", roles: [.client], phase: .exclusive,
                accepts: ["nothing in 2 s, then \(ClientHandshake.opened)"]
            ) { probe in
                let visitor = try await probe.visitor()
                let deadline = probe.deadline()
                while visitor.wire.unread.isEmpty, visitor.wire.end == nil, await visitor.wire.wait(until: deadline) {}
                guard visitor.wire.unread.isEmpty else {
                    return .fail("\(visitor.wire.unread.count) octets came behind the request, before its answer")
                }
                guard visitor.wire.end == nil else { return .nonStrict("the client waits less than 2 s for an answer") }
                await visitor.wire.send(Probe.switching(to: visitor.head).octets)
                return await ClientHandshake.echoes(visitor, probe)
            },
        ]
    }
}
