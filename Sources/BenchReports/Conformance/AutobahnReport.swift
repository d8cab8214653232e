package import BenchResults

/// Results in the files that Autobahn|Testsuite writes, so that what reads those reads these.
///
/// Grades are mapped: a broken requirement is `FAILED` however it broke, a skipped case `UNIMPLEMENTED`. Autobahn gives
/// an absent close code full marks; a case of our own catalogue without one is `NON-STRICT`, so that the usual rule for
/// a pass (behavior and behaviorClose) reads it as we do.
package enum AutobahnReport {
    package struct File: Sendable, Equatable {
        package var name: String
        package var text: String
    }

    /// The group of the cases that are Autobahn's own.
    static let group = "Autobahn"
    /// Of a file name, what an agent's name may be of it: file systems allow 255 octets.
    private static let nameLimit = 100

    /// The index, and a file for each case.
    ///
    /// `index.json` has Autobahn's cases when they ran, and then nothing else, so that sheets can be compared cell by
    /// cell; the catalogue's are in `index-catalogue.json` then. Without them `index.json` has the catalogue's.
    ///
    /// One at a time: all of them at once are as large as the results again.
    package static func forEachFile(of results: [ConformanceResult], _ write: (File) -> Void) {
        let names = fileNames(for: results)
        let labels = AgentLabels.labels(for: results)
        let hasBoth = results.contains { $0.cases.contains { $0.group == group } }
        let catalogue = { (found: CaseResult) in found.group != group }
        write(File(name: "index.json", text: index(results, labels, names) { !hasBoth || !catalogue($0) }))
        if hasBoth, results.contains(where: { $0.cases.contains(where: catalogue) }) {
            write(File(name: "index-catalogue.json", text: index(results, labels, names, catalogue)))
        }
        for (offset, result) in results.enumerated() {
            for (number, found) in result.cases.enumerated() {
                let detail = AutobahnCase(found, of: result, agent: labels[offset], number: number + 1)
                write(File(name: fileName(names[offset], found), text: detail.value.laidOut()))
            }
        }
    }

    private static func index(
        _ results: [ConformanceResult], _ labels: [String], _ names: [String],
        _ isIncluded: (CaseResult) -> Bool
    ) -> String {
        JSONValue.object(
            zip(results, zip(labels, names)).map { result, agent in
                var cases: [String: JSONValue] = [:]
                for found in result.cases where isIncluded(found) {
                    cases[found.id] = .object([
                        ("behavior", .string(behavior(found))), ("behaviorClose", .string(close(found))),
                        ("duration", .integer(found.duration)), ("remoteCloseCode", .optional(found.remoteCloseCode)),
                        ("reportfile", .string(fileName(agent.1, found))),
                    ])
                }
                return (agent.0, .object(cases.map { ($0.key, $0.value) }))
            }
        ).laidOut()
    }

    static func behavior(_ found: CaseResult) -> String {
        switch found.behavior {
        case .pass:
            found.close == .nonStrict && found.group != group ? "NON-STRICT" : "OK"
        case .nonStrict: "NON-STRICT"
        case .fail, .timeout, .crash: "FAILED"
        case .information: "INFORMATIONAL"
        case .skipped: "UNIMPLEMENTED"
        }
    }

    static func close(_ found: CaseResult) -> String {
        switch found.close {
        case .pass?, .nonStrict?: "OK"
        case .wrongCode?: "WRONG CODE"
        case .unclean?: "UNCLEAN"
        case .droppedBySuite?: "FAILED BY CLIENT"
        case .fail?: "FAILED"
        case .information?: "INFORMATIONAL"
        // A case without an ending to judge cannot have ended wrongly.
        case nil: found.behavior == .information ? "INFORMATIONAL" : "OK"
        }
    }

    private static func fileName(_ agent: String, _ found: CaseResult) -> String {
        "\(agent)_case_\(clean(found.id)).json"
    }

    /// What an agent's files begin with. Agents whose names differ only in what a file name leaves out are numbered.
    package static func fileNames(for results: [ConformanceResult]) -> [String] {
        var used: Set<String> = []
        return AgentLabels.labels(for: results).map { label in
            let name = clean(label)
            var unique = name
            var number = 2
            while !used.insert(unique).inserted {
                unique = "\(name)_\(number)"
                number += 1
            }
            return unique
        }
    }

    /// Lower case, every other character than letters and digits `_`, without any at the ends; as Autobahn does.
    static func clean(_ text: String) -> String {
        let octets = text.lowercased().unicodeScalars.map { scalar -> UInt8 in
            switch scalar {
            case "a"..."z", "0"..."9": UInt8(truncatingIfNeeded: scalar.value)
            default: UInt8(ascii: " ")
            }
        }
        var trimmed = octets.drop { $0 == UInt8(ascii: " ") }.prefix(nameLimit)
        while trimmed.last == UInt8(ascii: " ") { trimmed.removeLast() }
        let name = trimmed.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 }
        return name.isEmpty ? "unnamed" : String(decoding: name, as: UTF8.self)
    }
}
