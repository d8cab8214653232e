import ProtocolReference
import Testing
import WebSocketProtocol

/// Groups P and C of the catalogue, as far as the reader decides them.
@Suite struct ControlFrameTests {
    // P-001, P-004, P-005, U-025
    @Test(arguments: [0, 1, 3, 4, 13, 124, 125])
    func `a ping or pong of up to 125 octets arrives as it is`(length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: 0xF0 &+ $0) }
        expect([WireFrame(opcode: 9, payload: payload)], give: [.ping(payload)])
        expect([WireFrame(opcode: 10, payload: payload)], give: [.pong(payload)])
    }

    // P-006
    @Test func `ten pings give ten events in order`() {
        expect((0..<10).map { .ping("\($0)") }, give: (0..<10).map { .ping("\($0)") })
    }

    // P-009, P-017, C-018, C-019, C-021
    @Test func `nothing after a close is looked at, not even garbage`() {
        let afterwards: [[WireFrame]] = [
            [.ping("x")], [.text("x")], [.close(1001)], [.continuation("x")], [WireFrame(opcode: 15).reserved(0x70)],
            [.text("x").wronglyMasked], [.binary([]).declaring(UInt64.max)],
        ]
        for frames in afterwards {
            expect([.ping("first"), .close(1000)] + frames, give: [.ping("first"), .close(.normalClosure)])
        }
    }

    // C-037
    @Test func `a message directly before a close arrives first`() {
        expect(
            [.text("last words"), .close(4000, "bye")],
            give: [.text("last words"), .close(CloseCode(rawValue: 4000), reason: Array("bye".utf8))])
    }

    // C-002
    @Test func `an empty close has no code`() {
        expect([.close()], give: [.close(nil)])
    }

    // C-003
    @Test func `a close body of one octet is refused`() {
        expect([.close(body: [0x03])], give: [.failed(.closeBodyOfOneByte)])
    }

    // C-004, C-016, C-039
    @Test(arguments: [
        "", "x", String(repeating: "r", count: 122), String(repeating: "r", count: 123),
        String(repeating: "é", count: 61) + "x", String(repeating: "€", count: 41), String(repeating: "😀", count: 30),
        "\u{FEFF}bom",
    ])
    func `a close with a reason arrives as it is`(reason: String) {
        expect([.close(1000, reason)], give: [.close(.normalClosure, reason: Array(reason.utf8))])
    }

    // C-006, C-007, C-008
    @Test(arguments: Array(1000...1003) + Array(1007...1014) + [3000, 3001, 3999, 4000, 4001, 4999] as [UInt16])
    func `a code that may be sent arrives`(code: UInt16) {
        expect([.close(code)], give: [.close(CloseCode(rawValue: code))])
    }

    // C-010 to C-014
    @Test(
        arguments: [0, 1, 500, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2500, 2999, 5000, 32768, 65535]
            as [UInt16])
    func `a code that must not be sent is refused`(code: UInt16) {
        expect([.close(code, "why")], give: [.failed(.invalidCloseCode(code))])
    }

    // C-015
    @Test(
        arguments: [
            ([0xC3], 1), ([0xC0, 0xAF], 0), ([0x61, 0xED, 0xA0, 0x80], 2), ([0x80], 0), ([0x61, 0x62, 0xFF], 2),
            ([0xF4, 0x90, 0x80, 0x80], 1),
        ] as [([UInt8], Int)])
    func `a reason that is not UTF-8 is refused`(reason: [UInt8], offset: Int) {
        expect([.close(body: [0x03, 0xE8] + reason)], give: [.failed(.invalidUTF8InCloseReason(offset: offset))])
    }

    // P-002, P-003, C-005
    @Test(arguments: [8, 9, 10] as [UInt8], [126, 127, 65535, 65536])
    func `a control frame of more than 125 octets is refused`(opcode: UInt8, length: Int) {
        expect(
            [WireFrame(opcode: opcode).declaring(UInt64(length))], give: [.failed(.controlFrameTooLong(opcode: opcode))]
        )
    }
}
