import Testing

@testable import LoadGenerator

@Suite struct MemorySlopeTests {
    private typealias Sample = (connections: Int, bytes: UInt64?)

    /// A process that takes 50 MiB and 1,000 bytes a connection.
    private static func exact(_ connections: Int) -> Sample { (connections, UInt64(52_428_800 + connections * 1_000)) }

    @Test func `the slope is what each further connection costs, without the fixed cost`() {
        let samples = stride(from: 0, through: 2_000, by: 250).map(Self.exact)
        #expect(MemorySlope.bytesPerConnection(samples) == 1_000)
    }

    @Test func `the first tenth, where the process warms up, is left out, but never more than a thousand`() {
        let warmUp: [Sample] = [(0, 1_000_000), (50, 30_000_000), (199, 52_000_000)]
        let later = [200, 1_000, 1_500, 2_000].map(Self.exact)
        #expect(MemorySlope.bytesPerConnection(warmUp + later) == 1_000)
        let large = [1_000, 5_000, 10_000, 20_000].map(Self.exact)
        #expect(MemorySlope.bytesPerConnection([(999, 1)] + large) == 1_000)
        #expect(MemorySlope.bytesPerConnection([(1_000, 1)] + large.dropFirst()) != 1_000)
    }

    @Test func `only growth counts: holding and shrinking add no points`() {
        let up = [0, 100, 200, 300, 400].map(Self.exact)
        // Memory that comes later, or stays when connections leave, is another question.
        let after: [Sample] = [(400, 90_000_000), (400, 95_000_000), (100, 95_000_000), (0, 95_000_000)]
        #expect(MemorySlope.bytesPerConnection(up + after) == 1_000)
    }

    @Test func `a line is fitted through samples that scatter`() throws {
        let seed: UInt64 = 12
        var generator = SeededGenerator(seed: seed)
        let samples = (0...100).map { index -> Sample in
            let exact = Self.exact(index * 100)
            return (exact.connections, exact.bytes.map { $0 + generator.next() % 40_000 })
        }
        let slope = try #require(MemorySlope.bytesPerConnection(samples))
        #expect(abs(slope - 1_000) < 10, "seed \(seed)")
    }

    @Test func `samples that could not be read are passed over`() {
        let samples = [Self.exact(0), (100, nil), Self.exact(200), (300, nil), Self.exact(400), Self.exact(600)]
        #expect(MemorySlope.bytesPerConnection(samples) == 1_000)
    }

    @Test(
        arguments: [
            [], [(0, 1), (500, 2)], [(0, 1), (50, 2), (99, 3)], [(0, nil), (500, nil), (900, nil)],
            [(500, 1), (500, 2), (500, 3)],
        ] as [[(connections: Int, bytes: UInt64?)]])
    func `too few samples, or too little growth, say nothing`(_ samples: [(connections: Int, bytes: UInt64?)]) {
        #expect(MemorySlope.bytesPerConnection(samples) == nil)
    }

    @Test func `a hundred more connections are enough growth`() {
        #expect(MemorySlope.bytesPerConnection([0, 50, 100].map(Self.exact)) == nil, "the first tenth is left out")
        #expect(MemorySlope.bytesPerConnection([12, 60, 112].map(Self.exact)) != nil)
    }
}
