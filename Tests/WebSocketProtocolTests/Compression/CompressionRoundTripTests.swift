import ProtocolReference
import Testing
import WebSocketProtocol

/// D-011, D-045, D-046: what one side compresses the other inflates, in every setting.
@Suite struct CompressionRoundTripTests {
    private static let settings = (8...15).flatMap { bits in
        [true, false].map { DeflateParameters(serverNoContextTakeover: !$0, serverMaxWindowBits: bits) }
    }

    @Test(arguments: settings) func `random messages arrive as they were`(agreed: DeflateParameters) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = WireRandom(seed: seed)
        let sending = agreed.sending(as: .server)
        let receiving = agreed.receiving(as: .client)
        #expect(sending == receiving)
        let compressing = try Compressing(
            windowBits: sending.windowBits, memoryLevel: Int.random(in: 1...9, using: &random),
            level: Int.random(in: 0...9, using: &random), keepsContext: sending.keepsContext)
        let inflating = try Inflating(
            windowBits: receiving.windowBits, keepsContext: receiving.keepsContext,
            limits: InflationLimits(maximumRatio: .max))
        var reference = ReferenceInflater(keepsContext: sending.keepsContext)
        for index in 0..<40 {
            let size = Int.random(in: 0...(1 << Int.random(in: 0...15, using: &random)), using: &random)
            let isText = random.chance(70)
            let octets = isText ? plausibleText(size, &random) : random.octets(size)
            let description = "seed \(seed), message \(index) of \(size) octets"
            // D-011: what is sent as it is belongs to no window.
            if random.chance(15) {
                _ = compressing.message(octets, atMost: max(0, size / 3))
                compressing.reset()
                continue
            }
            let payload = try compressing.message(octets, delivery(&random))
            let received = try inflating.message(payload, kind: isText ? .text : .binary, delivery(&random))
            #expect(received == octets, "\(description)")
            #expect(try reference.inflate(payload) == octets, "\(description)")
        }
        #expect(reference.longestDistance <= 1 << sending.windowBits, "seed \(seed)")
    }

    private func delivery(_ random: inout WireRandom) -> Delivery {
        guard random.chance(60) else { return .whole }
        return .parts(of: Int.random(in: 1...5000, using: &random), piece: Int.random(in: 64...5000, using: &random))
    }

    // D-026, with 1-8 flipped bits, and octets without sense.
    @Test func `what was damaged is judged as the reference judges it`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = WireRandom(seed: seed)
        for round in 0..<300 {
            let size = Int.random(in: 1...600, using: &random)
            var payload = random.octets(Int.random(in: 1...100, using: &random))
            if random.chance(80) {
                payload = try Compressing(level: Int.random(in: 0...9, using: &random))
                    .message(plausibleText(size, &random))
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let bit = Int.random(in: 0..<payload.count * 8, using: &random)
                    payload[bit / 8] ^= 1 << UInt8(bit % 8)
                }
            }
            var reference = ReferenceInflater()
            let expected = try? reference.inflate(payload)
            for delivery in [Delivery.whole, .parts(of: 1, piece: 1), .parts(of: 13, piece: 100)] {
                let inflating = try Inflating()
                let message = try? inflating.message(payload, delivery)
                #expect(message == expected, "seed \(seed), round \(round), \(delivery)")
            }
        }
    }
}
