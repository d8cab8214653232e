import BenchResults
import Glibc

/// Round numbers to label an axis with.
enum Ticks {
    /// 1, 2 or 5 times a power of ten: three to six steps up to `greatest`.
    static func decimalStep(for greatest: Double) -> Double {
        let rough = greatest / 5
        let power = pow(10, log10(rough).rounded(.down))
        let factor = [1.0, 2, 5, 10].first { $0 * power >= rough * 0.999_999 } ?? 10
        return factor * power
    }

    /// A power of two, so that labels in KiB and MiB are round.
    static func binaryStep(for greatest: Double) -> Double {
        exp2(log2(max(greatest, 4) / 5).rounded(.up))
    }

    /// Steps in which people count time; at most eight.
    static func timeStep(for end: Double) -> Double {
        let known = [
            0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
        ]
        if let step = known.first(where: { end / $0 <= 8 }), end >= 0.4 { return step }
        return decimalStep(for: end)
    }

    /// `15 s`, `1:30`, `2:00:00`: in the smallest unit that the steps need.
    static func clock(_ seconds: Double, step: Double) -> String {
        if seconds == 0 { return "0" }
        guard step >= 30 else { return trimmed(QuantityText.decimal(seconds, places: step < 1 ? 2 : 0)) + " s" }
        let whole = Int(seconds)
        let pair = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return whole < 3600
            ? "\(whole / 60):\(pair(whole % 60))"
            : "\(whole / 3600):\(pair(whole / 60 % 60)):\(pair(whole % 60))"
    }

    /// The decades between `low` and `high`, with 2 and 5 between them where there is room.
    static func logarithmic(_ low: Double, _ high: Double) -> [Double] {
        let decades = log10(high / low)
        let factors: [Double] = decades <= 2.5 ? [1, 2, 5] : [1]
        let every = max(1, Int((decades / 8).rounded(.up)))
        let (first, last) = (Int(log10(low).rounded(.down)), Int(log10(high).rounded(.up)))
        return (first...max(first, last)).filter { ($0 - first).isMultiple(of: every) }
            .flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }
    }

    /// The greatest of 1, 2 and 5 times a power of ten that is at most `value`.
    static func roundDown(_ value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        return ([5.0, 2, 1].first { $0 * power <= value * 1.000_001 } ?? 1) * power
    }

    static func roundUp(_ value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        return ([1.0, 2, 5].first { $0 * power >= value * 0.999_999 } ?? 10) * power
    }

    /// As all reports write it, without the zeros that only state precision: `10 ms`, not `10.0 ms`.
    static func label(_ value: Double, unit: String) -> String {
        if value == 0 { return "0" }
        let text = QuantityText.value(value, unit: unit)
        guard let end = text.firstIndex(where: { $0 == " " || $0 == "/" }) else { return trimmed(text) }
        return trimmed(String(text[..<end])) + text[end...]
    }

    private static func trimmed(_ number: String) -> String {
        guard number.contains(".") else { return number }
        var text = number
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
