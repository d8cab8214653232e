import BenchResults

/// Who may open what: Origin, credentials, resources (RFC 6455 §4.2.2, §10.2).
///
/// The fixture for Origin allows `https://good.example` alone; the one for credentials wants Basic `user:pass`.
enum PolicyCases {
    static let all: [Case] =
        allowed() + foreign() + lookAlikes() + hijacking() + forwarding() + credentials() + resources()

    private static let good = "https://good.example"
    private static let evil = "https://evil.example"

    private static func allowed() -> [Case] {
        [
            .upgrade("H-049", "listed", "the Origin that is allowed", fixture: .origin, .open) {
                $0.set("Origin", good)
            },
            .upgrade("H-049", "upper-case-host", "the same with its host in upper case", fixture: .origin, .shouldOpen)
            {
                $0.set("Origin", "https://GOOD.example")
            },
            .upgrade(
                "H-053", nil, "no Origin", fixture: .origin,
                .recorded),
        ]
    }

    private static func foreign() -> [Case] {
        [
            .upgrade("H-050", "https", "a foreign Origin", fixture: .origin, .refuse(403)) { $0.set("Origin", evil) },
            .upgrade("H-050", "port", "a foreign Origin with a port", fixture: .origin, .refuse(403)) {
                $0.set("Origin", "http://other.example:8080")
            },
            .upgrade(
                "H-052", "good-then-evil", "two Origins, the allowed one first", fixture: .origin, .refuse(400, 403)
            ) {
                $0.add("Origin", good)
                $0.add("Origin", evil)
            },
            .upgrade(
                "H-052", "evil-then-good", "two Origins, the allowed one last", fixture: .origin, .refuse(400, 403)
            ) {
                $0.add("Origin", evil)
                $0.add("Origin", good)
            },
            .upgrade("H-052", "unparsable", "an Origin that is none", fixture: .origin, .refuse(400, 403)) {
                $0.set("Origin", "https//good.example%%")
            },
        ]
    }

    private static func lookAlikes() -> [Case] {
        let origins: [(String, String)] = [
            ("scheme", "http://good.example"), ("port", "https://good.example:8443"),
            ("suffix", "https://good.example.evil.example"), ("prefix", "https://evilgood.example"),
            ("user", "https://good.example@evil.example"), ("trailing-dot", "https://good.example."),
            ("label", "https://sub.good.example"), ("null", "null"),
            ("list", "https://good.example https://evil.example"),
        ]
        return origins.map { variant, origin in
            .upgrade("H-051", variant, "the Origin \(origin)", fixture: .origin, .refuse(403)) {
                $0.set("Origin", origin)
            }
        }
    }

    /// A page of somebody else, in the browser of a user who is logged in (RFC 6455 §10.2).
    private static func hijacking() -> [Case] {
        [
            .upgrade("S-001", "origin", "a cookie with a foreign Origin", fixture: .origin, .refuse(403)) {
                $0.set("Origin", evil)
                $0.set("Cookie", "session=0123456789abcdef")
            },
            .upgrade(
                "S-001", "auth", "a cookie with a foreign Origin and no credentials", fixture: .auth, .refuse(401, 403)
            ) {
                $0.set("Origin", evil)
                $0.set("Cookie", "session=0123456789abcdef")
            },
            .upgrade(
                "S-001", "default-policy", "a foreign Origin where nothing is configured", level: .information,
                .recorded
            ) {
                $0.set("Origin", evil)
                $0.set("Cookie", "session=0123456789abcdef")
            },
        ]
    }

    /// What anybody can write must not move the decision.
    private static func forwarding() -> [Case] {
        let fields: [(String, [(String, String)])] = [
            (
                "x-forwarded",
                [
                    ("X-Forwarded-Host", "good.example"), ("X-Forwarded-Proto", "https"),
                    ("X-Forwarded-For", "127.0.0.1"), ("X-Original-Host", "good.example"),
                ]
            ),
            ("forwarded", [("Forwarded", "for=127.0.0.1;host=good.example;proto=https")]),
            ("x-origin", [("X-Origin", good), ("X-Forwarded-Origin", good), ("Referer", good + "/")]),
        ]
        let forwarded = fields.map { variant, fields in
            Case.upgrade("S-015", variant, "a foreign Origin with \(fields[0].0)", fixture: .origin, .refuse(403)) {
                $0.set("Origin", evil)
                for (name, value) in fields { $0.add(name, value) }
            }
        }
        // Another Host may be refused for its own sake.
        let refused = Acceptance(opening: nil, refusals: [(400...499, .pass), (500...599, .nonStrict)])
        return forwarded + [
            .upgrade("S-015", "host-of-origin", "a foreign Origin that equals Host", fixture: .origin, refused) {
                $0.set("Origin", evil)
                $0.set("Host", "evil.example")
            },
            .upgrade("S-015", "allowed-host", "a foreign Origin with the allowed one's Host", fixture: .origin, refused)
            {
                $0.set("Origin", evil)
                $0.set("Host", "good.example")
            },
        ]
    }

    private static func credentials() -> [Case] {
        let challenge = Acceptance.refuse(401).with(objection: { answer in
            answer.status == 401 && answer.head.values("WWW-Authenticate").isEmpty
                ? .fail("401 without WWW-Authenticate (RFC 9110 §15.5.2)") : nil
        })
        return [
            .upgrade("H-057", "none", "no credentials", fixture: .auth, challenge),
            .upgrade(
                "H-057", "wrong", "wrong credentials", fixture: .auth, challenge.with(also: 403...403, worth: .pass)
            ) {
                $0.set("Authorization", "Basic dXNlcjp3cm9uZw==")
            },
            .upgrade("H-057", "right", "the credentials of the fixture", fixture: .auth, .open) {
                $0.set("Authorization", "Basic dXNlcjpwYXNz")
            },
            early(),
            redirect(),
        ]
    }

    /// A frame that comes with a request which is refused.
    private static func early() -> Case {
        Case(
            "S-004", nil, "no credentials, and a frame behind the request", roles: [.server], needs: [.auth],
            accepts: ["401 or 403, and nothing that answers the frame"]
        ) { probe in
            let wire = try await probe.connect()
            let request = try probe.upgradeRequest(.auth)
            let (frame, _) = probe.converse(on: wire, terms: nil).encoded([.text("unasked")])
            let reply = await probe.exchange(request.octets + frame, on: wire)
            let judgement = await probe.judge(reply, to: request, on: wire, by: .refuse(401, 403))
            guard judgement.behavior == .pass else { return judgement }
            let rest = await probe.rest(on: wire)
            return rest.holds(Array("unasked".utf8)) ? .fail("the frame was answered") : judgement
        }
    }

    private static func redirect() -> Case {
        Case(
            "H-058", nil, "a redirected resource", roles: [.server], needs: [.redirect],
            accepts: ["3xx with Location, and HTTP or the end of the connection behind it"]
        ) { probe in
            let wire = try await probe.connect()
            let request = try probe.upgradeRequest(.redirect)
            let reply = await probe.exchange(request.octets, on: wire)
            guard case .answer(let answer) = reply else { return .fail(reply.summary) }
            guard (300...399).contains(answer.status), !answer.head.values("Location").isEmpty else {
                return .fail("\(answer.summary)\(answer.head.values("Location").isEmpty ? " without Location" : "")")
            }
            guard answer.saysMore, wire.end == nil else { return .pass() }
            switch await probe.exchange(request.octets, on: wire) {
            case .answer(let second):
                return second.status == 101 ? .fail("the second time it switched protocols") : .pass()
            case .ended: return .pass()
            case .notHTTP, .silence: return .fail("the connection is no HTTP any more")
            }
        }
    }

    // MARK: - Resources

    private static func resources() -> [Case] {
        let unserved: [(String, String, String, String)] = [
            ("H-054", "path", "a resource that nobody serves", "/conformance-no-such-resource"),
            (
                "H-054", "deep-path", "a resource of many segments that nobody serves",
                "/conformance/no/such/resource?x=1"
            ),
            ("S-014", "icon", "the icon of the site", "/favicon.ico"),
            ("S-014", "page", "a static page", "/index.html"),
        ]
        return unserved.map { row, variant, title, target in
            Case(row, variant, title, roles: [.server], accepts: Acceptance.refuse(404).summaries) { probe in
                let wire = try await probe.connect()
                let request = probe.upgradeRequest(target: target)
                let reply = await probe.exchange(request.octets, on: wire)
                if case .answer(let answer) = reply, answer.status == 101 { return servesAnything(probe) }
                return await probe.judge(reply, to: request, on: wire, by: .refuse(404).with(also: 200...399))
            }
        } + tricks()
    }

    /// A server may serve every path; one that has declared several knows them apart.
    private static func servesAnything(_ probe: Probe) -> Judgement {
        probe.capabilities.paths.count > 2
            ? .nonStrict("a path opens that no fixture has") : .information("the server serves every path")
    }

    private static func tricks() -> [Case] {
        let bends: [(String, String, @Sendable (String) -> String)] = [
            ("double-slash", "a second slash before the path", { "/" + $0 }),
            ("dot-segment", "a dot segment before the path", { "/." + $0 }),
            ("encoded-slash", "an encoded slash and dots before the path", { "/conformance%2f.." + $0 }),
            ("upper-case", "the path in upper case", { $0.uppercased() }),
            ("parameter", "a parameter behind the path", { $0 + ";x" }),
        ]
        return bends.map { variant, title, bend in
            Case(
                "H-055", variant, title, roles: [.server], needs: [.auth],
                accepts: ["anything but 101, as without the trick and without credentials"]
            ) { probe in
                let wire = try await probe.connect()
                let request = probe.upgradeRequest(target: bend(try probe.target(.auth)))
                let reply = await probe.exchange(request.octets, on: wire)
                guard case .answer(let answer) = reply, answer.status == 101 else {
                    return await probe.judge(reply, to: request, on: wire, by: .notSwitched)
                }
                // Where every path opens, the trick leads to that and not to what is protected.
                let control = try await probe.connect()
                let unserved = probe.upgradeRequest(target: "/conformance-no-such-resource")
                if case .answer(let other) = await probe.exchange(unserved.octets, on: control), other.status == 101 {
                    return .information("the server serves every path")
                }
                return .fail("\(request.startLine) opens without credentials")
            }
        }
    }
}
