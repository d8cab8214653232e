public import BenchResults

/// The end of a run in the terminal: the verdict first, then what it rests on, then where to look next.
public enum Summary {
    /// `report` is the path of the page to open, when one was written.
    public static func text(_ result: RunResult, report: String? = nil, style: TerminalStyle) -> String {
        let overview = RunOverview(result)
        var lines = verdict(result) + about(result, overview)
        lines += section("Latency", latencies(overview))
        lines += section("Throughput", throughput(overview))
        lines += section("Server", server(overview))
        lines += section("Generator", generator(result, overview))
        lines += section("Thresholds", budgets(result.thresholds))
        lines += section("Valid if", budgets(result.validity))
        lines += section("Errors", errors(result))
        lines += section("Remarks", sentences(remarks(result, overview)))
        lines += section("Where to look next", sentences(next(result, overview, report)))
        lines += section("Repeat", [TerminalLine("  " + RunDescription.command(result.command))])
        // The space that aligns a last, empty cell is no text.
        return lines.map { trimmed($0.render(style)) + "\n" }.joined()
    }

    private static func verdict(_ result: RunResult) -> [TerminalLine] {
        let story = VerdictStory(result)
        var line = TerminalLine(story.headline.uppercased(), story.tone.ink)
        line.append("  " + result.scenario.name, .bold)
        return [TerminalLine(), line] + wrapped(story.reason, indent: 0)
    }

    private static func about(_ result: RunResult, _ overview: RunOverview) -> [TerminalLine] {
        var table: [(String, String)] = []
        if let question = result.scenario.question { table.append(("question", question)) }
        table.append(("target", "\(result.target.url) (\(RunDescription.origin(result.target)))"))
        table.append(("load", RunDescription.loadModel(result.scenario.loadModel)))
        if let peak = overview.peakConnections {
            table.append(
                (
                    "size",
                    "\(QuantityText.decimal(peak, places: 0)) connections at the peak, "
                        + "\(QuantityText.elapsed(seconds: result.duration)), "
                        + "of which \(QuantityText.elapsed(seconds: overview.duration)) recorded"
                ))
        }
        return [TerminalLine()] + table.flatMap { label, text in wrapped(text, indent: 12, label: label) }
    }

    private static let percentiles: [(String, Double)] = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9)]

    private static func latencies(_ overview: RunOverview) -> [TerminalLine] {
        guard !overview.latencyNames.isEmpty else { return [] }
        var table = TextTable()
        table.add([""] + percentiles.map(\.0) + ["max", "count"], .dim)
        let families = overview.latencyFamilies
        for name in overview.latencyNames {
            guard let histogram = overview.latencies[name] else { continue }
            let label = families.contains(name) ? "\(name) (planned)" : name
            let figures =
                percentiles.map { QuantityText.duration(nanoseconds: histogram.percentile($0.1)) }
                + [QuantityText.duration(nanoseconds: histogram.max), QuantityText.exact(histogram.count)]
            table.add([label] + figures)
        }
        return table.lines()
    }

    private static func throughput(_ overview: RunOverview) -> [TerminalLine] {
        var table = TextTable()
        table.add(["", "messages", "a second", "payload", "on the wire"], .dim)
        let rows = [
            ("sent", MetricName.messagesSent, MetricName.payloadOut, MetricName.wireOut),
            ("received", MetricName.messagesReceived, MetricName.payloadIn, MetricName.wireIn),
        ]
        var counted = false
        for (label, messages, payload, wire) in rows where overview.counters[messages] != nil {
            counted = true
            let bytes = { (name: String) in
                overview.counters[name].map { QuantityText.bytes(Double($0)) } ?? QuantityText.missing
            }
            table.add([
                label, QuantityText.exact(overview.total(messages)),
                overview.rate(messages).map(QuantityText.rate) ?? QuantityText.missing, bytes(payload), bytes(wire),
            ])
        }
        guard counted else { return [] }
        let notes = [
            (MetricName.messagesLate, "held back by max_in_flight"), (MetricName.messagesUnanswered, "unanswered"),
        ]
        .filter { overview.total($0.0) > 0 }
        .map { "\(QuantityText.exact(overview.total($0.0))) \($0.1)" }
        return table.lines() + (notes.isEmpty ? [] : [TerminalLine("  " + notes.joined(separator: ", "), .yellow)])
    }

    private static func server(_ overview: RunOverview) -> [TerminalLine] {
        let facts = [
            overview.mean(MetricName.serverCPU).map { "\(QuantityText.cores($0)) on average" },
            overview.serverCPUPerMessage.map {
                "\(QuantityText.duration(seconds: $0 * 1000)) of CPU per 1,000 messages"
            },
            overview.highest(MetricName.serverRSS).map { "\(QuantityText.bytes($0)) RSS" },
            overview.last(MetricName.serverRSSPerConnection).map { "\(QuantityText.bytes($0)) per connection" },
            overview.highest(MetricName.serverTCPMemory).map { "\(QuantityText.bytes($0)) in kernel sockets" },
            overview.highest(MetricName.serverDescriptors).map { "\(QuantityText.count($0)) descriptors" },
        ].compactMap { $0 }
        return facts.isEmpty ? [] : wrapped(facts.joined(separator: ", "), indent: 2)
    }

    private static func generator(_ result: RunResult, _ overview: RunOverview) -> [TerminalLine] {
        guard !overview.recordedStages.isEmpty else { return [] }
        let trust = GeneratorTrust(result, overview)
        return wrapped(trust.sentence, indent: 2, trust.tone == .good ? .plain : .yellow)
    }

    private static func budgets(_ rows: [RunResult.BudgetVerdict]) -> [TerminalLine] {
        var table = TextTable()
        for row in rows {
            table.add([
                (row.passed ? "✓ \(row.condition)" : "✗ \(row.condition)", row.passed ? .green : .boldRed),
                (row.measuredText, row.passed ? .plain : .boldRed),
            ])
        }
        return table.lines()
    }

    private static func errors(_ result: RunResult) -> [TerminalLine] {
        var lines: [TerminalLine] = []
        for error in result.errors where error.count > 0 {
            var line = TerminalLine("  ")
            line.append("\(QuantityText.exact(error.count)) × \(error.kind)", .red)
            line.append("  " + error.example)
            lines.append(line)
        }
        return lines
    }

    private static func remarks(_ result: RunResult, _ overview: RunOverview) -> [String] {
        result.remarks + (CoordinatedOmission.find(in: overview).map { [$0.explanation] } ?? [])
    }

    private static func next(_ result: RunResult, _ overview: RunOverview, _ report: String?) -> [String] {
        NextSteps.sentences(for: result, overview) + (report.map { ["Open \($0) for the whole story."] } ?? [])
    }

    private static func section(_ title: String, _ lines: [TerminalLine]) -> [TerminalLine] {
        lines.isEmpty ? [] : [TerminalLine(), TerminalLine(title, .bold)] + lines
    }

    private static func sentences(_ sentences: [String]) -> [TerminalLine] {
        sentences.flatMap { wrapped($0, indent: 2) }
    }

    /// Running text at no more than 96 columns, every line indented; the label stands in the first line's margin.
    private static func wrapped(
        _ text: String, indent: Int, _ ink: TerminalLine.Ink = .plain, label: String = ""
    ) -> [TerminalLine] {
        var lines: [TerminalLine] = []
        var current = ""
        for word in TerminalText.safe(text).split(separator: " ") {
            if !current.isEmpty, indent + TerminalText.width(current) + 1 + TerminalText.width(String(word)) > 96 {
                lines.append(margined(current, indent, ink, lines.isEmpty ? label : ""))
                current = ""
            }
            current += current.isEmpty ? String(word) : " " + word
        }
        return lines + [margined(current, indent, ink, lines.isEmpty ? label : "")]
    }

    private static func margined(
        _ text: String, _ indent: Int, _ ink: TerminalLine.Ink, _ label: String
    ) -> TerminalLine {
        guard indent > 0 else { return TerminalLine(text, ink) }
        var line = TerminalLine(label.isEmpty ? "" : "  " + label, .dim)
        line.pad(to: indent)
        line.append(text, ink)
        return line
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension VerdictStory.Tone {
    fileprivate var ink: TerminalLine.Ink {
        switch self {
        case .good: .boldGreen
        case .bad: .boldRed
        case .doubtful: .boldYellow
        }
    }
}
