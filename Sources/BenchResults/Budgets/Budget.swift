/// A limit on what a run measures: `rtt.p99 < 25ms in steady, surge`.
///
/// ```text
/// budget     = metric comparison value [ "in" stage { "," stage } ]
/// comparison = "<" | "<=" | ">" | ">=" | "=="
/// ```
/// The value carries a unit of the metric's dimension. Without stages it applies to all recorded stages together.
package struct Budget: Sendable, Hashable {
    /// As it was written, without spaces around it.
    package let expression: String
    package let metric: BudgetMetric
    package let comparison: Comparison
    package let limit: Measure
    /// In the order written; empty means all recorded stages together.
    package let stages: [String]

    package enum Comparison: String, Sendable, CaseIterable {
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="
        case equal = "=="

        func holds(_ measured: Double, _ limit: Double) -> Bool {
            switch self {
            case .less: measured < limit
            case .atMost: measured <= limit
            case .greater: measured > limit
            case .atLeast: measured >= limit
            case .equal: measured == limit
            }
        }
    }

    /// An expression longer than this is a mistake, not a budget.
    package static let maximumLength = 1_000

    package init(
        parsing text: String, knownStages: [String], knownMetrics: BudgetMetrics = .standard
    ) throws(BudgetSyntaxError) {
        guard text.count <= Self.maximumLength else {
            throw BudgetSyntaxError(
                offset: 0, message: "the budget is longer than \(Self.maximumLength) characters")
        }
        var scanner = Scanner(text)
        metric = try Self.metric(&scanner, knownMetrics)
        comparison = try Self.comparison(&scanner, after: metric)
        limit = try Self.limit(&scanner, of: metric)
        stages = try Self.stages(&scanner, knownStages)
        expression = text.trimmingSpaces
    }
}

extension Budget {
    /// Walks the characters of an expression and knows where it is.
    private struct Scanner {
        private let characters: [Character]
        private(set) var offset = 0

        init(_ text: String) { characters = Array(text) }

        var isAtEnd: Bool { offset == characters.count }
        var next: Character? { isAtEnd ? nil : characters[offset] }

        mutating func skipSpaces() {
            while let next, next == " " || next == "\t" { offset += 1 }
        }

        mutating func take(while condition: (Character) -> Bool) -> String {
            let start = offset
            while let next, condition(next) { offset += 1 }
            return String(characters[start..<offset])
        }

        /// Takes everything up to the word ` in `, or to the end.
        mutating func takeUpToIn() -> String {
            let start = offset
            while !isAtEnd, !isAtIn { offset += 1 }
            return String(characters[start..<offset])
        }

        var isAtIn: Bool {
            func isSpace(_ index: Int) -> Bool {
                index >= characters.count || characters[index] == " " || characters[index] == "\t"
            }
            return offset + 1 < characters.count && characters[offset] == "i" && characters[offset + 1] == "n"
                && isSpace(offset + 2) && offset > 0 && isSpace(offset - 1)
        }

        mutating func skip(_ count: Int) { offset = min(offset + count, characters.count) }
    }

    private static let comparisonCharacters: Set<Character> = ["<", ">", "=", "!"]

    private static func metric(_ scanner: inout Scanner, _ known: BudgetMetrics) throws(BudgetSyntaxError)
        -> BudgetMetric
    {
        scanner.skipSpaces()
        let offset = scanner.offset
        let name = scanner.take { $0 != " " && $0 != "\t" && !comparisonCharacters.contains($0) }
        guard !name.isEmpty else {
            throw BudgetSyntaxError(
                offset: offset, message: "a budget begins with a metric; write for example `rtt.p99 < 25ms`",
                known: known.names)
        }
        switch known.find(name) {
        case .metric(let metric):
            return metric
        case .unavailable(let reason):
            throw BudgetSyntaxError(offset: offset, message: "`\(name)` is not measured here: \(reason)")
        case .later:
            throw BudgetSyntaxError(offset: offset, message: "this version does not have the metric `\(name)` yet")
        case .unknown:
            let names = known.names
            let nearest = NearestName.of(name, in: names)
            throw BudgetSyntaxError(
                offset: offset,
                message: "unknown metric `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? ""),
                nearest: nearest, known: names)
        }
    }

    private static func comparison(_ scanner: inout Scanner, after metric: BudgetMetric) throws(BudgetSyntaxError)
        -> Comparison
    {
        scanner.skipSpaces()
        let offset = scanner.offset
        let symbol = scanner.take { comparisonCharacters.contains($0) }
        guard let comparison = Comparison(rawValue: symbol) else {
            let found = symbol.isEmpty ? "" : ", not `\(symbol)`"
            throw BudgetSyntaxError(
                offset: offset, message: "after `\(metric.name)` one of <, <=, >, >=, == is needed\(found)",
                known: Comparison.allCases.map(\.rawValue))
        }
        return comparison
    }

    private static func limit(_ scanner: inout Scanner, of metric: BudgetMetric) throws(BudgetSyntaxError) -> Measure {
        scanner.skipSpaces()
        let offset = scanner.offset
        let text = scanner.takeUpToIn().trimmingSpaces
        if text == "baseline" || text.hasPrefix("baseline ") || text.hasPrefix("baseline*") {
            throw BudgetSyntaxError(offset: offset, message: "this version does not have `baseline` yet")
        }
        guard !text.isEmpty else {
            throw BudgetSyntaxError(
                offset: offset, message: "the value is missing; write for example `\(metric.dimension.example)`")
        }
        do {
            return try Measure(parsing: text, as: metric.dimension)
        } catch {
            throw BudgetSyntaxError(
                offset: offset, message: "`\(metric.name)` is \(metric.dimension.phrase): \(error.message)")
        }
    }

    private static func stages(_ scanner: inout Scanner, _ known: [String]) throws(BudgetSyntaxError) -> [String] {
        guard !scanner.isAtEnd else { return [] }
        scanner.skip(2)
        var stages: [String] = []
        while true {
            scanner.skipSpaces()
            let offset = scanner.offset
            let name = scanner.take { $0 != "," }.trimmingSpaces
            guard !name.isEmpty else {
                throw BudgetSyntaxError(offset: offset, message: "a stage's name is missing", known: known)
            }
            guard known.contains(name) else {
                let nearest = NearestName.of(name, in: known)
                throw BudgetSyntaxError(
                    offset: offset,
                    message: "there is no stage `\(name)`"
                        + (nearest.map { "; did you mean `\($0)`?" } ?? "; the stages are \(known.quotedList)"),
                    nearest: nearest, known: known)
            }
            guard !stages.contains(name) else {
                throw BudgetSyntaxError(offset: offset, message: "the stage `\(name)` is named twice")
            }
            stages.append(name)
            guard !scanner.isAtEnd else { return stages }
            scanner.skip(1)
        }
    }
}

extension Sequence where Element == String {
    /// The names as a person lists them, each in backticks.
    package var quotedList: String { map { "`\($0)`" }.joined(separator: ", ") }
}
