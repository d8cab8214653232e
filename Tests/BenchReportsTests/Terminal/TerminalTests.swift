import BenchReports
import BenchResults
import Testing

@Suite struct `the live view` {
    private static let colourful = TerminalStyle(colour: true, unicode: true)

    private static func snapshot() -> LiveSnapshot {
        LiveSnapshot(
            scenario: "quickstart", target: "ws://127.0.0.1:9001/echo", elapsed: 15,
            stages: [.init(name: "ramp", duration: 5), .init(name: "steady", duration: 20)], stageIndex: 1,
            connections: 1998, connectionsTarget: 2000, connecting: 2, sentRate: 10_040, receivedRate: 10_010,
            errors: 3,
            p50: 312_000, p99: 1_200_000, server: .init(cpu: 0.46, rss: 36_700_160, descriptors: 2009),
            generator: .init(cpu: 0.21, lagP99: 41_000), throughputHistory: [0, 2500, 5000, 7500, 10_000])
    }

    @Test func `shows everything in aligned columns`() {
        let lines = LiveView.lines(Self.snapshot(), width: 80, style: .init(colour: false, unicode: true))
        #expect(
            lines == [
                "quickstart  ws://127.0.0.1:9001/echo                            15.0 s of 25.0 s",
                "████████████████│███████████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
                "stage 2 of 2  steady  10.0 s left", "",
                "connections   1,998 of 2,000        connecting 2",
                "messages      sent 10.0 k/s         received 10.0 k/s",
                "rtt           p50 312 µs            p99 1.20 ms",
                "server        cpu 0.46 cores        rss 35.0 MiB          fds 2,009",
                "generator     cpu 21.0 %            lag p99 41.0 µs",
                "errors        3",
                "received/s    ▁▃▅▆█  peak 10.0 k/s",
            ])
    }

    @Test(arguments: 0...200) func `is never wider than the terminal, and always as high`(_ width: Int) {
        var wide = Self.snapshot()
        wide.scenario = "负载测试 🚀 " + String(repeating: "x", count: 60)
        wide.throughputHistory = (0..<500).map(Double.init)
        for snapshot in [Self.snapshot(), wide, LiveSnapshot(scenario: "", target: "")] {
            let lines = LiveView.lines(snapshot, width: width, style: .init(colour: false, unicode: true))
            #expect(lines.count == 11)
            for line in lines { #expect(TerminalText.width(line) <= width, "\(line)") }
            let coloured = LiveView.lines(snapshot, width: width, style: Self.colourful)
            #expect(coloured.map(plain) == lines, "colour changes no text")
        }
    }

    @Test func `is pure ASCII where the locale is`() {
        let lines = LiveView.lines(Self.snapshot(), width: 80, style: .plain)
        for line in lines { #expect(line.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 }, "\(line)") }
        #expect(lines[1].hasPrefix("################|###") && lines[1].hasSuffix("...."))
        #expect(lines[6].contains("312 us"))
        #expect(LiveView.line(Self.snapshot()).allSatisfy { $0.isASCII })
    }

    @Test func `says in one line what a log needs`() {
        #expect(
            LiveView.line(Self.snapshot())
                == "15.0 s  steady 2/2  1,998 connections  sent 10.0 k/s  received 10.0 k/s  rtt p99 1.20 ms  "
                + "server 0.46 cores  3 errors")
        #expect(
            LiveView.line(LiveSnapshot(scenario: "s", target: "t"))
                == "0 s  0 connections  sent 0/s  received 0/s  0 errors")
    }

    @Test func `names no server that nobody samples`() {
        var snapshot = Self.snapshot()
        snapshot.server = nil
        #expect(LiveView.lines(snapshot, width: 80, style: .plain)[7] == "server        not sampled")
    }

    @Test func `a name cannot steer the terminal`() {
        var snapshot = Self.snapshot()
        snapshot.scenario = "evil\u{1B}[2J\u{9B}31m\u{202E}\r\nname"
        for line in LiveView.lines(snapshot, width: 80, style: .init(colour: false, unicode: true)) + [
            LiveView.line(snapshot)
        ] {
            #expect(
                line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{9B}" && $0 != "\u{202E}" }, "\(line)")
        }
    }

    @Test(arguments: [Double.nan, .infinity, -5, 1e300]) func `survives impossible numbers`(_ value: Double) {
        var snapshot = Self.snapshot()
        snapshot.elapsed = value
        snapshot.stages[0].duration = value
        snapshot.sentRate = value
        snapshot.server?.cpu = value
        snapshot.throughputHistory = [value, 1]
        #expect(LiveView.lines(snapshot, width: 80, style: Self.colourful).count == 11)
        #expect(!LiveView.line(snapshot).isEmpty)
    }
}

@Suite struct `the terminal screen` {
    @Test func `redraws over the last frame and gives the terminal back`() {
        var screen = TerminalScreen()
        #expect(screen.begin() == "\u{1B}[?25l\u{1B}[?7l")
        #expect(screen.redraw(["a", "b"]) == "\u{1B}[?2026h\r\u{1B}[2Ka\n\u{1B}[2Kb\n\u{1B}[J\u{1B}[?2026l")
        #expect(screen.redraw(["c"]) == "\u{1B}[?2026h\r\u{1B}[2A\u{1B}[2Kc\n\u{1B}[J\u{1B}[?2026l")
        #expect(screen.clear() == "\r\u{1B}[1A\u{1B}[J")
        #expect(screen.clear() == "\r\u{1B}[J")
        #expect(screen.finish() == "\u{1B}[?7h\u{1B}[?25h")
    }

    @Test(arguments: [(10, 3), (4, 3), (3, 2), (1, 1), (0, 1)]) func `draws no more lines than it can return over`(
        _ rows: Int, _ drawn: Int
    ) {
        var screen = TerminalScreen()
        #expect(screen.redraw(["a", "b", "c"], rows: rows).filter { $0 == "\n" }.count == drawn)
    }
}

@Suite struct `the terminal's style` {
    @Test(
        arguments: [
            (["LANG": "C.UTF-8"], true, true, true), (["LANG": "en_US.utf8"], true, true, true),
            ([:], true, true, false),
            (["LANG": "C"], true, true, false), (["LC_ALL": "C", "LANG": "C.UTF-8"], true, true, false),
            (["LC_ALL": "", "LANG": "C.UTF-8"], true, true, true),
            (["LC_CTYPE": "C.UTF-8", "LANG": "C"], true, true, true),
            (["LANG": "C.UTF-8", "NO_COLOR": "1"], true, false, true), (["NO_COLOR": ""], true, true, false),
            (["TERM": "dumb"], true, false, false), (["TERM": "xterm"], false, false, false),
            (["CLICOLOR_FORCE": "1"], false, true, false), (["CLICOLOR_FORCE": "0"], false, false, false),
            (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false, false, false),
        ] as [([String: String], Bool, Bool, Bool)])
    func `follows the environment`(_ environment: [String: String], _ isTerminal: Bool, _ colour: Bool, _ unicode: Bool)
    {
        #expect(
            TerminalStyle(environment: environment, isTerminal: isTerminal)
                == TerminalStyle(colour: colour, unicode: unicode))
    }
}

@Suite struct `terminal text` {
    @Test(arguments: [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("负", 2), ("🚀", 2), ("▁█", 2), ("a\u{200D}b", 2)])
    func `has a width in columns`(_ text: String, _ width: Int) {
        #expect(TerminalText.width(text) == width)
    }

    @Test(arguments: [
        ("abc", 5, "abc"), ("abc", 2, "ab"), ("负载", 3, "负"), ("e\u{301}x", 1, "e\u{301}"), ("abc", 0, ""),
    ])
    func `is cut at a column`(_ text: String, _ width: Int, _ prefix: String) {
        #expect(TerminalText.prefix(text, width: width) == prefix)
    }

    @Test(arguments: [("1.0 µs – 2", "1.0 us - 2"), ("✓ ✗ …", "+ x ..."), ("plain", "plain"), ("负", "?")])
    func `has an ASCII form`(_ text: String, _ ascii: String) {
        #expect(TerminalText.ascii(text) == ascii)
    }

    @Test(
        arguments: [
            ([], 5, ""), ([1], 5, "█"), ([0, 0], 5, "▁▁"), ([0, 1, 2, 3], 2, "▆█"), ([1, 2], 0, ""), ([1, 2], -3, ""),
            ([.nan, -1, 7], 5, "▁▁█"),
        ] as [([Double], Int, String)])
    func `a sparkline scales to its greatest value`(_ values: [Double], _ width: Int, _ text: String) {
        #expect(Sparkline.text(values, width: width) == text)
    }
}

@Suite struct `the summary` {
    @Test(arguments: Sample.allCases) func `opens with the verdict`(_ sample: Sample) {
        let run = sample.run()
        let lines = Summary.text(run, style: .plain).split(separator: "\n")
        let story = VerdictStory(run)
        #expect(lines[0] == "\(story.headline.uppercased())  \(run.scenario.name)")
        #expect(lines.last?.contains("wsbench run") == true)
        #expect(lines.allSatisfy { $0.last != " " })
    }

    @Test func `tells a failed run`() {
        let text = Summary.text(Sample.failed.run(), report: "out/index.html", style: .plain)
        for part in [
            "2 of 3 thresholds were missed, the first of them: rtt.p99 < 25ms in surge, measured 61.2 ms.",
            "+ rtt.p99 < 25ms in steady  1.62 ms", "x rtt.p99 < 25ms in surge   61.2 ms", "rtt (planned)", "rtt.actual",
            "412 x timeout  connection 217", "per 1,000 messages", "2.26 KiB per",
            "Latency is worst in stage surge", "it may simply be at its limit", "Open out/index.html",
        ] {
            #expect(text.contains(part), "\(part) is missing in:\n\(text)")
        }
    }

    @Test func `explains why planned and actual time differ`() {
        let text = Summary.text(Sample.stalled.run(), style: .plain)
        #expect(text.contains("coordinated omission"))
        #expect(!Summary.text(Sample.passed.run(), style: .plain).contains("coordinated omission"))
    }

    @Test func `an unreachable target leaves out what was not measured`() {
        let text = Summary.text(Sample.unreachable.run(), style: .plain)
        #expect(!text.contains("Latency") && !text.contains("Throughput") && !text.contains("Generator"))
        #expect(text.contains("connection refused"))
    }

    @Test func `an error's text cannot steer the terminal`() {
        var run = Sample.unreachable.run()
        run.errors[0].example = "\u{1B}]0;owned\u{7}\u{1B}[2J"
        run.scenario.name = "\u{1B}[31mred"
        let text = Summary.text(run, style: .init(colour: false, unicode: true))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    }

    @Test(arguments: [Sample.passed, .failed, .invalid]) func `colours only when asked, and only repeat the words`(
        _ sample: Sample
    ) {
        let run = sample.run()
        let bare = Summary.text(run, style: .init(colour: false, unicode: true))
        let colourful = Summary.text(run, style: .init(colour: true, unicode: true))
        #expect(!bare.contains("\u{1B}") && colourful.contains("\u{1B}[1;3"))
        #expect(plain(colourful) == bare)
    }
}

/// The text without escape codes.
private func plain(_ text: String) -> String {
    text.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated().map { index, part in
        index == 0 ? String(part) : String(part.drop { $0 != "m" }.dropFirst())
    }.joined()
}
