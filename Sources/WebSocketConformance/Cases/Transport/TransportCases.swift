import BenchResults
import Glibc
import Reactor

/// TLS over TCP (RFC 6455 §4.1, §10.6; RFC 8446; RFC 8996). Run with a `wss://` URL, or listening with a certificate.
enum TransportCases {
    static let all: [Case] =
        core() + records() + endings() + versions() + names() + protocols() + [resumption(), broken()]

    private static func over(
        _ row: String, _ variant: String?, _ title: String, _ script: Script
    ) -> Case {
        Case(row, variant, title, tags: ["tls"], needs: [.tls], script: script)
    }

    // MARK: - T-001, T-002

    private static let text = Frame.text("caf\u{e9} \u{20ac}")
    private static let textBack = Event.text("caf\u{e9} \u{20ac}")

    private static func core() -> [Case] {
        let euro: [UInt8] = [0xe2, 0x82, 0xac]
        let compressedHello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        return [
            over("T-001", "f-001", "text of 125 octets", .echo([.text(octets(125))], [.text(octets(125))])),
            over(
                "T-001", "p-001", "a ping",
                Script([.send([.ping("over TLS")])], accept: [.exchange([.pong("over TLS")])])),
            over(
                "T-001", "c-001", "a close", Script([.send([.close(1000)])], accept: [.reply([1000], lenient: [nil])])),
            over(
                "T-001", "u-002", "a character in two fragments",
                .echo(
                    [.text(Array(euro.prefix(1)), isFinal: false), .continuation(Array(euro.dropFirst()))],
                    [.text(euro)])),
            over(
                "T-001", "d-001", "a compressed text",
                .echo(
                    [Frame.text(compressedHello).with(reservedBits: 4, isOffending: false)], [.text("Hello")],
                    opening: .deflate())),
            over(
                "T-001", "f-038", "a ping between two fragments",
                Script(
                    [.send([.text("one", isFinal: false), .ping("between"), .continuation("two")])],
                    accept: [.exchange([.pong("between"), .text("onetwo")])])),
        ]
    }

    private static func octets(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x2a, count: count) }

    private static func records() -> [Case] {
        [
            over("T-002", "one-octet", "records of one octet", .echo([text], cut: .everyOctet, [textBack])),
            over(
                "T-002", "cuts", "records that cut every part of a frame",
                .echo(
                    [.binary(octets(300)), text], cut: .at([1, 2, 3, 5, 8, 100, 307, 308, 310]),
                    [.binary(octets(300)), textBack])),
            over(
                "T-002", "full", "records of 16 KiB",
                .echo([.binary(octets(100_000))], [.binary(octets(100_000))], patience: 2)),
        ]
    }

    // MARK: - T-003, T-004

    private static func endings() -> [Case] {
        [
            Case(
                "T-003", nil, "an orderly close", tags: ["tls"], needs: [.tls],
                accepts: ["TCP ends behind TLS's close_notify", "non-strict: it ends without"]
            ) { probe in
                let conversation = try await probe.open()
                let judgement = try await probe.run(.echo([text], [textBack]), on: conversation)
                guard judgement.behavior == .pass, conversation.wire.end == .truncated else { return judgement }
                return Judgement(.nonStrict, close: judgement.close, "TCP ended without close_notify")
            },
            Case(
                "T-004", nil, "half of a message, then TCP ends without close_notify", tags: ["tls"], needs: [.tls],
                accepts: ["nothing is delivered, the connection ends; a client's application sees 1006"]
            ) { probe in
                let conversation = try await probe.open()
                await conversation.send(
                    Frame.text([UInt8](repeating: 0x61, count: 1000)).with(prefix: 500, isOffending: false))
                // Below TLS, which so cannot say its goodbye.
                shutdown(conversation.wire.descriptor, Int32(SHUT_WR))
                guard await probe.awaitEnd(on: conversation, until: probe.deadline()) else {
                    return probe.conclude(conversation, .timeout("the connection was not ended"))
                }
                guard conversation.received.isEmpty else {
                    return probe.conclude(conversation, .fail("a cut message was delivered"))
                }
                return probe.conclude(conversation, .pass())
            },
        ]
    }

    // MARK: - T-005 to T-008

    /// Opens a connection by TLS like `change` has it, and echoes once.
    private static func echo(
        _ probe: Probe, _ change: (inout TLSClientConfiguration) -> Void
    ) async throws -> (judgement: Judgement, agreement: TLSAgreement?) {
        let wire = try await connect(probe, change)
        let request = probe.upgradeRequest(target: try probe.target(.echo))
        await wire.send(request.octets)
        let agreement = wire.agreement
        let conversation = try await probe.finishOpening(on: wire, request: request)
        return (try await probe.run(.echo([text], [textBack]), on: conversation), agreement)
    }

    private static func connect(
        _ probe: Probe, _ change: (inout TLSClientConfiguration) -> Void
    ) async throws -> Wire {
        guard case .server(let server) = probe.subject, var configuration = server.tlsConfiguration else {
            throw ProbeError.skipped(Capability.tls.absence)
        }
        change(&configuration)
        do {
            return try await probe.connect(tls: try TLSClientContext(configuration))
        } catch let error as TLSError {
            throw ProbeError.skipped("\(error)")
        }
    }

    private static func versions() -> [Case] {
        let good = [TLSVersion.tls12, .tls13].map { version in
            Case(
                "T-005", version == .tls12 ? "1.2" : "1.3", "TLS \(version == .tls12 ? "1.2" : "1.3") and nothing else",
                roles: [.server], tags: ["tls"], needs: [.tls], accepts: ["an echo"]
            ) { probe in
                do {
                    return try await echo(probe) { $0.versions = version...version }.judgement
                } catch ProbeError.unreachable(let reason) {
                    return .nonStrict("not agreed on: \(reason)")
                }
            }
        }
        return good + [
            Case(
                "T-005", "1.1", "a ClientHello of TLS 1.1", roles: [.server], tags: ["tls"], needs: [.tls],
                accepts: ["an alert, or the end of the connection"]
            ) { probe in
                let wire = try await probe.connectPlainly()
                await wire.send(oldClientHello(&probe.random))
                while wire.unread.count < 6, wire.end == nil, await wire.wait(until: probe.deadline()) {}
                let answer = Array(wire.unread.prefix(6))
                // A handshake record with a ServerHello accepts the version.
                if answer.count == 6, answer[0] == 22, answer[5] == 2 { return .fail("TLS 1.1 was accepted") }
                if answer.first == 21 || wire.end != nil { return .pass() }
                return answer.isEmpty
                    ? .timeout("neither an alert nor an end") : .fail("no TLS in the answer:\(preview(answer))")
            },
            Case(
                "T-005", "offer", "the versions that a client offers", roles: [.client], tags: ["tls"],
                needs: [.adapter], accepts: ["TLS 1.2 or 1.3, and nothing below"]
            ) { probe in
                let control = try probe.client
                let address = try control.openDoor()
                try control.dial(ClientDial(url: "wss://127.0.0.1:\(address.port)/"))
                guard let wire = try await control.stranger(until: probe.now &+ probe.timeouts.opening) else {
                    throw ProbeError.skipped("the client does not connect by TLS")
                }
                guard let hello = ClientHello(Array(wire.unread)) else {
                    return .fail("what the client sent is no ClientHello")
                }
                let old = hello.versions.filter { $0 < 0x0303 && $0 & 0x0f0f != 0x0a0a }
                guard old.isEmpty else { return .nonStrict("it offers TLS 1.1 or older") }
                return hello.versions.contains { $0 >= 0x0303 } ? .pass() : .fail("it offers neither TLS 1.2 nor 1.3")
            },
        ]
    }

    /// TLS 1.1 (RFC 4346 §7.4.1.2) with what servers of its time have for certificates of RSA and of elliptic curves, so that
    /// nothing but the version can be refused: AES in CBC mode with ECDHE and without, three curves, uncompressed points.
    private static func oldClientHello(_ random: inout SeededRandom) -> [UInt8] {
        let suites: [UInt8] = [0xc0, 0x09, 0xc0, 0x0a, 0xc0, 0x13, 0xc0, 0x14, 0x00, 0x33, 0x00, 0x2f, 0x00, 0x35]
        let curves: [UInt8] = [0, 10, 0, 8, 0, 6, 0, 0x17, 0, 0x18, 0, 0x19]
        let points: [UInt8] = [0, 11, 0, 2, 1, 0]
        let body: [UInt8] =
            [3, 2] + random.octets(32) + [0, 0, UInt8(suites.count)] + suites + [1, 0]
            + [0, UInt8(curves.count + points.count)] + curves + points
        let message: [UInt8] = [1] + bigEndian(UInt64(body.count), octets: 3) + body
        return [22, 3, 1] + bigEndian(UInt64(message.count), octets: 2) + message
    }

    private static func names() -> [Case] {
        [
            Case(
                "T-006", nil, "the name of a host that nobody serves", roles: [.server], tags: ["tls"], needs: [.tls],
                accepts: ["an alert or the end, or TLS with a certificate of another name; never clear text"]
            ) { probe in
                do {
                    let wire = try await connect(probe) {
                        $0.serverName = "nobody.invalid"
                        $0.trust = .insecure
                    }
                    wire.drop()
                    return .pass("TLS went on, and the certificate says who it is")
                } catch ProbeError.unreachable(let reason) {
                    return .pass("refused: \(reason)")
                }
            }
        ]
    }

    private static func protocols() -> [Case] {
        [
            Case(
                "T-007", "http1", "http/1.1 behind h2 in the offer (ALPN)", roles: [.server], tags: ["tls"],
                needs: [.tls],
                accepts: ["http/1.1 or none is chosen, and the connection opens"]
            ) { probe in
                let (judgement, agreement) = try await echo(probe) { $0.applicationProtocols = ["http/1.1"] }
                let chosen = agreement?.applicationProtocol
                return chosen == nil || chosen == "http/1.1" ? judgement : .fail("\(chosen ?? "") was chosen")
            },
            Case(
                "T-007", "h2", "only h2 in the offer (ALPN)", roles: [.server], tags: ["tls"], needs: [.tls],
                accepts: ["TLS fails; or h2 is not chosen; or it is, and an HTTP/1.1 upgrade is not answered with 101"]
            ) { probe in
                let wire: Wire
                do {
                    wire = try await connect(probe) { $0.applicationProtocols = ["h2"] }
                } catch ProbeError.unreachable {
                    return .pass("TLS was refused")
                }
                guard wire.agreement?.applicationProtocol == "h2" else { return .pass("h2 was not chosen") }
                await wire.send(probe.upgradeRequest(target: try probe.target(.echo)).octets)
                guard let answer = await wire.readAnswer(until: probe.deadline()) else {
                    return .pass("no HTTP/1.1 answer")
                }
                return answer.status == 101 ? .fail("101 on a connection of HTTP/2") : .pass(answer.summary)
            },
            Case(
                "T-007", "offer", "the application protocols that a client offers", roles: [.client], tags: ["tls"],
                needs: [.adapter], accepts: ["http/1.1, or none; h2 only beside it"]
            ) { probe in
                let control = try probe.client
                let address = try control.openDoor()
                try control.dial(ClientDial(url: "wss://127.0.0.1:\(address.port)/"))
                guard let wire = try await control.stranger(until: probe.now &+ probe.timeouts.opening) else {
                    throw ProbeError.skipped("the client does not connect by TLS")
                }
                guard let hello = ClientHello(Array(wire.unread)) else {
                    return .fail("what the client sent is no ClientHello")
                }
                let offered = hello.applicationProtocols
                return offered.isEmpty || offered.contains("http/1.1")
                    ? .pass() : .fail("it offers \(offered.joined(separator: ", "))")
            },
        ]
    }

    private static func resumption() -> Case {
        Case(
            "T-008", nil, "a second connection that resumes the first one's session", tags: ["tls"], needs: [.tls],
            accepts: ["an echo on both, resumed or not"]
        ) { probe in
            guard probe.role == .server else {
                let first = try await probe.run(.echo([text], [textBack]))
                return Judgement.worst(of: [first, try await probe.run(.echo([text], [textBack]))])
            }
            guard case .server(let server) = probe.subject, var configuration = server.tlsConfiguration else {
                throw ProbeError.skipped(Capability.tls.absence)
            }
            configuration.resumptionCapacity = 4
            let context: TLSClientContext
            do {
                context = try TLSClientContext(configuration)
            } catch {
                throw ProbeError.skipped("\(error)")
            }
            var judgements: [Judgement] = []
            for _ in 0..<2 {
                let wire = try await probe.connect(tls: context)
                probe.observe(wire.agreement?.isResumed == true ? "resumed" : "a new session")
                let request = probe.upgradeRequest(target: try probe.target(.echo))
                await wire.send(request.octets)
                let conversation = try await probe.finishOpening(on: wire, request: request)
                judgements.append(try await probe.run(.echo([text], [textBack]), on: conversation))
            }
            return Judgement.worst(of: judgements)
        }
    }

    private static func broken() -> Case {
        Case(
            "T-009", nil, "octets that are no TLS, to a port of TLS", roles: [.server], tags: ["tls"], needs: [.tls],
            accepts: [
                "the connection ends, without an answer in HTTP's clear text but an error; the next one is served"
            ]
        ) { probe in
            for octets in [
                Array("GET / HTTP/1.1\r\n\r\n".utf8), probe.random.octets(200), [22, 3, 1, 0, 5, 1, 0, 0, 1, 3],
            ] {
                let wire = try await probe.connectPlainly()
                await wire.send(octets)
                wire.finish()
                guard await wire.waitForEnd(until: probe.now &+ probe.timeouts.opening) != nil || wire.isGone else {
                    return .timeout("the connection was not ended")
                }
            }
            return try await probe.run(.echo([text], [textBack]))
        }
    }
}
