import Glibc
import Testing

@testable import LoadGenerator

@Suite struct PayloadTests {
    private static func bytes(_ pool: PayloadPool, _ index: UInt64) -> [UInt8] { Array(pool.message(at: index)) }

    // MARK: Pool

    @Test func `a fixed text is the only message of its pool`() {
        let pool = PayloadPool(text: "grüß dich")
        #expect(pool.count == 1)
        #expect(pool.isText)
        #expect(Self.bytes(pool, 0) == Array("grüß dich".utf8))
        #expect(Self.bytes(pool, .max) == Array("grüß dich".utf8))
        #expect(pool.longestMessage == 11)
    }

    @Test func `messages stay where they are, one behind the other`() {
        let pool = PayloadPool(messages: [[1, 2, 3], [], [4]], isText: false)
        #expect((0..<4).map { Self.bytes(pool, $0) } == [[1, 2, 3], [], [4], [1, 2, 3]])
        #expect(pool.byteCount == 4)
        #expect(pool.message(at: 0).baseAddress == pool.message(at: 3).baseAddress)
        #expect(PayloadPool(text: "").message(at: 5).isEmpty)
    }

    @Test(arguments: [(20, 64), (0, 64), (1 << 20, 64), (2 << 20, 32), (64 << 20, 1)])
    func `a random pool has 64 variants unless they take more than 64 MiB`(_ size: Int, _ variants: Int) {
        #expect(PayloadPool.variants(ofSize: size) == variants)
    }

    @Test func `variants of a random payload differ, the same seed gives the same ones`() {
        func pool(_ seed: UInt64) -> PayloadPool {
            PayloadPool(randomBytes: 32, compressibility: 0, isText: false, generator: SeededGenerator(seed: seed))
        }
        let first = pool(1)
        #expect(first.count == 64)
        #expect(Set((0..<64).map { Self.bytes(first, $0) }).count == 64)
        let again = pool(1)
        #expect((0..<64).allSatisfy { Self.bytes(first, $0) == Self.bytes(again, $0) })
        #expect(Self.bytes(first, 0) != Self.bytes(pool(2), 0))
    }

    // MARK: Compressibility

    /// One message of `count` bytes.
    private static func content(_ count: Int, _ compressibility: Double, isText: Bool, seed: UInt64) -> [UInt8] {
        var content = RandomContent(
            compressibility: compressibility, isText: isText, generator: SeededGenerator(seed: seed))
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { content.fill($0) }
        return bytes
    }

    private static func histogram(_ bytes: [UInt8]) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        return counts
    }

    @Test func `compressibility 0 is random: all bytes are about equally frequent`() {
        let seed: UInt64 = 3
        let counts = Self.histogram(Self.content(65_536, 0, isText: false, seed: seed))
        #expect(counts.allSatisfy { (160...360).contains($0) }, "seed \(seed)")
    }

    @Test(arguments: [false, true])
    func `compressibility 1 is one byte repeated`(_ isText: Bool) {
        let bytes = Self.content(1_000, 1, isText: isText, seed: 4)
        #expect(Set(bytes).count == 1)
    }

    @Test(arguments: [0.1, 0.25, 0.5, 0.7, 0.9], [20, 64, 512, 10_000])
    func `in between the wanted share of every message repeats one byte`(_ share: Double, _ size: Int) {
        let seed: UInt64 = 5
        let bytes = Self.content(size, share, isText: false, seed: seed)
        let most = Self.histogram(bytes).max() ?? 0
        let expected = Double(size) * share
        // Rounding once a message, and random bytes that happen to be the repeated one (1 in 256).
        #expect(Double(most) >= expected - 1 && Double(most) <= expected + 1 + Double(size) * 0.02 + 1, "seed \(seed)")
        let longest = bytes.reduce(into: (run: 0, best: 0, last: -1)) { state, byte in
            state.run = Int(byte) == state.last ? state.run + 1 : 1
            state.best = max(state.best, state.run)
            state.last = Int(byte)
        }.best
        #expect(longest <= 64 + 2, "repeats are spread over the message in pieces")
    }

    @Test(arguments: [0, 0.3, 1])
    func `text is printable`(_ compressibility: Double) {
        let bytes = Self.content(20_000, compressibility, isText: true, seed: 6)
        #expect(bytes.allSatisfy { (0x20...0x7E).contains($0) })
        if compressibility == 0 { #expect(Set(bytes).count == 95) }
    }

    // MARK: Corpus

    private static func lines(_ text: String) throws -> [String] {
        let pool = PayloadPool(try Corpus(parsing: Array(text.utf8), file: "chat.ndjson"))
        return (0..<pool.count).map { String(decoding: pool.message(at: UInt64($0)), as: UTF8.self) }
    }

    @Test(arguments: [
        ("{\"a\":1}\n{\"b\":2}\n", ["{\"a\":1}", "{\"b\":2}"]), ("one\ntwo", ["one", "two"]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("\n\n one \n\t\n\r\ntwo\n\n", [" one ", "two"]), ("\u{FEFF}ä\nö", ["ä", "ö"]),
    ])
    func `every line that is not empty is a message`(_ text: String, _ messages: [String]) throws {
        #expect(try Self.lines(text) == messages)
    }

    @Test func `a corpus without a message is refused`() {
        for text in ["", "\n", " \n\t\r\n", "\u{FEFF}"] {
            #expect(throws: CorpusError(file: "c", line: nil, reason: .empty)) {
                try Corpus(parsing: Array(text.utf8), file: "c")
            }
        }
    }

    @Test func `a line that is too long or no UTF-8 is refused with its number`() {
        #expect(throws: CorpusError(file: "c", line: 3, reason: .lineTooLong(length: 5, limit: 4))) {
            try Corpus(parsing: Array("four\n\n12345\n".utf8), file: "c", maximumLineBytes: 4)
        }
        #expect(throws: CorpusError(file: "c", line: 2, reason: .notUTF8)) {
            try Corpus(parsing: Array("ok\n".utf8) + [0xC3, 0x28], file: "c")
        }
        #expect(
            CorpusError(file: "c", line: 2, reason: .notUTF8).description
                == "c:2: the line is not valid UTF-8, so it cannot be a text message")
    }

    @Test func `files are read whole, and what is no readable file is refused`() throws {
        var template = Array("/tmp/wsbench-corpus-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { rmdir(folder) }
        let path = "\(folder)/chat.ndjson"
        defer { unlink(path) }
        let file = try #require(fopen(path, "w"))
        fputs("one\ntwo\n", file)
        fclose(file)
        #expect(try Corpus(reading: path).count == 2)
        #expect(throws: CorpusError(file: folder, line: nil, reason: .unreadable("it is not a regular file"))) {
            try Corpus(reading: folder)
        }
        #expect(
            throws: CorpusError(file: "\(folder)/none", line: nil, reason: .unreadable("No such file or directory"))
        ) {
            try Corpus(reading: "\(folder)/none")
        }
        // Sparse, so it costs nothing.
        #expect(truncate(path, Corpus.maximumFileBytes + 1) == 0)
        #expect(throws: CorpusError(file: path, line: nil, reason: .fileTooLarge(limit: Corpus.maximumFileBytes))) {
            try Corpus(reading: path)
        }
    }

    // MARK: Picker

    @Test func `sequential picks follow the corpus, each client from its own place`() {
        var picker = PayloadPicker.sequential(client: 7)
        #expect((0..<3).map { _ in picker.next() } == [7, 8, 9])
    }

    @Test func `random picks reach every message`() {
        let seed: UInt64 = 8
        var picker = PayloadPicker.random(SeededGenerator(seed: seed))
        var seen: Set<UInt64> = []
        for _ in 0..<1_000 { seen.insert(picker.next() % 20) }
        #expect(seen.count == 20, "seed \(seed)")
    }

    @Test func `a scenario's payloads become pools of their own`() throws {
        let content = ScenarioPayload.Content.random(bytes: 16, compressibility: 0, isText: false)
        let payload = ScenarioPayload(name: "noise", content: content)
        let first = try payload.pool(seed: 1, index: 0)
        let second = try payload.pool(seed: 1, index: 1)
        #expect(Self.bytes(first, 0) != Self.bytes(second, 0))
        #expect(try ScenarioPayload(name: "t", content: .text("hi")).pool(seed: 1, index: 0).isText)
        let missing = ScenarioPayload(name: "c", content: .corpus(path: "/nowhere/c.ndjson", pick: .random))
        #expect(throws: CorpusError.self) { try missing.pool(seed: 1, index: 0) }
    }
}
