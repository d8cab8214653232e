import BenchResults
import Glibc

/// One axis of a chart: where a value lies between its ends, and which values are labelled.
package struct Axis: Sendable, Equatable {
    package enum Scale: Sendable {
        case linear
        case logarithmic
    }

    package struct Tick: Sendable, Equatable {
        /// Between 0 and 1.
        package var position: Double
        package var label: String
        /// Left out where room is short.
        package var minor = false
    }

    package let scale: Scale
    package let low: Double
    package let high: Double
    package let ticks: [Tick]

    /// Where `value` lies, 0 at ``low`` and 1 at ``high``; nil when it cannot be drawn.
    package func position(_ value: Double) -> Double? {
        guard let share = Self.share(value, scale, low, high) else { return nil }
        return min(1, max(0, share))
    }

    private init(
        scale: Scale, low: Double, high: Double, tickValues: [Double], label: (Double) -> String,
        isMinor: (_ index: Int) -> Bool = { !$0.isMultiple(of: 2) }
    ) {
        self.scale = scale
        self.low = low
        self.high = high
        // A value beyond the ends has no tick; one on them may be off by a rounding error.
        let margin = 1e-9
        ticks = tickValues.filter { $0 >= low * (1 - margin) && $0 <= high * (1 + margin) }.enumerated()
            .compactMap { index, value in
                Self.share(value, scale, low, high).map {
                    Tick(position: min(1, max(0, $0)), label: label(value), minor: isMinor(index))
                }
            }
    }

    private static func share(_ value: Double, _ scale: Scale, _ low: Double, _ high: Double) -> Double? {
        guard value.isFinite, high > low else { return nil }
        switch scale {
        case .linear:
            return (value - low) / (high - low)
        case .logarithmic:
            // Nothing at or below zero has a place on a logarithmic scale but its lower end.
            return value > low ? log10(value / low) / log10(high / low) : 0
        }
    }
}

extension Axis {
    /// From zero to a round number at or above the greatest value.
    package static func fromZero(to greatest: Double, unit: String) -> Axis {
        // Without anything to show the axis still has a height.
        let top = greatest.isFinite && greatest > 1e-12 ? min(greatest, 1e300) : 1
        let step = unit == "B" ? Ticks.binaryStep(for: top) : Ticks.decimalStep(for: top)
        let steps = max(1, Int((top / step - 1e-9).rounded(.up)))
        return Axis(
            scale: .linear, low: 0, high: step * Double(steps), tickValues: (0...steps).map { Double($0) * step },
            label: { Ticks.label($0, unit: unit) })
    }

    /// From a round number below the least positive value to one above the greatest.
    package static func logarithmic(_ least: Double, _ greatest: Double, unit: String) -> Axis {
        let bottom = least.isFinite && least > 0 ? min(max(least, 1e-12), 1e290) : 1e-6
        let top = greatest.isFinite ? min(max(greatest, bottom * 1.000_001), 1e291) : bottom * 10
        let low = Ticks.roundDown(bottom)
        let high = max(Ticks.roundUp(top), low * 2)
        return Axis(
            scale: .logarithmic, low: low, high: high, tickValues: Ticks.logarithmic(low, high),
            label: { Ticks.label($0, unit: unit) })
    }

    /// Seconds since the run's start.
    package static func time(to end: Double) -> Axis {
        let end = end.isFinite && end > 1e-6 ? min(end, 1e9) : 1
        let step = Ticks.timeStep(for: end)
        return Axis(
            scale: .linear, low: 0, high: end, tickValues: Array(stride(from: 0, through: end, by: step)),
            label: { Ticks.clock($0, step: step) })
    }

    /// Percentiles as HdrHistogram plots them: 1/(1-p) on a logarithmic scale, so each nine takes the same room.
    package static func percentiles(nines: Int) -> Axis {
        let nines = min(max(nines, 1), 9)
        var ticks = [1.0, 2, 4]
        for exponent in 1...nines { ticks.append(pow(10, Double(exponent))) }
        return Axis(
            scale: .logarithmic, low: 1, high: pow(10, Double(nines)), tickValues: ticks, label: percentLabel,
            // 50 % and 75 %, and where there are many nines every second, counted from the last.
            isMinor: { $0 < 3 ? $0 > 0 : nines > 3 && !(nines + 2 - $0).isMultiple(of: 2) })
    }

    /// `99.9 %` of 1000.
    static func percentLabel(_ inverse: Double) -> String {
        guard inverse > 1 else { return "0 %" }
        let nines = max(0, Int(log10(inverse).rounded(.down)) - 1)
        var text = QuantityText.decimal(100 - 100 / inverse, places: min(nines + 2, 9))
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text + " %"
    }
}
