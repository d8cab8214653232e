import BenchReports
import BenchResults
import Testing

@Suite struct `the report for a pull request` {
    @Test func `is short, and every table is one`() {
        let text = MarkdownReport.render(Sample.failed.run())
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count < 60)
        #expect(lines[0] == "### ❌ echo-open-loop: failed")
        var columns: Int?
        for line in lines {
            guard line.hasPrefix("|") else { columns = nil; continue }
            let count = line.split(separator: " | ", omittingEmptySubsequences: false).count
            #expect(columns == nil || columns == count, "\(line)")
            columns = count
        }
        #expect(text.contains("| `rtt.p99 < 25ms in surge` | 61.2 ms | **missed** |"))
        #expect(text.contains("| `rtt` (planned) | "))
        #expect(text.contains("`wsbench run Scenarios/echo-open-loop.yaml`"))
    }

    @Test func `explains planned and actual time where they differ`() {
        #expect(MarkdownReport.render(Sample.stalled.run()).contains("(`max_in_flight`)"))
        #expect(!MarkdownReport.render(Sample.passed.run()).contains("coordinated omission"))
    }

    @Test func `conditions that were missed make a run invalid in sight`() {
        let text = MarkdownReport.render(Sample.invalid.run())
        #expect(text.hasPrefix("### ⚠️ echo-open-loop: invalid measurement"))
        #expect(text.contains("| `generator.cpu < 85%` | 97.0 % | **missed** |"))
    }

    @Test func `input cannot become markup`() {
        var run = Sample.unreachable.run()
        run.scenario.name = "<img src=x> | [link](javascript:x) @everyone **bold**\n# head"
        run.errors[0].example = "``` | `x` </td><script>"
        let text = MarkdownReport.render(run)
        #expect(
            !text.contains("<img") && !text.contains("@everyone") && !text.contains("[link]")
                && !text.contains("**bold"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("#") } == 1)
        #expect(text.contains("```` ``` \\| `x` </td><script> ````"), "\(text)")
    }
}
