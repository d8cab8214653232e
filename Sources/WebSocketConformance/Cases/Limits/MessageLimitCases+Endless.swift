import BenchResults

/// Peers that send without end, do not read, or hardly send at all: memory has to stay bounded, and others have to be served.
extension MessageLimitCases {
    /// Octets by which the peer's memory may grow meanwhile.
    private static let room = 48 << 20

    static func endlessFragments() -> [Case] {
        let accepts = [
            "a failed connection, or an echo in bounded memory (non-strict for fragments without octets)"
        ]
        return [
            Case(
                "L-005", nil, "100,000 fragments of one octet", phase: .exclusive, accepts: accepts,
                { try await manyFragments($0, 100_000, of: [UInt8(ascii: "f")]) }),
            // More than the 131,072 frames that some allow for a message.
            Case(
                "L-006", nil, "200,000 fragments without octets", phase: .exclusive, accepts: accepts,
                { try await manyFragments($0, 200_000, of: []) }),
        ] + [
            Case(
                "L-007", "server", "fragments of 64 KiB without end", roles: [.server], needs: [.limit],
                phase: .exclusive, accepts: ["Close with 1009 and the end of TCP"],
                { try await largeFragments($0, Opening(fixture: .limit)) }),
            Case(
                "L-007", "client", "fragments of 64 KiB without end", roles: [.client], needs: [.messageLimit],
                phase: .exclusive, accepts: ["Close with 1009 and the end of TCP"],
                { try await largeFragments($0, Opening()) }),
            Case(
                "L-008", nil, "64 MiB of echo requests more than kernels hold, and nothing is read", phase: .exclusive,
                accepts: ["the peer stops reading, or ends the connection"], neverRead),
        ]
    }

    private static func manyFragments(_ probe: Probe, _ count: Int, of octets: [UInt8]) async throws -> Judgement {
        let conversation = try await probe.open()
        let before = probe.residentOctets
        let portion = [Frame](repeating: .continuation(octets, isFinal: false), count: 1000)
        await conversation.send(.binary(octets, isFinal: false))
        var isOpen = true
        for _ in 0..<count / portion.count where isOpen {
            let (encoded, _) = conversation.encoded(portion)
            await conversation.wire.send(encoded, patience: probe.timeouts.answer)
            // One turn of the loop, to see what the peer says to it. Some repeat each fragment as it comes.
            _ = await conversation.next(until: probe.now)
            isOpen = conversation.close == nil && conversation.wire.end == nil && !conversation.wire.isGone
        }
        // The pong comes when all of them have been taken, or nothing does from a peer that has failed.
        if isOpen {
            await conversation.send(.ping("taken"))
            let deadline = probe.deadline(times: 2)
            _ = await conversation.consumePong(Array("taken".utf8)) { await conversation.next(until: deadline) }
        }
        let after = probe.residentOctets
        if conversation.wire.end == nil { await conversation.send(.continuation([])) }
        let whole = [UInt8](repeating: octets.first ?? 0, count: octets.count * (count + 1))
        // So many frames may take a while.
        _ = await probe.awaitEvent(on: conversation, until: probe.deadline(times: 5))
        let judgement: Judgement
        if conversation.close != nil || conversation.wire.end != nil {
            // How soon TCP ends, with so much to drain, is not what this is about.
            let isRightCode = [1008, 1009].contains(conversation.close?.code)
            judgement = probe.conclude(
                conversation,
                isRightCode ? .pass("failed") : .nonStrict("failed without one of the codes 1008 and 1009"))
        } else {
            // No size limit ever ends a message of fragments without octets.
            judgement = try await probe.run(
                Script(
                    [], accept: [.exchange([.binary(whole)], worth: octets.isEmpty ? .nonStrict : .pass)], patience: 2),
                on: conversation)
        }
        return bounded(probe, before, after, judgement)
    }

    private static func bounded(_ probe: Probe, _ before: Int?, _ after: Int?, _ judgement: Judgement) -> Judgement {
        guard let before, let after else { return judgement }
        probe.observe("the peer's memory grew by \((after &- before) >> 10) KiB")
        guard after &- before > room else { return judgement }
        return .fail("the peer's memory grew by \((after &- before) >> 20) MiB")
    }

    private static func largeFragments(_ probe: Probe, _ opening: Opening) async throws -> Judgement {
        let conversation = try await probe.open(opening)
        let before = probe.residentOctets
        let portion = [UInt8](repeating: UInt8(ascii: "g"), count: 64 * 1024)
        await conversation.send(.binary(portion, isFinal: false))
        // What a peer that fails at the limit finds unread then is no more than it can be asked to drain.
        let enough = probe.capabilities.messageLimit / portion.count + 8
        // Four times the limit is beyond every honest mistake.
        for count in 0..<enough * 4 {
            guard conversation.wire.end == nil, !conversation.wire.isGone, conversation.close == nil else { break }
            let (encoded, _) = conversation.encoded([.continuation(portion, isFinal: false)])
            await conversation.wire.send(encoded, patience: probe.timeouts.answer)
            if count == enough { _ = await probe.awaitClose(on: conversation, until: probe.deadline()) }
        }
        let judgement = try await probe.run(Script([], accept: [.failure([1009])]), on: conversation)
        return bounded(probe, before, probe.residentOctets, judgement)
    }

    private static func neverRead(_ probe: Probe) async throws -> Judgement {
        let conversation = try await probe.open()
        let before = probe.residentOctets
        conversation.wire.holdReading()
        let (octets, _) = conversation.encoded([.binary([UInt8](repeating: 0x6e, count: 64 * 1024))])
        // The buffers of both kernels may hold some of it in either direction, the rest is the peer's.
        let total = (64 << 20) + 2 * KernelBuffers.largest
        for _ in 0..<total / octets.count {
            let isTaken = await conversation.wire.offer(octets, until: probe.deadline(times: 0.5))
            if conversation.wire.isGone || conversation.wire.end != nil {
                return bounded(probe, before, probe.residentOctets, .pass("the peer ended the connection"))
            }
            if !isTaken {
                return bounded(probe, before, probe.residentOctets, .pass("the peer stopped reading"))
            }
        }
        return bounded(
            probe, before, probe.residentOctets,
            .fail("the peer took \(total >> 20) MiB, 64 of them more than their echoes on the way can be"))
    }

    // MARK: - Slow and silent peers

    static func slowPeers() -> [Case] {
        let accepts = ["echoes on another connection, whatever becomes of the slow one"]
        return [
            Case(
                "L-009", "server", "a frame that comes an octet at a time", roles: [.server], phase: .exclusive,
                accepts: accepts, { try await slowFrame($0) }),
            Case(
                "L-009", "client", "a frame that comes an octet at a time", roles: [.client], needs: [.adapter],
                phase: .exclusive, accepts: accepts, { try await slowFrame($0) }),
            Case(
                "L-010", "server", "a client that answers nothing any more", roles: [.server], needs: [.idle],
                phase: .exclusive, accepts: ["the end of TCP within the declared time"],
                { try await vanish($0, Opening(fixture: .idle)) }),
            Case(
                "L-010", "client", "a server that answers nothing any more", roles: [.client], needs: [.keepAlive],
                phase: .exclusive, accepts: ["the end of TCP within the declared time"],
                { try await vanish($0, Opening()) }),
        ]
    }

    private static func slowFrame(_ probe: Probe) async throws -> Judgement {
        let slow = try await probe.open()
        let other = try await probe.open()
        let (octets, notes) = slow.encoded([.text("an octet at a time")])
        await slow.wire.send(Array(octets.prefix(octets.count - 8)), notes: notes)
        for octet in octets.suffix(8).dropLast() where slow.wire.end == nil {
            await probe.pause(milliseconds: 400)
            await slow.wire.send([octet])
            await other.send(.text("prompt"))
            guard await probe.awaitEvent(on: other, until: probe.deadline()) == .text("prompt") else {
                return probe.conclude(other, .fail("another connection was not served meanwhile"))
            }
        }
        if slow.wire.end != nil { probe.observe("the peer ended the slow connection") }
        return probe.conclude(other, .pass())
    }

    private static func vanish(_ probe: Probe, _ opening: Opening) async throws -> Judgement {
        let conversation = try await probe.open(opening)
        conversation.answersPings = false
        conversation.answersClose = false
        let deadline =
            probe.deadline() &+ UInt64(max(0, probe.capabilities.idleTimeout) * probe.timeouts.multiplier * 1e9)
        guard await probe.awaitEnd(on: conversation, until: deadline) else {
            return probe.conclude(conversation, .timeout("TCP is still open after the declared time"))
        }
        return probe.conclude(conversation, .pass())
    }
}
