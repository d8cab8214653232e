import BenchResults

/// What a server is told to close with (RFC 6455 §7.4), by the query of its `close` fixture.
extension ClosingCases {
    static func fixtureCodes() -> [Case] {
        let refused = ["no Close that breaks a rule: another code, or none at all"]
        return ([0, 999, 1004, 1005, 1006, 1015, 5000] as [UInt16]).map { code in
            Case(
                "C-046", "\(code)", "a server told to close with \(code)", roles: [.server], needs: [.close],
                accepts: refused, { try await toldToClose($0, "code=\(code)") })
        }
            + [("long-reason", "code=1000&reason=" + String(repeating: "r", count: 124))].map { name, query in
                Case(
                    "C-046", name, "a server told to close with a reason of 124 octets", roles: [.server],
                    needs: [.close], accepts: refused, { try await toldToClose($0, query) })
            }
            + [
                Case(
                    "C-024", "65536", "a server told to close with 65536, which is no code", roles: [.server],
                    needs: [.close], accepts: refused, { try await toldToClose($0, "code=65536") }),
                Case(
                    "C-025", "long-reason-of-characters", "a server told to close with a reason cut inside a character",
                    roles: [.server], needs: [.close], accepts: refused,
                    { try await toldToClose($0, "code=1000&reason=r" + String(repeating: "%C3%A9", count: 80)) }),
                Case(
                    "C-025", "surrogate-reason", "a server told to close with a reason that is not UTF-8",
                    roles: [.server], needs: [.close], accepts: refused,
                    { try await toldToClose($0, "code=1000&reason=%ED%A0%80") }),
                Case(
                    "C-047", "no-code", "a server told to close without a code", roles: [.server], needs: [.close],
                    script: Script(
                        Opening(fixture: .close), [],
                        accept: [.reply([nil], lenient: [1000])])),
                Case(
                    "C-047", "code", "a server told to close with 4001", roles: [.server], needs: [.close],
                    script: Script(
                        Opening(fixture: .close, query: "code=4001&reason=bye"), [], accept: [.failure([4001])])),
            ]
    }

    /// Whatever the server makes of it, nothing on the wire may break a rule; a Close that it refuses to send may leave the
    /// connection open.
    private static func toldToClose(_ probe: Probe, _ query: String) async throws -> Judgement {
        let conversation: Conversation
        do {
            conversation = try await probe.open(Opening(fixture: .close, query: query))
        } catch ProbeError.notOpened(let reason) {
            probe.observe(reason)
            return .pass("refused in the opening handshake")
        }
        while let incoming = await conversation.next(until: probe.deadline(times: 0.5)), incoming != .end {}
        await conversation.sendClose(1000)
        // What becomes of the connection then is other rows' business.
        _ = await probe.awaitEnd(on: conversation, until: probe.deadline())
        return probe.conclude(conversation, .pass())
    }
}
