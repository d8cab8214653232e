import BenchResults

/// Gathers what is wrong with a scenario, so that one reading reports all of it.
final class ProblemList {
    /// Past this many there is one cause, and more lines hide it.
    static let maximum = 50

    private var problems: [ScenarioError.Problem] = []

    var isEmpty: Bool { problems.isEmpty }

    func add(_ position: SourcePosition, _ message: String, nearest: String? = nil, known: [String] = []) {
        guard problems.count < Self.maximum else { return }
        problems.append(
            ScenarioError.Problem(
                line: position.line, column: position.column, message: message, nearest: nearest, known: known))
    }

    /// Reports a name that is none of `known`, with the one that was probably meant, which is returned.
    @discardableResult
    func addUnknown(_ what: String, _ name: String, at position: SourcePosition, known: [String]) -> String? {
        let nearest = NearestName.of(name, in: known)
        let hint =
            nearest.map { "; did you mean `\($0)`?" }
            ?? (known.isEmpty ? "; there is none" : "; known are \(known.quotedList)")
        add(position, "unknown \(what) `\(name)`\(hint)", nearest: nearest, known: known)
        return nearest
    }

    /// The error of `file`, its problems in the file's order.
    func error(in file: String) -> ScenarioError {
        let sorted = problems.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }
        return ScenarioError(file: file, problems: sorted.map(\.element))
    }
}
