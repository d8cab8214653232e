package import BenchResults

/// What reports call the runs they show side by side: each its own name, bounded and without control characters.
///
/// An agent's name may come from the network (`Server`, `User-Agent`).
package enum AgentLabels {
    private static let limit = 60

    package static func labels(for results: [ConformanceResult]) -> [String] {
        let names = results.map(name)
        var used: Set<String> = []
        return zip(results, names).map { result, name in
            var label = name
            let twins = zip(results, names).filter { $0.1 == name }.map(\.0.subject)
            if twins.contains(where: { $0.role != result.subject.role }) {
                label += " (\(result.subject.role.rawValue))"
            }
            if twins.contains(where: { $0.transport != result.subject.transport }) {
                label += " over \(bounded(result.subject.transport))"
            }
            var unique = label
            var number = 2
            while !used.insert(unique).inserted {
                unique = "\(label) \(number)"
                number += 1
            }
            return unique
        }
    }

    package static func name(_ result: ConformanceResult) -> String {
        let name = bounded(result.subject.agent)
        return name.isEmpty ? "unnamed" : name
    }

    private static func bounded(_ text: String) -> String {
        let words = TerminalText.safe(text).split(separator: " ").joined(separator: " ")
        // Scalars: one character can be made of any number of them.
        guard words.unicodeScalars.count > limit else { return words }
        return String(words.unicodeScalars.prefix(limit - 1)) + "…"
    }
}
