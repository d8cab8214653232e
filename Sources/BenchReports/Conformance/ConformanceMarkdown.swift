package import BenchResults

/// Results as `summary.md`, and as the job summary of GitHub Actions.
package enum ConformanceMarkdown {
    /// GitHub takes 1 MiB of a step and refuses the whole summary when it is longer.
    package static let sizeLimit = 900 * 1024

    package static func render(_ results: [ConformanceResult], limit: Int = sizeLimit) -> String {
        var page = BoundedText(limit: limit)
        for (result, label) in zip(results, AgentLabels.labels(for: results)) {
            add(result, label: label, to: &page)
        }
        return page.finished
    }

    private static func add(_ result: ConformanceResult, label: String, to page: inout BoundedText) {
        let isStrict = result.settings.strict
        let story = ConformanceStory(result)
        page.add("### \(sign(story.tone)) \(MarkdownText.inline(label)): \(story.headline.lowercased())\n\n")
        page.add(MarkdownText.sentence(story.reason) + "\n")
        page.add(groups(result))
        let bad = result.cases.filter { $0.isUnexpectedlyBad(isStrict: isStrict) }
            .sorted { $0.verdict.severity > $1.verdict.severity }
        table("Unexpected", bad, to: &page) { ["\($0.level.rawValue), \($0.source)", $0.explanation] }
        table("Better than expected", result.cases.filter { $0.isUnexpectedlyGood(isStrict: isStrict) }, to: &page) {
            ["\($0.level.rawValue), \($0.source)", "expected: \($0.expectation?.reason ?? "")"]
        }
        table("Flaky", result.cases.filter(\.isFlaky), to: &page) {
            [
                "\($0.level.rawValue), \($0.source)",
                "before: \($0.earlierAttempts.map(\.rawValue).joined(separator: ", "))",
            ]
        }
        table("Expected failures", result.cases.filter { $0.isExpectedFailure(isStrict: isStrict) }, to: &page) {
            ["\($0.level.rawValue), \($0.source)", $0.expectation?.reason ?? $0.explanation]
        }
        page.add("\nRun with " + MarkdownText.code(RunDescription.command(result.settings.command)))
        page.add(
            ", seed \(result.settings.seed), \(MarkdownText.inline(result.tool.name)) "
                + "\(MarkdownText.inline(result.tool.version)), \(MarkdownText.inline(result.started)).\n\n")
    }

    private static func groups(_ result: ConformanceResult) -> String {
        let head = ["Group", "Passed", "Non-strict", "Failed", "Info", "Skipped", "Unexpected"]
        let rows = result.groups.map { group in
            row(
                MarkdownText.inline(GroupName.title(group.name)),
                ConformanceResult.Totals(group.cases, isStrict: result.settings.strict))
        }
        return MarkdownText.table([head] + rows + [row("**All**", result.totals)])
    }

    private static func row(_ name: String, _ totals: ConformanceResult.Totals) -> [String] {
        [name]
            + [
                totals.passed, totals.nonStrict, totals.failed, totals.information, totals.skipped, totals.unexpected,
            ].map { $0 == 0 ? "·" : String($0) }
    }

    private static func table(
        _ title: String, _ cases: [CaseResult], to page: inout BoundedText, _ cells: (CaseResult) -> [String]
    ) {
        guard !cases.isEmpty else { return }
        let head = "\n<details\(title == "Unexpected" ? " open" : "")><summary>\(title): \(cases.count)</summary>\n"
        guard page.open(head, closing: "\n</details>\n") else { return }
        page.add(MarkdownText.table([["Case", "Verdict", "Requirement", ""]], allLeft: true))
        for found in cases {
            let row = MarkdownText.row(
                ["\(MarkdownText.code(found.id)) \(MarkdownText.inline(found.title))", found.verdict.rawValue]
                    + cells(found).map(MarkdownText.inline))
            page.add(row)
        }
        page.close()
    }

    private static func sign(_ tone: ConformanceStory.Tone) -> String {
        switch tone {
        case .good: "✅"
        case .bad: "❌"
        case .doubtful: "⚠️"
        }
    }
}

/// Text that stops growing at its limit, at the end of a piece, and says so.
private struct BoundedText {
    private static let notice = "\n\n*The rest does not fit here: see report.html.*\n"

    private let limit: Int
    private var text = ""
    private var size = 0
    private var isFull = false

    init(limit: Int) { self.limit = limit }

    /// What ends the part that is open.
    private var closing = ""

    mutating func add(_ piece: String) {
        let reserved = Self.notice.utf8.count + closing.utf8.count
        guard !isFull, size + piece.utf8.count + reserved <= limit else {
            isFull = true
            return
        }
        append(piece)
    }

    /// Begins a part that must be closed, when there is room for both.
    mutating func open(_ piece: String, closing: String) -> Bool {
        self.closing = closing
        add(piece)
        if isFull { self.closing = "" }
        return !isFull
    }

    /// Ends what was opened, also when it was cut.
    mutating func close() {
        append(closing)
        closing = ""
    }

    private mutating func append(_ piece: String) {
        text += piece
        size += piece.utf8.count
    }

    var finished: String { text + (isFull ? Self.notice : "") }
}
