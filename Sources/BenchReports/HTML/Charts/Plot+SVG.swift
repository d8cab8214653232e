import BenchResults

/// Draws a plot as inline SVG that fills any width.
///
/// Text and grid are placed by percentages, so that they keep their size on a phone; the lines live in an inner SVG
/// that is stretched, with strokes that are not.
extension Plot {
    /// The plot's height in pixels; the width is whatever there is.
    private static let height = 220.0
    /// The inner drawing's units in both directions.
    private static let extent = 1000.0

    func svg() -> String {
        var svg = """
            <svg class="plot" role="img" aria-labelledby="\(id)-title \(id)-desc" width="100%" height="\(Int(Self.height))">
            <title id="\(id)-title">\(HTMLText.escaped(title))</title>
            <desc id="\(id)-desc">\(HTMLText.escaped(description))</desc>

            """
        svg += bandShapes() + grid() + drawing() + bandNames()
        return svg + "</svg>"
    }

    private func grid() -> String {
        var svg = ""
        for tick in y.ticks {
            let top = Self.number(Self.height * (1 - tick.position))
            svg += "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(top)\" y2=\"\(top)\"/>"
            svg += "<text class=\"y\" x=\"-8\" y=\"\(top)\" dy=\"4\">\(HTMLText.escaped(tick.label))</text>\n"
        }
        for tick in x.ticks {
            let left = Self.percent(tick.position)
            svg +=
                "<line class=\"tick\" x1=\"\(left)\" x2=\"\(left)\" y1=\"\(Int(Self.height))\" y2=\"\(Int(Self.height) + 5)\"/>"
            let kind = (tick.position > 0.99 ? "x last" : "x") + (tick.minor ? " minor" : "")
            svg +=
                "<text class=\"\(kind)\" x=\"\(left)\" y=\"\(Int(Self.height) + 20)\">\(HTMLText.escaped(tick.label))</text>\n"
        }
        return svg
    }

    private func bandShapes() -> String {
        var svg = ""
        for (index, band) in bands.enumerated() {
            guard let place = place(band) else { continue }
            let kind = band.recorded ? (index.isMultiple(of: 2) ? "band even" : "band") : "band unrecorded"
            svg += "<rect class=\"\(kind)\" x=\"\(Self.percent(place.left))\" y=\"0\" "
            svg += "width=\"\(Self.percent(place.width))\" height=\"\(Int(Self.height))\"/>\n"
        }
        return svg
    }

    /// Above the plot. A name that does not fit its band stays out: of always, or of charts less wide than needed.
    private func bandNames() -> String {
        var svg = ""
        for band in bands {
            guard let place = place(band) else { continue }
            // About 7 px a letter; around the plot a figure keeps some 100 px for labels and padding.
            let needed = (Double(band.name.count) * 7 + 10) / place.width + 100
            guard let width = PageStyle.chartWidths.first(where: { Double($0) >= needed }) else { continue }
            svg += "<svg class=\"stage from\(width)\" x=\"\(Self.percent(place.left))\" y=\"-20\" "
            svg += "width=\"\(Self.percent(place.width))\" height=\"20\"><text x=\"4\" y=\"14\">"
            svg += "\(HTMLText.escaped(band.name))</text></svg>\n"
        }
        return svg
    }

    private func place(_ band: Band) -> (left: Double, width: Double)? {
        guard let left = x.position(band.start), let right = x.position(band.end), right > left else { return nil }
        return (left, right - left)
    }

    private func drawing() -> String {
        var svg =
            "<svg width=\"100%\" height=\"\(Int(Self.height))\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">\n"
        if filled, let first = lines.first {
            for run in runs(first) where run.count > 1 {
                svg += "<path class=\"area \(first.ink.rawValue)\" d=\"\(area(run))\"/>\n"
            }
        }
        // The first line is the one that matters most: drawn last, it lies on top.
        for line in lines.reversed() {
            let path = runs(line).map(Self.path).joined()
            svg += "<path class=\"line \(line.ink.rawValue)\" d=\"\(path)\"/>\n"
        }
        return svg + "</svg>\n"
    }

    /// The line's unbroken stretches in units of the inner drawing.
    private func runs(_ line: Line) -> [[(x: Double, y: Double)]] {
        var runs: [[(x: Double, y: Double)]] = [[]]
        for point in line.points {
            if let value = point.y, let left = x.position(point.x), let up = y.position(value) {
                runs[runs.count - 1].append((left * Self.extent, (1 - up) * Self.extent))
            } else if runs.last?.isEmpty == false {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    private static func path(_ run: [(x: Double, y: Double)]) -> String {
        var path = ""
        for (index, point) in run.enumerated() {
            path += "\(index == 0 ? "M" : "L")\(number(point.x)) \(number(point.y))"
        }
        // A single value between two gaps: a stroke of no length, which its round ends make a dot.
        return run.count == 1 ? path + "h0" : path
    }

    private func area(_ run: [(x: Double, y: Double)]) -> String {
        guard let first = run.first, let last = run.last else { return "" }
        return Self.path(run) + "L\(Self.number(last.x)) 1000L\(Self.number(first.x)) 1000Z"
    }

    private static func percent(_ share: Double) -> String { plain(share * 100, places: 2) + "%" }

    private static func number(_ value: Double) -> String { plain(value, places: 1) }

    /// Short and without grouping: SVG reads neither exponents of ours nor commas.
    private static func plain(_ value: Double, places: Int) -> String {
        let text = QuantityText.decimal(value, places: places).filter { $0 != "," }
        guard text.contains(".") else { return text }
        let zeros = text.reversed().prefix { $0 == "0" }.count
        let short = text.dropLast(zeros)
        return String(short.hasSuffix(".") ? short.dropLast() : short)
    }
}
