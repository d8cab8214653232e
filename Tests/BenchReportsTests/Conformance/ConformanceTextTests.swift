import BenchReports
import BenchResults
import FoundationEssentials
import Testing

@Suite struct `annotations for GitHub` {
    @Test func `are one a group, worst first, and no more than GitHub shows`() {
        let run = SampleConformance(agent: "a", flaws: 300, size: 1500).result
        let lines = GitHubReport.annotations([run])
        let errors = lines.filter { $0.hasPrefix("::error ") }
        #expect(errors.count == 10)
        #expect(errors[0].contains(" CRASH"))
        #expect(errors[9].contains("more groups with unexpected results"))
        #expect(lines.last?.hasPrefix("::notice title=WebSocket conformance::") == true)
    }

    @Test func `hold nothing that begins a command of its own`() {
        for line in GitHubReport.annotations(SampleConformance.agents(size: 200)) {
            #expect(!line.contains("\n") && !line.contains("\r"))
            let title = line.components(separatedBy: "::")[1].components(separatedBy: "title=").last ?? ""
            #expect(!title.contains(":") && !title.contains(","), "\(title)")
        }
    }

    @Test func `escape what commands give a meaning`() {
        var run = SampleConformance.small()
        run.cases = [run.cases[0]]
        run.subject.agent = "a,b:c%d"
        run.cases[0].behavior = .fail
        run.cases[0].isUnexpected = true
        run.cases[0].expectation = nil
        run.cases[0].explanation = "100%\r\nnext: line"
        let line = GitHubReport.annotations([run])[0]
        #expect(
            line == "::error title=H%3A 1 of 1 unexpected (a%2Cb%3Ac%25d)::H-001#\(run.cases[0].variant ?? "") "
                + "FAIL: 100%25%0D%0Anext: line")
    }

    @Test func `are none for a run without anything to say`() {
        var run = SampleConformance(agent: "a", flaws: 0, size: 100).result
        run.cases.removeAll(where: \.isFlaky)
        #expect(GitHubReport.annotations([run]).isEmpty)
    }

    @Test func `come with outputs for later steps`() {
        let run = SampleConformance(agent: "a", flaws: 50, size: 500).result
        let totals = run.totals
        let text = GitHubReport.outputs([run], report: "out/report.html\nfailed=0")
        #expect(text.contains("passed=\(totals.passed)\n") && text.contains("unexpected=\(totals.unexpected)\n"))
        #expect(text.hasSuffix("report=out/report.html failed=0\n"))
    }
}

@Suite struct `the summary in Markdown` {
    @Test func `has the verdict, the groups and everything unexpected`() {
        let run = SampleConformance(agent: "node-ws", flaws: 20, size: 600).result
        let text = ConformanceMarkdown.render([run])
        #expect(text.hasPrefix("### ❌ node-ws: \(run.totals.unexpected) unexpected results"))
        #expect(text.contains("| F – framing and fragmentation |"))
        for found in run.cases where found.isUnexpected { #expect(text.contains("`\(found.id)`"), "\(found.id)") }
        #expect(text.contains("Expected failures"))
    }

    @Test(arguments: [2_000, 20_000, 200_000]) func `fits its limit, ends in whole rows and says so`(_ limit: Int) {
        var run = SampleConformance(agent: "a", flaws: 900, size: 2500).result
        for index in run.cases.indices { run.cases[index].explanation = String(repeating: "é", count: 300) }
        let text = ConformanceMarkdown.render([run], limit: limit)
        #expect(text.utf8.count <= limit)
        #expect(text.contains("*The rest does not fit here: see report.html.*"))
        #expect(text.components(separatedBy: "<details").count == text.components(separatedBy: "</details>").count)
        for line in text.split(separator: "\n") where line.hasPrefix("|") { #expect(line.hasSuffix("|")) }
    }

    @Test func `lets nothing of a peer become markup`() {
        // In the command, which is set as code, it is none.
        let runs = SampleConformance.agents(size: 300).map { run in
            var run = run
            run.settings.command = ["wsbench"]
            return run
        }
        let text = ConformanceMarkdown.render(runs)
        #expect(!text.contains("<script") && !text.contains("<img") && !text.contains("@team"))
    }
}

@Suite struct `a verdict in words` {
    @Test(arguments: [
        ("Conforms", 0), ("Conforms where tested", 1), ("As expected", 2), ("1 unexpected result", 3),
        ("Ended early", 4),
        ("Nothing ran", 5), ("Nothing was judged", 6),
    ])
    func `promises no more than what ran`(_ headline: String, _ change: Int) {
        var run = SampleConformance.small()
        for index in run.cases.indices {
            run.cases[index].behavior = .pass
            run.cases[index].close = .pass
            run.cases[index].isUnexpected = false
        }
        switch change {
        case 1: run.cases[0].behavior = .skipped
        case 2: run.cases[0].behavior = .fail
        case 3:
            run.cases[0].behavior = .fail
            run.cases[0].isUnexpected = true
        case 4: run.interruption = "killed"
        case 5: run.cases = []
        case 6: for index in run.cases.indices { run.cases[index].behavior = .skipped }
        default: break
        }
        let text = ConformanceMarkdown.render([run])
        #expect(text.split(separator: "\n").first?.hasSuffix(" small: \(headline.lowercased())") == true, "\(text)")
    }
}

@Suite struct `a badge` {
    private func badge(_ change: (inout ConformanceResult) -> Void) -> ConformanceBadge {
        var run = SampleConformance(agent: "a", flaws: 0, size: 800).result
        run.cases.removeAll { $0.verdict == .skipped || $0.verdict == .information }
        for index in run.cases.indices {
            run.cases[index].behavior = .pass
            run.cases[index].close = .pass
        }
        change(&run)
        return ConformanceBadge([run])
    }

    private func first(_ level: RequirementLevel, _ run: ConformanceResult) -> Int {
        run.cases.firstIndex { $0.level == level } ?? 0
    }

    @Test func `is bright green when nothing is missed`() {
        let badge = badge { _ in }
        #expect(badge.colour == .brightgreen)
        #expect(badge.json.hasPrefix(#"{"schemaVersion":1,"label":"WebSocket conformance","message":""#))
        #expect(badge.message.hasSuffix(" strict"))
    }

    @Test(arguments: [RequirementLevel.should, .robustness, .security])
    func `is green when only what is not compulsory is broken`(_ level: RequirementLevel) {
        let badge = badge {
            $0.cases[0].level = level
            $0.cases[0].behavior = .fail
        }
        #expect(badge.colour == .green)
    }

    @Test func `is green when something recommended is missed, whoever asked for it`() {
        #expect(badge { $0.cases[first(.should, $0)].close = .nonStrict }.colour == .green)
        #expect(badge { $0.cases[first(.must, $0)].close = .nonStrict }.colour == .green)
        #expect(badge { $0.cases[first(.may, $0)].close = .nonStrict }.colour == .brightgreen)
    }

    @Test func `is yellow up to one in a hundred compulsory cases, red beyond`() {
        let miss = { (share: Int) in
            { (run: inout ConformanceResult) in
                let must = run.cases.indices.filter { run.cases[$0].level == .must }
                for index in must.prefix(max(1, must.count * share / 100)) { run.cases[index].behavior = .fail }
            }
        }
        #expect(badge(miss(1)).colour == .yellow)
        #expect(badge(miss(3)).colour == .red)
    }

    @Test func `says nothing of a run that did not end, or judged nothing`() {
        #expect(badge { $0.interruption = "killed" }.colour == .lightgrey)
        #expect(badge { $0.cases = [] }.message == "no results")
    }

    @Test func `draws itself`() {
        let svg = badge { _ in }.svg
        #expect(svg.hasPrefix("<svg xmlns=") && svg.contains(" strict</text>") && svg.hasSuffix("</svg>\n"))
    }
}

@Suite struct `a run in the terminal` {
    @Test func `names each group, then everything unexpected in full, and the totals last`() throws {
        var run = SampleConformance(agent: "a", flaws: 8, size: 300).result
        let index = try #require(run.cases.firstIndex { $0.group == "F" })
        run.cases[index].behavior = .timeout
        run.cases[index].isUnexpected = true
        run.cases[index].expectation = nil
        run.cases[index].explanation = "nothing in 2 s"
        let text = ConformanceSummary.text(run, style: TerminalStyle(colour: false, unicode: true))
        #expect(text.contains("  × F – framing and fragmentation"))
        #expect(text.contains("    × \(run.cases[index].id)  "))
        #expect(text.contains("Expected: Close 1002, then the end of TCP\n"))
        #expect(text.contains("              or: the end of TCP without a Close"))
        #expect(text.contains("          Actual: nothing in 2 s\n"))
        #expect(text.hasSuffix("\n\(run.totals.sentence)\n"))
    }

    @Test func `has colours and more than ASCII only when asked`() {
        let run = SampleConformance(agent: SampleConformance.hostileName, flaws: 20, size: 300).result
        let plain = ConformanceSummary.text(run, style: .plain)
        #expect(plain.unicodeScalars.allSatisfy { $0.isASCII && ($0.value >= 0x20 || $0 == "\n") })
        #expect(plain.contains("  x H - opening handshake of servers"))
        let coloured = ConformanceSummary.text(run, style: TerminalStyle(colour: true, unicode: true))
        #expect(coloured.contains("\u{1B}[1;31m×"))
    }

    @Test func `shows no more in full than a few screens hold`() {
        var run = SampleConformance(agent: "a", flaws: 0, size: 2500).result
        for index in run.cases.indices {
            run.cases[index].behavior = .fail
            run.cases[index].isUnexpected = true
        }
        let text = ConformanceSummary.text(run, style: .plain)
        #expect(text.split(separator: "\n").count < 700)
        #expect(text.contains("more of them in the reports"))
    }

    @Test func `repeats what makes its verdict doubtful`() throws {
        var run = SampleConformance.small()
        run.interruption = "the server died"
        run.selection = "--only H-*"
        let stale = try Expectations(parsing: "X-001 FAIL until 2020-01-01 # r", file: "e.txt")
            .apply(to: &run, today: try #require(CalendarDate("2026-11-24")), strict: false)
        let text = ConformanceSummary.text(run, stale: stale, style: .plain)
        #expect(text.contains("The run ended early: the server died"))
        #expect(text.contains("Only a part of the suite ran: --only H-*"))
        #expect(text.contains("e.txt:1: `X-001` counted until 2020-01-01 and no more"))
    }
}

@Suite struct `two runs compared` {
    private static func pair(
        strict: Bool = false, _ change: (inout ConformanceResult, inout ConformanceResult) -> Void
    ) -> ConformanceComparison {
        var before = SampleConformance(agent: "a", flaws: 0, size: 60).result
        for index in before.cases.indices {
            before.cases[index].behavior = .pass
            before.cases[index].close = .pass
            before.cases[index].isUnexpected = false
            before.cases[index].remoteCloseCode = 1002
        }
        before.settings.strict = strict
        var after = before
        after.subject.agent = "b"
        change(&before, &after)
        return ConformanceComparison(before: before, after: after)
    }

    @Test func `that are the same have no differences`() {
        let comparison = Self.pair { _, _ in }
        #expect(!comparison.hasRegressions)
        #expect(comparison.changed.isEmpty && comparison.new.isEmpty && comparison.gone.isEmpty)
        #expect(comparison.unchanged > 0 && comparison.remarks.isEmpty)
    }

    @Test func `show each case in the list it belongs to`() {
        let comparison = Self.pair { before, after in
            after.cases[0].behavior = .fail
            before.cases[1].behavior = .timeout
            before.cases[2].behavior = .skipped
            after.cases[2].behavior = .crash
            before.cases[3].behavior = .skipped
            after.cases[4].behavior = .skipped
            after.cases[5].remoteCloseCode = 1001
            before.cases[6].behavior = .fail
            after.cases[6].behavior = .crash
            before.cases.remove(at: 8)
            after.cases.remove(at: 7)
        }
        #expect(comparison.hasRegressions)
        #expect(comparison.regressions.count == 1 && comparison.regressions[0].after == "FAIL, close PASS, code 1002")
        #expect(comparison.fixes.count == 1 && comparison.fixes[0].before == "TIMEOUT, close PASS, code 1002")
        #expect(comparison.newFailures.count == 1)
        #expect(comparison.new.count == 2)
        #expect(comparison.gone.count == 2)
        #expect(comparison.changed.count == 2)
        #expect(comparison.sentence.hasPrefix("1 regression, 1 fix, 3 new cases (1 failing), 2 gone, 2 changed, "))
    }

    @Test(arguments: [(false, 0, 1), (true, 1, 0)])
    func `count a missed recommendation as a regression when strict`(_ strict: Bool, _ regressions: Int, _ changed: Int)
    {
        let comparison = Self.pair(strict: strict) { _, after in after.cases[0].close = .nonStrict }
        #expect(comparison.regressions.count == regressions)
        #expect(comparison.changed.count == changed)
    }

    @Test func `say what makes them hard to compare`() {
        let comparison = Self.pair { before, after in
            after.subject.transport = "tls"
            after.settings.strict = true
            after.tool.version = "2"
            before.interruption = "killed"
        }
        #expect(comparison.remarks.count == 4)
    }

    @Test func `read well in the terminal and in a pull request`() {
        let comparison = Self.pair { _, after in
            after.cases[0].behavior = .fail
            after.cases[0].explanation = SampleConformance.hostileText
        }
        let text = comparison.text(style: .plain)
        #expect(text.contains("Regressions: 1") && text.contains("PASS, code 1002 > FAIL, close PASS, code 1002"))
        #expect(text.unicodeScalars.allSatisfy { $0.isASCII && ($0.value >= 0x20 || $0 == "\n") })
        let markdown = comparison.markdown()
        #expect(markdown.hasPrefix("### ❌ WebSocket conformance: a → b\n"))
        #expect(!markdown.contains("<script") && !markdown.contains("@team"))
        #expect(comparison.markdown(limit: 420).contains("*The rest does not fit here.*"))
        #expect(comparison.markdown(limit: 420).utf8.count <= 420)
    }
}
