import Reactor
import BenchResults

/// One reading of one scenario: the problems found so far, the variables, and how single values are read.
///
/// Every `read…` returns nil after reporting what is wrong, so that reading goes on and finds the rest.
final class ScenarioReading {
    let problems = ProblemList()
    var variables: ScenarioVariables
    /// The keys of `payloads`, in order, whether their values could be read or not.
    var namedPayloads: [String] = []
    /// The stages as written, for problems that only show when all of the load is known.
    var stageNodes: [DocumentNode] = []

    init(environment: [String: String]) { variables = ScenarioVariables(environment: environment) }

    /// Names of stages, behaviours and payloads.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "_"), first != UInt8(ascii: "-"),
            !(0x30...0x39).contains(first)
        else { return false }
        return text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || ScenarioVariables.isName("_\(Unicode.Scalar($0))") }
            && text.utf8.count <= 64
    }

    /// Reports `message` and returns nil.
    func refuse<Value>(_ node: DocumentNode, _ message: String) -> Value? {
        problems.add(node.position, message)
        return nil
    }
}

// MARK: - Texts

extension ScenarioReading {
    /// The value of a scalar with its variables filled in.
    func text(_ node: DocumentNode, _ key: String, example: String) -> String? {
        guard case .scalar(let scalar) = node.content else {
            return refuse(
                node, "`\(key)` is a single value, not \(node.phrase); write for example `\(key): \(example)`")
        }
        guard !node.isMissing else {
            return refuse(node, "`\(key)` has no value; write for example `\(key): \(example)`")
        }
        return expand(scalar.text, at: node)
    }

    func expand(_ text: String, at node: DocumentNode) -> String? {
        do {
            return try variables.expand(text)
        } catch {
            problems.add(node.position, error.message, nearest: error.nearest, known: error.known)
            return nil
        }
    }

    /// One of the cases of a closed vocabulary.
    func choice<Choice: RawRepresentable & CaseIterable>(_ node: DocumentNode, _ key: String) -> Choice?
    where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        guard let text = text(node, key, example: words[0]) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let nearest = NearestName.of(text, in: words)
            problems.add(
                node.position,
                "`\(text)` is no value of `\(key)`"
                    + (nearest.map { "; did you mean `\($0)`?" }
                        ?? (words.count == 1 ? "; it is \(words.quotedList)" : "; it is one of \(words.quotedList)")),
                nearest: nearest, known: words)
            return nil
        }
        return choice
    }

    /// `true` or `false`, and none of YAML's other words for them.
    func flag(_ node: DocumentNode, _ key: String) -> Bool? {
        guard let text = text(node, key, example: "false") else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default: return refuse(node, "`\(key)` is `true` or `false`, not `\(text)`")
        }
    }

    /// The items of a list, or nil when it is none.
    func list(_ node: DocumentNode, _ key: String, example: String) -> [DocumentNode]? {
        guard case .list(let items) = node.content else {
            return refuse(node, "`\(key)` is a list, not \(node.phrase); write for example `\(key): \(example)`")
        }
        return items
    }

    /// The named values of a mapping, each name once checked.
    func named(_ node: DocumentNode, _ key: String, example: String) -> [DocumentNode.Entry]? {
        guard case .mapping(let entries) = node.content else {
            return refuse(node, "`\(key)` is a mapping, not \(node.phrase); write for example `\(key): \(example)`")
        }
        for entry in entries where !Self.isName(entry.key) {
            problems.add(
                entry.keyPosition,
                "`\(entry.key)` is not a name; names begin with a letter and go on with letters, digits, `-` and `_`")
        }
        return entries
    }
}

// MARK: - Quantities

extension ScenarioReading {
    private func measure(_ node: DocumentNode, _ key: String, _ dimension: Dimension) -> (Measure, text: String)? {
        guard let text = text(node, key, example: dimension.example) else { return nil }
        do {
            return (try Measure(parsing: text, as: dimension), text)
        } catch {
            return refuse(node, "`\(key)`: \(error.message)")
        }
    }

    private func whole(
        _ node: DocumentNode, _ key: String, _ dimension: Dimension, finest: String
    ) -> (amount: UInt64, text: String)? {
        guard let (measure, text) = measure(node, key, dimension) else { return nil }
        guard let amount = measure.whole else {
            // A fraction of the smallest thing there is, or more than 64 bits hold.
            return refuse(node, "`\(key)`: `\(text)` is not a whole number\(finest)")
        }
        return (amount, text)
    }

    /// A duration between `least` and `most`.
    func duration(
        _ node: DocumentNode, _ key: String, from least: Duration = .nanoseconds(1),
        to most: Duration = .seconds(86_400)
    ) -> Duration? {
        guard let (amount, text) = whole(node, key, .duration, finest: " of nanoseconds") else { return nil }
        guard (least.nanoseconds...most.nanoseconds).contains(amount) else {
            return refuse(
                node,
                "`\(key)`: `\(text)` is not possible, it must be between \(least.asWritten) and \(most.asWritten)")
        }
        return .nanoseconds(Int64(amount))
    }

    func count(_ node: DocumentNode, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let (amount, text) = whole(node, key, .count, finest: "") else { return nil }
        guard let count = Int(exactly: amount), range.contains(count) else {
            return refuse(
                node,
                "`\(key)`: `\(text)` is not possible, it must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return count
    }

    func size(_ node: DocumentNode, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let (amount, text) = whole(node, key, .size, finest: " of bytes") else { return nil }
        guard let size = Int(exactly: amount), range.contains(size) else {
            return refuse(
                node,
                "`\(key)`: `\(text)` is not possible, it must be between "
                    + "\(MeasureText.text(Double(range.lowerBound), as: .size)) and "
                    + "\(MeasureText.text(Double(range.upperBound), as: .size))")
        }
        return size
    }

    /// Events per second, more than 0 and at most a million.
    func rate(_ node: DocumentNode, _ key: String) -> Double? {
        guard let (measure, text) = measure(node, key, .rate) else { return nil }
        guard measure.value > 0, measure.value <= 1e6 else {
            return refuse(node, "`\(key)`: `\(text)` is not possible, it must be more than 0/s and at most 1M/s")
        }
        return measure.value
    }

    /// A bare number from 0 to 1, for a property that has no unit.
    func share(_ node: DocumentNode, _ key: String) -> Double? {
        guard let text = text(node, key, example: "0.7") else { return nil }
        guard let (number, rest) = DecimalNumber.prefix(of: text[...]), rest.isEmpty, number.value <= 1 else {
            return refuse(node, "`\(key)`: `\(text)` is not a number between 0 and 1; write for example `0.7`")
        }
        return number.value
    }

    /// `x4`, `x0.5`: at most a thousandfold.
    func multiplier(_ node: DocumentNode, _ key: String) -> Double? {
        guard let text = text(node, key, example: "x4") else { return nil }
        guard text.first == "x", let (number, rest) = DecimalNumber.prefix(of: text.dropFirst()), rest.isEmpty else {
            return refuse(node, "`\(key)`: `\(text)` is not a multiplier; write for example `x4`")
        }
        guard number.value <= 1_000 else {
            return refuse(node, "`\(key)`: `\(text)` is not possible, it must be between x0 and x1000")
        }
        return number.value
    }

    /// A whole number without a unit, because it counts nothing (a seed, a version, a process).
    func integer(_ node: DocumentNode, _ key: String, in range: ClosedRange<UInt64>, example: String) -> UInt64? {
        guard let text = text(node, key, example: example) else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(text), range.contains(number)
        else {
            return refuse(
                node, "`\(key)`: `\(text)` is not a whole number\(range.suffix); write for example `\(example)`")
        }
        return number
    }
}

extension Duration {
    /// As a scenario would write it: in the greatest unit that leaves a whole number.
    fileprivate var asWritten: String {
        let units: [(String, UInt64)] = [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
        ]
        guard nanoseconds > 0 else { return "0s" }
        guard let (symbol, factor) = units.first(where: { nanoseconds.isMultiple(of: $0.1) }) else {
            return "\(nanoseconds)ns"
        }
        return "\(nanoseconds / factor)\(symbol)"
    }
}

extension ClosedRange<UInt64> {
    fileprivate var suffix: String {
        upperBound == .max ? " of at most 64 bits" : " from \(lowerBound) to \(upperBound)"
    }
}
