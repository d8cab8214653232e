import BenchResults

/// Many connections, many messages, and what is left of them.
enum LoadCases {
    static let all: [Case] =
        [idle(), storm(), connectionLimit()] + cycles() + [manyMessages(), fairness()] + complexity()
        + [liveness(), idleAfterwards(), slowReaders()]

    // MARK: - Connections

    /// L-011.
    private static func idle() -> Case {
        Case(
            "L-011", nil, "1000 idle connections", roles: [.server], phase: .exclusive,
            accepts: ["an echo takes at most five times as long as before, or 20 ms"]
        ) { probe in
            let conversation = try await probe.open()
            let before = try await medianEcho(conversation, probe)
            var idle: [Conversation] = []
            for _ in 0..<1000 {
                guard let one = try? await probe.open() else {
                    return .fail("connection \(idle.count + 1) was not opened")
                }
                idle.append(one)
            }
            let after = try await medianEcho(conversation, probe)
            probe.observe(
                "median of 100 echoes: \(before / 1000) µs before, \(after / 1000) µs with 1000 idle connections")
            return after <= max(before &* 5, 20_000_000)
                ? .pass() : .fail("an echo took \(after / 1000) µs, \(before / 1000) µs before")
        }
    }

    private static func medianEcho(_ conversation: Conversation, _ probe: Probe) async throws -> UInt64 {
        var times: [UInt64] = []
        for number in 0..<100 {
            let began = probe.now
            await conversation.send(.text("\(number)"))
            guard await probe.awaitEvent(on: conversation, until: probe.deadline()) == .text("\(number)") else {
                throw ProbeError.notOpened("no echo while times are taken")
            }
            times.append(probe.now &- began)
        }
        return times.sorted()[times.count / 2]
    }

    /// L-012.
    private static func storm() -> Case {
        Case(
            "L-012", nil, "1000 handshakes at once", roles: [.server], phase: .exclusive,
            accepts: ["every one ends with 101, or with 503"]
        ) { probe in
            var wires: [Wire] = []
            for _ in 0..<1000 { wires.append(try await probe.connect()) }
            let target = try probe.target(.echo)
            for wire in wires { wire.sendWithoutWaiting(probe.upgradeRequest(target: target).octets) }
            var opened = 0
            var refused = 0
            let deadline = probe.now &+ probe.timeouts.opening &* 2
            for wire in wires {
                switch await wire.readAnswer(until: deadline)?.status {
                case 101?: opened += 1
                case 503?: refused += 1
                case let status?: return .fail("handshake \(opened + refused + 1) was answered \(status)")
                case nil: return .fail("\(opened + refused) of 1000 handshakes were answered")
                }
            }
            return .pass("\(opened) opened, \(refused) refused with 503")
        }
    }

    /// L-013.
    private static func connectionLimit() -> Case {
        Case(
            "L-013", nil, "one connection more than the declared limit, then room again", roles: [.server],
            needs: [.connectionLimit], phase: .exclusive,
            accepts: ["503, or no connection, beyond the limit; served again once there is room"]
        ) { probe in
            let limit = probe.capabilities.connectionLimit
            var open: [Conversation] = []
            var isRefused = false
            for _ in 0..<(limit + 8) {
                do {
                    open.append(try await probe.open())
                } catch ProbeError.notOpened(let reason) {
                    guard reason.contains("503") || reason.contains("ended") else { return .fail(reason) }
                    isRefused = true
                    break
                } catch ProbeError.unreachable {
                    isRefused = true
                    break
                }
            }
            guard isRefused else { return .fail("\(open.count) connections were served, the limit is \(limit)") }
            for conversation in open { conversation.wire.drop() }
            let deadline = probe.now &+ probe.timeouts.opening
            while probe.now < deadline {
                if await probe.serves() { return .pass("refused after \(open.count), served again afterwards") }
                await probe.pause(milliseconds: 50)
            }
            return .fail("not served again once all connections were gone")
        }
    }

    // MARK: - Cycles

    private static let cycleCount = 1000
    /// A stretch has a third of them.
    private static let cycleGrowthLimit = 5 << 20

    /// L-014.
    private static func cycles() -> [Case] {
        let kinds: [(String, String, @Sendable (Probe) async throws -> Void)] = [
            ("clean", "closed well", { _ = try await $0.run(.echo([.text("cycle")], [.text("cycle")])) }),
            ("reset", "reset", { try await $0.open().wire.reset() }),
            (
                "half-handshake", "left in the handshake",
                { probe in
                    let wire = try await probe.connect()
                    await wire.send(Array(probe.upgradeRequest(target: try probe.target(.echo)).octets.dropLast(2)))
                    wire.drop()
                }
            ),
            (
                "protocol-error", "failed for a protocol error",
                { _ = try await $0.run(.failure([Frame(3).offending], [1002])) }
            ),
        ]
        return kinds.map { name, title, cycle in
            Case(
                "L-014", name, "\(cycleCount) connections, each \(title)",
                roles: name == "half-handshake" ? [.server] : [.server, .client],
                needs: [.process], phase: .exclusive,
                accepts: [
                    "descriptors return to where they were",
                    ResidentMemory.steady(cycleGrowthLimit >> 20, stretches: 3),
                ]
            ) { probe in
                // The first ones bring caches and pools to their size.
                for _ in 0..<cycleCount / 5 {
                    try await cycle(probe)
                    probe.dropConnections()
                }
                guard let before = probe.processFigures else {
                    throw ProbeError.skipped("the process cannot be looked at")
                }
                var memory = ResidentMemory(probe)
                memory.look()
                for number in 1...cycleCount {
                    try await cycle(probe)
                    probe.dropConnections()
                    if [cycleCount / 3, cycleCount * 2 / 3, cycleCount].contains(number) { memory.look() }
                }
                let goal = before.openDescriptors + 10
                guard let descriptors = await probe.settledDescriptors(atMost: goal) else {
                    return .fail("the process is gone")
                }
                guard descriptors <= goal else {
                    return .fail("\(descriptors) descriptors are open, \(before.openDescriptors) before")
                }
                return memory.keepsGrowing(by: cycleGrowthLimit)
                    ? .fail("\(memory.text) by a third of \(cycleCount) connections") : .pass()
            }
        }
    }

    // MARK: - Messages

    /// L-015.
    private static func manyMessages() -> Case {
        Case(
            "L-015", nil, "100000 small messages, 100 on their way at once", phase: .exclusive,
            accepts: ["every echo, in order", ResidentMemory.steady(2, stretches: 3)]
        ) { probe in
            let conversation = try await probe.open()
            var memory = ResidentMemory(probe)
            for batch in 0..<1000 {
                await conversation.send((0..<100).map { .text("\(batch * 100 + $0)") })
                for number in 0..<100 {
                    let expected = Event.text("\(batch * 100 + number)")
                    guard await probe.awaitEvent(on: conversation, until: probe.deadline()) == expected else {
                        return probe.conclude(conversation, .fail("\(expected.summary) did not come in its turn"))
                    }
                    conversation.forgetLastEvent()
                }
                if [100, 400, 700, 1000].contains(batch + 1) { memory.look() }
            }
            if memory.keepsGrowing(by: 2 << 20) { return .fail("\(memory.text) by 30,000 messages") }
            return try await probe.run(Script([], accept: [.exchange([])]), on: conversation)
        }
    }

    /// L-016.
    private static func fairness() -> Case {
        Case(
            "L-016", nil, "64 MiB on one connection, small messages on another", roles: [.server], phase: .exclusive,
            accepts: ["no small message waits for a second"]
        ) { probe in
            let bulk = try await probe.open()
            let other = try await probe.open()
            let (octets, _) = bulk.encoded([.binary([UInt8](repeating: 0x2a, count: 1 << 20))])
            var worst: UInt64 = 0
            for _ in 0..<64 {
                bulk.wire.sendWithoutWaiting(octets)
                let began = probe.now
                await other.send(.text("fair"))
                guard await probe.awaitEvent(on: other, until: probe.deadline()) == .text("fair") else {
                    return .fail("a small message did not come back while another connection was busy")
                }
                worst = max(worst, probe.now &- began)
                // What comes back must be read, or the server would rightly stop.
                while await bulk.next(until: probe.now &+ 1_000_000) != nil { bulk.forgetLastEvent() }
            }
            probe.observe("the longest wait was \(worst / 1000) µs")
            return worst < 1_000_000_000 ? .pass() : .fail("a small message waited \(worst / 1_000_000) ms")
        }
    }

    /// L-017.
    private static func complexity() -> [Case] {
        let shapes: [(String, String, @Sendable (Int) -> (frames: [Frame], cut: Cut, message: [UInt8]))] = [
            (
                "fragments", "fragments of 16 octets",
                { count in
                    let message = [UInt8](repeating: 0x2a, count: count * 16)
                    return ([Frame](fragmenting: message, isText: false, size: 16), .whole, message)
                }
            ),
            (
                "segments", "writes of one octet",
                { count in
                    let message = [UInt8](repeating: 0x2a, count: count)
                    return ([.binary(message)], .everyOctet, message)
                }
            ),
        ]
        return shapes.map { name, title, make in
            Case(
                "L-017", name, "a message of 4096 \(title), and one of 32768", phase: .exclusive,
                accepts: [
                    "the second takes less than 24 times as long: eight times would be linear, 64 times quadratic"
                ]
            ) { probe in
                var ratios: [Double] = []
                for _ in 0..<3 {
                    let small = try await time(make(4096), probe)
                    let large = try await time(make(32768), probe)
                    ratios.append(Double(large) / Double(max(1, small)))
                    if ratios.contains(where: { $0 < 24 }) { break }
                }
                let best = ratios.min() ?? .infinity
                probe.observe("the second took \(best) times as long")
                return best < 24 ? .pass() : .fail("eight times as much took \(Int(best)) times as long")
            }
        }
    }

    private static func time(_ shape: (frames: [Frame], cut: Cut, message: [UInt8]), _ probe: Probe) async throws
        -> UInt64
    {
        let conversation = try await probe.open()
        let (octets, _) = conversation.encoded(shape.frames)
        let began = probe.now
        await conversation.wire.send(octets, cut: shape.cut)
        let end = probe.now &+ probe.timeouts.whole(patience: 3)
        guard await probe.awaitEvent(on: conversation, until: end) == .binary(shape.message) else {
            throw ProbeError.notOpened("no echo of a message in many pieces")
        }
        let took = probe.now &- began
        conversation.wire.drop()
        return took
    }

    // MARK: - Afterwards

    /// L-022.
    private static func liveness() -> Case {
        Case(
            "L-022", nil, "an ordinary connection after one violation of each kind",
            accepts: ["the connection is served, by the same process"]
        ) { probe in
            let before = probe.processID
            let violations: [Frame] = [
                Frame.text("x").with(reservedBits: 2), Frame(5).offending, Frame.ping("x").with(isFinal: false),
                Frame.continuation("x").offending, Frame.text([0xff]).offending, Frame.close(1005).offending,
                Frame.text("x").with(length: .bits64), Frame.binary([]).with(length: .declared64(1 << 62)),
            ]
            for violation in violations {
                let conversation = try await probe.open()
                await conversation.send(violation)
                _ = await probe.awaitEnd(on: conversation, until: probe.deadline())
                conversation.wire.drop()
            }
            guard probe.processID == before else { return .fail("the process is another one") }
            return try await probe.run(.echo([.text("alive")], [.text("alive")]))
        }
    }

    /// L-024.
    private static func idleAfterwards() -> Case {
        Case(
            "L-024", nil, "1000 connections closed at once", roles: [.server], needs: [.process], phase: .exclusive,
            accepts: ["within five seconds the process uses less than a fifth of a core"]
        ) { probe in
            var wires: [Wire] = []
            for _ in 0..<1000 { wires.append(try await probe.open().wire) }
            for wire in wires { wire.drop() }
            return await quiet(probe)
        }
    }

    /// Whether the process comes to rest.
    static func quiet(_ probe: Probe) async -> Judgement {
        let deadline = probe.now &+ UInt64(5e9 * probe.timeouts.multiplier)
        var share = 1.0
        while probe.now < deadline {
            guard let first = probe.processFigures else { return .fail("the process is gone") }
            let began = probe.now
            await probe.pause(milliseconds: 500)
            guard let second = probe.processFigures else { return .fail("the process is gone") }
            share = Double(second.processorTime &- first.processorTime) / Double(max(1, probe.now &- began))
            if share < 0.2 { return .pass() }
        }
        return .fail("the process still uses \(Int(share * 100)) % of a core")
    }

    /// S-013.
    private static func slowReaders() -> Case {
        Case(
            "S-013", nil, "500 connections that do not read 256 KiB of echoes", roles: [.server], phase: .exclusive,
            accepts: ["another connection is served all the while"]
        ) { probe in
            var readers: [Conversation] = []
            for number in 0..<500 {
                let reader = try await probe.open()
                reader.wire.holdReading()
                let (octets, _) = reader.encoded([.binary([UInt8](repeating: 0x2a, count: 256 << 10))])
                reader.wire.sendWithoutWaiting(octets)
                readers.append(reader)
                guard number % 50 == 49 else { continue }
                guard await probe.serves() else {
                    return .fail("no service beside \(number + 1) connections that do not read")
                }
            }
            for reader in readers { reader.wire.reset() }
            return await probe.unlessOutage(.pass())
        }
    }
}
