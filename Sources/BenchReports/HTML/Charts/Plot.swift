/// A chart ready to be drawn: axes, lines, stage bands, and what a reader can point at.
///
/// Two kinds of chart make one (``LineChart``, ``PercentileChart``); ``Plot+SVG`` draws it.
struct Plot: Sendable {
    struct Line: Sendable {
        var name: String
        var ink: Ink
        var points: [Decimation.Point]
        /// Texts for the points in ``Plot/stops``, in their order.
        var values: [String]
    }

    /// Colour and dash of a line. The dash tells lines apart in print and for those who see no colours.
    enum Ink: String, Sendable {
        case first = "a"
        case second = "b"
        case third = "c"
    }

    struct Band: Sendable {
        var name: String
        var start: Double
        var end: Double
        var recorded: Bool
    }

    /// A place on the x axis that shows values when pointed at.
    struct Stop: Sendable {
        var x: Double
        var label: String
    }

    /// Unique in the page.
    var id: String
    var title: String
    /// What the chart shows, in a sentence, for those who do not see it.
    var description: String
    /// What stands over the column of x values in the table.
    var xName: String
    var x: Axis
    var y: Axis
    var lines: [Line]
    var bands: [Band]
    var stops: [Stop]
    /// Whether the room below the first line is tinted: where the axis starts at zero, so that area means something.
    var filled: Bool
}
