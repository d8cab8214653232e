/// A small picture of a value over time, in characters.
struct PlanPlot {
    let height: Int
    let usesUnicode: Bool

    private static let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// Rows from top to bottom, each as wide as there are values; the greatest value reaches the top.
    func rows(_ values: [Double]) -> [String] {
        let greatest = values.max() ?? 0
        return (0..<height).map { row in
            let floor = height - 1 - row
            return String(values.map { cell($0, of: greatest, floor: floor) })
        }
    }

    private func cell(_ value: Double, of greatest: Double, floor: Int) -> Character {
        guard greatest > 0, value > 0 else { return " " }
        // At least one eighth, so that little is not mistaken for nothing.
        let filled = max(1, Int((value / greatest * Double(height * 8)).rounded()))
        let eighths = min(8, max(0, filled - floor * 8))
        if usesUnicode { return Self.eighths[eighths] }
        return eighths >= 4 || (floor == 0 && eighths > 0) ? "#" : " "
    }
}
