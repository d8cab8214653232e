package import BenchResults

/// The requirements that cases test: 504 rows, a table for each group in a file of its own. This is the project's copy, the
/// one that counts; where it differs from its source, the row says why.
package enum Catalogue {
    package static let groups: [RowGroup] = [
        handshakeServerRows, handshakeClientRows, framingRows, maskingRows, closingRows, utf8Rows, pingPongRows,
        extensionRows, deflateRows, limitRows, securityRows, transportRows, clientAPIRows,
    ]

    package static let rows: [Row] = groups.flatMap(\.rows)

    private static let byID = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }

    package static func row(_ id: String) -> Row? { byID[id] }

    /// Why no case of a row exists; nil when the suite has to cover it.
    package static func exclusion(of id: String) -> String? {
        if id.hasPrefix("A-") { return "expectations of a client's local interface, which no wire shows" }
        if id.hasPrefix("T-0"), let number = Int(id.dropFirst(2)), number >= 20 {
            return number == 60 ? "about naming resources, nothing a connection shows" : "HTTP/2 and HTTP/3"
        }
        return nil
    }

    /// One requirement.
    package struct Row: Sendable, Equatable {
        package var id: String
        package var group: String
        package var source: String
        package var roles: Set<CaseRole>
        package var level: RequirementLevel
        /// Which cases of Autobahn|Testsuite look at the same: ids, `part …`, `impl` (implicitly) or `no`.
        package var autobahn: String
        /// Stimulus → what is expected.
        package var requirement: String
    }

    /// The rows about one subject.
    package struct RowGroup: Sendable {
        package var name: String
        package var title: String
        package var source: String
        package var rows: [Row]

        /// - Parameter table: Markdown, one row a line: id, role (S, C, B), level, Autobahn, requirement.
        init(name: String, title: String, source: String, table: String) {
            self.name = name
            self.title = title
            self.source = source
            rows = table.split(separator: "\n").compactMap { line in
                let cells = line.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false).map {
                    trimmed(String($0))
                }
                guard cells.count == 6, let level = RequirementLevel(rawValue: cells[3]) else { return nil }
                let roles: Set<CaseRole> =
                    switch cells[2] {
                    case "S": [.server]
                    case "C": [.client]
                    default: [.server, .client]
                    }
                let requirement = cells[5].hasSuffix("|") ? trimmed(String(cells[5].dropLast())) : cells[5]
                return Row(
                    id: cells[1], group: name, source: source, roles: roles, level: level, autobahn: cells[4],
                    requirement: requirement)
            }
        }
    }
}
