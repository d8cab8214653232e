import ProtocolReference
import Testing
import WebSocketProtocol

@Suite struct DirectReceiveTests {
    /// A reader that has read the header of a frame of this length and `arrived` octets of its payload.
    private func reading(
        _ frame: WireFrame, as role: Role = .server, arrived: Int = 0, limit: Int = 64 << 20
    ) -> Reading {
        let reading = Reading(as: role, limits: MessageLimits(maximumMessageSize: limit))
        let octets = frame.octets(to: role)
        let header = octets.count - frame.payload.count
        reading.receive(octets[..<(header + arrived)])
        return reading
    }

    @Test func `there is a window only for enough outstanding octets of a message`() {
        let frame = WireFrame.binary([UInt8](repeating: 1, count: 1000))
        let inside = reading(frame, arrived: 400)
        let tooMuch = inside.directWindow(atLeast: 601)
        #expect(tooMuch == nil)
        let enough = inside.directWindow(atLeast: 600)
        #expect(enough?.count == 600)

        let fresh = Reading(as: .server)
        let idle = fresh.directWindow(atLeast: 0)
        #expect(idle == nil)
        fresh.receive(frame.octets(to: .server)[..<3])
        let header = fresh.directWindow(atLeast: 0)
        #expect(header == nil)

        let control = reading(.ping("ping"), arrived: 1)
        let inControl = control.directWindow(atLeast: 1)
        #expect(inControl == nil)

        let between = Reading(as: .server)
        between.receive(WireFrame.text("a").notFinal.octets(to: .server))
        let betweenFragments = between.directWindow(atLeast: 0)
        #expect(betweenFragments == nil)
    }

    @Test func `windows begin at 64 KiB, double up to 1 MiB and end with the frame`() {
        let length = 5 << 20 + 123
        let reading = reading(WireFrame.binary([]).declaring(UInt64(length)))
        var windows: [Int] = []
        var outstanding = length
        while let window = reading.directWindow(atLeast: 1) {
            windows.append(window.count)
            let arrived = length - outstanding
            let most = max(64 << 10, arrived + min(arrived, 1 << 20))
            #expect(reading.retainedOctets <= most)
            outstanding -= window.count
            window.initializeMemory(as: UInt8.self, repeating: 0x37)
            let event = try? reading.commitDirect(window.count)
            guard case .message(.binary, 0, let payload) = event else { continue }
            #expect(payload.count == length)
            break
        }
        let first: [Int] = [65536, 65536, 131_072, 262_144, 524_288, 1_048_576]
        #expect(Array(windows.prefix(6)) == first)
        #expect(windows.allSatisfy { $0 <= 1_048_576 })
        #expect(windows.reduce(0, +) == length)
        #expect(outstanding == 0)
        reading.releaseEvent()
        #expect(reading.retainedOctets == 0)
        #expect(reading.isIdle)
    }

    @Test(arguments: [Role.server, .client], [1, 3, 100, 70_000])
    func `a message is the same through windows of any filling`(role: Role, step: Int) throws {
        var random = WireRandom(seed: UInt64(step))
        let payload = random.octets(step < 100 ? 500 : 200_000)
        let frame = WireFrame.binary(payload)
        let reading = reading(frame, as: role, arrived: 5)
        var rest = frame.octets(to: role).suffix(payload.count - 5)
        var message: [UInt8]?
        while message == nil {
            let window = try #require(reading.directWindow(atLeast: 1))
            let part = rest.prefix(min(step, window.count))
            window.copyBytes(from: part)
            rest = rest.dropFirst(part.count)
            if case .message(.binary, 0, let octets) = try reading.commitDirect(part.count) {
                message = Array(octets)
            }
        }
        #expect(message == payload, "seed \(step)")
        #expect(rest.isEmpty)
    }

    @Test func `a fragment that ends in a window leaves the message open`() {
        let reading = Reading(as: .client)
        reading.receive(WireFrame.text("ab").notFinal.octets(to: .client)[..<3])
        reading.receiveDirectly(Array("b".utf8))
        var received = reading.takeReceived()
        #expect(received == [])
        reading.receive([WireFrame.ping("p"), .continuation("cd")].octets(to: .client))
        received = reading.takeReceived()
        #expect(received == [.ping("p"), .text("abcd")])
    }

    @Test func `text is checked in windows too`() {
        let reading = reading(WireFrame.text("abc").declaring(100_000), as: .client, arrived: 3)
        reading.receiveDirectly([0x61, 0xE2, 0x82])
        var received = reading.takeReceived()
        #expect(received == [])
        reading.receiveDirectly([0xAC, 0xFF, 0x61])
        received = reading.takeReceived()
        #expect(received == [.failed(.invalidUTF8(offset: 7))])
        #expect(reading.isFinished)
        #expect(reading.retainedOctets == 0)
    }

    @Test func `text that ends inside a character is refused in windows too`() {
        let reading = reading(.text(octets: [0x61, 0xE2, 0x82]), arrived: 1)
        let rest = WireFrame.text(octets: [0x61, 0xE2, 0x82]).octets(to: .server).suffix(2)
        reading.receiveDirectly(rest)
        let received = reading.takeReceived()
        #expect(received == [.failed(.invalidUTF8(offset: 3))])
    }

    @Test func `a commit of nothing changes nothing`() throws {
        let reading = reading(.binary([1, 2, 3]), arrived: 1)
        let event = try reading.commitDirect(0)
        #expect(event == nil)
        let window = reading.directWindow(atLeast: 2)
        #expect(window?.count == 2)
    }
}
