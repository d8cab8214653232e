import BenchReports
import BenchResults
import Testing

@Suite struct `the page` {
    @Test(arguments: Sample.allCases) func `is well formed and loads nothing`(_ sample: Sample) {
        let page = HTMLReport.render(sample.run())
        #expect(page.hasPrefix("<!doctype html>"))
        #expect(unbalanced(page) == nil)
        #expect(page.utf8.count < 1_000_000)
        for reference in ["src=", "href=\"http", "href=\"//", "url(", "@import", "http://", "https://", "{{", "}}<"] {
            #expect(!page.contains(reference), "\(reference)")
        }
        let ids = attributes("id", in: page)
        #expect(Set(ids).count == ids.count, "ids are unique")
        #expect(!page.contains("NaN") && !page.contains("\"nan") && !page.contains("–%"))
    }

    @Test func `tells the story from the verdict down`() {
        let page = HTMLReport.render(Sample.failed.run())
        let headings = page.split(separator: "<h2>").dropFirst().map { $0.prefix { $0 != "<" } }
        #expect(
            headings == [
                "Thresholds", "Throughput over time", "Latency", "Server", "Generator health", "Stages", "Errors",
                "Where to look next", "Run it again",
            ])
        for part in [
            "Failed", "2 of 3 thresholds were missed", "Memory per connection: 2.26 KiB",
            "The measurement can be trusted", "rtt by percentile", "rtt over time",
            "wsbench run Scenarios/echo-open-loop.yaml",
            "1000 (988 times), 1006 (12 times)", "2 cores (AMD EPYC 7B13)",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(page.contains("seed 42") && page.contains("<details><summary>The scenario’s text</summary>"))
    }

    @Test func `explains planned and actual time only where they differ`() {
        #expect(HTMLReport.render(Sample.stalled.run()).contains("coordinated omission"))
        #expect(!HTMLReport.render(Sample.passed.run()).contains("coordinated omission"))
    }

    @Test func `draws both clocks of every latency that has two`() {
        var run = Sample.passed.run()
        for index in run.stages.indices {
            run.stages[index].latencies["api"] = run.stages[index].latencies["rtt"]
            run.stages[index].latencies["api.actual"] = run.stages[index].latencies["rtt.actual"]
        }
        let page = HTMLReport.render(run)
        for name in ["rtt", "api"] {
            #expect(page.contains("<h3>\(name) by percentile</h3>"))
            #expect(
                page.contains("\(name), from the planned time</li>")
                    && page.contains("\(name), from the actual write</li>"))
        }
    }

    @Test func `draws the ping where nothing else answers`() {
        #expect(HTMLReport.render(Sample.idle.run()).contains("<h3>ping by percentile</h3>"))
    }

    @Test func `leaves out what an unreachable target never gave`() {
        let page = HTMLReport.render(Sample.unreachable.run())
        #expect(
            !page.contains("class=\"cards\"") && !page.contains("<svg class=\"plot\"")
                && !page.contains("Generator health"))
    }

    @Test func `says how to sample a server that was not`() {
        #expect(HTMLReport.render(Sample.unsampled.run()).contains("The server was not sampled"))
        #expect(!HTMLReport.render(Sample.passed.run()).contains("The server was not sampled"))
    }

    @Test func `every chart has a title, a description, and a table that says the same`() {
        let page = HTMLReport.render(Sample.passed.run())
        let charts = page.components("<figure class=\"chart\"")
        #expect(charts == 9)
        #expect(page.components("<desc id=") == charts && page.components("Values as a table") == charts)
    }
}

@Suite struct `input on the page` {
    /// The second ends an attribute where quotes are escaped by character: the quote and the mark are one there.
    @Test(arguments: [
        "<script>alert(1)</script>", "\"\u{301} onmouseover=alert(1) x=\"\u{301}", "' onload='alert(1)",
        "</pre></details><b>",
        "{{{style}}}", "]]>--><!--", "\u{0}\u{1B}<\u{0}img src=x>", "&lt;script&gt;", "`<b>`",
        "</title></style></script>",
    ])
    func `is text, wherever it appears`(_ attack: String) {
        var run = Sample.failed.run()
        let harmless = HTMLReport.render(run)
        run.scenario.name = attack
        run.scenario.question = attack
        run.scenario.file = attack
        run.scenario.text = attack
        run.scenario.loadModel = attack
        run.target = .init(
            url: attack, origin: attack, serverCommand: attack, negotiatedSubprotocol: attack,
            negotiatedExtensions: attack)
        run.command = [attack]
        run.tool = .init(name: attack, version: attack)
        run.machine.kernel = attack
        run.machine.processor = attack
        run.remarks = [attack]
        run.errors[0] = .init(kind: attack, count: 5, example: attack)
        run.thresholds[0] = .init(expression: attack, stage: attack, measured: 1, measuredText: attack, passed: false)
        run.validity[0] = .init(expression: attack, stage: nil, measured: 1, measuredText: attack, passed: false)
        for index in run.stages.indices {
            run.stages[index].name = attack
            run.stages[index].counters["close." + attack] = 1
            run.stages[index].latencies[attack] = run.stages[index].latencies["rtt"]
            run.stages[index].latencies[attack + ".actual"] = run.stages[index].latencies["rtt.actual"]
        }
        let page = HTMLReport.render(run)
        #expect(unbalanced(page) == nil)
        #expect(page.components("<script") == 1 && page.components("<style") == 1)
        #expect(page.components("<img") == 0 && page.components("<!--") == 0)
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
        // No tag has an attribute that no harmless page has.
        #expect(attributeNames(page).subtracting(attributeNames(harmless)).isEmpty)
    }

    @Test(arguments: [
        ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("\"\u{301}", "&quot;\u{301}"), ("a\u{0}b\n", "a\u{FFFD}b\n"),
        ("é", "é"),
    ])
    func `is escaped scalar by scalar`(_ text: String, _ escaped: String) {
        #expect(HTMLText.escaped(text) == escaped)
    }

    @Test(arguments: [("use `a<b` now", "use <code>a&lt;b</code> now"), ("one ` only", "one ` only"), ("", "")])
    func `in sentences only pairs of backticks mean code`(_ text: String, _ html: String) {
        #expect(HTMLText.sentence(text) == html)
    }
}

@Suite struct `charts on the page` {
    private func run(times: [Double], _ columns: [(String, String, [Double?])]) -> RunResult {
        var run = Sample.unreachable.run()
        run.stages = [.init(name: "a", start: 0, end: 10, recorded: true)]
        run.duration = 10
        run.series = .init(times: times, columns: columns.map { .init(name: $0.0, unit: $0.1, values: $0.2) })
        return run
    }

    private func lines(_ page: String) -> [Substring] {
        page.split(separator: "<path class=\"line ").dropFirst().compactMap { part in
            part.split(separator: " d=\"").dropFirst().first?.prefix { $0 != "\"" }
        }.filter { $0 != "M0 4H22" }
    }

    @Test func `have a gap where nothing was measured`() {
        let page = HTMLReport.render(
            run(times: [1, 2, 3, 4, 5], [("server.cpu", "cores", [0.2, 0.4, nil, 0.4, nil])]))
        #expect(lines(page) == ["M100 500L200 0M400 0h0"])
        #expect(page.contains("0.40 cores;–;0.40 cores"))
    }

    @Test func `of thousands of samples stay small and keep the worst moment`() {
        var random = SeededRandom(seed: 7)
        let count = 30_000
        var values: [Double?] = (0..<count).map { _ in random.about(0.002, by: 0.5) }
        values[17_123] = 0.05
        let times = (0..<count).map { Double($0) / 3000 }
        let names = ["rtt.p50", "rtt.p99", "rtt.actual.p99"]
        var run = run(times: times, names.map { ($0, "s", values) })
        run.stages[0].latencies = Sample.passed.run().stages[1].latencies
        let page = HTMLReport.render(run)
        #expect(page.utf8.count < 400_000)
        // From zero to 50 ms: the worst moment is the line's highest point.
        #expect(lines(page).contains { $0.contains("L570.8 0L") }, "seed 7")
        #expect(page.contains("50.0 ms"))
    }

    @Test(
        arguments: [
            [.nan, .infinity, -.infinity, 1], [1e308, 1e308, -1e308, .leastNonzeroMagnitude], [-1, -2, -3, -4],
            [0, 0, 0, 0], [.leastNormalMagnitude / 4, 0, 1, 2],
        ] as [[Double?]])
    func `survive impossible values`(_ values: [Double?]) {
        for times in [
            [1, 2, 3, 4], [4, 3, 2, 1], [.nan, .infinity, -1, 2], [], [1], [1, 1, 1, 1], [1e300, 2e300, 3, 4],
        ] as [[Double]] {
            var run = run(
                times: times,
                [
                    ("server.cpu", "cores", values), ("rtt.p99", "s", values),
                    ("server.rss", "B", Array(values.dropLast(2))),
                    ("generator.cpu", "ratio", values + values), ("generator.lag.p99", "s", values),
                    ("connections", "1", values),
                ])
            for span in [(0, 10), (.nan, 5), (5, 1), (-1e300, 1e300), (.infinity, .nan)] as [(Double, Double)] {
                run.stages = [
                    .init(
                        name: "a", start: span.0, end: span.1, recorded: true,
                        values: ["server.rss.per_connection": values[0] ?? 0])
                ]
                run.duration = span.1
                run.startedAt = span.1
                let page = HTMLReport.render(run)
                #expect(unbalanced(page) == nil)
                #expect(lines(page).allSatisfy { !$0.contains("n") && !$0.contains("–") })
                #expect(!Summary.text(run, style: .plain).isEmpty && !MarkdownReport.render(run).isEmpty)
            }
        }
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(_ part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}

/// The first tag that is not closed in order, or nil. Text inside style and script is skipped.
private func unbalanced(_ page: String) -> String? {
    let empty: Set = ["meta", "link", "!doctype"]
    var open: [String] = []
    for (name, isEnd, isClosed, _) in tags(page) where !empty.contains(name) && !isClosed {
        if isEnd {
            guard open.popLast() == name else { return "</\(name)>" }
        } else {
            open.append(name)
        }
    }
    return open.last
}

private func attributes(_ name: String, in page: String) -> [String] {
    tags(page).flatMap { $0.attributes }.filter { $0.0 == name }.map(\.1)
}

private func attributeNames(_ page: String) -> Set<String> {
    Set(tags(page).flatMap { $0.attributes.map(\.0) })
}

/// Reads tags as a browser does, scalar by scalar: an attribute's value ends at its quote, whatever follows.
private func tags(_ page: String) -> [(name: String, isEnd: Bool, isClosed: Bool, attributes: [(String, String)])] {
    var found: [(name: String, isEnd: Bool, isClosed: Bool, attributes: [(String, String)])] = []
    let text = Array(page.unicodeScalars)
    var index = 0
    while let start = text[index...].firstIndex(of: "<") {
        index = start + 1
        var name = ""
        while index < text.count, !" \n/>".unicodeScalars.contains(text[index]) || (name.isEmpty && text[index] == "/")
        {
            name.unicodeScalars.append(text[index])
            index += 1
        }
        var attributes: [(String, String)] = []
        var isClosed = false
        while index < text.count, text[index] != ">" {
            if " \n".unicodeScalars.contains(text[index]) { index += 1; continue }
            isClosed = text[index] == "/"
            if isClosed { index += 1; continue }
            var (key, value) = ("", "")
            while index < text.count, !"= \n/>".unicodeScalars.contains(text[index]) {
                key.unicodeScalars.append(text[index])
                index += 1
            }
            if index + 1 < text.count, text[index] == "=", text[index + 1] == "\"" {
                index += 2
                while index < text.count, text[index] != "\"" {
                    value.unicodeScalars.append(text[index])
                    index += 1
                }
                index += 1
            } else if key.isEmpty {
                index += 1
            }
            attributes.append((key, value))
        }
        let isEnd = name.hasPrefix("/")
        found.append((isEnd ? String(name.dropFirst()) : name, isEnd, isClosed, attributes))
        if name == "style" || name == "script" {
            let end = Array("</\(name)".unicodeScalars)
            while index < text.count, !text[index...].starts(with: end) { index += 1 }
        }
    }
    return found
}
