import BenchReports
import BenchResults
import FoundationEssentials
import Testing

@Suite struct `a result file` {
    @Test(arguments: [Sample.passed, .failed, .unreachable, .unsampled]) func `reads back as what was written`(
        _ sample: Sample
    ) throws {
        let run = sample.run()
        let text = try ResultFile.text(of: run)
        #expect(try ResultFile.read(text: text, file: "run.json") == run)
        #expect(try ResultFile.text(of: run) == text, "the same result gives the same text")
    }

    @Test func `replaces the old file as a whole, makes folders, and leaves nothing else behind`() throws {
        let folder = Folder()
        let path = "\(folder.path)/a/b/run.json"
        try ResultFile.write(Sample.passed.run(), to: path)
        try ResultFile.write(Sample.unreachable.run(), to: path)
        #expect(try ResultFile.read(from: path) == Sample.unreachable.run())
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/a/b") == ["run.json"])
    }

    @Test func `that cannot be written is named, and what was there stays`() throws {
        let folder = Folder()
        try WholeFile.write("old", to: "\(folder.path)/file")
        let path = "\(folder.path)/file/run.json"
        let error = #expect(throws: ResultFileError.self) { try ResultFile.write(Sample.unreachable.run(), to: path) }
        guard case .notWritable(let file, _) = error else { throw try #require(error) }
        #expect(file == path)
        #expect(try String(contentsOfFile: "\(folder.path)/file", encoding: .utf8) == "old")
    }

    @Test func `that is not there is named`() {
        #expect(throws: ResultFileError.notReadable(file: "/no/such.json", reason: "there is no such file")) {
            try ResultFile.read(from: "/no/such.json")
        }
    }

    @Test func `of a later version is refused before anything else of it is read`() {
        let error = ResultFileError.newerVersion(file: "run.json", version: 2, known: 1)
        #expect(throws: error) { try ResultFile.read(text: #"{"version": 2, "novelty": true}"#, file: "run.json") }
        #expect(error.description == "run.json has result version 2, this wsbench reads up to 1: use a newer wsbench")
    }

    @Test(arguments: [
        (#"{"version": 0}"#, "there is no result version 0"), (#"{"version": 1}"#, "the file has no \"tool\""),
        ("{}", "the file has no \"version\""),
        (#"{"version": 1, "tool": {"name": 7}}"#, "tool.name: "),
    ])
    func `that is none says where it is wrong`(_ text: String, _ reason: String) throws {
        let error = #expect(throws: ResultFileError.self) { try ResultFile.read(text: text, file: "run.json") }
        let description = try #require(error).description
        #expect(description.hasPrefix("run.json is not a run result: \(reason)"), "\(description)")
    }

    @Test func `cut off at any byte is refused`() throws {
        let whole = Array(try ResultFile.text(of: Sample.unreachable.run()).utf8)
        let end = try #require(whole.lastIndex(of: UInt8(ascii: "}")))
        for length in 0...end {
            let text = String(decoding: whole[..<length], as: UTF8.self)
            #expect(throws: ResultFileError.self, "cut at byte \(length)") {
                try ResultFile.read(text: text, file: "f")
            }
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `damaged at random never traps, neither reading nor reporting`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bytes = Self.small
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            // Mostly digits: they are what turns into indices, sizes and sums.
            bytes[index] = Array("0123456789-e.,[]\"".utf8).randomElement(using: &random) ?? 0
        }
        guard let run = try? ResultFile.read(text: String(decoding: bytes, as: UTF8.self), file: "f") else { return }
        #expect(!HTMLReport.render(run).isEmpty, "seed \(seed)")
        #expect(!Summary.text(run, style: .plain).isEmpty, "seed \(seed)")
        #expect(!MarkdownReport.render(run).isEmpty, "seed \(seed)")
    }

    private static let small: [UInt8] = {
        var run = Sample.unreachable.run()
        var histogram = LatencyHistogram()
        for value in [1000, 20_000, 300_000] as [UInt64] { histogram.record(value) }
        run.stages = [
            .init(
                name: "a", start: 0, end: 2, recorded: true, counters: ["messages.sent": 9, "errors.x": 1],
                values: ["server.cpu": 0.5], latencies: ["rtt": histogram, "rtt.actual": histogram])
        ]
        run.series = .init(
            times: [0.5, 1, 1.5], columns: [.init(name: "rtt.p99", unit: "s", values: [0.1, nil, 0.001])])
        run.duration = 2
        return Array(((try? ResultFile.text(of: run)) ?? "").utf8)
    }()

    @Test func `keeps what JSON has no number for`() throws {
        var run = Sample.unreachable.run()
        run.stages = [
            .init(name: "a", start: 0, end: 1, recorded: true, values: ["x": .infinity, "y": -.infinity, "z": .nan])
        ]
        let copy = try ResultFile.read(text: try ResultFile.text(of: run), file: "f")
        #expect(copy.stages[0].values["x"] == .infinity)
        #expect(copy.stages[0].values["y"] == -.infinity)
        #expect(copy.stages[0].values["z"]?.isNaN == true)
    }

    @Test func `is laid out for people and for diff`() throws {
        var run = Sample.unreachable.run()
        run.scenario.text = "a [ 1,\n 2 ] \" \\ b"
        run.command = []
        run.series = .init(times: (0..<60).map { Double($0) / 4 }, columns: [])
        let text = try ResultFile.text(of: run)
        #expect(text.hasPrefix("{\n") && text.hasSuffix("\n}\n"))
        #expect(text.contains(#"  "command" : [],"#), "\(text)")
        #expect(text.contains(#""a [ 1,\n 2 ] \" \\ b""#))
        #expect(text.contains("\n      0, 0.25, 0.5, 0.75, 1, "))
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 120 })
        let keys = lines.filter { $0.hasPrefix("  \"") }.compactMap { $0.split(separator: "\"").dropFirst().first }
        #expect(keys == keys.sorted())
        #expect(try ResultFile.read(text: text, file: "f") == run)
    }
}

/// A folder of its own for each test, removed with it.
private final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "results-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
