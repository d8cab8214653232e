import ProtocolReference
import Testing
import WebSocketProtocol

/// Group D of the catalogue, as far as frames go: RSV1 where permessage-deflate allows it, and nowhere else (RFC 7692 §6).
@Suite struct CompressedMessageTests {
    private static let rsv1: UInt8 = 0x40
    private static let payload: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    private static func first(_ octets: [UInt8], opcode: UInt8 = 1) -> WireFrame {
        WireFrame(opcode: opcode, payload: octets, reserved: rsv1)
    }

    // D-001, D-002, D-011
    @Test func `a compressed message has the bit on its first frame`() {
        let whole = Received.message(.text, reserved: Self.rsv1, Self.payload)
        expect([Self.first(Self.payload)], give: [whole], reserved: Self.rsv1)
        expect(
            [Self.first(Array(Self.payload[..<3])).notFinal, .continuation(octets: Array(Self.payload[3...]))],
            give: [whole], reserved: Self.rsv1)
        expect(
            [.text("a"), Self.first(Self.payload), .binary([1]), Self.first([0xFF], opcode: 2)],
            give: [
                .text("a"), whole, .binary([1]), .message(.binary, reserved: Self.rsv1, [0xFF]),
            ], reserved: Self.rsv1)
    }

    // D-016
    @Test func `control frames between compressed fragments disturb nothing`() {
        expect(
            [
                Self.first([0xF2]).notFinal, .ping("1"), .continuation(octets: Array(Self.payload[1..<4])).notFinal,
                .pong("2"), .continuation(octets: Array(Self.payload[4...])),
            ],
            give: [.ping("1"), .pong("2"), .message(.text, reserved: Self.rsv1, Self.payload)], reserved: Self.rsv1)
    }

    // D-012, X-029
    @Test func `the bit on a continuation is refused`() {
        let error = Received.failed(.reservedBitsSet(bits: Self.rsv1))
        for opening in [Self.first([0xF2]), .text("a"), .binary([1])] {
            for isFinal in [true, false] {
                var continuation = WireFrame.continuation("b").reserved(Self.rsv1)
                continuation.isFinal = isFinal
                expect([opening.notFinal, continuation], give: [error], reserved: Self.rsv1)
                expect(
                    [opening.notFinal, .continuation("b").notFinal, continuation], give: [error], reserved: Self.rsv1)
            }
        }
        expect([Self.first(Self.payload)], give: [error])
    }

    // D-013, D-014
    @Test(arguments: [8, 9, 10] as [UInt8]) func `the bit on a control frame is refused`(opcode: UInt8) {
        let error = Received.failed(.reservedBitsSet(bits: Self.rsv1))
        let frame = WireFrame(opcode: opcode).reserved(Self.rsv1)
        expect([frame, .binary([1])], give: [error], reserved: Self.rsv1)
        expect([Self.first([0xF2]).notFinal, frame], give: [error], reserved: Self.rsv1)
    }

    // D-015
    @Test(arguments: [0x10, 0x20, 0x30] as [UInt8], [0, 1, 2, 8, 9, 10] as [UInt8])
    func `the other bits are refused, with RSV1 and without`(bits: UInt8, opcode: UInt8) {
        let before: [WireFrame] = opcode == 0 ? [.text("a").notFinal] : []
        let startsMessage = opcode == 1 || opcode == 2
        expect(
            before + [WireFrame(opcode: opcode).reserved(bits)], give: [.failed(.reservedBitsSet(bits: bits))],
            reserved: Self.rsv1)
        expect(
            before + [WireFrame(opcode: opcode).reserved(bits | Self.rsv1)],
            give: [.failed(.reservedBitsSet(bits: startsMessage ? bits : bits | Self.rsv1))], reserved: Self.rsv1)
    }

    // D-042
    @Test func `a continuation after a completed compressed message is refused`() {
        expect(
            [Self.first(Self.payload), .continuation("a")],
            give: [.message(.text, reserved: Self.rsv1, Self.payload), .failed(.unexpectedContinuation)],
            reserved: Self.rsv1)
    }

    // D-043
    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func `the bit with a reserved opcode is refused`(opcode: UInt8) {
        expect(
            [WireFrame(opcode: opcode).reserved(Self.rsv1)], give: [.failed(.reservedBitsSet(bits: Self.rsv1))],
            reserved: Self.rsv1)
    }

    // D-044
    @Test(arguments: [1, 2] as [UInt8]) func `a new message inside a compressed one is refused`(opcode: UInt8) {
        for inner in [WireFrame(opcode: opcode), Self.first([0x00], opcode: opcode)] {
            expect(
                [Self.first([0xF2]).notFinal, inner], give: [.failed(.expectedContinuation(opcode: opcode))],
                reserved: Self.rsv1)
        }
    }

    // D-030: judged after inflation.
    @Test func `compressed text is not taken for UTF-8`() {
        expect(
            [Self.first([0xFF, 0xFE])], give: [.message(.text, reserved: Self.rsv1, [0xFF, 0xFE])], reserved: Self.rsv1)
        expect([.text(octets: [0xFF])], give: [.failed(.invalidUTF8(offset: 0))], reserved: Self.rsv1)
    }
}
