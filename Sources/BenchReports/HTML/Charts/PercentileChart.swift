import BenchResults
import Glibc

/// The whole distribution of a latency: how long the slowest 10 %, 1 %, 0.1 % … had to wait at least.
struct PercentileChart {
    struct Curve {
        var name: String
        var ink: Plot.Ink
        var histogram: LatencyHistogram
    }

    private static let stepsPerNine = 40

    var id: String
    var title: String
    var description: String
    var curves: [Curve]

    /// The chart; nil when nothing was recorded.
    func plot() -> Plot? {
        let curves = self.curves.filter { !$0.histogram.isEmpty }
        guard let least = curves.map({ $0.histogram.percentile(0) }).min(),
            let greatest = curves.map(\.histogram.max).max(),
            let count = curves.map(\.histogram.count).max()
        else { return nil }
        // A percentile that not one value lies above shows nothing but the maximum again.
        let nines = min(7, max(1, Int(log10(Double(count)).rounded(.up))))
        let steps = (0...nines * Self.stepsPerNine).map { pow(10, Double($0) / Double(Self.stepsPerNine)) }
        return Plot(
            id: id, title: title, description: description, xName: "Percentile", x: .percentiles(nines: nines),
            y: .logarithmic(Double(least) / 1e9, Double(greatest) / 1e9, unit: "s"),
            lines: curves.map { curve in
                let values = Self.values(of: curve.histogram, at: steps)
                return Plot.Line(
                    name: curve.name, ink: curve.ink,
                    points: zip(steps, values).map { Decimation.Point(x: $0, y: Double($1) / 1e9) },
                    values: values.map(QuantityText.duration(nanoseconds:)))
            },
            bands: [], stops: steps.map { Plot.Stop(x: $0, label: Axis.percentLabel($0)) }, filled: false)
    }

    /// The latency at each of the ascending `steps` of 1/(1-p), in one walk over the buckets.
    private static func values(of histogram: LatencyHistogram, at steps: [Double]) -> [UInt64] {
        let buckets = histogram.buckets
        var (index, below) = (0, UInt64(0))
        return steps.map { step in
            let wanted = Double(histogram.count) * (1 - 1 / step)
            while index < buckets.count - 1, Double(below + buckets[index].count) < wanted {
                below += buckets[index].count
                index += 1
            }
            return buckets.isEmpty ? 0 : buckets[index].highest
        }
    }
}
