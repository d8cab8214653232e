import BenchResults

/// A chart with all that stands around it: legend, values under the pointer, and the table that says the same.
struct ChartModel {
    struct Legend {
        var name: String
        var ink: String
        /// The texts under the pointer, one for each place.
        var values: String
    }

    /// More rows than this are no help to anyone: the pointer and the JSON file have them all.
    private static let rowLimit = 24

    var title: String
    var svg: String
    var logarithmic: Bool
    /// Whether a stage behind the lines is not recorded.
    var shaded: Bool
    var legend: [Legend]
    /// Where the pointer finds values, in percent of the width.
    var places: String
    var labels: String
    var xName: String
    var rows: [PageModel.Row]

    init(_ plot: Plot) {
        title = plot.title
        svg = plot.svg()
        logarithmic = plot.y.scale == .logarithmic
        shaded = plot.bands.contains { !$0.recorded }
        xName = plot.xName
        legend = plot.lines.map {
            Legend(name: $0.name, ink: $0.ink.rawValue, values: $0.values.joined(separator: ";"))
        }
        places = plot.stops.map { QuantityText.decimal((plot.x.position($0.x) ?? 0) * 100, places: 2) }
            .joined(separator: ";")
        labels = plot.stops.map(\.label).joined(separator: ";")
        let every = (plot.stops.count + Self.rowLimit - 1) / Self.rowLimit
        rows = plot.stops.indices.filter { $0.isMultiple(of: max(1, every)) }.map { stop in
            PageModel.Row(label: plot.stops[stop].label, note: nil, cells: plot.lines.map { $0.values[stop] })
        }
    }
}
