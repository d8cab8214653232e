import BenchResults

extension ConformanceComparison {
    /// Of long lists, so many are shown.
    private static let limit = 200

    /// For the terminal; the counts last.
    package func text(style: TerminalStyle) -> String {
        var lines = [
            TerminalLine("Conformance of ").appending(labels.before, .bold).appending(" → ").appending(
                labels.after, .bold)
        ]
        lines += remarks.map { TerminalLine("  ! \($0)", .yellow) }
        for section in sections where !section.list.isEmpty {
            lines += [TerminalLine(), TerminalLine("\(section.title): \(section.list.count)", .bold)]
            // What is only new or gone is long and rarely the question.
            let shown = section.list.prefix(section.isOpen ? Self.limit : 10)
            for difference in shown { lines += self.lines(difference, ink(section.title)) }
            if shown.count < section.list.count {
                lines.append(TerminalLine("  … and \(section.list.count - shown.count) more", .dim))
            }
        }
        lines += [TerminalLine(), TerminalLine(sentence, hasRegressions ? .boldRed : .boldGreen)]
        return lines.map { $0.render(style) + "\n" }.joined()
    }

    private func lines(_ difference: Difference, _ ink: TerminalLine.Ink) -> [TerminalLine] {
        var line = TerminalLine("  ")
        line.append(difference.id, ink)
        line.append("  \(difference.title) ")
        line.append("(\(difference.level.rawValue))", .dim)
        var lines = [line]
        lines.append(
            TerminalLine("      \(difference.before ?? "not run") → \(difference.after ?? "not run")"))
        if difference.after != nil, !difference.explanation.isEmpty {
            lines.append(TerminalLine("      \(difference.explanation)", .dim))
        }
        return lines
    }

    private func ink(_ section: String) -> TerminalLine.Ink {
        switch section {
        case "Regressions", "New failures": .red
        case "Fixes": .green
        default: .cyan
        }
    }

    /// For a pull request.
    package func markdown(limit: Int = ConformanceMarkdown.sizeLimit) -> String {
        var text =
            "### \(hasRegressions ? "❌" : "✅") WebSocket conformance: "
            + "\(MarkdownText.inline(labels.before)) → \(MarkdownText.inline(labels.after))\n\n\(sentence).\n"
        text += remarks.map { "\n> " + MarkdownText.inline($0) + "\n" }.joined()
        let notice = "\n*The rest does not fit here.*\n"
        for section in sections where !section.list.isEmpty {
            var part =
                "\n<details\(section.isOpen ? " open" : "")><summary>\(section.title): \(section.list.count)</summary>\n"
            part += MarkdownText.table([["Case", "Before", "After", ""]], allLeft: true)
            let end = "\n</details>\n"
            for difference in section.list {
                let row = MarkdownText.row([
                    "\(MarkdownText.code(difference.id)) \(MarkdownText.inline(difference.title))",
                    MarkdownText.inline(difference.before ?? "not run"),
                    MarkdownText.inline(difference.after ?? "not run"),
                    MarkdownText.inline(difference.after == nil ? "" : difference.explanation),
                ])
                guard text.utf8.count + part.utf8.count + row.utf8.count + end.utf8.count + notice.utf8.count <= limit
                else { return text + part + end + notice }
                part += row
            }
            text += part + end
        }
        return text
    }
}
