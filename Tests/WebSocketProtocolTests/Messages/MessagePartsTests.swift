import ProtocolReference
import Testing
import WebSocketProtocol

/// Messages that are taken as they arrive.
@Suite struct MessagePartsTests {
    /// The same events with the parts of each message joined; nil if a part does not fit to the one before.
    private func joined(_ events: [Received]) -> [Received]? {
        var whole: [Received] = []
        var open: (kind: MessageKind, reserved: UInt8, octets: [UInt8])?
        for event in events {
            guard case .part(let kind, let reserved, let octets, let isLast) = event else {
                if case .message = event, open != nil { return nil }
                whole.append(event)
                continue
            }
            let before = open ?? (kind, reserved, [])
            guard before.kind == kind, before.reserved == reserved, !octets.isEmpty || isLast else { return nil }
            open = isLast ? nil : (kind, reserved, before.octets + octets)
            if isLast { whole.append(.message(kind, reserved: reserved, before.octets + octets)) }
        }
        return open == nil ? whole : nil
    }

    private func expect(_ frames: [WireFrame], give expected: [Received], reserved: UInt8 = 0) {
        for role in [Role.server, .client] {
            let octets = frames.octets(to: role)
            for segmentation in Segmentation.all(octets.count) {
                let received = read(octets, as: role, reserved: reserved, inParts: true, segmentation)
                #expect(joined(received) == expected, "\(role), \(segmentation)")
            }
        }
    }

    @Test func `a message that arrives at once is no part`() {
        #expect(read([0x81, 2, 0x68, 0x69], as: .client, inParts: true) == [.text("hi")])
    }

    @Test func `what has arrived of a message is handed on at once`() {
        let reading = Reading(as: .client, inParts: true)
        reading.receive([0x02, 4, 1, 2])
        #expect(reading.takeReceived() == [.part(.binary, [1, 2], isLast: false)])
        #expect(reading.retainedOctets == 0)
        reading.receive([3, 4, 0x80])
        #expect(reading.takeReceived() == [.part(.binary, [3, 4], isLast: false)])
        reading.receive([0])
        #expect(reading.takeReceived() == [.part(.binary, [], isLast: true)])
        #expect(reading.isIdle)
    }

    @Test func `fragments and control frames between them come in order`() {
        expect(
            [WireFrame.text("a").notFinal, .ping("p"), .continuation("").notFinal, .continuation("b"), .binary([7])],
            give: [.ping("p"), .text("ab"), .binary([7])])
    }

    @Test func `an empty message is one empty part or message`() {
        expect([WireFrame.text("").notFinal, .continuation("")], give: [.text("")])
        expect([WireFrame.text("")], give: [.text("")])
    }

    @Test func `a compressed message keeps its reserved bit in every part`() {
        expect(
            [WireFrame.text(octets: [0xFF, 0xFE]).reserved(0x40).notFinal, .continuation(octets: [0xFD])],
            give: [.message(.text, reserved: 0x40, [0xFF, 0xFE, 0xFD])], reserved: 0x40)
    }

    @Test func `text may be cut within a character, but must be whole at its end`() {
        let euro = Array("€".utf8)
        expect(
            [WireFrame.text(octets: [euro[0]]).notFinal, .continuation(octets: [euro[1], euro[2]])], give: [.text("€")])
        for segmentation in Segmentation.all(10) {
            let octets = [WireFrame.text(octets: [euro[0]]).notFinal, .continuation(octets: [euro[1]])].octets(
                to: .server)
            let received = read(octets, as: .server, inParts: true, segmentation)
            guard case .failed(.invalidUTF8) = received.last else {
                Issue.record("\(segmentation): \(received)")
                continue
            }
        }
    }

    @Test func `neither size nor fragments are limited, and nothing is kept`() {
        let reading = Reading(
            as: .client, limits: MessageLimits(maximumMessageSize: 10, maximumFragments: 2), inParts: true)
        reading.receive([0x02, 1, 0])
        for _ in 0..<100 { reading.receive([0x00, 1, 0]) }
        #expect(reading.retainedOctets == 0)
        reading.receive([0x80, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])
        #expect(
            reading.takeReceived().allSatisfy {
                $0 == .part(.binary, [0], isLast: false) || $0 == .part(.binary, [1], isLast: false)
            })
        #expect(reading.retainedOctets == 0)
    }

    @Test func `the rules of frames hold for parts too`() {
        #expect(
            read([0x02, 1, 7, 0x82, 1, 7], as: .client, inParts: true)
                == [.part(.binary, [7], isLast: false), .failed(.expectedContinuation(opcode: 2))])
        #expect(
            read([0x80, 1, 7], as: .client, inParts: true) == [.failed(.unexpectedContinuation)])
    }
}
