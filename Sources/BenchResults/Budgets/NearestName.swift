/// Finds what somebody meant who mistyped a name.
package enum NearestName {
    /// The name in `candidates` closest to `name`, when it is close enough to have been meant.
    ///
    /// Close enough is one slip for every three characters. Of equally close names the first one wins.
    package static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
        // Longer names than any of ours are no slips, and the distance costs the product of the lengths.
        guard name.count <= 64 else { return nil }
        let allowed = max(1, name.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates where abs(candidate.count - name.count) <= allowed {
            let distance = self.distance(Array(name.lowercased()), Array(candidate.lowercased()))
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other (optimal string
    /// alignment).
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + [Int](repeating: 0, count: right.count)
            for column in 1...right.count {
                let same = left[row - 1] == right[column - 1]
                var cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, beforePrevious[column - 2] + 1)
                }
                current[column] = cost
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
