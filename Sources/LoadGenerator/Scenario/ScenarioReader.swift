import BenchResults

/// Reads a scenario file: YAML or JSON in, a ``Scenario`` that can be run out, or everything that is wrong with it.
package enum ScenarioReader {
    static let keys = [
        "wsbench", "name", "question", "budget", "seed", "vars", "server", "target", "payloads", "behaviours", "load",
        "thresholds", "valid_if", "outputs",
    ]
    static let laterKeys = ["matrix", "workers", "compare", "search", "repeat"]

    /// The seed of a scenario that names none: runs are repeatable by default.
    package static let defaultSeed: UInt64 = 1

    /// - Parameters:
    ///   - text: of the scenario.
    ///   - file: its path, for messages; paths in the scenario are relative to its folder.
    ///   - environment: what `${NAME}` may refer to beside the scenario's `vars`.
    package static func read(
        text: String, file: String, environment: [String: String] = [:]
    ) throws(ScenarioError) -> Scenario {
        let reading = ScenarioReading(environment: environment)
        let document = DocumentReader.read(text, problems: reading.problems)
        let scenario = document.flatMap { reading.scenario($0, file: file) }
        guard let scenario, reading.problems.isEmpty else { throw reading.problems.error(in: file) }
        return scenario
    }
}

extension ScenarioReading {
    /// Nil after at least one problem.
    fileprivate func scenario(_ node: DocumentNode, file: String) -> Scenario? {
        guard
            let fields = ScenarioFields(
                node, what: "a scenario", known: ScenarioReader.keys, later: ScenarioReader.laterKeys,
                problems: problems)
        else { return nil }
        version(fields)
        fields["vars"].map(defineVariables)
        let name = fields["name"].flatMap { text($0, "name", example: "echo") } ?? file.fileStem
        let question = fields["question"].flatMap { text($0, "question", example: "How fast is …?") }
        let budget = fields["budget"].flatMap { text($0, "budget", example: "p99 below 25ms") }
        let seed = fields["seed"].flatMap { integer($0, "seed", in: 0...UInt64.max, example: "42") }
        let target = fields.required("target", in: "a scenario", example: "{ url: ws://127.0.0.1:9001/ }", problems)
            .flatMap { self.target($0, folder: file.folder) }
        let server = self.server(fields["server"], target: target)
        var payloads = fields["payloads"].map { self.payloads($0, folder: file.folder) } ?? []
        let behaviours = fields.required(
            "behaviours", in: "a scenario", example: "{ idle: {} }", problems
        ).flatMap { self.behaviours($0, payloads: &payloads) }
        let load = fields.required("load", in: "a scenario", example: "{ stages: [...] }", problems)
            .flatMap { self.load($0, behaviours: behaviours) }
        let outputs = fields["outputs"].map(self.outputs) ?? ScenarioOutputs(html: nil, json: nil)
        guard let target, let server, let behaviours, let load else {
            checkUnjudged(fields)
            return nil
        }
        let metrics = BudgetMetrics(
            behaviours: load.mix.map { behaviours[$0.behaviour] }, server: server, isSecure: target.isSecure)
        let stageNames = load.stages.map(\.name)
        let thresholds = fields["thresholds"].map { self.thresholds($0, stageNames, metrics) } ?? []
        let validity =
            fields["valid_if"].map { self.validity($0, stageNames, metrics) }
            ?? defaultValidity(behaviours: load.mix.map { behaviours[$0.behaviour] }, metrics)
        return Scenario(
            name: name, question: question, budget: budget, seed: seed ?? ScenarioReader.defaultSeed, server: server,
            target: target, payloads: payloads.compactMap { $0 }, behaviours: behaviours, load: load,
            thresholds: thresholds, validity: validity, outputs: outputs)
    }

    private func version(_ fields: ScenarioFields) {
        let current = Scenario.formatVersion
        guard let node = fields.required("wsbench", in: "a scenario", example: "\(current)", problems) else { return }
        guard let version = integer(node, "wsbench", in: 1...UInt64(UInt32.max), example: "\(current)") else { return }
        if version != UInt64(current) {
            problems.add(node.position, "the format has version \(version), this version reads `wsbench: \(current)`")
        }
    }

    /// In order, so that a variable may refer to those above it.
    private func defineVariables(_ node: DocumentNode) {
        guard case .mapping(let entries) = node.content else {
            problems.add(
                node.position,
                "`vars` is a mapping, not \(node.phrase); write for example `vars: { host: \"127.0.0.1:9001\" }`")
            return
        }
        for entry in entries {
            guard ScenarioVariables.isName(entry.key) else {
                problems.add(entry.keyPosition, "`\(entry.key)` is not a variable's name; use letters, digits and `_`")
                continue
            }
            // A bad one is defined all the same, or every use of it would be reported too.
            variables.define(entry.key, text(entry.value, entry.key, example: "\"127.0.0.1:9001\"") ?? "")
        }
    }

    private func outputs(_ node: DocumentNode) -> ScenarioOutputs {
        let fields = ScenarioFields(
            node, what: "`outputs`", known: ["html", "json"],
            later: ["junit", "csv", "hdr", "prometheus", "live", "compare"], problems: problems)
        return ScenarioOutputs(
            html: fields?["html"].flatMap { path($0, "html", example: "out/report.html") },
            json: fields?["json"].flatMap { path($0, "json", example: "out/run.json") })
    }

    /// A path that the operating system can take.
    func path(_ node: DocumentNode, _ key: String, example: String) -> String? {
        guard let path = text(node, key, example: example) else { return nil }
        guard !path.isEmpty, !path.utf8.contains(0), path.utf8.count < 4_096 else {
            return refuse(node, "`\(key)` is not a path; write for example `\(key): \(example)`")
        }
        return path
    }
}

extension String {
    /// The last part of a path, without what follows its last dot.
    fileprivate var fileStem: String {
        let name = split(separator: "/").last ?? "scenario"
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }

    /// The path up to and with its last `/`; empty for a bare file name.
    fileprivate var folder: String {
        lastIndex(of: "/").map { String(self[...$0]) } ?? ""
    }
}
