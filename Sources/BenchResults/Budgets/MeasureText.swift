/// Quantities as a person reads them: three significant digits and the unit that keeps the number short.
package enum MeasureText {
    /// The text of `value`, given in the base unit of `dimension`.
    package static func text(_ value: Double, as dimension: Dimension) -> String {
        switch dimension {
        case .duration: scaled(value, in: [("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1)])
        case .size: scaled(value, in: sizes)
        case .throughput: scaled(value, in: sizes) + "/s"
        case .rate: scaled(value, in: counts).droppingUnitSpace + "/s"
        case .count: scaled(value, in: counts).droppingUnitSpace
        case .ratio: significant(value * 100) + " %"
        case .cores: significant(value) + (value == 1 ? " core" : " cores")
        }
    }

    private static let sizes = [("B", 1.0), ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824)]
    private static let counts = [("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9)]

    /// `value` in the greatest of the ascending `units` in which it is at least 1 once rounded.
    private static func scaled(_ value: Double, in units: [(symbol: String, factor: Double)]) -> String {
        var chosen = units[0]
        for unit in units.dropFirst() where rounded(value / chosen.factor) >= unit.factor / chosen.factor {
            chosen = unit
        }
        return significant(value / chosen.factor) + " " + chosen.symbol
    }

    /// To three significant digits, or to a whole number where there are more before the point.
    private static func rounded(_ value: Double) -> Double {
        let magnitude = abs(value)
        let step: Double =
            magnitude >= 99.95
            ? 1 : magnitude >= 9.995 ? 0.1 : magnitude >= 0.9995 ? 0.01 : magnitude >= 0.1 ? 0.001 : 0.0001
        return (value / step).rounded() * step
    }

    package static func significant(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "unknown" : value < 0 ? "-infinite" : "infinite" }
        let rounded = self.rounded(value)
        guard abs(rounded) < 1e15 else { return "\(rounded)" }
        // Four decimals are all that `rounded` keeps; zeros at the end say nothing.
        let tenThousandths = Int64((abs(rounded) * 10_000).rounded())
        var text = "\(tenThousandths / 10_000)"
        let fraction = tenThousandths % 10_000
        if fraction > 0 {
            var digits = String(fraction)
            digits = String(repeating: "0", count: 4 - digits.count) + digits
            while digits.last == "0" { digits.removeLast() }
            text += ".\(digits)"
        }
        return (rounded < 0 && tenThousandths > 0 ? "-" : "") + text
    }
}

extension String {
    fileprivate var droppingUnitSpace: String { last == " " ? String(dropLast()) : self }
}
