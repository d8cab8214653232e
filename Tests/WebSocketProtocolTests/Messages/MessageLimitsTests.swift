import ProtocolReference
import Testing
import WebSocketProtocol

@Suite struct MessageLimitsTests {
    @Test func `the defaults allow 16 MiB and 131,072 fragments`() {
        let limits = MessageLimits()
        #expect(limits.maximumMessageSize == 16 << 20)
        #expect(limits.maximumFragments == 131_072)
    }

    @Test func `limits below the possible mean the smallest possible`() {
        let limits = MessageLimits(maximumMessageSize: -1, maximumFragments: 0)
        #expect(limits.maximumMessageSize == 0)
        #expect(limits.maximumFragments == 1)
        expect(
            [.text(""), .text("a")], give: [.text(""), .failed(.messageTooLarge(length: 1, limit: 0))], limits: limits)
        var changed = MessageLimits()
        changed.maximumMessageSize = -5
        changed.maximumFragments = -5
        expect([.text("a")], give: [.failed(.messageTooLarge(length: 1, limit: 0))], limits: changed)
    }

    // L-003
    @Test(arguments: [1, 10, 124, 125, 126, 200])
    func `a message of exactly the limit is taken and one octet more refused`(limit: Int) {
        let limits = MessageLimits(maximumMessageSize: limit)
        let octets = [UInt8](repeating: 0x61, count: limit)
        let error = Received.failed(.messageTooLarge(length: UInt64(limit + 1), limit: limit))
        expect([.binary(octets)], give: [.binary(octets)], limits: limits)
        expect([.binary(octets + [1])], give: [error], limits: limits)
        expect(
            [.binary(Array(octets.dropLast())).notFinal, .continuation(octets: [0x61])], give: [.binary(octets)],
            limits: limits)
        expect([.binary(octets).notFinal, .continuation(octets: [1])], give: [error], limits: limits)
        // The limit is for a message, not for several.
        expect([.binary(octets), .binary(octets)], give: [.binary(octets), .binary(octets)], limits: limits)
        expect(
            [.binary(octets).notFinal, .ping("control frames do not count"), .continuation("")],
            give: [.ping("control frames do not count"), .binary(octets)], limits: limits)
    }

    // L-001, F-011
    @Test(arguments: [1 << 31, 1 << 32, 1 << 32 + 5, 1 << 53, 1 << 62, 1 << 63 - 1] as [UInt64])
    func `a declared length over the limit is refused at once and costs nothing`(length: UInt64) {
        expect(
            [WireFrame.binary([]).declaring(length)], give: [.failed(.messageTooLarge(length: length, limit: 16 << 20))]
        )
        let reading = Reading(as: .server)
        reading.receive(WireFrame.binary([]).declaring(length).octets(to: .server))
        #expect(reading.retainedOctets == 0)
        #expect(reading.isFinished)
    }

    // L-002, L-004
    @Test(arguments: [1 << 31, 1 << 32, 1 << 62, 1 << 63 - 1, 1 << 63 - 2] as [UInt64])
    func `the sum of fragments does not wrap`(length: UInt64) {
        for limit in [1000, Int.max] {
            let limits = MessageLimits(maximumMessageSize: limit)
            let sum = length + 2
            let frames = [.binary([1, 2]).notFinal, WireFrame.continuation("").declaring(length)]
            let isOver = sum > UInt64(limit)
            expect(
                frames, give: isOver ? [.failed(.messageTooLarge(length: sum, limit: limit))] : [], limits: limits)
        }
    }

    // L-005, L-006
    @Test(arguments: ["", "x"])
    func `the fragment after the last allowed one is refused`(part: String) {
        let limits = MessageLimits(maximumFragments: 3)
        let start = [WireFrame.text(part).notFinal, .continuation(part).notFinal]
        let whole = Received.text(part + part + part)
        expect(start + [.continuation(part)], give: [whole], limits: limits)
        expect(start + [.ping(), .continuation(part)], give: [.ping(""), whole], limits: limits)
        // Counted for each message anew.
        expect(start + [.continuation(part)] + start + [.continuation(part)], give: [whole, whole], limits: limits)
        expect(
            start + [.continuation(part).notFinal, .continuation(part)], give: [.failed(.tooManyFragments(limit: 3))],
            limits: limits)
    }

    // L-006
    @Test func `endless empty fragments end at the default limit`() {
        let reading = Reading(as: .client)
        reading.receive(WireFrame.text("").notFinal.octets(to: .client))
        let empty = Array(repeating: WireFrame.continuation("").notFinal.octets(to: .client), count: 131_071).flatMap(
            \.self)
        reading.receive(empty)
        var received = reading.takeReceived()
        #expect(received == [])
        #expect(reading.retainedOctets == 0)
        reading.receive([0x00])
        received = reading.takeReceived()
        #expect(received == [.failed(.tooManyFragments(limit: 131_072))])
    }
}
