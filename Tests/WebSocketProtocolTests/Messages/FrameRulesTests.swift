import ProtocolReference
import Testing
import WebSocketProtocol

/// Groups F and M of the catalogue: framing, fragmentation and masking.
@Suite struct FrameRulesTests {
    private static let allReserved: [UInt8] = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70]

    // F-001, F-004, F-005, F-024, F-026
    @Test(arguments: [0, 1, 2, 3, 4, 8, 15, 16, 17, 64, 125, 126, 127, 128])
    func `a message of any length arrives`(length: Int) {
        let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        expect([.binary(octets)], give: [.binary(octets)])
        let text = String(repeating: "x", count: length)
        expect([.text(text)], give: [.text(text)])
    }

    // F-001, F-005, F-032
    @Test(arguments: [65535, 65536, 65537])
    func `a message of a longer length form arrives`(length: Int) {
        let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for role in [Role.server, .client] {
            let wire = WireFrame.binary(octets).octets(to: role)
            for segmentation in [.whole] + (0...18).flatMap({ [Segmentation.cut(at: $0), .direct(after: $0)] })
                + [.cut(at: wire.count - 1), .direct(after: wire.count - 1), .octetByOctet]
            {
                #expect(read(wire, as: role, segmentation) == [.binary(octets)], "\(role) \(segmentation)")
            }
        }
    }

    // F-027
    @Test(arguments: Array(0...130) + Array(4080...4112))
    func `every octet value arrives at every length`(length: Int) {
        var random = WireRandom(seed: UInt64(length))
        for shift in 0..<4 {
            let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 + 64 * shift) }
            let wire = WireFrame.binary(octets).keyed(random.octets(4)).octets(to: .server)
            #expect(read(wire, as: .server) == [.binary(octets)], "seed \(length)")
            #expect(read(wire, as: .server, .cut(at: 6 + length / 3)) == [.binary(octets)], "seed \(length)")
        }
    }

    // F-006, F-025
    @Test(arguments: [Role.server, .client])
    func `a thousand numbered messages in one receive arrive in order`(role: Role) {
        let texts = (0..<1000).map { "message \($0) " + String(repeating: "y", count: $0 % 150) }
        let wire = texts.map(WireFrame.text).octets(to: role)
        #expect(read(wire, as: role) == texts.map(Received.text))
        let reading = Reading(as: role)
        for start in stride(from: 0, to: wire.count, by: 4093) {
            reading.receive(wire[start..<min(start + 4093, wire.count)])
        }
        let received = reading.takeReceived()
        #expect(received == texts.map(Received.text))
    }

    // F-007, F-008, F-009
    @Test(arguments: [0, 1, 125], [1, 2, 0] as [UInt8])
    func `the 16-bit form of a short length is refused`(length: Int, opcode: UInt8) {
        let frame = WireFrame(opcode: opcode, payload: [UInt8](repeating: 0x61, count: length)).length(.sixteenBits)
        let before: [WireFrame] = opcode == 0 ? [.text("a").notFinal] : []
        expect(before + [frame], give: [.failed(.nonMinimalLength(length: UInt64(length), form: 16))])
    }

    // F-008
    @Test(arguments: [0, 125, 126, 65535], [1, 2, 0] as [UInt8])
    func `the 64-bit form of a shorter length is refused`(length: Int, opcode: UInt8) {
        let frame = WireFrame(opcode: opcode).length(.sixtyFourBits).declaring(UInt64(length))
        let before: [WireFrame] = opcode == 0 ? [.text("a").notFinal] : []
        expect(before + [frame], give: [.failed(.nonMinimalLength(length: UInt64(length), form: 64))])
    }

    @Test func `the shortest lengths of the longer forms are taken`() {
        let first = [UInt8](repeating: 0x61, count: 126)
        expect([WireFrame.binary(first).length(.sixteenBits)], give: [.binary(first)])
        let second = [UInt8](repeating: 0x61, count: 65536)
        #expect(
            read(WireFrame.binary(second).length(.sixtyFourBits).octets(to: .server), as: .server) == [.binary(second)])
    }

    // F-009, P-002, P-003, C-005
    @Test(arguments: [8, 9, 10] as [UInt8], [0, 1, 125, 126, 127, 65535, 65536])
    func `a control frame in a longer length form is refused`(opcode: UInt8, length: Int) {
        for form in [WireFrame.LengthForm.sixteenBits, .sixtyFourBits] {
            let frame = WireFrame(opcode: opcode).length(form).declaring(UInt64(length))
            expect([frame], give: [.failed(.controlFrameTooLong(opcode: opcode))])
        }
    }

    // F-010
    @Test(arguments: [1 << 63, 1 << 63 + 5, UInt64.max] as [UInt64])
    func `a length with its top bit set is refused`(length: UInt64) {
        expect([WireFrame.binary([]).declaring(length)], give: [.failed(.lengthTooLarge)])
    }

    // F-012, F-016
    @Test(arguments: allReserved, [1, 2] as [UInt8])
    func `reserved bits on a message are refused`(bits: UInt8, opcode: UInt8) {
        for payload in [[], [0x61, 0x62]] as [[UInt8]] {
            let frame = WireFrame(opcode: opcode, payload: payload).reserved(bits)
            expect([frame, .ping()], give: [.failed(.reservedBitsSet(bits: bits))])
            expect([frame.notFinal, .ping()], give: [.failed(.reservedBitsSet(bits: bits))])
        }
    }

    // F-013, F-014
    @Test(arguments: allReserved, [8, 9, 10] as [UInt8])
    func `reserved bits on a control frame are refused, whatever messages may have`(bits: UInt8, opcode: UInt8) {
        let frame = WireFrame(opcode: opcode).reserved(bits)
        expect([frame], give: [.failed(.reservedBitsSet(bits: bits))])
        expect([frame], give: [.failed(.reservedBitsSet(bits: bits))], reserved: 0x70)
    }

    // F-015
    @Test(arguments: allReserved)
    func `reserved bits on a continuation are refused, whatever messages may have`(bits: UInt8) {
        let frames = [WireFrame.text("a").notFinal, WireFrame.continuation("b").reserved(bits)]
        expect(frames, give: [.failed(.reservedBitsSet(bits: bits))])
        expect(frames, give: [.failed(.reservedBitsSet(bits: bits))], reserved: 0x70)
    }

    @Test func `reserved bits of an extension are reported with the message`() {
        expect(
            [WireFrame.binary([1, 2]).reserved(0x40)], give: [.message(.binary, reserved: 0x40, [1, 2])], reserved: 0x40
        )
        expect(
            [WireFrame.text("a").reserved(0x40).notFinal, .ping(), .continuation("b"), .text("c")],
            give: [.ping(""), .message(.text, reserved: 0x40, Array("ab".utf8)), .text("c")], reserved: 0x40)
        expect([WireFrame.text("a").reserved(0x60)], give: [.failed(.reservedBitsSet(bits: 0x20))], reserved: 0x40)
    }

    // F-017, F-018, F-019, F-020
    @Test(arguments: Array(3...7) + Array(11...15) as [UInt8])
    func `a reserved opcode is refused`(opcode: UInt8) {
        let error = Received.failed(.reservedOpcode(opcode))
        for payload in [[], [0x61]] as [[UInt8]] {
            expect([WireFrame(opcode: opcode, payload: payload), .ping()], give: [error])
            expect([WireFrame(opcode: opcode, payload: payload).notFinal], give: [error])
        }
        expect([WireFrame(opcode: opcode).length(.sixteenBits).declaring(126)], give: [error])
        // F-021
        expect([.text("a").notFinal, WireFrame(opcode: opcode), .continuation("b")], give: [error])
    }

    // F-022
    @Test(
        arguments: [
            ([0xC1], .reservedBitsSet(bits: 0x40)), ([0x83], .reservedOpcode(3)), ([0x80], .unexpectedContinuation),
            ([0x09], .fragmentedControlFrame(opcode: 9)), ([0x81, 0x01], .unmaskedFrame),
            ([0x89, 0xFE], .controlFrameTooLong(opcode: 9)), ([0x88, 0x81], .closeBodyOfOneByte),
            ([0x81, 0xFE, 0x00, 0x7D], .nonMinimalLength(length: 125, form: 16)),
            ([0x81, 0xFF, 0x80], .lengthTooLarge),
            ([0x81, 0xFF, 0, 0, 0, 0, 0, 0, 1, 0], .nonMinimalLength(length: 256, form: 64)),
            ([0x81, 0xFF, 0, 0, 0, 0, 0x7F, 0, 0, 0], .messageTooLarge(length: 0x7F00_0000, limit: 16 << 20)),
            ([0x81, 0x82, 0, 0, 0, 0, 0xFF], .invalidUTF8(offset: 0)),
        ] as [([UInt8], ProtocolError)])
    func `a violation is reported with its octet, not later`(octets: [UInt8], error: ProtocolError) {
        #expect(read(octets.dropLast(), as: .server) == [])
        for segmentation in Segmentation.all(octets.count) {
            #expect(read(octets, as: .server, segmentation) == [.failed(error)], "\(segmentation)")
        }
    }

    // F-023
    @Test(
        arguments: [
            (WireFrame.text("x").reserved(0x40), .reservedBitsSet(bits: 0x40)),
            (WireFrame(opcode: 5), .reservedOpcode(5)),
            (.ping().wronglyMasked, nil),
        ] as [(WireFrame, ProtocolError?)])
    func `what came before a violation counts and nothing after it`(violation: WireFrame, error: ProtocolError?) {
        let frames = [.text("first"), violation, .ping("never"), .text("never")]
        expect(frames, give: [.text("first"), .failed(error ?? .unmaskedFrame)], as: [.server])
        expect(frames, give: [.text("first"), .failed(error ?? .maskedFrame)], as: [.client])
    }

    // F-033, F-034
    @Test func `fragments make one message of the first frame's kind`() {
        expect([.text("Hel").notFinal, .continuation("lo")], give: [.text("Hello")])
        expect([.binary([1, 2]).notFinal, .continuation(octets: [3])], give: [.binary([1, 2, 3])])
        expect(
            [.text("a").notFinal, .continuation("b").notFinal, .continuation("c"), .text("d")],
            give: [.text("abc"), .text("d")])
    }

    // F-036
    @Test(arguments: [["", "a", "b"], ["a", "", "b"], ["a", "b", ""], ["", "", "a"], ["", "", ""], ["", ""]])
    func `fragments may be empty`(parts: [String]) {
        expect(fragments(parts.map { Array($0.utf8) }, opcode: 1), give: [.text(parts.joined())])
        expect(fragments(parts.map { Array($0.utf8) }, opcode: 2), give: [.binary(Array(parts.joined().utf8))])
    }

    // F-037
    @Test(arguments: [125, 126, 65535, 65536])
    func `fragments may have the lengths where the form changes`(length: Int) {
        let part = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let frames = fragments([part, part, [1]], opcode: 2)
        for role in [Role.server, .client] {
            let wire = frames.octets(to: role)
            #expect(read(wire, as: role) == [.binary(part + part + [1])])
            #expect(read(wire, as: role, .cut(at: length + 3)) == [.binary(part + part + [1])])
            #expect(read(wire, as: role, .direct(after: 20)) == [.binary(part + part + [1])])
        }
    }

    // F-035
    @Test func `65,536 fragments of one octet make a message`() {
        let octets = (0..<65536).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let wire = fragments(octets.map { [$0] }, opcode: 2).octets(to: .server)
        #expect(read(wire, as: .server) == [.binary(octets)])
    }

    // F-038, F-039, F-040
    @Test func `control frames between fragments are reported at once and disturb nothing`() {
        expect(
            [.text("a").notFinal, .ping("1"), .continuation("b").notFinal, .pong("2"), .ping(), .continuation("c")],
            give: [.ping("1"), .pong("2"), .ping(""), .text("abc")])
        let payload = String(repeating: "p", count: 125)
        let pings = Array(repeating: WireFrame.ping(payload), count: 10)
        let frames =
            [WireFrame.text("0").notFinal] + pings
            + (1..<9).flatMap { [WireFrame.continuation("\($0)").notFinal] + pings } + [.continuation("9")]
        let events = Array(repeating: Received.ping(payload), count: 90) + [.text("0123456789")]
        #expect(read(frames.octets(to: .server), as: .server) == events)
        #expect(read(frames.octets(to: .server), as: .server, .octetByOctet) == events)
    }

    // F-041, C-020
    @Test func `a close between fragments ends everything`() {
        expect(
            [.text("a").notFinal, .close(1000), .continuation("b"), .text("c")], give: [.close(.normalClosure)])
    }

    // F-042, F-045
    @Test func `a continuation with nothing to continue is refused`() {
        expect([.continuation("a"), .text("b")], give: [.failed(.unexpectedContinuation)])
        expect([.continuation("a").notFinal, .text("b")], give: [.failed(.unexpectedContinuation)])
        expect([.continuation("").notFinal], give: [.failed(.unexpectedContinuation)])
    }

    // F-043, F-044
    @Test func `a continuation after a completed message is refused`() {
        expect([.text("a"), .continuation("b")], give: [.text("a"), .failed(.unexpectedContinuation)])
        expect(
            [.text("a").notFinal, .continuation("b"), .continuation("c").notFinal],
            give: [.text("ab"), .failed(.unexpectedContinuation)])
    }

    // F-046 to F-050
    @Test(arguments: [1, 2] as [UInt8], [1, 2] as [UInt8])
    func `a new message inside another is refused`(outer: UInt8, inner: UInt8) {
        let opening = WireFrame(opcode: outer, payload: [0x61]).notFinal
        let error = Received.failed(.expectedContinuation(opcode: inner))
        expect([opening, WireFrame(opcode: inner)], give: [error])
        expect([opening, WireFrame(opcode: inner).notFinal], give: [error])
        expect([opening, .ping(), WireFrame(opcode: inner)], give: [.ping(""), error])
        expect([opening, .pong("x"), WireFrame(opcode: inner)], give: [.pong("x"), error])
    }

    // F-051, F-052, F-053
    @Test(arguments: [8, 9, 10] as [UInt8])
    func `a fragmented control frame is refused`(opcode: UInt8) {
        let frame = WireFrame(opcode: opcode, payload: [0x03, 0xE8]).notFinal
        let error = Received.failed(.fragmentedControlFrame(opcode: opcode))
        expect([frame, .continuation("a")], give: [error])
        expect([.text("a").notFinal, frame, .continuation("a")], give: [error])
    }

    // F-058
    @Test(arguments: [[0, 0, 0, 0], [255, 255, 255, 255], [1, 0, 0, 0]] as [[UInt8]])
    func `every key is taken`(key: [UInt8]) {
        expect([WireFrame.text("Hello, keys").keyed(key)], give: [.text("Hello, keys")])
    }

    // M-001, M-002, M-003
    @Test(arguments: [0, 1, 2, 8, 9, 10] as [UInt8], [0, 5, 125])
    func `a server refuses unmasked frames and a client masked ones`(opcode: UInt8, length: Int) {
        let frame = WireFrame(opcode: opcode, payload: [UInt8](repeating: 0x61, count: length)).wronglyMasked
        let before: [WireFrame] = opcode == 0 ? [.text("a").notFinal] : []
        expect(before + [frame], give: [.failed(.unmaskedFrame)], as: [.server])
        // M-015, M-016
        expect(before + [frame], give: [.failed(.maskedFrame)], as: [.client])
    }

    // M-004, M-005
    @Test func `a wrongly masked frame is not parsed further`() {
        let inner = WireFrame.text("inner").octets(to: .server)
        expect(
            [.text("good"), WireFrame.binary([1, 2, 3, 4] + inner).wronglyMasked],
            give: [.text("good"), .failed(.unmaskedFrame)], as: [.server])
    }

    // M-008, M-009
    @Test func `the key's phase begins anew with each frame`() {
        let first = WireFrame.text("abc").notFinal.keyed([1, 2, 3, 4])
        let second = WireFrame.continuation("defgh").keyed([5, 6, 7, 8])
        expect([first, .ping().keyed([9, 9, 9, 9]), second], give: [.ping(""), .text("abcdefgh")])
    }

    private func fragments(_ parts: [[UInt8]], opcode: UInt8) -> [WireFrame] {
        parts.enumerated().map { index, part in
            WireFrame(opcode: index == 0 ? opcode : 0, payload: part, isFinal: index == parts.count - 1)
        }
    }
}
