import BenchResults
import Reactor

/// What a client makes of the URL and the fields that its application gives it (RFC 6455 §3, §4.1, §11.1; RFC 3986).
enum ClientURLCases {
    static let all: [Case] = targets() + fragments() + hosts() + invalid() + international() + injections()

    /// A URL made of the authority of a door of the case's own, and what is right for the request that comes.
    private typealias Check = @Sendable (HTTPHead, String) -> Judgement

    private static func visit(
        _ row: String, _ variant: String, _ title: String, accepts: String, isRefusalFine: Bool = false,
        host: String = "127.0.0.1", url: @escaping @Sendable (_ port: UInt16) -> String, _ check: @escaping Check
    ) -> Case {
        Case(
            row, variant, title, roles: [.client], needs: [.adapter],
            accepts: [accepts] + (isRefusalFine ? ["or: the client refuses the URL"] : [])
        ) { probe in
            let control = try probe.client
            let address = try control.openDoor(host: host)
            let url = url(address.port)
            let id = try control.dial(ClientDial(url: url))
            guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
                let reason = try await control.ending(of: id, until: probe.deadline())?.error ?? "no connection came"
                return isRefusalFine
                    ? .pass("refused: \(reason)") : .fail("the client did not connect to \(url): \(reason)")
            }
            let judgement = check(visitor.head, url)
            await ClientHandshake.closeWell(visitor, probe)
            return judgement
        }
    }

    // MARK: - Target, fragment

    private static func targets() -> [Case] {
        let urls = [
            ("empty-path", "", "/"), ("slash", "/", "/"),
            ("path-query", "/chat/room?id=5&x=%20y", "/chat/room?id=5&x=%20y"),
            ("empty-path-query", "?q=1", "/?q=1"), ("empty-query", "/a?", "/a?"),
            ("escapes", "/a%2Fb/%C3%A9", "/a%2Fb/%C3%A9"),
        ]
        return urls.map { name, path, target in
            visit(
                "H-200", name, "ws://host:port\(path)", accepts: "GET \(target) HTTP/1.1",
                url: { "ws://127.0.0.1:\($0)\(path)" }
            ) { head, _ in
                if head.startLine == "GET \(target) HTTP/1.1" { return .pass() }
                // An empty query is a query (RFC 3986 §6.2.3), but few keep it.
                if name == "empty-query", head.startLine == "GET /a HTTP/1.1" {
                    return .nonStrict("the empty query is lost")
                }
                return .fail("the request line is \(head.startLine), expected GET \(target) HTTP/1.1")
            }
        }
    }

    private static func fragments() -> [Case] {
        [("path", "/a#part"), ("query", "/a?q=1#part"), ("alone", "/#part")].map { name, path in
            visit(
                "H-201", name, "ws://host:port\(path)", accepts: "a target without the fragment", isRefusalFine: true,
                url: { "ws://127.0.0.1:\($0)\(path)" }
            ) { head, _ in
                let expected = String(path.prefix { $0 != "#" })
                return head.target == expected
                    ? .pass() : .fail("the target is \(head.target ?? head.startLine), expected \(expected)")
            }
        }
    }

    // MARK: - Host

    private static func hosts() -> [Case] {
        let hosts = [
            ("ipv4", "127.0.0.1", "127.0.0.1"), ("name", "127.0.0.1", "localhost"), ("ipv6", "::1", "[::1]"),
        ]
        var cases = hosts.map { name, listens, host in
            visit(
                "H-202", name, "Host for \(host) with a port", accepts: "Host: \(host):PORT", host: listens,
                url: { "ws://\(host):\($0)/" }
            ) { head, url in
                let expected = String(url.dropFirst(5).dropLast())
                let values = head.values("Host")
                return values.map { $0.lowercased() } == [expected]
                    ? .pass() : .fail("Host: \(values), expected \(expected)")
            }
        }
        cases.append(
            visit(
                "H-202", "userinfo", "Host for a URL with user and password", accepts: "a Host without them",
                isRefusalFine: true, url: { "ws://user:secret@127.0.0.1:\($0)/" }
            ) { head, _ in
                let values = head.values("Host")
                return values.count == 1 && !values[0].contains("@") ? .pass() : .fail("Host: \(values)")
            })
        cases.append(
            Case(
                "H-202", "default-port", "Host for the port 80", roles: [.client], level: .information,
                needs: [.adapter], phase: .exclusive, accepts: ["recorded: Host: 127.0.0.1, or with :80"]
            ) { probe in
                let control = try probe.client
                // Only with the right to bind it, and when nobody else has it.
                _ = try control.openDoor(port: 80)
                let id = try control.dial(ClientDial(url: "ws://127.0.0.1/"))
                guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
                    return .information("the client did not connect")
                }
                let value = visitor.head.value("Host") ?? "missing"
                await ClientHandshake.closeWell(visitor, probe)
                return .information("Host: \(value)")
            })
        return cases
    }

    // MARK: - Invalid URLs

    private static func invalid() -> [Case] {
        let urls: [(String, String, @Sendable (UInt16) -> String)] = [
            ("scheme", "a scheme that is not WebSocket's", { "ftp://127.0.0.1:\($0)/" }),
            ("no-scheme", "no scheme", { "127.0.0.1:\($0)/" }),
            ("relative", "a relative reference", { _ in "/chat" }), ("empty", "an empty URL", { _ in "" }),
            // One that is taken modulo 65536 would arrive.
            ("port-65536", "a port above 65535", { "ws://127.0.0.1:\(65536 + Int($0))/" }),
            ("port-letters", "a port with letters", { "ws://127.0.0.1:\($0)x/" }),
            ("port-negative", "a negative port", { "ws://127.0.0.1:-\($0)/" }),
            ("empty-host", "no host", { _ in "ws:///chat" }),
            ("empty-host-port", "a port without host", { "ws://:\($0)/" }),
            ("host-space", "a space in the host", { "ws://127.0.0.1 x:\($0)/" }),
            ("host-control", "a control character in the host", { "ws://127.0.0.1\u{1}:\($0)/" }),
            ("open-bracket", "an IPv6 literal without its end", { "ws://[::1:\($0)/" }),
            ("path-space", "a space in the path", { "ws://127.0.0.1:\($0)/a b" }),
            ("path-control", "a control character in the path", { "ws://127.0.0.1:\($0)/a\u{1}b" }),
        ]
        return urls.map { name, title, url in
            Case(
                "H-213", name, title, roles: [.client], needs: [.adapter],
                accepts: ["the client fails without connecting"]
                    + (name.hasPrefix("path") ? ["non-strict: the client encodes it"] : [])
            ) { probe in
                let control = try probe.client
                let address = try control.openDoor()
                let id = try control.dial(ClientDial(url: url(address.port)))
                if let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) {
                    let head = visitor.head
                    await ClientHandshake.closeWell(visitor, probe)
                    // What browsers do with such a path (WHATWG URL).
                    if name.hasPrefix("path"), isClean(head) { return .nonStrict("encoded: \(head.startLine)") }
                    return .fail("the client connected: \(head.startLine)")
                }
                guard try await control.ending(of: id, until: probe.deadline()) != nil else {
                    return .timeout("the client neither connects nor reports failure")
                }
                return control.connected.isEmpty ? .pass() : .fail("the client connected before it failed")
            }
        }
    }

    // MARK: - Beyond ASCII

    private static func international() -> [Case] {
        [
            visit(
                "H-214", "path-query", "a path and a query beyond ASCII",
                accepts: "GET /caf%C3%A9?q=%C3%BC HTTP/1.1", isRefusalFine: true,
                url: { "ws://127.0.0.1:\($0)/café?q=ü" }
            ) { head, _ in
                head.startLine.uppercased() == "GET /CAF%C3%A9?Q=%C3%BC HTTP/1.1"
                    ? .pass() : .fail("the request line is \(head.startLine)")
            },
            // A name that everyone resolves, in letters that IDNA maps to ASCII (UTS #46).
            visit(
                "H-214", "host", "a host beyond ASCII", accepts: "Host: localhost:PORT, if the client converts names",
                isRefusalFine: true, url: { "ws://ｌｏｃａｌｈｏｓｔ:\($0)/" }
            ) { head, url in
                let value = head.value("Host") ?? ""
                return value.utf8.allSatisfy { $0 < 0x80 } && value.lowercased().hasPrefix("localhost:")
                    ? .pass() : .fail("Host: \(value)")
            },
        ]
    }

    // MARK: - Injection

    /// Without what an application has smuggled in: nothing raw, and no field of its own.
    private static func isClean(_ head: HTTPHead) -> Bool {
        let octets = head.octets
        for (index, octet) in octets.enumerated() {
            switch octet {
            case 0x0d where index + 1 < octets.count && octets[index + 1] == 0x0a: continue
            case 0x0a where index > 0 && octets[index - 1] == 0x0d: continue
            case 0x00..<0x20 where octet != 0x09, 0x7f: return false
            default: continue
            }
        }
        return head.startLine.split(separator: " ", omittingEmptySubsequences: false).count == 3
            && head.startLine.hasSuffix(" HTTP/1.1") && head.values("Injected").isEmpty
    }

    private static func injections() -> [Case] {
        let dials: [(String, String, @Sendable (ClientControl) -> ClientDial)] = [
            (
                "path-crlf", "a line end in the path",
                { ClientDial(url: $0.url + "/a HTTP/1.1\r\nInjected: yes\r\nX: ") }
            ),
            ("path-lf", "a line feed in the path", { ClientDial(url: $0.url + "/a\nInjected: yes") }),
            ("path-nul", "a NUL in the path", { ClientDial(url: $0.url + "/a\0b") }),
            (
                "query-crlf", "a line end in the query",
                { ClientDial(url: $0.url + "?a=b HTTP/1.1\r\nInjected: yes\r\nX: ") }
            ),
            ("value-crlf", "a line end in a field's value", { _ in ClientDial(headers: ["X": "y\r\nInjected: yes"]) }),
            ("value-lf", "a line feed in a field's value", { _ in ClientDial(headers: ["X": "y\nInjected: yes"]) }),
            (
                "value-cr", "a carriage return in a field's value",
                { _ in ClientDial(headers: ["X": "y\rInjected: yes"]) }
            ),
            ("value-nul", "a NUL in a field's value", { _ in ClientDial(headers: ["X": "y\0z"]) }),
            ("name-crlf", "a line end in a field's name", { _ in ClientDial(headers: ["X: y\r\nInjected": "yes"]) }),
            (
                "subprotocol-crlf", "a line end in a subprotocol",
                { _ in ClientDial(subprotocols: ["chat\r\nInjected: yes"]) }
            ),
            (
                "subprotocol-lf", "a line feed in a subprotocol",
                { _ in ClientDial(subprotocols: ["chat\nInjected: yes"]) }
            ),
        ]
        return dials.map { name, title, dial in
            Case(
                "H-215", name, title, roles: [.client], needs: [.adapter],
                accepts: ["the client refuses, or encodes it, or leaves it out"]
            ) { probe in
                let control = try probe.client
                let id = try control.dial(dial(control))
                guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
                    guard control.visitorCount == 0 else { return .fail("the request came to another case") }
                    return try await control.ending(of: id, until: probe.deadline()) == nil
                        ? .timeout("the client neither connects nor reports failure") : .pass("refused")
                }
                let head = visitor.head
                await ClientHandshake.closeWell(visitor, probe)
                // A head that ends early leaves the rest of it behind.
                guard isClean(head), visitor.wire.receivedCount >= head.octets.count else {
                    return .fail("the request holds what was smuggled in: \(preview(head.octets, limit: 200))")
                }
                return .pass("encoded or left out")
            }
        }
    }
}
