import BenchResults

/// The keys of one mapping: the known ones are handed out, every other one is reported.
struct ScenarioFields {
    /// The mapping's place, where a missing key is reported.
    let position: SourcePosition
    private let entries: [DocumentNode.Entry]
    /// Known keys that an unknown one was probably meant to be; they are not missing as well.
    private var misspelled: Set<String> = []

    /// - Parameters:
    ///   - what: the mapping as part of a sentence ("a stage").
    ///   - known: the keys of this version.
    ///   - later: keys of the format that this version does not have.
    init?(_ node: DocumentNode, what: String, known: [String], later: [String] = [], problems: ProblemList) {
        guard case .mapping(let entries) = node.content else {
            problems.add(
                node.position, "\(what) is a mapping with the keys \(known.quotedList), not \(node.phrase)",
                known: known)
            return nil
        }
        position = node.position
        self.entries = entries
        for entry in entries where !known.contains(entry.key) {
            if entry.key == "<<" {
                problems.add(entry.keyPosition, "merge keys (`<<`) are not part of the format, write the values out")
            } else if later.contains(entry.key) {
                problems.add(entry.keyPosition, "this version does not have `\(entry.key)` yet")
            } else {
                let nearest = problems.addUnknown("key", entry.key, at: entry.keyPosition, known: known)
                if let nearest { misspelled.insert(nearest) }
            }
        }
    }

    func has(_ key: String) -> Bool { self[key] != nil }

    func isMisspelled(_ key: String) -> Bool { misspelled.contains(key) }

    subscript(key: String) -> DocumentNode? { entries.first { $0.key == key }?.value }

    func keyPosition(_ key: String) -> SourcePosition { entries.first { $0.key == key }?.keyPosition ?? position }

    /// The value of a key that must be there.
    func required(_ key: String, in what: String, example: String, _ problems: ProblemList) -> DocumentNode? {
        if let value = self[key] { return value }
        if isMisspelled(key) { return nil }
        problems.add(position, "\(what) needs `\(key)`; write for example `\(key): \(example)`")
        return nil
    }
}
