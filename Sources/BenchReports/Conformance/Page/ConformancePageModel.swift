import BenchResults

/// What the templates show, by the names they use.
///
/// Properties named in `{{{…}}}` hold markup or data made by this module; all others are plain text, escaped.
struct ConformancePageModel {
    /// A part of a bar.
    struct Part {
        var tone: String
        var share: Int
        var words: String
    }

    struct Fact {
        var label: String
        /// HTML.
        var value: String
    }

    struct Level {
        var name: String
        var cells: [String]
    }

    struct Run {
        var label: String
        var tone: String
        var sign: String
        var headline: String
        /// HTML.
        var reason: String
        var parts: [Part]
        var levels: [Level]
        var facts: [Fact]
        var command: String
        var exit: String
    }

    struct Cell {
        var parts: [Part]
        var count: String
        var note: String?
    }

    struct Group {
        var name: String
        var title: String
        var cells: [Cell]
    }

    struct Excluded {
        var row: String
        var reason: String
    }

    var tool: String
    var date: String
    var title: String
    var question: String
    var style: String
    var script: String
    /// JSON in which nothing ends a script element.
    var data: String
    var runs: [Run]
    var isSingle: Bool
    var labels: [String]
    var groups: [Group]
    var groupNames: [String]
    var verdicts: [String]
    var levels: [String]
    var wireNote: String?
    var excluded: [Excluded]
    var hasExcluded: Bool
    var excludedCount: Int

    init(_ results: [ConformanceResult], options: ConformancePage.Options) {
        let labels = AgentLabels.labels(for: results)
        self.labels = labels
        tool = results.first.map { "\($0.tool.name) \($0.tool.version)" } ?? "wsbench"
        date = results.map(\.started).max() ?? ""
        isSingle = results.count == 1
        title = isSingle ? labels[0] : "\(results.count) runs side by side"
        question = "Does it do what RFC 6455 and RFC 7692 require, and what production code needs?"
        style = PageStyle.css + ConformancePageStyle.css
        script = ConformancePageScript.matrix + ConformancePageScript.details + ConformancePageScript.wire
        data = ConformancePageData(results, labels: labels, options: options).json
        runs = zip(results, labels).map(Self.run)
        let names = Self.names(results)
        groupNames = names
        groups = names.map { Self.group($0, results) }
        let found = Set(results.flatMap { $0.cases.map(\.verdict) })
        verdicts = CaseVerdict.allCases.filter(found.contains).map(\.rawValue)
        let known = Set(results.flatMap { $0.cases.map(\.level) })
        levels = RequirementLevel.allCases.filter(known.contains).map(\.rawValue)
        wireNote =
            options.keepsWireOfPassing
            ? nil : "The wire logs of cases that broke nothing are left out of this page."
        var rows: Set<String> = []
        excluded = results.flatMap(\.notRun).filter { rows.insert($0.row).inserted }
            .map { Excluded(row: $0.row, reason: $0.reason) }
        hasExcluded = !excluded.isEmpty
        excludedCount = excluded.count
    }

    private static func names(_ results: [ConformanceResult]) -> [String] {
        var seen: Set<String> = []
        return results.flatMap { $0.groups.map(\.name) }.filter { seen.insert($0).inserted }
    }

    private static func run(_ result: ConformanceResult, _ label: String) -> Run {
        let story = ConformanceStory(result)
        let isStrict = result.settings.strict
        let levels = RequirementLevel.allCases.compactMap { level -> Level? in
            let cases = result.cases.filter { $0.level == level }
            return cases.isEmpty
                ? nil
                : self.level(level.rawValue, ConformanceResult.Totals(cases, isStrict: isStrict))
        }
        return Run(
            label: label, tone: story.tone.rawValue, sign: sign(story.tone), headline: story.headline,
            reason: HTMLText.sentence(story.reason), parts: parts(result.totals),
            levels: levels + [level("all", result.totals)], facts: facts(result),
            command: RunDescription.command(result.settings.command), exit: ConformanceStory.exitMeaning(result))
    }

    private static func level(_ name: String, _ totals: ConformanceResult.Totals) -> Level {
        Level(
            name: name,
            cells: [totals.passed, totals.nonStrict, totals.failed, totals.information, totals.skipped].map {
                $0 == 0 ? "·" : QuantityText.exact(UInt64($0))
            })
    }

    private static func facts(_ result: ConformanceResult) -> [Fact] {
        let code = { (text: String) in "<code>\(HTMLText.escaped(text))</code>" }
        var facts = [
            Fact(
                label: "Agent",
                value: "\(HTMLText.escaped(AgentLabels.name(result))), a \(result.subject.role.rawValue) at "
                    + "\(code(result.subject.location)) over \(HTMLText.escaped(result.subject.transport))"),
            Fact(
                label: "Run",
                value: HTMLText.escaped(
                    "\(result.started), \(QuantityText.elapsed(seconds: Double(result.duration) / 1000)), "
                        + "\(result.settings.jobs) at once, \(result.settings.strict ? "strict" : "not strict")")),
            Fact(label: "Seed", value: code("\(result.settings.seed)")),
        ]
        if !result.subject.capabilities.isEmpty {
            facts.append(
                Fact(label: "Declared", value: result.subject.capabilities.map(code).joined(separator: " ")))
        }
        return facts
    }

    private static func group(_ name: String, _ results: [ConformanceResult]) -> Group {
        let cells = results.map { result in
            let totals = ConformanceResult.Totals(
                result.cases.filter { $0.group == name }, isStrict: result.settings.strict)
            return Cell(
                parts: parts(totals),
                count: totals.judged == 0 ? "–" : "\(totals.passed + totals.nonStrict)/\(totals.judged)",
                note: totals.unexpected > 0 ? "\(totals.unexpected) unexpected" : nil)
        }
        return Group(name: name, title: GroupName.subject(name) ?? "", cells: cells)
    }

    private static func parts(_ totals: ConformanceResult.Totals) -> [Part] {
        [
            ("pass", totals.passed, "passed"), ("loose", totals.nonStrict, "non-strict"),
            ("fail", totals.failed, "failed"), ("info", totals.information, "info"),
            ("skip", totals.skipped, "skipped"),
        ].filter { $0.1 > 0 }.map { Part(tone: $0.0, share: $0.1, words: "\($0.1) \($0.2)") }
    }

    private static func sign(_ tone: ConformanceStory.Tone) -> String {
        switch tone {
        case .good: "✓"
        case .bad: "✗"
        case .doubtful: "!"
        }
    }
}
