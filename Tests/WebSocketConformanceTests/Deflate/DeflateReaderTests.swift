import Testing

@testable import WebSocketConformance

/// The suite's own reader and writer of DEFLATE, against zlib and against each other.
struct DeflateReaderTests {
    @Test(arguments: SampleData.allCases, [(9, 1), (10, 6), (12, 9), (15, 0), (15, 6)])
    func `the reader agrees with zlib on what zlib writes, message after message`(
        _ data: SampleData, _ parameters: (Int, Int)
    ) throws {
        let (windowBits, level) = parameters
        var random = SeededRandom(seed: 1, name: "\(data) \(windowBits) \(level)")
        let deflate = try #require(Deflate(windowBits: Int32(windowBits), level: Int32(level)))
        var reader = DeflateReader()
        for count in [0, 1, 16, 1000, 40_000, 0, 100] {
            let message = data.octets(count, &random)
            #expect(message.count == count)
            #expect(try reader.message(deflate.message(message)) == message, "\(data), \(count) octets, seed 1")
            #expect(reader.longestDistance <= 1 << windowBits)
        }
    }

    @Test func `the reader says how far a reference goes, and how far into earlier messages`() throws {
        var reader = DeflateReader()
        var first = DeflateWriter()
        first.fixed(.literals(1...100))
        _ = try reader.message(first.message())
        var second = DeflateWriter()
        second.fixed([.literal(7), .match(length: 4, distance: 60), .match(length: 3, distance: 2)])
        #expect(try reader.message(second.message()) == [7, 42, 43, 44, 45, 44, 45, 44])
        #expect(reader.longestDistance == 60)
        #expect(reader.deepestReach == 59)
        reader.forgetContext()
        var third = DeflateWriter()
        third.fixed([.literal(7), .match(length: 3, distance: 2)])
        #expect(throws: DeflateReader.Failure.self) { try reader.message(third.message()) }
    }

    @Test(arguments: [8, 9, 12])
    func `what the suite compresses by hand is read by zlib and stays within its window`(_ windowBits: Int) throws {
        var random = SeededRandom(seed: 2, name: "\(windowBits)")
        let compression = Compression(windowBits: windowBits)
        let inflate = try #require(Inflate())
        var reader = DeflateReader()
        for count in [1, 500, 3000] {
            let message = SampleData.json.octets(count, &random)
            let compressed = compression.message(message)
            #expect(inflate.message(compressed) == message, "\(count) octets, seed 2")
            #expect(try reader.message(compressed) == message)
            #expect(reader.longestDistance <= 1 << windowBits)
        }
        #expect(reader.longestDistance > 0)
    }

    @Test func `blocks of all kinds follow each other`() throws {
        var writer = DeflateWriter()
        writer.stored(Array("one ".utf8))
        writer.fixed(.literals("two ".utf8) + [.match(length: 4, distance: 4)])
        writer.dynamic(literals: DeflateSamples.flatLengths, distances: [1], .literals("three ".utf8))
        writer.stored([])
        writer.fixed(.literals("four".utf8), isFinal: true)
        writer.alignToOctet()
        writer.fixed(.literals(" five".utf8))
        let payload = writer.message()
        var reader = DeflateReader()
        let expected = Array("one two two three four five".utf8)
        #expect(try reader.message(payload) == expected)
        #expect(try #require(Inflate()).message(payload) == expected)
    }

    @Test(arguments: DeflateSamples.corrupt)
    func `the payloads that cases call corrupt are, to the reader and to zlib`(_ sample: DeflateSamples.Corrupt) throws
    {
        var reader = DeflateReader()
        #expect {
            _ = try reader.message(sample.payload)
        } throws: {
            if case .corrupt? = $0 as? DeflateReader.Failure { true } else { false }
        }
        #expect(try #require(Inflate()).message(sample.payload) == nil)
    }

    @Test(arguments: DeflateSamples.cut)
    func `the payloads that cases call cut end inside something`(_ sample: DeflateSamples.Corrupt) {
        var reader = DeflateReader()
        #expect(throws: DeflateReader.Failure.self) { try reader.message(sample.payload) }
    }

    @Test func `the end of a message is the end of an empty stored block, exactly`() throws {
        var reader = DeflateReader()
        let hello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        #expect(try reader.message(hello) == Array("Hello".utf8))
        #expect(try reader.message([0x00]) == [])
        #expect(try reader.message([0x02, 0x00]) == [])
        #expect(try reader.message([0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]) == Array("Hello".utf8))
        #expect(throws: DeflateReader.Failure.self) { try reader.message([]) }
        #expect(throws: DeflateReader.Failure.self) { try reader.message(hello + [0x00, 0x00, 0xff, 0xff]) }
        #expect(throws: DeflateReader.Failure.self) { try reader.message(Array(hello.dropLast())) }
    }

    @Test func `a bomb is as large as it says, and stopped at the limit`() throws {
        let bomb = DeflateSamples.bomb(1 << 20)
        #expect(bomb.count < 1300)
        var reader = DeflateReader()
        #expect(try reader.message(bomb) == [UInt8](repeating: 0, count: 1 << 20))
        #expect(throws: DeflateReader.Failure.tooLarge) { try reader.message(bomb, limit: 1 << 20 - 1) }
        #expect(try #require(Inflate()).message(bomb)?.count == 1 << 20)
    }
}
