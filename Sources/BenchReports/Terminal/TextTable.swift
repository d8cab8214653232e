/// Columns of text, aligned: the first to the left, the others to the right, as figures are compared.
struct TextTable {
    typealias Cell = (text: String, ink: TerminalLine.Ink)

    private var rows: [[Cell]] = []

    mutating func add(_ cells: [Cell]) {
        rows.append(cells)
    }

    mutating func add(_ cells: [String], _ ink: TerminalLine.Ink = .plain) {
        rows.append(cells.map { ($0, ink) })
    }

    func lines(indent: Int = 2, gap: Int = 2) -> [TerminalLine] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? TerminalText.width(TerminalText.safe($0[column].text)) : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = TerminalLine(String(repeating: " ", count: indent))
            for (column, cell) in row.enumerated() {
                let text = TerminalText.safe(cell.text)
                let space = String(repeating: " ", count: widths[column] - TerminalText.width(text))
                if column > 0 { line.append(String(repeating: " ", count: gap) + space) }
                line.append(text, cell.ink)
                if column == 0, row.count > 1 { line.append(space) }
            }
            return line
        }
    }
}
