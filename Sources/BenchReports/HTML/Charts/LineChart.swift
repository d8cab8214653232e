import BenchResults

/// Values over the time of a run, with its stages behind them.
struct LineChart {
    struct Column {
        var name: String
        var ink: Plot.Ink
        var values: [Double?]
    }

    /// Files stay small and lines readable: see ``Decimation``.
    static let pointLimit = 600
    static let stopLimit = 240

    var id: String
    var title: String
    var description: String
    /// As ``RunResult/Series/Column/unit``.
    var unit: String
    var times: [Double]
    var columns: [Column]
    var stages: [RunResult.Stage]
    /// The run's end; the axis reaches it even when the last samples are missing.
    var end: Double

    /// The chart; nil when no column holds a value.
    func plot() -> Plot? {
        let order = times.indices.filter { times[$0].isFinite && times[$0] >= 0 }.sorted { times[$0] < times[$1] }
        let sampled = order.map { times[$0] }
        let columns = self.columns.map { column in
            (column, order.map { $0 < column.values.count ? column.values[$0].flatMap(Self.finite) : nil })
        }.filter { _, values in values.contains { $0 != nil } }
        guard let first = columns.first else { return nil }
        let y = Self.axis(columns.flatMap { $0.1.compactMap { $0 } }, unit: unit)
        let stops = Decimation.peaks(first.1, to: Self.stopLimit)
        return Plot(
            id: id, title: title, description: description, xName: "Time",
            x: .time(to: max(end.isFinite ? end : 0, sampled.last ?? 0)), y: y,
            lines: columns.map { column, values in
                Plot.Line(
                    name: column.name, ink: column.ink,
                    points: Decimation.decimated(
                        zip(sampled, values).map { Decimation.Point(x: $0, y: $1) }, to: Self.pointLimit),
                    values: stops.map { stop in
                        values[stop].map { QuantityText.value($0, unit: unit) } ?? QuantityText.missing
                    })
            },
            bands: Self.bands(stages),
            stops: stops.map { Plot.Stop(x: sampled[$0], label: QuantityText.decimal(sampled[$0], places: 2) + " s") },
            filled: y.scale == .linear)
    }

    private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

    /// Durations that differ much get a logarithmic axis: a stall of a second would press all else flat.
    private static func axis(_ values: [Double], unit: String) -> Axis {
        let greatest = values.max() ?? 0
        let least = values.filter { $0 > 0 }.min() ?? 0
        return unit == "s" && least > 0 && greatest / least > 30
            ? .logarithmic(least, greatest, unit: unit) : .fromZero(to: greatest, unit: unit)
    }

    private static func bands(_ stages: [RunResult.Stage]) -> [Plot.Band] {
        stages.filter { $0.duration > 0 && $0.start >= 0 }.map {
            Plot.Band(name: $0.name, start: $0.start, end: $0.end, recorded: $0.recorded)
        }
    }
}
