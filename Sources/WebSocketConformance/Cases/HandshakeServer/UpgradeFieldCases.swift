import BenchResults

/// Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Version that make no handshake (RFC 6455 §4.2.1, §4.4).
enum UpgradeFieldCases {
    static let all: [Case] = upgrade() + connection() + keys() + versions() + malformedVersions()

    private static func upgrade() -> [Case] {
        let values: [(String, String)] = [
            ("h2c", "h2c"), ("longer", "websocketx"), ("space", "web socket"), ("empty", ""),
        ]
        return [.upgrade("H-023", nil, "no Upgrade", .notSwitched) { $0.set("Upgrade", nil) }]
            + values.map { variant, value in
                .upgrade("H-024", variant, value.isEmpty ? "an empty Upgrade" : "Upgrade: \(value)", .notSwitched) {
                    $0.set("Upgrade", value)
                }
            }
    }

    private static func connection() -> [Case] {
        let values: [(String, String)] = [
            ("keep-alive", "keep-alive"), ("close", "close"), ("longer", "Upgraded"), ("within", "not-upgrade"),
        ]
        return [.upgrade("H-025", nil, "no Connection", .notSwitched) { $0.set("Connection", nil) }]
            + values.map { variant, value in
                .upgrade("H-026", variant, "Connection: \(value)", .notSwitched) { $0.set("Connection", value) }
            }
    }

    private static func keys() -> [Case] {
        let lengths = [8, 15, 17, 20].map { count in
            Case.upgrade("H-028", "\(count)-octets", "a key of \(count) octets", .refuse(400)) {
                $0.set("Sec-WebSocket-Key", HandshakeKey.base64([UInt8](repeating: 0x5a, count: count)))
            }
        }
        let valid = HandshakeKey.base64([UInt8](repeating: 0xfb, count: 16))
        let malformed: [(String, String, String)] = [
            ("url-safe", "a key in the alphabet for URLs", valid.replacing("+", with: "-").replacing("/", with: "_")),
            ("inner-space", "a key with a space in it", "dGhlIHNhbXBsZ SBub25jZQ=="),
            ("unpadded", "a key without its padding", "dGhlIHNhbXBsZSBub25jZQ"),
            ("extra-padding", "a key with too much padding", "dGhlIHNhbXBsZSBub25jZQ==="),
            ("non-ascii", "a key with octets above 0x7f", "dGhlIHNhbXBsZSBub25j" + HTTPHeadText.octet(0xe9) + "Q=="),
            ("punctuation", "a key of exclamation marks", "!!!"),
        ]
        return [
            .upgrade("H-027", nil, "no key", .refuse(400)) { $0.set("Sec-WebSocket-Key", nil) },
            .upgrade("H-028", "empty", "an empty key", .refuse(400)) { $0.set("Sec-WebSocket-Key", "") },
            .upgrade("H-028", "0-octets", "a key of padding only", .refuse(400)) {
                $0.set("Sec-WebSocket-Key", "====")
            },
        ] + lengths
            + malformed.map { variant, title, key in
                .upgrade("H-029", variant, title, .refuse(400)) { $0.set("Sec-WebSocket-Key", key) }
            } + [
                .upgrade("H-030", "equal", "the same key twice", .refuse(400)) { request in
                    let key = request.fields.first { $0.name == "Sec-WebSocket-Key" }?.value
                    request.add("Sec-WebSocket-Key", key ?? "")
                },
                .upgrade("H-030", "different", "two keys", .refuse(400)) {
                    $0.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                },
                .upgrade("H-030", "list", "two keys in one field", .refuse(400)) {
                    $0.set("Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEA==, dGhlIHNhbXBsZSBub25jZQ==")
                },
                .upgrade(
                    "H-031", nil, "a key whose last bits are not zero",
                    .recorded
                ) { $0.set("Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEC==") },
            ]
    }

    private static func namesThirteen(_ answer: HTTPAnswer) -> Bool {
        answer.head.tokens("Sec-WebSocket-Version").contains("13")
    }

    private static func versions() -> [Case] {
        let refusal = Acceptance(
            opening: nil, refusals: [(426...426, .pass), (400...599, .nonStrict)],
            objection: { namesThirteen($0) ? nil : .fail("\($0.summary) without Sec-WebSocket-Version: 13") })
        let missing = Acceptance.refuse(400, 426).with(objection: {
            namesThirteen($0) ? nil : .nonStrict("\($0.summary) without Sec-WebSocket-Version: 13")
        })
        // Drafts with the handshake and the frames of version 13, which a server may serve as well (RFC 6455 §4.4).
        let drafts = [7, 8]
        return [.upgrade("H-032", nil, "no version", missing) { $0.set("Sec-WebSocket-Version", nil) }]
            + [0, 4, 7, 8, 12, 14, 25, 99, 255].map { version in
                .upgrade(
                    "H-033", "\(version)", "version \(version)",
                    drafts.contains(version) ? refusal.with(opening: .nonStrict) : refusal
                ) {
                    $0.set("Sec-WebSocket-Version", "\(version)")
                }
            } + [
                namesUpgrade("version", "version 99", refusedBy: "H-033") { $0.set("Sec-WebSocket-Version", "99") },
                namesUpgrade("no-upgrade", "an ordinary GET", refusedBy: "H-023") {
                    $0.set("Upgrade", nil)
                    $0.set("Connection", nil)
                },
                retry(),
            ]
    }

    /// - Parameter row: judges whether there is a refusal at all.
    private static func namesUpgrade(
        _ variant: String, _ title: String, refusedBy row: String,
        bend: @escaping @Sendable (inout HTTPHeadText) -> Void
    ) -> Case {
        Case(
            "H-034", variant, "a 426 to \(title) says what to upgrade to", roles: [.server],
            accepts: ["426 with Upgrade, or another status"]
        ) { probe in
            let wire = try await probe.connect()
            let ordinary = try probe.upgradeRequest(.echo)
            var request = ordinary
            bend(&request)
            let notes = request.notes(against: ordinary, isOffending: true)
            guard let answer = await probe.exchange(request.octets, on: wire, notes: notes).refusal else {
                return .skipped("\(title) was not refused: see \(row)")
            }
            guard answer.status == 426 else { return .pass("\(answer.summary): 426 is not used") }
            return answer.head.values("Upgrade").isEmpty ? .fail("426 without Upgrade") : .pass()
        }
    }

    private static func malformedVersions() -> [Case] {
        let values: [(String, String)] = [
            ("leading-zero", "013"), ("fraction", "13.0"), ("plus", "+13"), ("hexadecimal", "0x0d"),
            ("parameter", "13;q=1"), ("negative", "-1"), ("256", "256"), ("empty", ""),
            ("full-width", "\u{ff11}\u{ff13}"),
        ]
        // A list is a version that the server does not have, as much as it is one too many.
        let twice = Acceptance.refuse(400, 426)
        return values.map { variant, value in
            .upgrade("H-035", variant, value.isEmpty ? "an empty version" : "the version \(value)", .refuse(400, 426)) {
                $0.set("Sec-WebSocket-Version", value)
            }
        } + [
            .upgrade("H-036", "equal", "version 13 twice", twice) { $0.add("Sec-WebSocket-Version", "13") },
            .upgrade("H-036", "different", "versions 13 and 8", twice) { $0.add("Sec-WebSocket-Version", "8") },
            .upgrade("H-036", "list", "the versions 13, 8 in one field", twice) {
                $0.set("Sec-WebSocket-Version", "13, 8")
            },
        ]
    }

    private static func retry() -> Case {
        Case(
            "H-037", nil, "version 99, then 13", roles: [.server],
            accepts: ["the second request opens, on the same connection where that lives on"]
        ) { probe in
            let wire = try await probe.connect()
            var request = try probe.upgradeRequest(.echo)
            request.set("Sec-WebSocket-Version", "99")
            guard let answer = await probe.exchange(request.octets, on: wire).refusal else {
                return .skipped("version 99 was not refused: see H-033")
            }
            let retried = try probe.upgradeRequest(.echo)
            if answer.saysMore, wire.end == nil {
                let reply = await probe.exchange(retried.octets, on: wire)
                if case .answer = reply { return await probe.judge(reply, to: retried, on: wire, by: .shouldOpen) }
            }
            let fresh = try await probe.connect()
            let reply = await probe.exchange(retried.octets, on: fresh)
            return await probe.judge(reply, to: retried, on: fresh, by: .shouldOpen)
        }
    }
}
