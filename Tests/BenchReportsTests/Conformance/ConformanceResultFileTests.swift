import BenchReports
import BenchResults
import FoundationEssentials
import Testing

@Suite struct `a conformance result file` {
    @Test(arguments: [1, 200]) func `reads back as what was written`(_ size: Int) throws {
        var run = SampleConformance(agent: "é \"quoted\" \\ \u{0}", size: size).result
        run.interruption = "the server died"
        run.selection = "--only F-*"
        let text = try ConformanceResultFile.text(of: run)
        #expect(try ConformanceResultFile.read(Array(text.utf8), file: "r.json") == run)
        #expect(try ConformanceResultFile.text(of: run) == text, "the same result gives the same text")
    }

    @Test func `has one case a line`() throws {
        let run = SampleConformance(agent: "a", size: 50).result
        let lines = try ConformanceResultFile.text(of: run).split(separator: "\n")
        #expect(lines.filter { $0.contains("\"row\":") && $0.contains("\"behavior\":") }.count == run.cases.count)
    }

    @Test func `may leave out the octets of what broke nothing`() throws {
        let run = SampleConformance(agent: "a", flaws: 100, size: 200).result
        let text = try ConformanceResultFile.text(of: run, options: .init(keepsWireOfPassing: false))
        let copy = try ConformanceResultFile.read(Array(text.utf8), file: "r.json")
        for (old, new) in zip(run.cases, copy.cases) {
            let isKept = old.isUnexpected || old.verdict.severity > 0 || !old.earlierAttempts.isEmpty
            #expect(new.wire == (isKept ? old.wire : nil), "\(old.id)")
        }
        #expect(copy.cases.contains { $0.wire != nil } && copy.cases.contains { $0.wire == nil })
    }

    @Test func `is written whole to its folder`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "conformance-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = SampleConformance.small()
        try ConformanceResultFile.write(run, to: "\(folder)/a/results.json")
        #expect(try ConformanceResultFile.read(from: "\(folder)/a/results.json") == run)
    }

    @Test func `that is not there is named`() {
        #expect(throws: ResultFileError.notReadable(file: "/no/such.json", reason: "there is no such file")) {
            try ConformanceResultFile.read(from: "/no/such.json")
        }
    }

    @Test func `of a later version is refused before anything else of it is read`() {
        let text = #"{"schemaVersion": 2, "novelty": true}"#
        #expect(throws: ResultFileError.newerVersion(file: "r.json", version: 2, known: 1)) {
            try ConformanceResultFile.read(Array(text.utf8), file: "r.json")
        }
    }

    @Test(arguments: [
        (#"{"schemaVersion": 0}"#, "there is no result version 0"),
        (#"{"schemaVersion": 1}"#, "the file has no \"tool\""), ("{}", "the file has no \"schemaVersion\""),
        (#"{"schemaVersion": 1e99}"#, ""), ("[]", ""), ("", ""), (#"{"version": 1}"#, "the file has no"),
    ])
    func `that is none says where it is wrong`(_ text: String, _ reason: String) throws {
        let error = #expect(throws: ResultFileError.self) {
            try ConformanceResultFile.read(Array(text.utf8), file: "r.json")
        }
        let description = try #require(error).description
        #expect(description.hasPrefix("r.json is not a conformance result: \(reason)"), "\(description)")
    }

    private static let octets = Array(((try? ConformanceResultFile.text(of: SampleConformance.small())) ?? "").utf8)

    @Test func `cut off anywhere is refused`() throws {
        let end = try #require(Self.octets.lastIndex(of: UInt8(ascii: "}")))
        for length in stride(from: 0, through: end, by: 37) {
            #expect(throws: ResultFileError.self, "cut at octet \(length)") {
                try ConformanceResultFile.read(Array(Self.octets[..<length]), file: "f")
            }
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `damaged at random never traps, neither reading nor reporting`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var octets = Self.octets
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            // Mostly digits: they are what turns into offsets, sizes and sums.
            let index = Int.random(in: 0..<octets.count, using: &random)
            octets[index] = Array("0123456789-.,[]\"a".utf8).randomElement(using: &random) ?? 0
        }
        guard let run = try? ConformanceResultFile.read(octets, file: "f") else { return }
        render(run, seed)
    }

    @Test(arguments: [Int.min, -1, 0, Int.max]) func `with numbers at their limits never traps`(_ number: Int) {
        var run = SampleConformance.small()
        run.duration = number
        for index in run.cases.indices {
            run.cases[index].duration = number
            run.cases[index].wire?.omittedOctets = number
            for entry in run.cases[index].wire?.entries.indices ?? 0..<0 {
                run.cases[index].wire?.entries[entry].time = number
                run.cases[index].wire?.entries[entry].connection = number
                run.cases[index].wire?.entries[entry].length = number
                run.cases[index].wire?.entries[entry].octets = "zz"
                for note in run.cases[index].wire?.entries[entry].notes.indices ?? 0..<0 {
                    run.cases[index].wire?.entries[entry].notes[note].offset = number
                    run.cases[index].wire?.entries[entry].notes[note].count = number
                }
            }
        }
        render(run, UInt64(bitPattern: Int64(number)))
    }

    private func render(_ run: ConformanceResult, _ seed: UInt64) {
        var isWritten = false
        AutobahnReport.forEachFile(of: [run, run]) { isWritten = isWritten || !$0.text.isEmpty }
        #expect(isWritten, "seed \(seed)")
        #expect(!JUnitReport.render([run]).isEmpty, "seed \(seed)")
        #expect(!ConformanceMarkdown.render([run]).isEmpty, "seed \(seed)")
        #expect(!ConformanceSummary.text(run, style: .plain).isEmpty, "seed \(seed)")
        #expect(!ConformancePage.render([run, run]).isEmpty, "seed \(seed)")
        #expect(!ConformanceBadge([run]).svg.isEmpty, "seed \(seed)")
        _ = GitHubReport.annotations([run])
        #expect(!ConformanceComparison(before: run, after: run).hasRegressions, "seed \(seed)")
    }
}
