import ProtocolReference
import Testing
import WebSocketProtocol

/// What the reader owns, and when.
@Suite struct MessageReaderMemoryTests {
    @Test func `a reader is at most 96 octets`() {
        #expect(MemoryLayout<MessageReader>.size <= 96)
    }

    @Test(arguments: [0, 1, 20, 125, 126, 65536])
    func `a message that arrives whole stays in the input`(length: Int) throws {
        let payload = [UInt8](repeating: 0x61, count: length)
        for kind in [1, 2] as [UInt8] {
            var octets = WireFrame(opcode: kind, payload: payload).octets(to: .server)
            let headerLength = octets.count - length
            var reader = MessageReader(role: .server)
            try octets.withUnsafeMutableBytes { memory in
                let start = try #require(memory.baseAddress)
                var input = InputCursor(start: start, count: memory.count)
                guard case .message(_, _, let message) = try reader.next(&input) else {
                    Issue.record("no message")
                    return
                }
                #expect(message.baseAddress == UnsafeRawPointer(start + headerLength))
                #expect(message.count == length)
                let (retained, isIdle) = (reader.retainedOctets, reader.isIdle)
                #expect(retained == 0)
                #expect(isIdle)
            }
        }
    }

    @Test func `a cut message is kept until it is complete and taken`() {
        let reading = Reading(as: .server)
        let wire = WireFrame.binary([UInt8](repeating: 1, count: 300)).octets(to: .server)
        reading.receive(wire[..<100])
        #expect(reading.retainedOctets == 300)
        #expect(!reading.isIdle)
        reading.receive(wire[100...])
        // The receive ended with a call that returned nil.
        #expect(reading.retainedOctets == 0)
        #expect(reading.isIdle)
        let received = reading.takeReceived()
        #expect(received == [.binary([UInt8](repeating: 1, count: 300))])
    }

    @Test func `a cut ping is kept until it is complete and taken`() {
        let reading = Reading(as: .server)
        let wire = WireFrame.ping("a ping").octets(to: .server)
        reading.receive(wire[..<6])
        #expect(reading.retainedOctets == 0)
        reading.receive(wire[6..<8])
        #expect(reading.retainedOctets == 125)
        reading.receive(wire[8...])
        #expect(reading.retainedOctets == 0)
        #expect(reading.isIdle)
        let received = reading.takeReceived()
        #expect(received == [.ping("a ping")])
    }

    @Test func `a ping inside a message does not disturb what is kept`() {
        let reading = Reading(as: .client)
        reading.receive(WireFrame.text("abc").notFinal.octets(to: .client))
        let retained = reading.retainedOctets
        let ping = WireFrame.ping("12345").octets(to: .client)
        reading.receive(ping[..<4])
        reading.receive(ping[4...])
        #expect(reading.retainedOctets == retained)
        reading.receive(WireFrame.continuation("def").octets(to: .client))
        let received = reading.takeReceived()
        #expect(received == [.ping("12345"), .text("abcdef")])
        #expect(reading.retainedOctets == 0)
    }

    // F-011, L-007
    @Test func `memory follows what arrived, not what is declared`() {
        let reading = Reading(as: .server, limits: MessageLimits(maximumMessageSize: 1 << 40))
        reading.receive(WireFrame.binary([]).declaring(1 << 40).octets(to: .server))
        #expect(reading.retainedOctets == 0)
        reading.receive([1])
        #expect(reading.retainedOctets == 64 << 10)
        var arrived = 1
        while arrived < 1 << 20 {
            reading.receive([UInt8](repeating: 2, count: 50_000))
            arrived += 50_000
            #expect(reading.retainedOctets <= max(64 << 10, 2 * arrived))
        }
    }

    @Test func `fragments grow the memory by doubling, and no further than the limit`() {
        let reading = Reading(as: .client, limits: MessageLimits(maximumMessageSize: 1000))
        reading.receive(WireFrame.binary([1]).notFinal.octets(to: .client))
        #expect(reading.retainedOctets == 256)
        for _ in 0..<998 {
            reading.receive(WireFrame.continuation(octets: [2]).notFinal.octets(to: .client))
            #expect([256, 512, 1000].contains(reading.retainedOctets))
        }
        reading.receive(WireFrame.continuation(octets: [3]).octets(to: .client))
        #expect(reading.retainedOctets == 0)
    }

    @Test func `an error or a close frees everything`() {
        for ending in [WireFrame.close(1000), WireFrame(opcode: 7), .continuation(octets: [0xFF])] {
            let reading = Reading(as: .server)
            reading.receive(WireFrame.text("abc").notFinal.octets(to: .server))
            #expect(reading.retainedOctets > 0)
            reading.receive(ending.octets(to: .server))
            #expect(reading.retainedOctets == 0)
            #expect(reading.isFinished)
            #expect(!reading.isIdle)
        }
    }

    // F-028
    @Test(
        arguments: [
            [0x82], [0x82, 0xFE], [0x82, 0xFE, 0x01], [0x82, 0x85, 1, 2], [0x82, 0x85, 1, 2, 3, 4],
            [0x82, 0x85, 1, 2, 3, 4, 5],
            [0x02, 0x80, 1, 2, 3, 4], [0x89, 0x81, 1, 2, 3, 4],
        ] as [[UInt8]])
    func `a reader inside a frame or message is not idle`(octets: [UInt8]) {
        let reading = Reading(as: .server)
        #expect(reading.isIdle)
        reading.receive(octets)
        #expect(!reading.isIdle)
        let received = reading.takeReceived()
        #expect(received == [])
    }

    @Test(arguments: [Role.server, .client])
    func `a first error is final`(role: Role) {
        let reading = Reading(as: role)
        reading.receive(WireFrame(opcode: 3).octets(to: role))
        reading.receive([WireFrame.text("a"), .close(1000), WireFrame(opcode: 4)].octets(to: role))
        let window = reading.directWindow(atLeast: 0)
        #expect(window == nil)
        let received = reading.takeReceived()
        #expect(received == [.failed(.reservedOpcode(3))])
    }
}
