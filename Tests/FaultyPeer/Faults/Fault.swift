/// One mistake that this peer can make on purpose; at most one is switched on in a process.
///
/// Code asks `fault == .name` at the line that the mistake bends, so that correct code and fault stand side by side and
/// nothing is written twice.
struct Fault: Sendable, Equatable {
    /// Which of its two roles the peer must play for the fault to show.
    enum Role: String, Sendable, CaseIterable { case server, client, both }

    /// A lower-case phrase with hyphens, as it is given on the command line.
    let name: String
    let role: Role
    /// The rows of the conformance catalogue that it breaks, the plainest first.
    let rows: [String]
    /// What the peer does, as a third person's verb.
    let summary: String

    init(_ name: String, _ role: Role, _ rows: String, _ summary: String) {
        self.name = name
        self.role = role
        self.rows = rows.split(separator: " ").map(String.init)
        self.summary = summary
    }

    static func == (left: Fault, right: Fault) -> Bool { left.name == right.name }

    /// Every fault, area by area.
    static let all: [Fault] =
        serverHandshakeFaults + clientHandshakeFaults + framingFaults + maskingFaults + closingFaults + textFaults
        + pingFaults + negotiationFaults + compressionFaults + resourceFaults + tlsFaults

    /// Nil for a name that no fault has.
    static func named(_ name: String) -> Fault? { all.first { $0.name == name } }

    /// `name  role  rows  summary`, separated by tabs.
    var line: String { [name, role.rawValue, rows.joined(separator: " "), summary].joined(separator: "\t") }
}
