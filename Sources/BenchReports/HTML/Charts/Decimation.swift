/// Fewer points for the same picture: of each stretch of time its least and its greatest value.
///
/// Averages would hide exactly what a report is read for, the one bad moment.
package enum Decimation {
    package struct Point: Sendable, Equatable {
        package var x: Double
        /// Nil where nothing was measured: the line has a gap there.
        package var y: Double?

        package init(x: Double, y: Double?) {
            self.x = x
            self.y = y
        }
    }

    /// At most `limit` points, in order; the same points when there are no more than that.
    package static func decimated(_ points: [Point], to limit: Int) -> [Point] {
        guard points.count > limit, limit >= 2 else { return points }
        return buckets(points.count, limit / 2).flatMap { extremes(points[$0]) }
    }

    /// One position for each of at most `limit` stretches: where `values` is greatest in it.
    package static func peaks(_ values: [Double?], to limit: Int) -> [Int] {
        guard values.count > limit, limit >= 1 else { return Array(values.indices) }
        return buckets(values.count, limit).map { bucket in
            bucket.max { (values[$0] ?? -.infinity) < (values[$1] ?? -.infinity) } ?? bucket.lowerBound
        }
    }

    private static func buckets(_ count: Int, _ number: Int) -> [Range<Int>] {
        (0..<number).map { ($0 * count / number)..<(($0 + 1) * count / number) }.filter { !$0.isEmpty }
    }

    private static func extremes(_ bucket: ArraySlice<Point>) -> [Point] {
        var least: Int?
        var greatest: Int?
        for index in bucket.indices {
            guard let y = bucket[index].y else { continue }
            if y < (least.flatMap { bucket[$0].y } ?? .infinity) { least = index }
            if y > (greatest.flatMap { bucket[$0].y } ?? -.infinity) { greatest = index }
        }
        guard let least, let greatest else { return Array(bucket.prefix(1)) }
        return least == greatest
            ? [bucket[least]] : [bucket[min(least, greatest)], bucket[max(least, greatest)]]
    }
}
