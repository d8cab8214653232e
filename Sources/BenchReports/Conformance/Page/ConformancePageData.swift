import BenchResults

/// The cases of all runs as the page's script reads them: what the runs share once, short keys, wire logs cut.
struct ConformancePageData {
    private let results: [ConformanceResult]
    private let labels: [String]
    private let options: ConformancePage.Options

    init(_ results: [ConformanceResult], labels: [String], options: ConformancePage.Options) {
        self.results = results
        self.labels = labels
        self.options = options
    }

    var json: String {
        let runs = zip(results, labels).map { result, label in
            JSONValue.object([
                ("name", .string(label)), ("role", .string(result.subject.role.rawValue)),
                ("strict", .boolean(result.settings.strict)),
            ])
        }
        return JSONValue.object([("runs", .array(runs)), ("cases", .array(rows))]).compact
    }

    private struct Key: Hashable {
        var role: CaseRole
        var id: String
    }

    /// By group in the order in which groups first appear, then in the order of the runs.
    private var rows: [JSONValue] {
        var groups: [String] = []
        var order: [String: [Key]] = [:]
        var found: [Key: [Int: CaseResult]] = [:]
        for (run, result) in results.enumerated() {
            for item in result.cases {
                let key = Key(role: item.role, id: item.id)
                if found[key] == nil {
                    if order[item.group] == nil { groups.append(item.group) }
                    order[item.group, default: []].append(key)
                }
                if found[key]?[run] == nil { found[key, default: [:]][run] = item }
            }
        }
        return groups.flatMap { order[$0] ?? [] }.compactMap { key in row(found[key] ?? [:]) }
    }

    private func row(_ found: [Int: CaseResult]) -> JSONValue? {
        guard let first = results.indices.lazy.compactMap({ found[$0] }).first else { return nil }
        let runs = results.indices.map { run -> JSONValue in
            guard let item = found[run] else { return .null }
            return cell(item, shared: first, isStrict: results[run].settings.strict)
        }
        return .object([
            ("id", .string(first.id)), ("role", .string(first.role.rawValue)), ("group", .string(first.group)),
            ("subject", .string(GroupName.subject(first.group) ?? "")), ("title", .string(first.title)),
            ("level", .string(first.level.rawValue)), ("requirement", .string(first.requirement)),
            ("source", .string(first.source)), ("tags", .strings(first.tags)),
            ("expected", .strings(first.expected)), ("runs", .array(runs)),
        ])
    }

    private func cell(_ item: CaseResult, shared: CaseResult, isStrict: Bool) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("v", .string(item.verdict.rawValue)), ("b", .string(item.behavior.rawValue)),
            ("x", .string(item.explanation)), ("d", .integer(item.duration)), ("o", .strings(item.observed)),
        ]
        if let close = item.close { members.append(("c", .string(close.rawValue))) }
        if let code = item.remoteCloseCode { members.append(("code", .integer(Int(code)))) }
        if item.isUnexpectedlyGood(isStrict: isStrict) {
            members.append(("good", .boolean(true)))
        } else if item.isUnexpected {
            members.append(("bad", .boolean(true)))
        }
        if item.verdict.breaksRequirement(isStrict: isStrict) { members.append(("broken", .boolean(true))) }
        if item.isFlaky { members.append(("flaky", .boolean(true))) }
        if !item.earlierAttempts.isEmpty {
            members.append(("before", .strings(item.earlierAttempts.map(\.rawValue))))
        }
        if let seed = item.seed { members.append(("seed", .string("\(seed)"))) }
        if item.expected != shared.expected { members.append(("e", .strings(item.expected))) }
        if let expectation = item.expectation {
            members.append(("known", .strings(expectation.verdicts.map(\.rawValue))))
            members.append(("reason", .string(expectation.reason)))
        }
        let isOfInterest = ConformanceResultFile.needsWire(item)
        if let wire = item.wire {
            if isOfInterest || options.keepsWireOfPassing {
                let limit = isOfInterest ? options.octetsPerEntry : options.octetsPerPassingEntry
                members.append(("w", .array(wire.entries.map { entry($0, limit: limit) })))
                if wire.omittedOctets > 0 { members.append(("omitted", .integer(wire.omittedOctets))) }
            } else {
                members.append(("leftOut", .boolean(true)))
            }
        }
        return .object(members)
    }

    /// `[microseconds, connection, kind, digits, length, [[offset, count, text, isOffending]…]]`.
    private func entry(_ entry: WireLog.Entry, limit: Int) -> JSONValue {
        .array([
            .integer(entry.time), .integer(entry.connection), .string(entry.kind.rawValue),
            .string(HexText.text(HexText.octets(String(entry.octets.prefix(limit * 2))))), .integer(entry.length),
            .array(
                entry.notes.map {
                    .array([
                        .integer($0.offset), .integer($0.count), .string($0.text), .integer($0.isOffending ? 1 : 0),
                    ])
                }),
        ])
    }
}
