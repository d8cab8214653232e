import ProtocolReference
import Testing
import WebSocketProtocol

/// What an inflated message may cost: D-031 to D-033, D-039.
@Suite struct InflationLimitsTests {
    private static let unlimited = Int.max

    // D-031
    @Test(arguments: [0, 1, 100, 16 << 10, (16 << 10) + 1, 64 << 10, 100_000], Delivery.all)
    func `the largest message is taken, and one octet more is refused`(limit: Int, _ delivery: Delivery) throws {
        let limits = InflationLimits(maximumSize: limit)
        let largest = [UInt8](repeating: 0x61, count: limit)
        for kind in [MessageKind.text, .binary] {
            let inflating = try Inflating(limits: limits)
            let compressing = try Compressing()
            for _ in 0..<2 {
                #expect(try inflating.message(try compressing.message(largest), kind: kind, delivery) == largest)
            }
            #expect(throws: ProtocolError.messageTooLarge(length: UInt64(limit) + 1, limit: limit)) {
                try inflating.message(try compressing.message(largest + [0x61]), kind: kind, delivery)
            }
            #expect(inflating.capacity <= limit + 1)
        }
    }

    // D-032: 16 MiB and 1 GiB of zeros.
    @Test(arguments: [1, 64], [MessageKind.text, .binary])
    func `a bomb stops at the limit`(repetitions: Int, kind: MessageKind) throws {
        let limit = 4 << 20
        let part = try Compressing(level: 9).message([UInt8](repeating: 0, count: 16 << 20))
        #expect(part.count < 17_000)
        let parts: [[UInt8]] = Array(repeating: part + [0x00, 0x00, 0xFF, 0xFF], count: repetitions)
        let bomb = [UInt8](parts.joined().dropLast(4))
        for delivery in [Delivery.whole, .parts(of: 1000, piece: 16 << 10)] {
            let bySize = try Inflating(limits: InflationLimits(maximumSize: limit, maximumRatio: Self.unlimited))
            let error = #expect(throws: ProtocolError.self) {
                try bySize.message(bomb, kind: kind, delivery)
            }
            #expect(error == .messageTooLarge(length: UInt64(limit) + 1, limit: limit))
            #expect(error?.closeCode == .messageTooBig)
            #expect(bySize.capacity <= limit + 1)
            let byRatio = try Inflating(limits: InflationLimits(maximumSize: 1 << 30))
            let ratioError = #expect(throws: ProtocolError.self) {
                try byRatio.message(bomb, kind: kind, delivery)
            }
            #expect(ratioError == .compressionRatioTooHigh(limit: 200))
            #expect(ratioError?.closeCode == .messageTooBig)
            #expect(byRatio.capacity <= 200 * bomb.count + 1)
        }
    }

    // D-033
    @Test func `the limits hold for all parts of a message together`() throws {
        let limit = 1 << 20
        let limits = InflationLimits(maximumSize: limit, maximumRatio: Self.unlimited)
        let payload = try Compressing().message([UInt8](repeating: 0x20, count: limit + 1))
        for size in [1, 10, 500] {
            let inflating = try Inflating(limits: limits)
            var inflated = 0
            var failure: ProtocolError?
            do {
                for part in Delivery.parts(of: size, piece: 0).parts(payload) {
                    inflated += try inflating.part(part, isFirst: part.startIndex == 0, kind: .text).count
                }
            } catch {
                failure = error
            }
            #expect(failure == .messageTooLarge(length: UInt64(limit) + 1, limit: limit))
            #expect(inflated <= limit)
        }
    }

    @Test(arguments: [MessageKind.text, .binary])
    func `no ratio is too high below the floor, and above it the largest is exact`(kind: MessageKind) throws {
        let octets = [UInt8](repeating: 0x61, count: 100_000)
        let payload = try Compressing().message(octets)
        let ratio = octets.count / payload.count
        func taken(_ octets: [UInt8], ratio: Int, floor: Int) throws -> Bool {
            let limits = InflationLimits(maximumRatio: ratio, ratioFloor: floor)
            do {
                return try Inflating(limits: limits).message(try Compressing().message(octets), kind: kind) == octets
            } catch let error as ProtocolError {
                #expect(error == .compressionRatioTooHigh(limit: ratio))
                return false
            }
        }
        #expect(try taken(octets, ratio: 1, floor: 100_000))
        #expect(try !taken(octets, ratio: 1, floor: 99_999))
        #expect(try !taken(octets, ratio: 0, floor: 0))
        #expect(try !taken(octets, ratio: ratio - 1, floor: 0))
        #expect(try taken(octets, ratio: ratio + 1, floor: 0))
        #expect(try taken(octets, ratio: .max, floor: 0))
    }

    @Test func `the ratio of parts is that of what arrived`() throws {
        let limits = InflationLimits(maximumRatio: 50, ratioFloor: 1000)
        let inflating = try Inflating(limits: limits)
        // As a whole it would pass: what follows hardly shrinks.
        var random = WireRandom(seed: 33)
        let parts = try Compressing().parts([
            ([UInt8](repeating: 0, count: 50_000)[...], .flush), (random.octets(5000)[...], .last),
        ])
        #expect(try Inflating(limits: limits).message(parts.flatMap(\.self)).count == 55_000)
        #expect(throws: ProtocolError.compressionRatioTooHigh(limit: 50)) {
            _ = try inflating.part(parts[0][...], isFirst: true)
        }
    }

    @Test func `limits below zero are zero`() {
        let limits = InflationLimits(maximumSize: -1, maximumRatio: -1, ratioFloor: -1)
        #expect(limits == InflationLimits(maximumSize: 0, maximumRatio: 0, ratioFloor: 0))
    }

    // D-039
    @Test func `the buffer is kept for messages of one size and given back after a large one`() throws {
        let compressing = try Compressing()
        let inflating = try Inflating()
        let small = [UInt8](repeating: 0x61, count: 1000)
        #expect(inflating.capacity == 0)
        for _ in 0..<1000 { _ = try inflating.message(try compressing.message(small)) }
        #expect(inflating.capacity == InflationBuffer.smallestCapacity)
        let large = [UInt8](repeating: 0x61, count: 1 << 20)
        #expect(try inflating.message(try compressing.message(large)) == large)
        #expect(inflating.capacity >= large.count && inflating.capacity <= 2 * large.count)
        inflating.shrink()
        #expect(inflating.capacity == 0)
        #expect(try inflating.message(try compressing.message(small)) == small)
        let kept = inflating.capacity
        inflating.shrink()
        #expect(inflating.capacity == kept)
    }
}
