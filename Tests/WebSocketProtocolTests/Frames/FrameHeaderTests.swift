import Testing
import WebSocketProtocol

@Suite struct FrameHeaderTests {
    // F-002
    @Test(
        arguments: [
            (0, [0x82, 0x00]), (1, [0x82, 0x01]), (125, [0x82, 0x7D]), (126, [0x82, 0x7E, 0x00, 0x7E]),
            (127, [0x82, 0x7E, 0x00, 0x7F]), (65535, [0x82, 0x7E, 0xFF, 0xFF]),
            (65536, [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]),
            (Int.max, [0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        ] as [(Int, [UInt8])])
    func `a length takes its shortest form`(length: Int, expected: [UInt8]) {
        #expect(write(opcode: .binary, length: length) == expected)
        #expect(FrameHeader.encodedLength(payload: length, masked: false) == expected.count)
    }

    @Test(arguments: [0, 125, 126, 65535, 65536])
    func `a masked header ends with its key`(length: Int) {
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var plain = write(opcode: .text, length: length)
        plain[1] |= 0x80
        #expect(write(opcode: .text, length: length, key: key) == plain + key)
        #expect(FrameHeader.encodedLength(payload: length, masked: true) == plain.count + 4)
    }

    // F-003
    @Test(
        arguments: [
            (Opcode.continuation, 0x00), (.text, 0x01), (.binary, 0x02), (.close, 0x08), (.ping, 0x09), (.pong, 0x0A),
        ] as [(Opcode, UInt8)])
    func `the first octet has FIN, the reserved bits and the opcode`(opcode: Opcode, low: UInt8) {
        #expect(write(opcode: opcode, length: 0)[0] == 0x80 | low)
        #expect(write(opcode: opcode, length: 0, fin: false)[0] == low)
        #expect(write(opcode: opcode, length: 0, reserved: FrameHeader.rsv1)[0] == 0xC0 | low)
        #expect(opcode.isControl == (low >= 8))
    }

    @Test(arguments: [Role.server, .client], [0, 1, 125, 126, 65535, 65536])
    func `the peer's reader reads what is written`(role: Role, length: Int) {
        let frame = WireFrame.binary([UInt8](repeating: 7, count: length))
        let written = write(opcode: .binary, length: length, key: role == .server ? frame.key : nil)
        #expect(Array(frame.octets(to: role).prefix(written.count)) == written)
    }

    private func write(
        opcode: Opcode, length: Int, fin: Bool = true, reserved: UInt8 = 0, key: [UInt8]? = nil
    ) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.maximumLength, alignment: 1) { memory in
            guard let start = memory.baseAddress else { return [] }
            let count = FrameHeader.write(
                into: start, fin: fin, reserved: reserved, opcode: opcode, payloadLength: length,
                maskKey: key.map(maskKey))
            return Array(memory.prefix(count))
        }
    }
}

/// The four key octets in memory order.
func maskKey(_ octets: [UInt8]) -> UInt32 { octets.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } }
