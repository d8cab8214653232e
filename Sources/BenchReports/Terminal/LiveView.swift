public import BenchResults

/// Draws a running run: a function from a snapshot to lines, without any output of its own.
public enum LiveView {
    /// The lines for a terminal `width` columns wide; none is longer, and their number is always the same.
    public static func lines(_ snapshot: LiveSnapshot, width: Int, style: TerminalStyle) -> [String] {
        [
            title(snapshot, width: width), progress(snapshot, width: width, style: style), stage(snapshot),
            TerminalLine(), connections(snapshot), messages(snapshot), latency(snapshot), server(snapshot),
            generator(snapshot), errors(snapshot), throughput(snapshot, width: width),
        ].map { $0.render(style, width: max(0, width)) }
    }

    /// One line for logs that are not terminals, a few times a minute: `12.0 s  steady 2/3  2,000 connections …`.
    public static func line(_ snapshot: LiveSnapshot) -> String {
        var parts = [QuantityText.elapsed(seconds: snapshot.elapsed)]
        if let stage = snapshot.stage, let index = snapshot.stageIndex {
            parts.append("\(stage.name) \(index + 1)/\(snapshot.stages.count)")
        }
        parts.append("\(QuantityText.exact(snapshot.connections)) connections")
        parts.append("sent \(QuantityText.rate(snapshot.sentRate))")
        parts.append("received \(QuantityText.rate(snapshot.receivedRate))")
        if let p99 = snapshot.p99 {
            parts.append("\(snapshot.latencyName) p99 \(QuantityText.duration(nanoseconds: p99))")
        }
        if let cpu = snapshot.server?.cpu { parts.append("server \(QuantityText.cores(cpu))") }
        parts.append("\(QuantityText.exact(snapshot.errors)) errors")
        return TerminalText.ascii(TerminalText.safe(parts.joined(separator: "  ")))
    }

    private static let labelWidth = 14
    private static let columnWidth = 22

    private static func title(_ snapshot: LiveSnapshot, width: Int) -> TerminalLine {
        let clock =
            snapshot.total > 0
            ? "\(QuantityText.elapsed(seconds: snapshot.elapsed)) of \(QuantityText.elapsed(seconds: snapshot.total))"
            : QuantityText.elapsed(seconds: snapshot.elapsed)
        let room = max(0, width - TerminalText.width(clock) - 2)
        let name = TerminalText.prefix(TerminalText.safe(snapshot.scenario), width: room)
        let left = max(0, room - TerminalText.width(name) - 2)
        var line = TerminalLine(name, .bold)
        if left > 0 {
            line.append("  " + TerminalText.prefix(TerminalText.safe(snapshot.target), width: left), .dim)
        }
        line.pad(to: width - TerminalText.width(clock))
        line.append(clock)
        return line
    }

    /// A bar over all stages, each as wide as it lasts.
    private static func progress(_ snapshot: LiveSnapshot, width: Int, style: TerminalStyle) -> TerminalLine {
        let total = snapshot.total
        guard total > 0, total.isFinite, snapshot.elapsed.isFinite, width > 2 else { return TerminalLine() }
        let cells = min(width, 1000)
        let done = Int(min(1, max(0, snapshot.elapsed / total)) * Double(cells))
        var boundaries: Set<Int> = []
        var end = 0.0
        for stage in snapshot.stages.dropLast() {
            end += stage.duration
            boundaries.insert(Int(min(1, max(0, end / total)) * Double(cells)))
        }
        var line = TerminalLine()
        for cell in 0..<cells {
            if boundaries.contains(cell) {
                line.append("│", .dim)
            } else {
                line.append(cell < done ? "█" : "░", cell < done ? .cyan : .dim)
            }
        }
        return line.merged
    }

    private static func stage(_ snapshot: LiveSnapshot) -> TerminalLine {
        guard let stage = snapshot.stage, let index = snapshot.stageIndex else {
            return TerminalLine(snapshot.elapsed > 0 ? "finishing" : "starting", .dim)
        }
        let end = snapshot.stages[...index].reduce(0) { $0 + $1.duration }
        var line = TerminalLine("stage \(index + 1) of \(snapshot.stages.count)  ", .dim)
        line.append(stage.name, .bold)
        line.append("  \(QuantityText.elapsed(seconds: max(0, end - snapshot.elapsed))) left", .dim)
        return line
    }

    private static func connections(_ snapshot: LiveSnapshot) -> TerminalLine {
        let now = QuantityText.exact(snapshot.connections)
        return row(
            "connections",
            [
                ("", "\(now) of \(QuantityText.exact(snapshot.connectionsTarget))", .bold),
                ("connecting ", QuantityText.exact(snapshot.connecting), .plain),
            ])
    }

    private static func messages(_ snapshot: LiveSnapshot) -> TerminalLine {
        row(
            "messages",
            [
                ("sent ", QuantityText.rate(snapshot.sentRate), .plain),
                ("received ", QuantityText.rate(snapshot.receivedRate), .bold),
            ])
    }

    private static func latency(_ snapshot: LiveSnapshot) -> TerminalLine {
        let text = { (value: UInt64?) in value.map(QuantityText.duration(nanoseconds:)) ?? QuantityText.missing }
        return row(snapshot.latencyName, [("p50 ", text(snapshot.p50), .plain), ("p99 ", text(snapshot.p99), .bold)])
    }

    private static func server(_ snapshot: LiveSnapshot) -> TerminalLine {
        guard let server = snapshot.server else { return row("server", [("", "not sampled", .dim)]) }
        return row(
            "server",
            [
                ("cpu ", server.cpu.map(QuantityText.cores) ?? QuantityText.missing, .plain),
                ("rss ", server.rss.map(QuantityText.bytes) ?? QuantityText.missing, .plain),
                ("fds ", server.descriptors.map(QuantityText.exact) ?? QuantityText.missing, .plain),
            ])
    }

    private static func generator(_ snapshot: LiveSnapshot) -> TerminalLine {
        let cpu = snapshot.generator.cpu
        let lag = snapshot.generator.lagP99
        return row(
            "generator",
            [
                ("cpu ", cpu.map(QuantityText.percent) ?? QuantityText.missing, (cpu ?? 0) > 0.85 ? .yellow : .plain),
                (
                    "lag p99 ", lag.map(QuantityText.duration(nanoseconds:)) ?? QuantityText.missing,
                    (lag ?? 0) > 1_000_000 ? .yellow : .plain
                ),
            ])
    }

    private static func errors(_ snapshot: LiveSnapshot) -> TerminalLine {
        row("errors", [("", QuantityText.exact(snapshot.errors), snapshot.errors > 0 ? .boldRed : .plain)])
    }

    private static func throughput(_ snapshot: LiveSnapshot, width: Int) -> TerminalLine {
        guard let peak = snapshot.throughputHistory.max(), peak > 0 else { return row("received/s", []) }
        let note = "  peak \(QuantityText.rate(peak))"
        let room = width - labelWidth - TerminalText.width(note)
        var line = row("received/s", [])
        line.append(Sparkline.text(snapshot.throughputHistory, width: room), .cyan)
        line.append(note, .dim)
        return line
    }

    private typealias Cell = (label: String, value: String, ink: TerminalLine.Ink)

    private static func row(_ label: String, _ cells: [Cell]) -> TerminalLine {
        var line = TerminalLine(TerminalText.prefix(TerminalText.safe(label), width: labelWidth - 1), .dim)
        line.pad(to: labelWidth)
        for (position, cell) in cells.enumerated() {
            if position > 0 { line.pad(to: labelWidth + position * columnWidth) }
            if !cell.label.isEmpty { line.append(cell.label, .dim) }
            line.append(cell.value, cell.ink)
        }
        return line
    }
}

extension TerminalLine {
    /// The same line with neighbours of one ink joined: fewer escape codes.
    fileprivate var merged: TerminalLine {
        var line = TerminalLine()
        var pending: Span?
        for span in spans {
            if let before = pending, before.ink == span.ink {
                pending = Span(text: before.text + span.text, ink: span.ink)
            } else {
                if let pending { line.append(pending.text, pending.ink) }
                pending = span
            }
        }
        if let pending { line.append(pending.text, pending.ink) }
        return line
    }
}
