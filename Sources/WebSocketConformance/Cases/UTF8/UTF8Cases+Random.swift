import BenchResults

/// Text that is compressed, made by an application, or random.
extension UTF8Cases {
    static func compressed() -> [Case] {
        let invalid: [(name: String, octets: [UInt8])] = [
            ("ff", Array("begin ".utf8) + [0xff]), ("surrogate", Array("begin ".utf8) + [0xed, 0xa0, 0x80]),
            ("unfinished", Array("begin ".utf8) + [0xe2, 0x82]),
        ]
        let text = Array("κόσμε κόσμε κόσμε".utf8)
        return invalid.map { name, octets in
            Case(
                "U-026", "invalid-\(name)", "compressed text that is not UTF-8: \(name)", tags: ["deflate"],
                script: .failure([deflated(octets).with(reservedBits: 4)], [1007], opening: .deflate()))
        } + [
            Case(
                "U-026", "valid", "compressed octets that are not UTF-8, of text that is", tags: ["deflate"],
                script: .echo([deflated(text)], [.text(text)], opening: .deflate())),
            Case(
                "U-026", "valid-in-fragments", "compressed text, cut inside its characters", tags: ["deflate"],
                script: .echo(
                    deflated(text).payload.enumerated().map { index, octet in
                        var frame = Frame(
                            index == 0 ? Frame.text : Frame.continuation, [octet],
                            isFinal: index == deflated(text).payload.count - 1)
                        if index == 0 { frame.reservedBits = 4 }
                        return frame
                    }, [.text(text)], opening: .deflate())),
        ]
    }

    /// A compressed text message, the first of its connection.
    private static func deflated(_ octets: [UInt8]) -> Frame {
        // Short enough for every window that may be agreed on.
        var frame = Frame.text(Deflate(windowBits: 9)?.message(octets) ?? [])
        frame.reservedBits = 4
        return frame
    }

    static func fromApplication() -> [Case] {
        [
            Case(
                "U-027", "header", "a text message about a header value that is not UTF-8", roles: [.server],
                needs: [.info],
                accepts: ["a text message that is UTF-8", "an HTTP answer that refuses the request"]
            ) { probe in
                let wire = try await probe.connect()
                var request = probe.upgradeRequest(target: try probe.target(.info))
                request.add("X-Surrogate", "before MARK after")
                // The value holds U+D800 alone, which is in no valid text.
                let octets = replace(Array("MARK".utf8), by: [0xed, 0xa0, 0x80], in: request.octets)
                await wire.send(octets)
                let conversation: Conversation
                do {
                    conversation = try await probe.finishOpening(on: wire, request: request)
                } catch ProbeError.notOpened(let reason) {
                    probe.observe(reason)
                    return .pass("refused in the opening handshake")
                }
                await conversation.send(.text("what do you see?"))
                let event = await probe.awaitEvent(on: conversation, until: probe.deadline())
                await conversation.sendClose(1000)
                _ = await probe.awaitEnd(on: conversation, until: probe.deadline())
                return probe.conclude(conversation, event == nil ? .timeout("no message came") : .pass())
            },
            Case(
                "U-027", "of-client", "a client told to send text that is not UTF-8", roles: [.client],
                needs: [.adapter],
                accepts: ["the client refuses", "a text message that is UTF-8", "a failed connection"]
            ) { probe in
                let (id, conversation) = try await probe.openWithClient()
                let client = try probe.client
                client.send(.text([0x61, 0xed, 0xa0, 0x80, 0x62]), on: id)
                // Behind it, so that what the client makes of the first is known when this has come.
                client.send(.text("behind"), on: id)
                while let event = await probe.awaitEvent(on: conversation, until: probe.deadline()) {
                    if event == .text("behind") { break }
                }
                await conversation.sendClose(1000)
                _ = await probe.awaitClose(on: conversation, until: probe.deadline())
                conversation.wire.finish()
                _ = await probe.awaitEnd(on: conversation, until: probe.deadline())
                return probe.conclude(conversation, .pass())
            },
            Case(
                "U-016", "reason-at-client", "a close reason behind a byte order mark, as the client reports it",
                roles: [.client], needs: [.adapter], accepts: ["the client reports the reason as it was sent"]
            ) { probe in
                let (id, conversation) = try await probe.openWithClient()
                await conversation.send(.close(1000, "\u{feff}bye"))
                _ = await probe.awaitClose(on: conversation, until: probe.deadline())
                conversation.wire.finish()
                return try await ClosingCases.judgeReport(
                    probe, conversation, id, code: 1000, reason: "\u{feff}bye")
            },
        ]
    }

    private static func replace(_ mark: [UInt8], by octets: [UInt8], in whole: [UInt8]) -> [UInt8] {
        guard let start = whole.indices.first(where: { whole[$0...].starts(with: mark) }) else { return whole }
        return Array(whole[..<start]) + octets + Array(whole[(start + mark.count)...])
    }

    /// Strings on one connection, of which the last is invalid.
    private static let run = 40

    static func random() -> [Case] {
        let accepts = ["every valid string comes back, and the connection fails with 1007 at the first that is not"]
        return (1...16).map { number in
            Case(
                "U-028", "\(number)", "random strings, the last of them invalid", isRandom: true, accepts: accepts,
                { try await strings($0, count: run) })
        } + [
            Case(
                "U-028", "many", "a connection for each of 256 random invalid strings", roles: [.server],
                isRandom: true,
                accepts: accepts
            ) { probe in
                for _ in 0..<256 {
                    let judgement = try await strings(probe, count: 4)
                    guard judgement.behavior == .pass, judgement.close == .pass else { return judgement }
                    probe.forgetObservations()
                }
                return Judgement(.pass, close: .pass, "as required")
            }
        ]
    }

    private static func strings(_ probe: Probe, count: Int) async throws -> Judgement {
        var valid: [[UInt8]] = []
        var invalid: [UInt8]?
        while valid.count < count - 1 || invalid == nil {
            let string = string(&probe.random)
            if !UTF8Check.isValid(string) {
                invalid = string
            } else if valid.count < count - 1 {
                valid.append(string)
            }
        }
        return try await probe.run(
            Script(
                [
                    .send(valid.map { .text($0) }), .awaitEvents(valid.count),
                    .send([Frame.text(invalid ?? [0xff]).offending]),
                ],
                accept: [.failure([1007], after: valid.map { .text($0) })]))
    }

    /// Octets that are hard to decide about: characters, and in half of the strings one octet changed, lost, doubled or
    /// random.
    private static func string(_ random: inout SeededRandom) -> [UInt8] {
        var octets = text(octets: Int.random(in: 1...80, using: &random), &random)
        guard random.next() & 1 == 0 else { return octets }
        let index = Int.random(in: octets.indices, using: &random)
        switch random.next() % 4 {
        case 0: octets[index] ^= 1 << UInt8(random.next() & 7)
        case 1 where octets.count > 1: octets.remove(at: index)
        case 2: octets.insert(octets[index], at: index)
        default: octets[index] = UInt8(truncatingIfNeeded: random.next() | 0x80)
        }
        return octets
    }
}
