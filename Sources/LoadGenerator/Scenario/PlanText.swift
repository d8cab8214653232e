import WebSocketTransport
import Reactor
import BenchResults

/// The text of `wsbench check FILE`: what a scenario will do, before anything is done.
package enum PlanText {
    private static let plotWidth = 60
    private static let plotHeight = 5

    /// - Parameter usesUnicode: false for terminals that only show ASCII.
    package static func render(_ plan: Plan, usesUnicode: Bool = true) -> String {
        var lines = head(plan)
        lines += [""] + stageTable(plan, arrow: usesUnicode ? "→" : "->")
        lines += [""] + mixTable(plan.scenario)
        lines += [""] + plots(plan, usesUnicode: usesUnicode)
        lines += [""] + needs(plan)
        lines += conditions(plan.scenario)
        let text = lines.map(\.trimmingEnd).joined(separator: "\n") + "\n"
        return usesUnicode ? text : text.inASCII
    }

    private static func head(_ plan: Plan) -> [String] {
        let scenario = plan.scenario
        var lines = [
            "\(scenario.name.printable): \(count(plan.peakConnections)) connections, \(time(plan.duration)), "
                + "\(scenario.loadModel) loop, seed \(scenario.seed)"
        ]
        for (label, text) in [("", scenario.question), ("Budget: ", scenario.budget)] {
            guard let text else { continue }
            lines += "\(label)\(text)".split(separator: "\n").map { "  \(String($0).printable)" }
        }
        lines += ["", "target  \(scenario.target.url)"]
        if !scenario.target.subprotocols.isEmpty {
            lines.append("        subprotocols \(scenario.target.subprotocols.joined(separator: ", "))")
        }
        if scenario.target.deflate != .off {
            lines.append("        offers permessage-deflate (\(scenario.target.deflate))")
        }
        if scenario.target.isSecure { lines.append("        \(trust(scenario.target.tls))") }
        lines.append("server  \(server(scenario.server))")
        if let sample = scenario.server.sample {
            let quantities = sample.quantities.map(\.rawValue).joined(separator: ", ")
            lines.append("        sampled every \(time(sample.every.nanoseconds)): \(quantities)")
        }
        return lines
    }

    private static func trust(_ tls: ScenarioTLS) -> String {
        let trusted =
            if tls.isInsecure { "TLS that trusts any server" } else if let authorities = tls.authorities {
                "TLS that trusts \(authorities.printable)"
            } else { "TLS that trusts the system's authorities" }
        return trusted + (tls.credentials.map { ", with the certificate \($0.certificate.printable)" } ?? "")
    }

    private static func server(_ server: ScenarioServer) -> String {
        switch server.origin {
        case .external: "runs already"
        case .embedded(let options):
            "embedded echo, \(options.loops) \(options.loops == 1 ? "loop" : "loops"), messages up to "
                + MeasureText.text(Double(options.maximumMessage), as: .size)
                + (options.deflate == .off ? "" : ", permessage-deflate (\(options.deflate))")
        case .start(let words): "started with: \(words.joined(separator: " ").printable)"
        }
    }

    // MARK: Tables

    private static func stageTable(_ plan: Plan, arrow: String) -> [String] {
        var rows = [["stage", "from", "to", "connections", "messages/s", "messages", ""]]
        for stage in plan.stages {
            let rates = [stage.start, stage.end].enumerated().map { index, _ in
                Double(index == 0 ? stage.from : stage.to) * (plan.scenario.openRatePerConnection ?? 0)
                    * stage.messageMultiplier
            }
            let planned = stage.plannedMessages
            rows.append([
                stage.name, time(stage.start), time(stage.end),
                change(count(stage.from), count(stage.to), arrow),
                planned == nil ? "-" : change(number(rates[0]), number(rates[1]), arrow),
                planned.map { number($0) } ?? "-",
                [
                    stage.isRecorded ? nil : "not recorded",
                    stage.messageMultiplier == 1
                        ? nil : "messages x\(MeasureText.significant(stage.messageMultiplier))",
                ].compactMap { $0 }.joined(separator: ", "),
            ])
        }
        if let planned = plan.plannedMessages, plan.stages.count > 1 {
            rows.append(["total", "", time(plan.duration), count(plan.peakConnections), "", number(planned), ""])
        }
        return table(rows, leftAligned: [0, 6])
    }

    private static func mixTable(_ scenario: Scenario) -> [String] {
        let total = scenario.load.mix.reduce(0) { $0 + $1.weight }
        var rows = [["behaviour", "share", "what a client does"]]
        for share in scenario.load.mix {
            let behaviour = scenario.behaviours[share.behaviour]
            rows.append([
                behaviour.name, MeasureText.text(Double(share.weight) / Double(total), as: .ratio),
                self.behaviour(behaviour, scenario),
            ])
        }
        return table(rows, leftAligned: [0, 2])
    }

    private static func behaviour(_ behaviour: ScenarioBehaviour, _ scenario: Scenario) -> String {
        var parts: [String] = []
        if let send = behaviour.send {
            let payload = payload(scenario.payloads[send.payload].content)
            switch send.drive {
            case .open(let perSecond, let process, let maximumInFlight):
                let limit = behaviour.expect == nil ? "" : ", at most \(maximumInFlight) unanswered"
                parts.append(
                    "sends \(payload) at \(MeasureText.text(perSecond, as: .rate)) (\(process.rawValue)\(limit))")
            case .closed(let inFlight):
                parts.append("keeps \(inFlight) x \(payload) in flight (closed loop)")
            }
        }
        if let expect = behaviour.expect {
            parts.append(
                "expects an \(expect.reply.rawValue) reply within \(time(expect.within.nanoseconds)) as \(expect.name)")
        }
        if let ping = behaviour.ping { parts.append("pings every \(time(ping.every.nanoseconds)) as \(ping.name)") }
        return parts.isEmpty ? "stays connected" : parts.joined(separator: "; ")
    }

    private static func payload(_ content: ScenarioPayload.Content) -> String {
        switch content {
        case .text(let text): "\(text.utf8.count) B of fixed text"
        case .random(let bytes, _, let isText):
            "\(MeasureText.text(Double(bytes), as: .size)) of random \(isText ? "text" : "binary")"
        case .corpus(let path, let pick): "\(pick.rawValue) lines of \(path.printable)"
        }
    }

    /// Columns of equal width; the last one is not padded.
    private static func table(_ rows: [[String]], leftAligned: Set<Int>) -> [String] {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return leftAligned.contains(column) ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
    }

    // MARK: Plots

    private static func plots(_ plan: Plan, usesUnicode: Bool) -> [String] {
        // In the middle of each column's time, so that steps stand where they belong.
        let times = (0..<plotWidth).map { UInt64((Double($0) + 0.5) / Double(plotWidth) * Double(plan.duration)) }
        var lines = plot("connections", times.map(plan.connections), plan.duration, usesUnicode: usesUnicode)
        if plan.plannedMessages != nil {
            lines +=
                [""] + plot("messages/s", times.map(plan.messagesPerSecond), plan.duration, usesUnicode: usesUnicode)
        }
        return lines
    }

    private static func plot(_ title: String, _ values: [Double], _ duration: UInt64, usesUnicode: Bool) -> [String] {
        let greatest = number(values.max() ?? 0)
        let margin = max(title.count, greatest.count)
        let (wall, corner, floor) = usesUnicode ? ("│", "└", "─") : ("|", "+", "-")
        let labels = [greatest] + Array(repeating: "", count: plotHeight - 2) + ["0"]
        let rows = PlanPlot(height: plotHeight, usesUnicode: usesUnicode).rows(values)
        let indent = String(repeating: " ", count: margin)
        let end = time(duration)
        let gap = String(repeating: " ", count: max(1, plotWidth - 3 - end.count))
        return [title]
            + zip(labels, rows).map { label, row in
                String(repeating: " ", count: margin - label.count) + label + " \(wall)" + row
            } + [
                "\(indent) \(corner)" + String(repeating: floor, count: plotWidth),
                "\(indent)  0 s\(gap)\(end)",
            ]
    }

    // MARK: Needs and conditions

    private static func needs(_ plan: Plan) -> [String] {
        let addresses = plan.needs.sourceAddresses
        var lines = [
            "needs   \(count(plan.needs.descriptors)) file descriptors, \(count(plan.needs.ports)) local ports on "
                + "\(addresses) \(addresses == 1 ? "address" : "addresses"), about "
                + "\(MeasureText.text(Double(plan.needs.memory), as: .size)) for the clients"
        ]
        switch plan.scenario.server.origin {
        case .external: break
        case .embedded, .start:
            lines.append("        and in the server's process \(count(plan.needs.descriptors)) file descriptors more")
        }
        return lines + plan.warnings.map { "warning \($0)" }
    }

    private static func conditions(_ scenario: Scenario) -> [String] {
        var lines: [String] = []
        for (index, threshold) in scenario.thresholds.enumerated() {
            let abort = threshold.abortsAfter.map { " (ends the run when missed after \(time($0.nanoseconds)))" } ?? ""
            lines.append((index == 0 ? "passes  " : "        ") + threshold.budget.expression + abort)
        }
        for (index, budget) in scenario.validity.enumerated() {
            lines.append((index == 0 ? "valid   " : "        ") + budget.expression)
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    // MARK: Words

    private static func change(_ from: String, _ to: String, _ arrow: String) -> String {
        from == to ? to : "\(from) \(arrow) \(to)"
    }

    private static func time(_ nanoseconds: UInt64) -> String {
        guard nanoseconds > 0 else { return "0 s" }
        return MeasureText.text(Double(nanoseconds) / 1e9, as: .duration)
    }

    private static func number(_ value: Double) -> String { MeasureText.text(value, as: .count) }

    /// Exact, with a comma every three digits.
    private static func count(_ value: Int) -> String {
        let digits = Array(String(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }
}

extension String {
    /// Without control characters: a scenario's text must not move the cursor of the terminal that shows it.
    fileprivate var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    fileprivate var trimmingEnd: String {
        var slice = self[...]
        while slice.last == " " { slice.removeLast() }
        return String(slice)
    }

    fileprivate var inASCII: String { String(map { $0.isASCII ? $0 : $0 == "µ" ? "u" : "?" }) }
}
