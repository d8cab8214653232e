/// Everything that is wrong with a scenario, found in one reading.
package struct ScenarioError: Error, Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// In the order of the file; never empty.
    package let problems: [Problem]

    package struct Problem: Sendable, Hashable {
        /// Both count from 1; a column is a Unicode scalar.
        package let line: Int
        package let column: Int
        /// A sentence without its full stop; complete by itself, the nearest name included.
        package let message: String
        /// The name that was probably meant.
        package let nearest: String?
        /// The names that are possible at this place, where it is about a name.
        package let known: [String]
    }

    /// One line for each problem: `file:line:column: message`.
    package var description: String {
        problems.map { "\(file):\($0.line):\($0.column): \($0.message)" }.joined(separator: "\n")
    }
}
