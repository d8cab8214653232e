import BenchResults
import Reactor

/// How a client connects, and with whom it connects instead: several at once, in vain, by a proxy, by redirects.
enum ClientDialingCases {
    static let all: [Case] = connecting() + proxies() + redirects() + retries() + applications()

    // MARK: - Connecting

    private static func connecting() -> [Case] {
        [
            Case(
                "H-216", nil, "two connections to the same host at once", roles: [.client], needs: [.adapter],
                phase: .exclusive,
                accepts: [
                    "the second connects when the first has its answer", "recorded, but for browsers: both connect",
                ]
            ) { probe in
                let control = try probe.client
                _ = try control.dial()
                _ = try control.dial()
                let first = try await control.visitor(until: probe.now &+ probe.timeouts.opening)
                let early = try? await control.visitor(until: probe.deadline(times: 0.5))
                await ClientHandshake.closeWell(first, probe)
                guard early == nil else {
                    let text = "both connections were open before the first was answered"
                    return probe.capabilities.has(.browser) ? .fail(text) : .information(text)
                }
                _ = try await control.visitor(until: probe.now &+ probe.timeouts.opening)
                return .pass()
            },
            Case(
                "H-217", "refused", "nobody listens", roles: [.client], needs: [.adapter],
                accepts: ["the client reports failure"]
            ) { probe in
                let control = try probe.client
                let address = try control.openDoor()
                control.closeDoors()
                let id = try control.dial(ClientDial(url: "ws://\(address)/"))
                guard try await control.ending(of: id, until: probe.now &+ probe.timeouts.opening) != nil else {
                    return .timeout("the client does not report that nobody listens")
                }
                return control.opened.contains(id) ? .fail("the client reports an open connection") : .pass()
            },
            Case(
                "H-217", "no-answer", "no answer to the request", roles: [.client],
                needs: [.adapter, .handshakeTimeout], phase: .exclusive,
                accepts: ["the client ends TCP and reports failure within its timeout"]
            ) { probe in
                let visitor = try await probe.visitor()
                return try await ClientHostileCases.givesUpInTime(visitor, probe) { _ in nil }
            },
        ]
    }

    // MARK: - Proxies

    private static func proxies() -> [Case] {
        let answers = [
            ("connect", "HTTP/1.1 200 Connection established\r\n\r\n", true),
            ("length", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: y\r\n\r\n", true),
            (
                "refused-407",
                "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false
            ),
            ("refused-502", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false),
        ]
        return answers.map { name, answer, isOpen in
            Case(
                "H-218", name, "a proxy that answers \(answer.prefix { $0 != "\r\n" })", roles: [.client],
                needs: [.adapter, .proxy],
                accepts: ["CONNECT host:port first, then \(isOpen ? ClientHandshake.opened : "failure")"]
            ) { probe in
                let control = try probe.client
                let proxy = try control.openDoor()
                var dial = ClientDial(url: "ws://127.0.0.1:\(proxy.port == 9 ? 10 : 9)/behind?a=b")
                dial.proxy = "http://\(proxy)"
                let id = try control.dial(dial)
                guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
                    return .fail("the client did not connect to its proxy")
                }
                guard visitor.head.startLine.hasPrefix("CONNECT 127.0.0.1:") else {
                    return .fail("the client asked its proxy with \(visitor.head.startLine)")
                }
                await visitor.wire.send(Array(answer.utf8), cut: name == "length" ? .every(5) : .whole)
                guard isOpen else { return try await ClientHandshake.givesUp(visitor, probe) }
                guard let head = await visitor.wire.readHead(until: probe.now &+ probe.timeouts.opening) else {
                    return .fail("no request came through the proxy's tunnel")
                }
                guard head.startLine == "GET /behind?a=b HTTP/1.1" else {
                    return .fail("the request through the tunnel is \(head.startLine)")
                }
                await visitor.wire.send(Probe.switching(to: head).octets)
                return await ClientHandshake.echoes(Visitor(wire: visitor.wire, head: head), probe)
            }
        }
    }

    // MARK: - Redirects

    /// More requests than this, and a client is going round in circles. Browsers and curl stop after 20 to 50.
    private static let circleLimit = 60

    private static func redirects() -> [Case] {
        [
            Case(
                "H-236", "same-host", "302 to another path of the same host", roles: [.client], needs: [.adapter],
                accepts: [ClientHandshake.refused, "or: it follows, once"]
            ) { probe in try await follow(probe, limit: 1) { control, _ in "\(control.url)/elsewhere" } },
            Case(
                "H-236", "loop", "302 to itself, without end", roles: [.client], needs: [.adapter],
                accepts: [ClientHandshake.refused, "or: it follows, at most \(circleLimit) times"]
            ) { probe in try await follow(probe, limit: circleLimit) { control, _ in control.url } },
            Case(
                "H-236", "invalid", "302 to something that is no URL", roles: [.client], needs: [.adapter],
                accepts: [ClientHandshake.refused]
            ) { probe in try await follow(probe, limit: 0) { _, _ in "ws://[::1" } },
            Case(
                "H-236", "downgrade", "302 from wss to ws", roles: [.client], needs: [.adapter],
                accepts: ["the client does not connect to the ws URL"]
            ) { probe in try await downgrades(probe) },
            Case(
                "H-236", "credentials", "302 to another origin, with credentials", roles: [.client], needs: [.adapter],
                accepts: [ClientHandshake.refused, "or: it follows without Authorization and Cookie"]
            ) { probe in
                let address = try probe.client.openDoor()
                let dial = ClientDial(headers: ["Authorization": "Basic dXNlcjpwYXNz", "Cookie": "session=secret"])
                return try await follow(probe, limit: 1, dial: dial) { control, _ in "ws://\(address)/" }
            },
        ]
    }

    /// Whether the client leaves TLS because it is redirected to.
    static func downgrades(_ probe: Probe) async throws -> Judgement {
        let control = try probe.client
        let (authority, path) = try control.authority()
        let secure = try control.openDoor(tls: try authority.context(names: "IP:127.0.0.1"))
        let id = try control.dial(ClientDial(url: "wss://127.0.0.1:\(secure.port)/", authorities: path))
        guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
            return .skipped("the client does not connect by TLS")
        }
        let clear = try control.openDoor()
        await redirect(visitor.wire, to: "ws://\(clear)/", isOver: false)
        let ending = try await control.ending(of: id, until: probe.deadline())
        // A door of the case's own sees a client that connects and sends nothing, too.
        guard control.connected.count == 1 else { return .fail("the client connected to the ws URL") }
        return ending == nil ? .timeout("the client did not report failure") : .pass()
    }

    /// Redirects each request of the client, up to `limit` times; then answers 404.
    private static func follow(
        _ probe: Probe, limit: Int, dial: ClientDial = ClientDial(),
        to location: @Sendable (ClientControl, Int) throws -> String
    ) async throws -> Judgement {
        let control = try probe.client
        var visitor = try await ClientHandshake.visitor(probe, dial)
        let id = control.ids.last ?? 0
        for count in 0... {
            if count > 0, !dial.headers.isEmpty,
                ["Authorization", "Cookie"].contains(where: { !visitor.head.values($0).isEmpty })
            {
                return .fail("the client sent its credentials to the origin it was redirected to")
            }
            guard count <= limit else {
                return .fail("the client followed \(count) redirects")
            }
            await redirect(visitor.wire, to: try location(control, count), isOver: count == limit && limit > 0)
            guard let next = try await control.visitor(of: id, until: probe.deadline()) else { break }
            visitor = next
        }
        return try await ClientHandshake.reportsFailure(probe)
    }

    private static func redirect(_ wire: Wire, to location: String, isOver: Bool) async {
        let answer =
            isOver
            ? HTTPHeadText(
                startLine: "HTTP/1.1 404 Not Found", fields: [("Content-Length", "0"), ("Connection", "close")])
            : HTTPHeadText(
                startLine: "HTTP/1.1 302 Found",
                fields: [("Location", location), ("Content-Length", "0"), ("Connection", "close")])
        await wire.send(answer.octets)
        wire.finish()
    }

    // MARK: - Retries

    /// Requests that are not yet an endless retry.
    private static let retryLimit = 5

    private static func retries() -> [Case] {
        let answers: [(String, String, String, [(String, String)])] = [
            (
                "H-250", "version", "HTTP/1.1 426 Upgrade Required",
                [("Sec-WebSocket-Version", "8"), ("Upgrade", "websocket")]
            ),
            ("H-254", "basic", "HTTP/1.1 401 Unauthorized", [("WWW-Authenticate", "Basic realm=\"suite\"")]),
            (
                "H-254", "digest", "HTTP/1.1 401 Unauthorized",
                [("WWW-Authenticate", "Digest realm=\"suite\", qop=\"auth\", nonce=\"c3VpdGU=\", algorithm=SHA-256")]
            ),
        ]
        return answers.map { row, name, line, fields in
            Case(
                row, name, line, roles: [.client], needs: [.adapter],
                accepts: ["failure, after at most \(retryLimit) requests"]
            ) { probe in
                var visitor = try await ClientHandshake.visitor(probe, ClientDial())
                let control = try probe.client
                let id = control.ids.last ?? 0
                var answer = HTTPHeadText(startLine: line, fields: fields)
                answer.add("Content-Length", "0")
                answer.add("Connection", "close")
                for _ in 0..<retryLimit {
                    await visitor.wire.send(answer.octets)
                    visitor.wire.finish()
                    guard let next = try await control.visitor(of: id, until: probe.deadline()) else {
                        return try await ClientHandshake.reportsFailure(probe)
                    }
                    visitor = next
                }
                return .fail("the client asks again and again")
            }
        }
    }

    // MARK: - What the application wants

    private static func applications() -> [Case] {
        [
            Case(
                "H-251", nil, "Set-Cookie in the 101", roles: [.client], needs: [.adapter],
                accepts: [ClientHandshake.opened, "recorded: whether the next request has the cookie"]
            ) { probe in
                let visitor = try await ClientHandshake.visitor(probe, ClientDial())
                var answer = Probe.switching(to: visitor.head)
                answer.add("Set-Cookie", "suite=1; Path=/; HttpOnly")
                await visitor.wire.send(answer.octets)
                let judgement = await ClientHandshake.echoes(visitor, probe)
                guard judgement.behavior == .pass else { return judgement }
                let next = try await ClientHandshake.visitor(probe, ClientDial())
                let cookie = next.head.value("Cookie")
                await ClientHandshake.closeWell(next, probe)
                probe.observe(cookie.map { "the next request has Cookie: \($0)" } ?? "the next request has no Cookie")
                return judgement
            },
            Case(
                "H-252", nil, "the application closes before the answer", roles: [.client], needs: [.adapter],
                accepts: [
                    "the client ends TCP and sends nothing", "non-strict: it waits for the answer, and closes then",
                ]
            ) { probe in
                let control = try probe.client
                let id = try control.dial()
                guard let visitor = try await control.visitor(of: id, until: probe.now &+ probe.timeouts.opening) else {
                    return .skipped("the client did not connect")
                }
                control.close(id)
                if case .refused? = try await control.event(of: id, until: probe.deadline(times: 0.25)) {
                    control.abort(id)
                }
                if await visitor.wire.waitForEnd(until: probe.deadline()) == nil {
                    await visitor.wire.send(Probe.switching(to: visitor.head).octets)
                    let conversation = probe.converse(on: visitor.wire, terms: nil)
                    switch await conversation.next(until: probe.deadline()) {
                    case .close?, .end?: return .nonStrict("the client waited for the answer before it closed")
                    default: return .nonStrict("the client opened a connection that its application had closed")
                    }
                }
                return visitor.wire.receivedCount == visitor.head.octets.count
                    ? .pass() : .nonStrict("the client sent octets on a connection that was never open")
            },
            Case(
                "H-253", nil, "an extension was asked for, and not agreed on", roles: [.client], needs: [.adapter],
                accepts: [
                    ClientHandshake.opened, "or: Close with 1010 that names it", "or: \(ClientHandshake.refused)",
                ]
            ) { probe in
                let visitor = try await probe.visitor(offering: DeflateWish())
                guard ClientOffer(visitor.head) != nil else {
                    throw ProbeError.skipped("the client offers no extension")
                }
                await visitor.wire.send(Probe.switching(to: visitor.head).octets)
                let conversation = probe.converse(on: visitor.wire, terms: nil)
                await conversation.send(.text("Hello"))
                switch await conversation.next(until: probe.deadline()) {
                case .event(.text(Array("Hello".utf8)))?: return .pass("opens without it")
                case .end?: return .pass("refused")
                case .close(let close)?:
                    guard close.code == 1010 else {
                        return .nonStrict("Close with \(close.code.map { "\($0)" } ?? "no code"), expected 1010")
                    }
                    return String(decoding: close.reason, as: UTF8.self).contains("permessage-deflate")
                        ? .pass() : .nonStrict("the Close with 1010 does not name the extension")
                case nil: return .timeout("nothing came")
                default: return .fail("the message was not echoed")
                }
            },
        ]
    }
}
