import BenchResults

/// Answers with which a client must not go on (RFC 6455 §4.1, the steps after the request).
enum ClientRefusalCases {
    static let all: [Case] =
        upgrade() + accept() + statuses() + subprotocols() + extensions() + notHTTP()

    private static func upgrade() -> [Case] {
        var cases = [("missing", nil), ("h2c", "h2c"), ("empty", ""), ("other-token", "websockets")].map {
            name, value in
            ClientHandshake.refuses("H-227", name, "Upgrade: \(value ?? "missing")") { answer, _ in
                answer.set("Upgrade", value)
            }
        }
        cases.append(
            ClientHandshake.refuses("H-227", "list", "Upgrade: websocket, h2c") { answer, _ in
                answer.set("Upgrade", "websocket, h2c")
            })
        cases += [
            ("missing", nil), ("keep-alive", "keep-alive"), ("close", "close"), ("other-token", "Upgrade-Insecure"),
        ]
        .map { name, value in
            ClientHandshake.refuses("H-228", name, "Connection: \(value ?? "missing")") { answer, _ in
                answer.set("Connection", value)
            }
        }
        return cases
    }

    // MARK: - Sec-WebSocket-Accept

    private static func accept() -> [Case] {
        typealias Value = @Sendable (String) -> String
        let wrong: [(String, String, Value)] = [
            ("random", "random octets", { _ in "bm90IHRoZSByaWdodCBhY2NlcHQ=" }),
            ("other-key", "for another key", { _ in HandshakeKey.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") }),
            (
                "decoded-key", "of the decoded key",
                { HandshakeKey.accept(forOctets: HandshakeKey.decodedBase64($0) ?? []) }
            ),
            ("lower-case", "in lower case", { HandshakeKey.accept(for: $0).lowercased() }),
            ("upper-case", "in upper case", { HandshakeKey.accept(for: $0).uppercased() }),
            ("no-padding", "without padding", { String(HandshakeKey.accept(for: $0).dropLast()) }),
            ("suffix", "with something behind it", { HandshakeKey.accept(for: $0) + "x" }),
            ("prefix", "with something before it", { "x" + HandshakeKey.accept(for: $0) }),
            ("doubled", "twice in one value", { "\(HandshakeKey.accept(for: $0)), \(HandshakeKey.accept(for: $0))" }),
            ("key", "the key itself", { $0 }), ("empty", "empty", { _ in "" }),
        ]
        var cases = wrong.map { name, title, value in
            ClientHandshake.refuses("H-230", name, "Sec-WebSocket-Accept \(title)") { answer, request in
                answer.set("Sec-WebSocket-Accept", value(request.value("Sec-WebSocket-Key") ?? ""))
            }
        }
        cases.append(urlAlphabet)
        cases.append(
            ClientHandshake.refuses("H-229", nil, "no Sec-WebSocket-Accept") { answer, _ in
                answer.set("Sec-WebSocket-Accept", nil)
            })
        cases += [("equal", true), ("different", false), ("wrong-first", false)].map { (name: String, isEqual: Bool) in
            ClientHandshake.refuses("H-231", name, "two fields Sec-WebSocket-Accept, \(name)") { answer, request in
                let right = HandshakeKey.accept(for: request.value("Sec-WebSocket-Key") ?? "")
                let other = isEqual ? right : HandshakeKey.accept(for: "dGhlIHNhbXBsZSBub25jZQ==")
                answer.set("Sec-WebSocket-Accept", name == "wrong-first" ? other : right)
                answer.add("Sec-WebSocket-Accept", name == "wrong-first" ? right : other)
            }
        }
        return cases
    }

    /// Only a value that has `+` or `/` differs: about two in three do. Others are asked again by adapter, or skipped.
    private static let urlAlphabet = Case(
        "H-230", "url-alphabet", "Sec-WebSocket-Accept in the alphabet for URLs", roles: [.client],
        accepts: [ClientHandshake.refused]
    ) { probe in
        for _ in 0..<16 {
            let visitor = try await probe.visitor()
            let right = HandshakeKey.accept(for: visitor.head.value("Sec-WebSocket-Key") ?? "")
            let wrong = String(right.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
            if wrong == right {
                await ClientHandshake.closeWell(visitor, probe)
                if (try? probe.client) == nil { break }
                continue
            }
            var answer = Probe.switching(to: visitor.head)
            answer.set("Sec-WebSocket-Accept", wrong)
            await visitor.wire.send(answer.octets)
            return try await ClientHandshake.givesUp(visitor, probe)
        }
        return .skipped("the right value happens to be the same in both alphabets")
    }

    // MARK: - Status

    private static func statuses() -> [Case] {
        let codes = [
            (200, "OK"), (201, "Created"), (204, "No Content"), (206, "Partial Content"), (301, "Moved Permanently"),
            (302, "Found"), (307, "Temporary Redirect"), (308, "Permanent Redirect"), (400, "Bad Request"),
            (401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found"), (426, "Upgrade Required"),
            (503, "Service Unavailable"),
        ]
        var cases = codes.map { code, reason in
            ClientHandshake.refuses("H-232", "\(code)", "status \(code)", status: code) { request in
                // All a 101 has, so that only the status tells; and nothing that keeps a connection alive.
                var answer = Probe.switching(to: request)
                answer.startLine = "HTTP/1.1 \(code) \(reason)"
                answer.set("Connection", code == 200 ? "Upgrade, close" : "close")
                if code != 204 { answer.add("Content-Length", "0") }
                if code == 401 { answer.add("WWW-Authenticate", "Bearer") }
                return answer.octets
            }
        }
        cases += [("1-0", "HTTP/1.0 101 Switching Protocols"), ("2", "HTTP/2 101 Switching Protocols")].map {
            (name: String, line: String) in
            ClientHandshake.refuses("H-233", name, line, isStrict: false) { answer, _ in answer.startLine = line }
        }
        return cases
    }

    // MARK: - Subprotocols

    private static let asked = ClientDial(subprotocols: ["chat", "superchat"])

    private static func subprotocols() -> [Case] {
        var cases = ["chat", "http"].map { name in
            Case(
                "H-237", name, "Sec-WebSocket-Protocol: \(name), though nothing was asked for", roles: [.client],
                accepts: [ClientHandshake.refused]
            ) { probe in
                let visitor = try await probe.visitor()
                guard visitor.head.values("Sec-WebSocket-Protocol").isEmpty else {
                    return .skipped("the client asks for subprotocols")
                }
                var answer = Probe.switching(to: visitor.head)
                answer.add("Sec-WebSocket-Protocol", name)
                await visitor.wire.send(answer.octets)
                return try await ClientHandshake.givesUp(visitor, probe)
            }
        }
        let wrong: [(String, String)] = [
            ("other", "mqtt"), ("case", "Chat"), ("list", "chat, superchat"), ("prefix", "cha"), ("longer", "chats"),
        ]
        cases += wrong.map { name, value in
            ClientHandshake.refuses("H-238", name, "chat, superchat asked for, answered \(value)", dial: asked) {
                answer, _ in
                answer.add("Sec-WebSocket-Protocol", value)
            }
        }
        cases += [("equal", ["chat", "chat"]), ("different", ["chat", "superchat"]), ("empty", [""])].map {
            name, values in
            ClientHandshake.refuses("H-239", name, "Sec-WebSocket-Protocol: \(values)", dial: asked) { answer, _ in
                for value in values { answer.add("Sec-WebSocket-Protocol", value) }
            }
        }
        cases.append(
            Case(
                "H-240", nil, "no subprotocol chosen", roles: [.client], needs: [.adapter],
                accepts: ["recorded: whether the connection opens, as RFC 6455 has it, or not, as browsers do"]
            ) { probe in
                let visitor = try await ClientHandshake.visitor(probe, asked)
                await visitor.wire.send(Probe.switching(to: visitor.head).octets)
                let judgement = await ClientHandshake.echoes(visitor, probe)
                return .information(judgement.behavior == .pass ? "opens" : "does not open: \(judgement.explanation)")
            })
        return cases
    }

    // MARK: - Extensions

    private static func extensions() -> [Case] {
        var cases = [
            ClientHandshake.refuses("H-241", "other", "an extension that was not offered") { answer, _ in
                answer.add("Sec-WebSocket-Extensions", "x-unoffered")
            },
            Case(
                "H-241", "none-offered", "permessage-deflate, though nothing was offered", roles: [.client],
                accepts: [ClientHandshake.refused]
            ) { probe in
                let visitor = try await probe.visitor()
                guard visitor.head.values("Sec-WebSocket-Extensions").isEmpty else {
                    return .skipped("the client offers extensions")
                }
                var answer = Probe.switching(to: visitor.head)
                answer.add("Sec-WebSocket-Extensions", "permessage-deflate")
                await visitor.wire.send(answer.octets)
                return try await ClientHandshake.givesUp(visitor, probe)
            },
        ]
        let malformed = [
            ("semicolon", ";"), ("no-name", "NAME; =b"), ("no-value", "NAME; a="), ("open-quote", "NAME; a=\"b"),
            ("two-words", "NAME b"), ("control", "NAME\u{1}"), ("trailing", "NAME;"), ("equals", "NAME=1"),
        ]
        cases += malformed.map { name, value in
            Case(
                "H-242", name, "Sec-WebSocket-Extensions: \(value)", roles: [.client],
                accepts: [ClientHandshake.refused]
            ) { probe in
                let visitor = try await probe.visitor(offering: DeflateWish())
                let base = ClientOffer(visitor.head) == nil ? "x-unoffered" : "permessage-deflate"
                var answer = Probe.switching(to: visitor.head)
                answer.add("Sec-WebSocket-Extensions", value.replacing("NAME", with: base))
                await visitor.wire.send(answer.octets)
                return try await ClientHandshake.givesUp(visitor, probe)
            }
        }
        cases.append(
            ClientHandshake.refuses("H-242", "empty", "Sec-WebSocket-Extensions without a value", isStrict: false) {
                answer, _ in
                answer.add("Sec-WebSocket-Extensions", "")
            })
        return cases
    }

    // MARK: - Not HTTP

    private static func notHTTP() -> [Case] {
        let texts: [(String, String)] = [
            ("garbage", "\u{1}\u{2}\u{3}garbage\u{7f} without any sense\r\n\r\n"), ("icy", "ICY 101 OK\r\n"),
            ("ssh", "SSH-2.0-OpenSSH_9.2\r\n\r\n"), ("status-word", "HTTP/1.1 abc Switching Protocols\r\n"),
            ("no-version", "101 Switching Protocols\r\n"),
        ]
        return texts.map { name, text in
            ClientHandshake.refuses("H-248", name, "an answer that is not HTTP (\(name))") { request in
                // Where it has a first line alone, the fields of a right answer follow.
                guard !text.hasSuffix("\r\n\r\n") else { return Array(text.utf8) }
                var answer = Probe.switching(to: request)
                answer.startLine = String(text.dropLast())
                return answer.octets
            }
        }
    }
}
