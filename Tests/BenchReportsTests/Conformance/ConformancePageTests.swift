import BenchReports
import BenchResults
import FoundationEssentials
import Testing

@Suite struct `the conformance page` {
    @Test func `shows a whole run, and several side by side, within a few megabytes`() throws {
        let runs = SampleConformance.agents()
        let pages = [
            "one": ConformancePage.render([runs[1]]), "three": ConformancePage.render(runs),
            "small": ConformancePage.render(runs, options: .init(keepsWireOfPassing: false)),
        ]
        // With WSBENCH_SAMPLES=FOLDER the pages stay there to be looked at.
        if let folder = ProcessInfo.processInfo.environment["WSBENCH_SAMPLES"] {
            for (name, page) in pages { try WholeFile.write(page, to: "\(folder)/conformance/\(name).html") }
            for (index, run) in runs.enumerated() {
                try ConformanceResultFile.write(run, to: "\(folder)/conformance/\(index)/results.json")
            }
        }
        for (name, page) in pages { #expect((10_000..<12_000_000).contains(page.utf8.count), "\(name)") }
        #expect((pages["small"] ?? "").utf8.count * 2 < (pages["three"] ?? "").utf8.count)
    }

    @Test func `lets nothing of a peer become markup`() throws {
        let page = ConformancePage.render(SampleConformance.agents(size: 100))
        #expect(page.contains("alert(1)"), "the text itself is shown")
        #expect(!page.contains("<script>alert") && !page.contains("<img src=x"))
        #expect(!page.contains("<script>document"))
        // The page's own: the data and the script.
        #expect(page.components(separatedBy: "<script").count == 3)
        #expect(page.components(separatedBy: "</script").count == 3)
        #expect(!page.unicodeScalars.contains("\u{1B}") && !page.unicodeScalars.contains("\u{0}"))
    }

    @Test func `loads nothing`() {
        let page = ConformancePage.render([SampleConformance.small()])
        #expect(page.contains("default-src 'none'"))
        for word in [" src=", "url(", "@import", "fetch(", "import("] { #expect(!page.contains(word), "\(word)") }
    }

    @Test func `has data that reads back as what was found`() throws {
        var runs = [SampleConformance.small(), SampleConformance.small()]
        runs[1].cases.removeFirst()
        runs[1].cases[0].expected = ["something else"]
        let page = ConformancePage.render(runs)
        let begin = try #require(page.components(separatedBy: "id=\"data\">").last)
        let json = try #require(begin.components(separatedBy: "</script>").first)
        let data = try JSONDecoder().decode(PageData.self, from: Data(json.utf8))
        #expect(data.runs.map(\.name) == ["small", "small 2"])
        #expect(data.cases.map(\.id) == runs[0].cases.map(\.id))
        #expect(data.cases[0].runs[1] == nil)
        #expect(data.cases[1].runs[0]?.e == nil)
        #expect(data.cases[1].runs[1]?.e == ["something else"])
        for (row, found) in zip(data.cases, runs[0].cases) { #expect(row.runs[0]?.v == found.verdict.rawValue) }
    }

    @Test func `says that wire logs are left out, and leaves them out`() {
        var run = SampleConformance(agent: "a", flaws: 0, size: 40).result
        run.cases.removeAll { $0.verdict != .pass || $0.isFlaky }
        let short = ConformancePage.render([run], options: .init(keepsWireOfPassing: false))
        #expect(short.contains("The wire logs of cases that broke nothing are left out of this page."))
        #expect(!short.contains("474554202f6563686f"), "no octet of a request")
        #expect(ConformancePage.render([run]).contains("474554202f6563686f"))
    }

    @Test func `cuts what was sent or received to its limit`() {
        var run = SampleConformance.small()
        run.cases = [run.cases[0]]
        run.cases[0].isUnexpected = true
        run.cases[0].wire = WireLog(entries: [
            .init(
                time: 0, connection: 0, kind: .received, octets: String(repeating: "ab", count: 5000), length: 90_000)
        ])
        let page = ConformancePage.render([run], options: .init(octetsPerEntry: 100))
        #expect(page.contains("\"" + String(repeating: "ab", count: 100) + "\",90000,"))
    }

    @Test func `of no run at all is a page`() { #expect(ConformancePage.render([]).contains("</html>")) }
}

private struct PageData: Decodable {
    struct Run: Decodable { var name: String }
    struct Cell: Decodable {
        var v: String
        var e: [String]?
    }
    struct Case: Decodable {
        var id: String
        var runs: [Cell?]
    }
    var runs: [Run]
    var cases: [Case]
}
