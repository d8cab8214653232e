import BenchResults

/// Methods, versions, Host and request targets that open nothing (RFC 6455 §4.2.1, RFC 9112 §3).
enum RequestLineCases {
    static let all: [Case] = methods() + versions() + hosts() + targets()

    private static func methods() -> [Case] {
        // An answer that does something else for the method is HTTP's business; 101 is ours.
        let refused = Acceptance(
            opening: nil, refusals: [(405...405, .pass), (200...599, .nonStrict)],
            objection: { answer in
                answer.status == 405 && answer.head.values("Allow").isEmpty
                    ? .nonStrict("405 without Allow (RFC 9110 §15.5.6)") : nil
            })
        let ordinary = ["POST", "PUT", "DELETE", "PATCH"].map { method in
            Case.upgrade("H-016", method.lowercased(), "\(method) with the fields of an upgrade", refused) { request in
                request.startLine = request.startLine.replacing("GET", with: method)
                request.add("Content-Length", "0")
            }
        }
        // A server may well have an answer to these.
        let harmless = ["HEAD", "OPTIONS"].map { method in
            Case.upgrade("H-016", method.lowercased(), "\(method) with the fields of an upgrade", .notSwitched) {
                request in
                request.startLine = request.startLine.replacing("GET", with: method)
            }
        }
        return ordinary + harmless + [
            .upgrade(
                "H-016", "connect", "CONNECT with the fields of an upgrade", .refuseMalformed(405, 400, 501)
            ) { $0.startLine = $0.startLine.replacing("GET", with: "CONNECT") },
            .upgrade(
                "H-017", nil, "the method get", .refuse(400, 405, 501).with(also: 200...399)
            ) { $0.startLine = $0.startLine.replacing("GET", with: "get") },
        ]
    }

    private static func versions() -> [Case] {
        [
            .upgrade("H-018", "upgrade", "HTTP/1.0 with the fields of an upgrade", .notSwitched) {
                $0.startLine = $0.startLine.replacing("HTTP/1.1", with: "HTTP/1.0")
            },
            .upgrade("H-018", "keep-alive", "HTTP/1.0 that asks to be kept alive", .notSwitched) {
                $0.startLine = $0.startLine.replacing("HTTP/1.1", with: "HTTP/1.0")
                $0.set("Connection", "keep-alive, Upgrade")
            },
        ]
            + [
                ("http-0-9", "", "no version at all"), ("http-1-10", " HTTP/1.10", "HTTP/1.10"),
                ("lower-case", " http/1.1", "http/1.1"),
            ].map { (variant: String, version: String, title: String) in
                Case.upgrade(
                    "H-019", variant, title, .refuseMalformed(400, 505).with(end: .pass, reset: .pass),
                    checksService: true
                ) { $0.startLine = $0.startLine.replacing(" HTTP/1.1", with: version) }
            } + [
                // "An HTTP/1.1 or higher GET request" (RFC 6455 §4.2.1) lets a server take it.
                .upgrade(
                    "H-019", "http-2-0", "HTTP/2.0 in the words of HTTP/1.1",
                    .refuse(400, 505).with(opening: .nonStrict, end: .pass, reset: .pass), checksService: true
                ) { $0.startLine = $0.startLine.replacing("HTTP/1.1", with: "HTTP/2.0") }
            ]
    }

    private static func hosts() -> [Case] {
        let invalid: [(String, String)] = [
            ("space", "a b"), ("port-letters", "host:abc"), ("open-bracket", "[::1"),
        ]
        return [
            .upgrade("H-020", nil, "no Host", .refuse(400)) { $0.set("Host", nil) },
            .upgrade("H-021", "same", "the same Host twice", .refuse(400)) { request in
                request.add("Host", request.fields.first?.value ?? "")
            },
            .upgrade("H-021", "different", "two Hosts", .refuse(400)) { $0.add("Host", "other.example") },
            // A port is any number of digits by RFC 3986 §3.2.3, so a server that does not look at it breaks no rule.
            .upgrade("H-022", "port-99999", "the Host host:99999", .refuse(400).with(opening: .nonStrict)) {
                $0.set("Host", "host:99999")
            },
        ]
            + invalid.map { variant, host in
                .upgrade("H-022", variant, "the Host \(host)", .refuse(400)) { $0.set("Host", host) }
            }
    }

    private static func targets() -> [Case] {
        let bent: [(String, String, @Sendable (String) -> String)] = [
            ("no-leading-slash", "a target without its slash", { String($0.drop { $0 == "/" }) }),
            ("space", "a space in the target", { $0 + " ws" }),
            ("control", "a control octet in the target", { $0 + "\u{1}" }),
            ("fragment", "a fragment in the target", { $0 + "#part" }),
            ("empty", "an empty target", { _ in "" }),
        ]
        return bent.map { variant, title, bend in
            .upgrade("H-056", variant, title, .refuseMalformed(400).with(opening: .nonStrict, silence: .nonStrict)) {
                request in
                let target = request.startLine.split(separator: " ", omittingEmptySubsequences: false)[1]
                request.startLine = "GET \(bend(String(target))) HTTP/1.1"
            }
        }
    }
}
