import BenchReports
import BenchResults
import FoundationEssentials
import Testing

/// Renders every sample in every form; with `WSBENCH_SAMPLES=FOLDER` the files stay there to be looked at.
@Suite struct `samples of every kind of run` {
    @Test(arguments: Sample.allCases) func `render in every form, as whole files`(_ sample: Sample) throws {
        let kept = ProcessInfo.processInfo.environment["WSBENCH_SAMPLES"]
        let folder = kept ?? FileManager.default.temporaryDirectory.appending(path: "samples-\(UUID().uuidString)").path
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let run = sample.run()
        let style = TerminalStyle(colour: kept == nil, unicode: true)
        try ResultFile.write(run, to: "\(folder)/\(sample)/run.json")
        try WholeFile.write(HTMLReport.render(run), to: "\(folder)/\(sample)/index.html")
        try WholeFile.write(MarkdownReport.render(run), to: "\(folder)/\(sample)/report.md")
        try WholeFile.write(
            Summary.text(run, report: "Reports/latest/index.html", style: style), to: "\(folder)/\(sample)/summary.txt")
        #expect(try ResultFile.read(from: "\(folder)/\(sample)/run.json") == run)
        for name in ["index.html", "report.md", "summary.txt"] {
            let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(sample)/\(name)")[.size] as? Int
            #expect((1..<1_000_000).contains(size ?? 0), "\(sample)/\(name)")
        }
    }
}
