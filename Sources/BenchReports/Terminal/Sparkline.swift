/// A row of little bars, one for each value, scaled to the greatest.
package enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The last values that fit into `width` columns; empty when nothing can be drawn.
    package static func text(_ values: [Double], width: Int) -> String {
        let shown = values.suffix(max(0, width)).map { $0.isFinite ? max(0, $0) : 0 }
        guard let greatest = shown.max() else { return "" }
        return String(
            shown.map { value in
                guard greatest > 0 else { return bars[0] }
                let level = Int((value / greatest * Double(bars.count - 1)).rounded())
                return bars[min(max(level, 0), bars.count - 1)]
            })
    }
}
