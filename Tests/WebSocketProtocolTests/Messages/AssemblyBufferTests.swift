import Testing
@testable import WebSocketProtocol

@Suite struct AssemblyBufferTests {
    @Test(
        arguments: [
            // What arrives, what is declared, what is possible, and the memory for it.
            (1, 1, 1, 1), (1, 100, 100, 100), (1, 1, 1000, 256), (1, 1, 100, 100), (10, 100_000, 100_000, 65536),
            (70_000, 100_000, 100_000, 70_000), (300, 300, 1000, 300),
        ] as [(Int, Int, Int, Int)])
    func `the first memory follows what arrives and what is declared`(
        arriving: Int, declared: Int, ceiling: Int, capacity: Int
    ) {
        var buffer = AssemblyBuffer()
        let isReserved = buffer.reserve(arriving, declared: declared, ceiling: ceiling)
        #expect(isReserved)
        #expect(buffer.capacity == capacity)
        #expect(buffer.count == 0)
    }

    @Test func `memory that the system refuses is not an end of the process`() {
        var buffer = AssemblyBuffer()
        let small = buffer.reserve(10, declared: 10, ceiling: 10)
        #expect(small)
        buffer.commit(10)
        let huge = buffer.reserve(Int.max - 10, declared: Int.max, ceiling: Int.max)
        #expect(!huge)
        // What was stored is still there.
        #expect(buffer.count == 10)
        #expect(buffer.capacity == 10)
        buffer.release()
        #expect(buffer.capacity == 0)
        #expect(buffer.contents.isEmpty)
    }
}
