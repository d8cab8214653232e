import BenchResults
import Reactor

/// Whom a client trusts, and with what it trusts them (RFC 6455 §4.1 step 5, §10.6; RFC 6066 §3; RFC 6265 §5).
enum ClientTrustCases {
    static let all: [Case] = certificates() + serverNames() + clearText() + cookies()

    // MARK: - Certificates

    private static func certificates() -> [Case] {
        typealias Make = @Sendable (SuiteAuthority) throws -> TLSServerContext
        let bad: [(String, String, String, Make)] = [
            ("S-008", "expired", "an expired certificate", { try $0.context(names: good, validity: -7200 ... -3600) }),
            (
                "S-008", "not-yet-valid", "a certificate of tomorrow",
                { try $0.context(names: good, validity: 86_400...172_800) }
            ),
            (
                "S-008", "self-signed", "a certificate that nobody signed",
                { try $0.context(names: good, isSelfSigned: true) }
            ),
            (
                "S-008", "unknown-authority", "a certificate of an unknown authority",
                { _ in try SuiteAuthority().context(names: good) }
            ),
            ("S-008", "wrong-host", "a certificate for another name", { try $0.context(names: "DNS:other.example") }),
            (
                "S-009", "wrong-address", "a certificate for another address",
                { try $0.context(names: "DNS:localhost,IP:127.0.0.2") }
            ),
            (
                "S-009", "wildcard", "a certificate for *.localhost and the like",
                { try $0.context(names: "DNS:*.localhost,DNS:*,DNS:local*") }
            ),
            (
                "S-009", "address-as-name", "a certificate with the address as a name",
                { try $0.context(names: "DNS:127.0.0.1") }
            ),
        ]
        return bad.map { row, name, title, make in
            Case(
                row, name, title, roles: [.client], needs: [.adapter],
                accepts: ["the client fails before it sends its request"]
            ) { probe in
                let control = try probe.client
                let (authority, path) = try control.authority()
                let context = try make(authority)
                // Names are what a resolver gives; the address is what S-009 is about.
                let host = name == "wrong-address" || name == "address-as-name" ? "127.0.0.1" : "localhost"
                guard try await opens(probe, try authority.context(names: good), host, path) else {
                    return .skipped("the client does not connect by TLS to a server with a good certificate")
                }
                return try await opens(probe, context, host, path)
                    ? .fail("the client sent its request to a server with \(title)") : .pass()
            }
        }
    }

    private static let good = "DNS:localhost,IP:127.0.0.1"

    /// Whether the client sends its request to a door with this certificate.
    private static func opens(
        _ probe: Probe, _ context: TLSServerContext, _ host: String, _ authorities: String
    ) async throws -> Bool {
        let control = try probe.client
        let address = try control.openDoor(tls: context)
        let id = try control.dial(ClientDial(url: "wss://\(host):\(address.port)/", authorities: authorities))
        guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
            return false
        }
        await ClientHandshake.closeWell(visitor, probe)
        return true
    }

    // MARK: - The name that is asked for

    private static func serverNames() -> [Case] {
        [("name", "localhost", "localhost"), ("ipv4", "127.0.0.1", nil), ("ipv6", "[::1]", nil)].map {
            (name: String, host: String, expected: String?) in
            Case(
                "S-009", "sni-\(name)", "the name in the ClientHello for \(host)", roles: [.client], needs: [.adapter],
                accepts: [expected.map { "server_name \($0)" } ?? "no server_name"]
            ) { probe in
                let control = try probe.client
                // Never answered: what is looked at is its first flight.
                let address = try control.openDoor(host: name == "ipv6" ? "::1" : "127.0.0.1")
                try control.dial(ClientDial(url: "wss://\(host):\(address.port)/"))
                guard let wire = try await control.stranger(until: probe.now &+ probe.timeouts.opening) else {
                    return .skipped("the client does not connect by TLS")
                }
                guard let hello = ClientHello(Array(wire.unread)) else {
                    return .fail("what the client sent is no ClientHello:\(preview(Array(wire.unread)))")
                }
                guard hello.serverName?.lowercased() == expected else {
                    return .fail("server_name is \(hello.serverName ?? "absent"), expected \(expected ?? "none")")
                }
                return .pass()
            }
        }
    }

    // MARK: - Clear text

    private static func clearText() -> [Case] {
        let answers: [(String, String, String)] = [
            ("http-answer", "an HTTP answer in clear text", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
            (
                "switching", "a 101 in clear text",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            ),
            (
                "redirect", "a redirect to ws in clear text",
                "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:PORT/\r\nConnection: close\r\n\r\n"
            ),
        ]
        var cases = answers.map { name, title, answer in
            Case(
                "S-010", name, "a wss URL answered with \(title)", roles: [.client], needs: [.adapter],
                accepts: ["the client fails, and sends no request in clear text"]
            ) { probe in
                let control = try probe.client
                let address = try control.openDoor()
                let id = try control.dial(ClientDial(url: "wss://127.0.0.1:\(address.port)/"))
                guard let wire = try await control.stranger(until: probe.now &+ probe.timeouts.opening) else {
                    return control.visitorCount > 0
                        ? .fail("the client sent its request in clear text")
                        : .skipped("the client does not connect by TLS")
                }
                await wire.send(Array(answer.replacing("PORT", with: "\(address.port)").utf8))
                wire.finish()
                guard try await control.ending(of: id, until: probe.deadline()) != nil else {
                    return .timeout("the client did not report failure")
                }
                guard control.visitorCount == 0 else { return .fail("the client went on in clear text") }
                return control.opened.contains(id) ? .fail("the client reports an open connection") : .pass()
            }
        }
        cases.append(
            Case(
                "S-010", "redirect-over-tls", "a wss URL redirected to ws", roles: [.client], needs: [.adapter],
                accepts: ["the client does not connect to the ws URL"]
            ) { probe in try await ClientDialingCases.downgrades(probe) })
        return cases
    }

    // MARK: - Cookies

    private static func cookies() -> [Case] {
        let second: [(String, String, String, @Sendable (UInt16) -> String)] = [
            ("host", "for another host", "suite=1; Path=/", { "ws://localhost:\($0)/" }),
            ("path", "for another path", "suite=1; Path=/only", { "ws://127.0.0.1:\($0)/else" }),
            ("secure", "that are Secure", "suite=1; Path=/; Secure", { "ws://127.0.0.1:\($0)/" }),
        ]
        var cases = second.map { name, title, cookie, url in
            Case(
                "S-011", "cookie-\(name)", "cookies \(title)", roles: [.client], needs: [.adapter],
                accepts: ["the next request has no such cookie"]
            ) { probe in
                let control = try probe.client
                let address = try control.openDoor()
                let first = try await ClientHandshake.visitor(
                    probe, ClientDial(url: "ws://127.0.0.1:\(address.port)/only"))
                var answer = Probe.switching(to: first.head)
                answer.add("Set-Cookie", cookie)
                await first.wire.send(answer.octets)
                _ = await ClientHandshake.echoes(first, probe)
                let next = try await ClientHandshake.visitor(probe, ClientDial(url: url(address.port)))
                let values = next.head.values("Cookie")
                await ClientHandshake.closeWell(next, probe)
                return values.contains { $0.contains("suite=1") }
                    ? .fail("the next request has Cookie: \(values)") : .pass()
            }
        }
        cases.append(
            Case(
                "S-011", "userinfo", "credentials of another URL", roles: [.client], needs: [.adapter],
                accepts: ["the next request has no Authorization"]
            ) { probe in
                let control = try probe.client
                let address = try control.openDoor()
                let id = try control.dial(ClientDial(url: "ws://user:secret@127.0.0.1:\(address.port)/"))
                if let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) {
                    await ClientHandshake.closeWell(visitor, probe)
                }
                let next = try await ClientHandshake.visitor(probe, ClientDial(url: "ws://localhost:\(address.port)/"))
                let values = next.head.values("Authorization")
                await ClientHandshake.closeWell(next, probe)
                return values.isEmpty ? .pass() : .fail("the next request has Authorization: \(values)")
            })
        return cases
    }
}
