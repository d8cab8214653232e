import BenchResults
import Glibc

/// What is still processed around a Close, and the codes of failures (RFC 6455 §5.5.1, §7.1.7, §7.4.1).
extension ClosingCases {
    static func messagesBeforeClose() -> [Case] {
        let letters = [UInt8](repeating: UInt8(ascii: "m"), count: 256 * 1024)
        let before: [(name: String, frames: [Frame], events: [Event])] = [
            ("text", [.text("last")], [.text("last")]),
            ("three", [.text("one"), .binary([2]), .text("three")], [.text("one"), .binary([2]), .text("three")]),
            (
                "fragments", [.text("la", isFinal: false), .continuation("", isFinal: false), .continuation("st")],
                [.text("last")]
            ),
            ("ping", [.ping("last")], [.pong("last")]),
            ("256-kib", [.text(letters)], [.text(letters)]),
        ]
        return before.map { name, frames, events in
            Case(
                "C-037", name, "\(name) and a Close in one run",
                script: Script(
                    [.send(frames + [.close(1000)])],
                    accept: (0...events.count).reversed().map { count in
                        .reply(
                            [1000], lenient: [nil], after: Array(events.prefix(count)),
                            worth: count == events.count ? .pass : .nonStrict)
                    }))
        } + [closeDuringEcho()]
    }

    /// A Close that comes while a long echo, whole or in fragments, is on its way back. Half a frame is told apart by F-028.
    private static func closeDuringEcho() -> Case {
        let octets = [UInt8](repeating: 0x5a, count: 256 * 1024)
        return Case(
            "C-038", nil, "a Close while a long echo is on its way",
            script: Script(
                [.send([.binary(octets), .close(1000)])],
                accept: [
                    .reply([1000], lenient: [nil], after: [.binary(octets)]), .reply([1000], lenient: [nil]),
                ], patience: 2))
    }

    static func failureCodes() -> [Case] {
        let invalid = Frame.text([0x62, 0xff]).offending
        return [
            Case(
                "C-040", "protocol", "the code of a protocol error",
                script: .failure([Frame(3).offending], [1002]).presuming("F-017", 1002)),
            Case(
                "C-040", "data", "the code of text that is not UTF-8",
                script: .failure([invalid], [1007]).presuming("U-008", 1007)),
            Case(
                "C-040", "size", "the code of a message over the limit", roles: [.server], needs: [.limit],
                accepts: ["Close with 1009, and the end of TCP"], { try await tooLong($0, Opening(fixture: .limit)) }),
            Case(
                "C-040", "size-at-client", "the code of a message over the limit", roles: [.client],
                needs: [.messageLimit], accepts: ["Close with 1009, and the end of TCP"],
                { try await tooLong($0, Opening()) }),
            Case(
                "C-040", "policy", "the code of a policy violation", roles: [.server], needs: [.close],
                script: Script(
                    Opening(fixture: .close, query: "code=1008&reason=policy"), [], accept: [.failure([1008])])),
            Case(
                "C-040", "type", "the code of a message of the wrong type", roles: [.server], needs: [.textOnly],
                script: .failure([.binary([1, 2, 3])], [1003], opening: Opening(fixture: .textOnly))
                    .presuming("C-043", 1003)),
            Case(
                "C-040", "internal", "the code of an internal error", roles: [.server], needs: [.throwing],
                script: .failure([.text("fail")], [1011], opening: Opening(fixture: .throwing))),
        ]
    }

    private static func tooLong(_ probe: Probe, _ opening: Opening) async throws -> Judgement {
        let octets = [UInt8](repeating: 0x6c, count: probe.capabilities.messageLimit + 1)
        return try await probe.run(
            .failure([Frame.binary(octets).offending], [1009], opening: opening).presuming("L-001", 1009))
    }

    /// What applications of a server do.
    static func applications() -> [Case] {
        [
            Case(
                "C-042", nil, "a handler that fails", roles: [.server], needs: [.throwing],
                accepts: ["Close with 1011 and the end of TCP, and an echo on another connection"], handlerFails),
            Case(
                "C-041", nil, "the server is told to end by SIGTERM", roles: [.server], needs: [.process, .restart],
                phase: .exclusive,
                accepts: [
                    "Close with 1001 or 1012 on every connection, and the end of TCP", "non-strict: anything else",
                ],
                shutDown),
            Case(
                "C-043", nil, "binary at an endpoint for text", roles: [.server], needs: [.textOnly],
                script: Script(
                    Opening(fixture: .textOnly), [.send([.binary([1, 2, 3])])],
                    accept: [
                        .failure([1003], lenient: [1002, 1007, 1008]),
                        .exchange([.binary([1, 2, 3])], worth: .nonStrict), .exchange([], worth: .nonStrict),
                    ])),
        ]
    }

    private static func handlerFails(_ probe: Probe) async throws -> Judgement {
        let bystander = try await probe.open()
        let failing = try await probe.open(Opening(fixture: .throwing))
        let judgement = try await probe.run(.failure([.text("fail")], [1011]), on: failing)
        let code = probe.remoteCloseCode
        let other = try await probe.run(.echo([.text("still here")], [.text("still here")]), on: bystander)
        probe.remoteCloseCode = code
        guard other.behavior == .pass else {
            return .fail("the other connection suffered: \(other.explanation)")
        }
        return judgement
    }

    private static func shutDown(_ probe: Probe) async throws -> Judgement {
        guard let processID = probe.processID else { return .skipped(Capability.process.absence) }
        var conversations: [Conversation] = []
        for _ in 0..<3 { conversations.append(try await probe.open()) }
        for conversation in conversations {
            await conversation.send(.text("before"))
            _ = await probe.awaitEvent(on: conversation, until: probe.deadline())
        }
        probe.hasEndedSubject = true
        probe.recorder.remark("SIGTERM to the system under test")
        kill(processID, SIGTERM)
        var judgements: [Judgement] = []
        for conversation in conversations {
            let close = await probe.awaitClose(on: conversation, until: probe.closeDeadline())
            let hasEnded = await probe.awaitEnd(on: conversation, until: probe.closeDeadline())
            let judgement: Judgement =
                switch close {
                case nil: .nonStrict("no Close before the end of TCP")
                case let close? where close.code == 1001 || close.code == 1012: .pass()
                case let close?:
                    .nonStrict("Close with \(close.code.map { "\($0)" } ?? "no code"), expected 1001 or 1012")
                }
            judgements.append(
                probe.conclude(conversation, hasEnded ? judgement : .nonStrict("TCP is open after the close timeout")))
        }
        return .worst(of: judgements)
    }
}
