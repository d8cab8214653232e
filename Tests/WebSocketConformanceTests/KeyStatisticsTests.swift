import Testing

@testable import WebSocketConformance

struct KeyStatisticsTests {
    private static let count = 10_000

    @Test(arguments: UInt64(1)...20)
    func `keys of a good generator are taken for good`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let keys = (0..<Self.count).map { _ in MaskingKey(UInt32(truncatingIfNeeded: random.next())) }
        #expect(KeyStatistics(keys).fault == nil, "seed \(seed)")
    }

    /// A key source with something wrong, and a word of what is said about it.
    struct Source: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var word: String
        var next: @Sendable (_ index: UInt32, _ random: inout SeededRandom) -> UInt32
    }

    private static func word(_ random: inout SeededRandom) -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }

    static let sources: [Source] = [
        Source(testDescription: "one key for all", word: "before") { _, _ in 0x1234_5678 },
        Source(testDescription: "a counter") { index, _ in index &* 0x9e37_79b1 },
        Source(testDescription: "a counter in the other order") { index, _ in (index &* 0x9e37_79b1).byteSwapped },
        Source(testDescription: "31 bits", word: "bit 31") { _, random in word(&random) >> 1 },
        Source(testDescription: "16 bits twice", word: "before") { _, random in (word(&random) & 0xffff) &* 0x1_0001 },
        Source(testDescription: "ASCII only", word: "bit 7") { _, random in word(&random) & 0x7f7f_7f7f },
        Source(testDescription: "no small octets", word: "bit") { _, random in
            var key = word(&random)
            while key.byteSwapped & 0xff < 40 { key = word(&random) }
            return key
        },
    ]

    @Test(arguments: sources)
    func `keys of a bad generator are found out`(source: Source) throws {
        var random = SeededRandom(seed: 7)
        let keys = (0..<UInt32(Self.count)).map { MaskingKey(source.next($0, &random)) }
        let fault = try #require(KeyStatistics(keys).fault, "\(source.testDescription)")
        #expect(fault.contains(source.word), "\(source.testDescription): \(fault)")
    }

    @Test(arguments: [false, true])
    func `a linear congruence is found out in either order of octets`(isSwapped: Bool) throws {
        var state: UInt32 = 1
        let keys = (0..<Self.count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return MaskingKey(isSwapped ? state.byteSwapped : state)
        }
        #expect(try #require(KeyStatistics(keys).fault).contains("linear"))
    }

    @Test func `an exclusive or with a constant is found out`() throws {
        var random = SeededRandom(seed: 11)
        var keys: [MaskingKey] = []
        while keys.count < Self.count {
            let key = Self.word(&random)
            keys += [MaskingKey(key), MaskingKey(key ^ 0x5bd1_e995)]
        }
        #expect(KeyStatistics(keys).fault != nil)
    }

    @Test func `a key is read in the order of the wire`() throws {
        var reader = FrameReader()
        reader.append([0x81, 0x80, 1, 2, 3, 4])
        guard case .frame(let frame) = reader.next() else {
            Issue.record("no frame")
            return
        }
        let key = try #require(MaskingKey(frame))
        #expect(key.value == 0x0102_0304)
        #expect(key == MaskingKey(0x0102_0304))
    }
}

extension KeyStatisticsTests.Source {
    /// Found out by the relation between neighbours.
    init(testDescription: String, next: @escaping @Sendable (UInt32, inout SeededRandom) -> UInt32) {
        self.init(testDescription: testDescription, word: "difference", next: next)
    }
}
