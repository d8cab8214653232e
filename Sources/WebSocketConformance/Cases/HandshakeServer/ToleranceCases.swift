import BenchResults

/// Requests that look unusual and are valid: every server has to open (RFC 6455 §4.2.1, RFC 9112).
enum ToleranceCases {
    static let all: [Case] = names() + upgradeTokens() + connectionTokens() + otherFields() + whiteSpace() + targets()

    private static func names() -> [Case] {
        let spellings: [(String, String, @Sendable (String) -> String)] = [
            ("lower", "names in lower case", { $0.lowercased() }),
            ("upper", "names in upper case", { $0.uppercased() }),
            (
                "title", "names in title case",
                { name in
                    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(
                        separator: "-")
                }
            ),
            (
                "mixed", "names in mixed case",
                { name in
                    String(
                        name.enumerated().map {
                            $0.offset.isMultiple(of: 2)
                                ? Character($0.element.lowercased()) : Character($0.element.uppercased())
                        })
                }
            ),
        ]
        let cased = spellings.map { variant, title, spell in
            Case.upgrade("H-007", variant, title, .open) { request in
                request.fields = request.fields.map { (spell($0.name), $0.value) }
            }
        }
        return cased
            + (1...6).map { number in
                Case(
                    "H-008", "permutation-\(number)", "fields in random order", roles: [.server], isRandom: true,
                    accepts: Acceptance.open.summaries
                ) { probe in
                    let wire = try await probe.connect()
                    var request = try probe.upgradeRequest(.echo)
                    request.add("User-Agent", "conformance")
                    request.add("Accept-Language", "en")
                    request.fields.shuffle(using: &probe.random)
                    let reply = await probe.exchange(request.octets, on: wire)
                    return await probe.judge(reply, to: request, on: wire, by: .open)
                }
            }
    }

    private static func upgradeTokens() -> [Case] {
        let spellings: [(String, String)] = [("camel", "WebSocket"), ("upper", "WEBSOCKET"), ("lower", "websocket")]
        let spelled = spellings.map { variant, value in
            Case.upgrade("H-009", variant, "Upgrade: \(value)", .open) { $0.set("Upgrade", value) }
        }
        return spelled + [
            .upgrade("H-011", "websocket-first", "websocket and h2c", .openOrAnyRefusal) {
                $0.set("Upgrade", "websocket, h2c")
            },
            .upgrade("H-011", "websocket-last", "h2c and websocket", .openOrAnyRefusal) {
                $0.set("Upgrade", "h2c, websocket")
            },
            .upgrade("H-011", "two-fields", "h2c and websocket in two fields", .openOrAnyRefusal) {
                $0.set("Upgrade", "h2c")
                $0.add("Upgrade", "websocket")
            },
        ]
    }

    private static func connectionTokens() -> [Case] {
        let values: [(String, [String])] = [
            ("title", ["Upgrade"]), ("lower", ["upgrade"]), ("upper", ["UPGRADE"]), ("list", ["keep-alive, Upgrade"]),
            ("list-without-space", ["Upgrade,keep-alive"]), ("padded", ["\t keep-alive \t,  \tUpgrade \t"]),
            ("two-fields", ["keep-alive", "Upgrade"]), ("unknown-tokens", ["x-unknown, Upgrade, x-other"]),
        ]
        return values.map { variant, values in
            .upgrade("H-010", variant, "Connection: \(trimmed(values.joined(separator: " and ")))", .open) { request in
                request.set("Connection", nil)
                for value in values { request.add("Connection", value) }
            }
        }
    }

    private static func otherFields() -> [Case] {
        [
            .upgrade("H-012", "token-symbols", "a name of all symbols a token may have", .open) {
                $0.add("X-!#$%&'*+-.^_`|~09", "1")
            },
            .upgrade("H-012", "empty-value", "an unknown field without a value", .open) { $0.add("X-Empty", "") },
            .upgrade(
                "H-012", "obs-text", "an unknown field with octets above 0x7f", level: .should, .shouldOpen
            ) {
                $0.add("X-Bytes", HTTPHeadText.octet(0xff) + HTTPHeadText.octet(0xe9) + "z")
            },
            .upgrade("H-012", "unknown", "many fields that mean nothing here", .open) { request in
                for number in 1...20 { request.add("X-Unknown-\(number)", "value \(number), \"quoted\"; a=b") }
            },
        ]
    }

    private static func whiteSpace() -> [Case] {
        let spaces = [
            ("spaces", "   ", "  "), ("tabs", "\t", "\t\t"), ("mixed", " \t ", "\t \t"), ("none", "", ""),
        ]
        return spaces.map { variant, before, after in
            Case.upgrade("H-013", variant, "white space around every value: \(variant)", .open) { request in
                request.separator = ":"
                request.fields = request.fields.map { ($0.name, before + $0.value + after) }
            }
        }
    }

    /// Absolute form and queries (RFC 9112 §3.2).
    private static func targets() -> [Case] {
        [
            absoluteForm("same-host", "absolute form", .echo) { $0 },
            absoluteForm("query", "absolute form with a query", .echo) { appending("a=1", to: $0) },
            info(
                "H-014", "path-taken", "the path of an absolute form arrives", absolute: true, query: "seen=1",
                all: ["seen=1"]),
            info("H-015", "query", "a query arrives", query: "first=1&second=two", all: ["first", "second", "two"]),
            info(
                "H-015", "percent-encoding", "a percent-encoded query arrives", query: "path=%2Fa%2Fb&euro=%E2%82%AC",
                all: ["path", "euro"], either: [["%2Fa%2Fb", "%E2%82%AC"], ["/a/b", "€"], ["/a/b", "\\u20ac"]]),
            info(
                "H-015", "unusual", "a query of question marks, slashes and empty values arrives",
                query: "empty=&flag&where=/x/?y", all: ["empty", "flag", "where", "/x/?y"]),
        ]
    }

    private static func appending(_ query: String, to target: String) -> String {
        target + (target.contains("?") ? "&" : "?") + query
    }

    private static func absolute(_ target: String, _ probe: Probe) -> String {
        guard case .server(let server) = probe.subject else { return target }
        return "\(server.tls == nil ? "http" : "https")://\(server.authority)\(target)"
    }

    private static func absoluteForm(
        _ variant: String, _ title: String, _ fixture: Capability, _ change: @escaping @Sendable (String) -> String
    ) -> Case {
        Case("H-014", variant, title, roles: [.server], accepts: Acceptance.open.summaries) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(fixture)
            let request = probe.upgradeRequest(target: absolute(change(try probe.target(fixture)), probe))
            let notes = request.notes(against: ordinary, isOffending: false)
            let reply = await probe.exchange(request.octets, on: wire, notes: notes)
            return await probe.judge(reply, to: request, on: wire, by: .open)
        }
    }

    /// The info fixture's first message has to name `all`, and all of one of `either`.
    private static func info(
        _ row: String, _ variant: String, _ title: String, absolute isAbsolute: Bool = false, query: String,
        all: [String], either: [[String]] = [[]]
    ) -> Case {
        Case(
            row, variant, title, roles: [.server], needs: [.info],
            accepts: ["101, and a message that names \((all + (either.first ?? [])).joined(separator: ", "))"]
        ) { probe in
            let wire = try await probe.connect()
            let path = try probe.target(.info)
            let target = appending(query, to: path)
            let request = probe.upgradeRequest(target: isAbsolute ? absolute(target, probe) : target)
            await wire.send(request.octets)
            let conversation = try await probe.finishOpening(on: wire, request: request)
            guard case .event(let event)? = await conversation.next(until: probe.deadline()) else {
                return .fail("no message with what arrived")
            }
            // JSON may write a slash with a backslash before it.
            let text = String(decoding: event.payload, as: UTF8.self).split(
                separator: "\\/", omittingEmptySubsequences: false
            )
            .joined(separator: "/")
            probe.observe("received \(text)")
            let missing = ([path] + all).filter { !text.contains($0) }
            guard missing.isEmpty else { return .fail("lost: \(missing.joined(separator: ", "))") }
            guard either.contains(where: { $0.allSatisfy { text.contains($0) } }) else {
                return .fail("lost: \((either.first ?? []).joined(separator: ", "))")
            }
            return .pass()
        }
    }
}
