import BenchResults

/// Which rows of the catalogue have cases.
package struct Coverage: Sendable {
    package struct Group: Sendable {
        package var name: String
        package var title: String
        /// Rows, and those that the suite leaves out.
        package var rows = 0
        package var excluded = 0
        /// Rows and roles that should have a case, and those that have none.
        package var wanted = 0
        package var missing: [String] = []
        package var cases = 0
    }

    package private(set) var groups: [Group] = []

    package init(of cases: [Case]) {
        let byRow = Dictionary(grouping: cases.filter { !$0.isAutobahn }, by: \.row)
        for group in Catalogue.groups {
            var found = Group(name: group.name, title: group.title)
            for row in group.rows {
                found.rows += 1
                guard Catalogue.exclusion(of: row.id) == nil else {
                    found.excluded += 1
                    continue
                }
                for role in row.roles.sorted(by: { $0.rawValue > $1.rawValue }) {
                    found.wanted += 1
                    let count = byRow[row.id, default: []].filter { $0.roles.contains(role) }.count
                    found.cases += count
                    if count == 0 { found.missing.append("\(row.id) (\(role.rawValue))") }
                }
            }
            groups.append(found)
        }
    }

    package var isComplete: Bool { groups.allSatisfy(\.missing.isEmpty) }

    /// A line for each group, then what is missing, then the total.
    package var text: String {
        var lines: [String] = []
        for group in groups {
            var line =
                "\(group.name)\t\(group.rows - group.excluded) of \(group.rows) rows to cover, \(group.cases) cases"
            if !group.missing.isEmpty { line += ", missing: \(group.missing.joined(separator: ", "))" }
            lines.append("\(line)\t\(group.title)")
        }
        let wanted = groups.reduce(0) { $0 + $1.wanted }
        let missing = groups.reduce(0) { $0 + $1.missing.count }
        let rows = groups.reduce(0) { $0 + $1.rows }
        let excluded = groups.reduce(0) { $0 + $1.excluded }
        let percent = wanted == 0 ? 100 : Double(wanted - missing) / Double(wanted) * 100
        // Rounded down: 100 means all.
        let shown = Double(Int(percent * 10)) / 10
        lines.append(
            "\(rows - excluded) of \(rows) rows to cover (\(excluded) left out), for servers and clients \(wanted) in all: "
                + "\(wanted - missing) covered, \(shown) %, by \(groups.reduce(0) { $0 + $1.cases }) cases")
        for (reason, ids) in Dictionary(
            grouping: Catalogue.rows.compactMap { row in Catalogue.exclusion(of: row.id).map { ($0, row.id) } },
            by: \.0
        ).sorted(by: { $0.key < $1.key }) {
            lines.append("left out, \(reason): \(ids.map(\.1).joined(separator: " "))")
        }
        return lines.joined(separator: "\n")
    }
}
