import ProtocolReference
import Testing
import WebSocketProtocol

/// Random conversations against what was sent, and random octets against the reference.
@Suite struct ConversationTests {
    /// Frames of random messages, whole and fragmented, with control frames anywhere between, and their events.
    private func conversation(_ random: inout WireRandom) -> (frames: [WireFrame], events: [Received]) {
        var frames: [WireFrame] = []
        var events: [Received] = []
        func add(_ frame: WireFrame, _ random: inout WireRandom) { frames.append(frame.keyed(random.octets(4))) }
        func addControl(_ random: inout WireRandom) {
            let payload = random.octets(Int.random(in: 0...125, using: &random))
            let isPing = random.chance(50)
            add(WireFrame(opcode: isPing ? 9 : 10, payload: payload), &random)
            events.append(isPing ? .ping(payload) : .pong(payload))
        }
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let isText = random.chance(50)
            let size = [0, 5, 30, 125, 130, 400, 2000].randomElement(using: &random) ?? 0
            let payload =
                isText
                ? mixedText(&random, characters: Int.random(in: 0...size / 2, using: &random)) : random.octets(size)
            let reserved: UInt8 = random.chance(15) ? 0x40 : 0
            var rest = payload[...]
            var isFirst = true
            while true {
                while random.chance(20) { addControl(&random) }
                let isLast = random.chance(60)
                let part = isLast ? rest : rest.prefix(Int.random(in: 0...rest.count, using: &random))
                rest = rest.dropFirst(part.count)
                let opcode: UInt8 = isFirst ? (isText ? 1 : 2) : 0
                let frame = WireFrame(
                    opcode: opcode, payload: Array(part), isFinal: isLast, reserved: isFirst ? reserved : 0)
                add(frame, &random)
                isFirst = false
                if isLast { break }
            }
            events.append(.message(isText ? .text : .binary, reserved: reserved, payload))
        }
        if random.chance(50) {
            add(.close(1001, "going"), &random)
            events.append(.close(.goingAway, reason: Array("going".utf8)))
        }
        return (frames, events)
    }

    // F-054
    @Test(arguments: 0..<60)
    func `a random conversation cut at random gives what was sent`(seed: UInt64) {
        var random = WireRandom(seed: seed)
        let (frames, events) = conversation(&random)
        for role in [Role.server, .client] {
            let wire = frames.octets(to: role)
            #expect(read(wire, as: role, reserved: 0x40) == events, "seed \(seed), \(role)")
            #expect(read(wire, as: role, reserved: 0x40, .octetByOctet) == events, "seed \(seed), \(role)")
            for _ in 0..<5 {
                #expect(readCutAtRandom(wire, as: role, &random) == events, "seed \(seed), \(role)")
            }
        }
    }

    private func readCutAtRandom(_ wire: [UInt8], as role: Role, _ random: inout WireRandom) -> [Received] {
        let reading = Reading(as: role, reserved: 0x40)
        var rest = wire[...]
        let longest = [3, 20, 200, 3000].randomElement(using: &random) ?? 3
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 0...longest, using: &random))
            rest = rest.dropFirst(part.count)
            if random.chance(40) {
                reading.receiveDirectly(part, windows: Int.random(in: 0...40, using: &random))
            } else {
                reading.receive(part)
            }
        }
        return reading.takeReceived()
    }

    // L-019
    @Test(arguments: 0..<60)
    func `a damaged conversation is read as the reference reads it`(seed: UInt64) {
        var random = WireRandom(seed: 1000 + seed)
        let (frames, _) = conversation(&random)
        for role in [Role.server, .client] {
            var wire = frames.octets(to: role)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                // Half of the damage in the first frame's header, where it matters most.
                let end = random.chance(50) ? min(14, wire.count) : wire.count
                wire[Int.random(in: 0..<end, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let limits = MessageLimits(maximumMessageSize: 3000, maximumFragments: 4)
            let expected = ReferenceReader(role: role, limits: limits, reserved: 0x40).read(wire)
            #expect(read(wire, as: role, limits: limits, reserved: 0x40) == expected, "seed \(seed), \(role)")
            let octetByOctet = read(wire, as: role, limits: limits, reserved: 0x40, .octetByOctet)
            #expect(octetByOctet == expected, "seed \(seed), \(role)")
            let cut = Int.random(in: 0...wire.count, using: &random)
            let direct = read(wire, as: role, limits: limits, reserved: 0x40, .direct(after: cut))
            #expect(direct == expected, "seed \(seed), \(role), directly after \(cut)")
        }
    }

    // L-018
    @Test(arguments: 0..<8)
    func `random octets are read as the reference reads them`(seed: UInt64) {
        var random = WireRandom(seed: 2000 + seed)
        for _ in 0..<300 {
            var octets = random.octets(Int.random(in: 0...80, using: &random))
            let role = random.chance(50) ? Role.server : .client
            // A plausible header, or the reading ends with its first octet nearly always.
            if octets.count > 2 {
                octets[0] = [0x01, 0x81, 0x82, 0x02, 0x89, 0x8A, 0x88, 0xC1].randomElement(using: &random) ?? 0
                octets[1] =
                    (role == .server ? 0x80 : 0) | UInt8.random(in: 0...(random.chance(80) ? 40 : 127), using: &random)
            }
            let limits = MessageLimits(maximumMessageSize: 60, maximumFragments: 3)
            let expected = ReferenceReader(role: role, limits: limits, reserved: 0x40).read(octets)
            for segmentation in [
                Segmentation.whole, .octetByOctet, .cut(at: octets.count / 2), .direct(after: octets.count / 2),
            ] {
                let received = read(octets, as: role, limits: limits, reserved: 0x40, segmentation)
                #expect(received == expected, "seed \(seed), \(role), \(segmentation), \(octets)")
            }
        }
    }
}
