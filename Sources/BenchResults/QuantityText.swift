/// Measured values as a person reads them: three significant digits and the unit that suits them.
///
/// One place for every report, so that the terminal, the page and a pull request show the same text for the same
/// value. What is not a finite number reads ``missing``.
public enum QuantityText {
    /// Stands where nothing was measured.
    public static let missing = "–"

    /// `23.4 ms`; from nanoseconds up to seconds.
    public static func duration(seconds: Double) -> String {
        scaled(seconds, by: [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")], zero: "0 s")
    }

    public static func duration(nanoseconds: UInt64) -> String {
        duration(seconds: Double(nanoseconds) / 1e9)
    }

    /// `1 min 15 s`: how long something took, for a clock on the wall rather than a measurement.
    public static func elapsed(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return missing }
        guard seconds >= 60 else { return seconds == 0 ? "0 s" : decimal(seconds, places: 1) + " s" }
        guard seconds < 1e9 else { return missing }
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(whole % 60) s"
    }

    /// `11.8 KiB`; powers of 1024.
    public static func bytes(_ count: Double) -> String {
        let kibi = 1024.0
        return scaled(
            count,
            by: [
                (kibi * kibi * kibi * kibi, "TiB"), (kibi * kibi * kibi, "GiB"), (kibi * kibi, "MiB"), (kibi, "KiB"),
                (1, "B"),
            ], zero: "0 B")
    }

    /// `12.3 k`; whole numbers below a thousand are exact.
    public static func count(_ count: Double) -> String {
        guard count.isFinite else { return missing }
        if count.magnitude < 1000, count == count.rounded() { return grouped(count) }
        return trimmed(scaled(count, by: [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")], zero: "0"))
    }

    /// `10.0 k/s`.
    public static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite else { return missing }
        return count(perSecond) + "/s"
    }

    /// `85.3 %` from a ratio of 0.853.
    public static func percent(_ ratio: Double) -> String {
        guard ratio.isFinite else { return missing }
        let percent = ratio * 100
        if percent.magnitude < 1e-6 { return "0 %" }
        if percent.magnitude >= 99.95 { return grouped(percent.rounded()) + " %" }
        return sign(percent) + significant(percent.magnitude) + " %"
    }

    /// `0.85 cores`.
    public static func cores(_ count: Double) -> String {
        guard count.isFinite else { return missing }
        let text = decimal(count, places: 2)
        return text + (text == "1.00" ? " core" : " cores")
    }

    /// `12,345`: every digit of a count.
    public static func exact(_ count: UInt64) -> String {
        grouping(String(count))
    }

    /// A value of the stored unit `unit` (``RunResult/Series/Column/unit``).
    public static func value(_ value: Double, unit: String) -> String {
        switch unit {
        case "s": duration(seconds: value)
        case "B": bytes(value)
        case "1/s": rate(value)
        case "cores": cores(value)
        case "ratio": percent(value)
        default: count(value)
        }
    }

    /// A fixed number of decimal places, without exponent.
    public static func decimal(_ value: Double, places: Int) -> String {
        let power = powerOfTen(places)
        guard value.isFinite, value.magnitude * power < 9e15 else { return missing }
        let whole = Int((value.magnitude * power).rounded())
        let digits = String(whole)
        guard places > 0 else { return (whole > 0 ? sign(value) : "") + grouping(digits) }
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let text = grouping(String(padded.dropLast(places))) + "." + String(padded.suffix(places))
        return (whole > 0 ? sign(value) : "") + text
    }
}

extension QuantityText {
    /// Picks the greatest unit in which the rounded value is at least one.
    private static func scaled(_ value: Double, by units: [(factor: Double, name: String)], zero: String) -> String {
        guard value.isFinite else { return missing }
        guard value != 0, let least = units.last else { return zero }
        let chosen = units.first { rounded(value.magnitude / $0.factor) >= 1 } ?? least
        let scaled = value.magnitude / chosen.factor
        // Less than a thousandth of the smallest unit: no measurement tells it from nothing.
        guard scaled >= 0.0005 else { return zero }
        // A part of a byte is not shown below a KiB.
        let digits = chosen.name == "B" ? grouped(scaled.rounded()) : significant(scaled)
        return trimmed(sign(value) + digits + " " + chosen.name)
    }

    /// Three significant digits of a positive value, rounded half up.
    private static func rounded(_ value: Double) -> Double {
        let power = powerOfTen(places(value))
        return (value * power).rounded() / power
    }

    private static func significant(_ value: Double) -> String {
        let rounded = self.rounded(value)
        return rounded >= 100 ? grouped(rounded.rounded()) : decimal(rounded, places: places(rounded))
    }

    /// Decimal places that leave three significant digits.
    private static func places(_ value: Double) -> Int {
        if value >= 100 { return 0 }
        if value >= 10 { return 1 }
        var (places, scaled) = (2, value)
        while scaled < 1, places < 8 {
            scaled *= 10
            places += 1
        }
        return places
    }

    private static func grouped(_ whole: Double) -> String {
        // Beyond 2^53 the digits are not the value's own any more.
        guard whole.magnitude < 9e15 else { return whole < 0 ? "< -9 P" : "> 9 P" }
        return (whole < 0 ? "-" : "") + grouping(String(Int(whole.magnitude)))
    }

    private static func grouping(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<max(0, exponent) { power *= 10 }
        return power
    }

    private static func sign(_ value: Double) -> String { value < 0 ? "-" : "" }

    private static func trimmed(_ text: String) -> String { text.last == " " ? String(text.dropLast()) : text }
}
