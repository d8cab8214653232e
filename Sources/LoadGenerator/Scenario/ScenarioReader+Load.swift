import BenchResults

extension ScenarioReading {
    /// - Parameter behaviours: nil when they could not be read; then names in the mix are not judged.
    func load(_ node: DocumentNode, behaviours: [ScenarioBehaviour]?) -> ScenarioLoad? {
        guard
            let fields = ScenarioFields(node, what: "`load`", known: ["mix", "connect", "stages"], problems: problems)
        else { return nil }
        let mix = self.mix(fields["mix"], at: fields, behaviours)
        let connect = self.connect(fields["connect"])
        let stages = fields.required(
            "stages", in: "`load`", example: "[{ name: ramp, connections: 1k, over: 10s }]", problems
        ).flatMap(self.stages)
        guard let mix, let stages else { return nil }
        if let behaviours, !mix.contains(where: { behaviours[$0.behaviour].send?.drive.isOpen == true }) {
            for (stage, node) in zip(stages, stageNodes) where stage.messageMultiplier != 1 {
                problems.add(node.position, "`messages` multiplies rates, but no behaviour of the mix has a `rate`")
            }
        }
        return ScenarioLoad(mix: mix, connect: connect, stages: stages)
    }

    private func mix(_ node: DocumentNode?, at load: ScenarioFields, _ behaviours: [ScenarioBehaviour]?)
        -> [ScenarioLoad.Share]?
    {
        guard let node else {
            guard let behaviours else { return nil }
            guard behaviours.count == 1 else {
                let example = behaviours.map { "\($0.name): 1" }.joined(separator: ", ")
                problems.add(
                    load.position,
                    "`load` needs `mix`, since there are several behaviours; write for example `mix: { \(example) }`")
                return nil
            }
            return [ScenarioLoad.Share(behaviour: 0, weight: 1)]
        }
        guard let entries = named(node, "mix", example: "{ echo: 3, idle: 1 }") else { return nil }
        guard !entries.isEmpty else { return refuse(node, "`mix` is empty; write for example `{ echo: 3, idle: 1 }`") }
        var shares: [ScenarioLoad.Share] = []
        for entry in entries {
            let weight = count(entry.value, entry.key, in: 1...1_000_000)
            guard let behaviours else { continue }
            guard let index = behaviours.firstIndex(where: { $0.name == entry.key }) else {
                problems.addUnknown("behaviour", entry.key, at: entry.keyPosition, known: behaviours.map(\.name))
                continue
            }
            if let weight { shares.append(ScenarioLoad.Share(behaviour: index, weight: weight)) }
        }
        return shares.count == entries.count ? shares : nil
    }

    private func connect(_ node: DocumentNode?) -> ScenarioLoad.Connect {
        let fields = node.flatMap {
            ScenarioFields($0, what: "`connect`", known: ["timeout", "max_pending"], problems: problems)
        }
        return ScenarioLoad.Connect(
            timeout: fields?["timeout"].flatMap { duration($0, "timeout", to: .seconds(3_600)) }
                ?? ScenarioLoad.Connect.defaultTimeout,
            maximumPending: fields?["max_pending"].flatMap {
                count($0, "max_pending", in: 1...ScenarioLoad.maximumConnections)
            } ?? ScenarioLoad.Connect.defaultMaximumPending)
    }

    // MARK: Stages

    private static let stageKeys = ["name", "connections", "over", "hold", "record", "messages"]
    private static let laterStageKeys = ["arrivals", "drop", "reconnect", "search"]

    private func stages(_ node: DocumentNode) -> [ScenarioLoad.Stage]? {
        guard let items = list(node, "stages", example: "[{ name: ramp, connections: 1k, over: 10s }]") else {
            return nil
        }
        guard !items.isEmpty else {
            return refuse(node, "`stages` is empty; write for example `[{ name: ramp, connections: 1k, over: 10s }]`")
        }
        guard items.count <= 100 else { return refuse(node, "there are more than 100 stages") }
        stageNodes = items
        var names: Set<String> = []
        let stages = items.map { stage($0, names: &names) }
        let read = stages.compactMap { $0 }
        guard read.count == stages.count else { return nil }
        if case .hold = read[0].population {
            problems.add(
                items[0].position,
                "the first stage holds a population that nothing has brought; begin with for example "
                    + "`{ name: ramp, connections: 1k, over: 10s }`")
        } else if !read.contains(where: \.bringsConnections) {
            problems.add(node.position, "no stage has any connections")
        }
        if !read.contains(where: \.isRecorded) {
            problems.add(node.position, "no stage is recorded, so the run would have no result")
        }
        return read
    }

    private func stage(_ node: DocumentNode, names: inout Set<String>) -> ScenarioLoad.Stage? {
        guard
            let fields = ScenarioFields(
                node, what: "a stage", known: Self.stageKeys, later: Self.laterStageKeys, problems: problems)
        else { return nil }
        let name = stageName(fields, names: &names)
        let population = self.population(fields)
        let isRecorded = fields["record"].flatMap { flag($0, "record") } ?? true
        let multiplier = fields["messages"].flatMap { self.multiplier($0, "messages") } ?? 1
        guard let name, let population else { return nil }
        return ScenarioLoad.Stage(
            name: name, population: population, isRecorded: isRecorded, messageMultiplier: multiplier)
    }

    private func stageName(_ fields: ScenarioFields, names: inout Set<String>) -> String? {
        guard let node = fields.required("name", in: "a stage", example: "steady", problems),
            let name = text(node, "name", example: "steady")
        else { return nil }
        guard Self.isName(name) else {
            return refuse(
                node,
                "`\(name)` is not a name; names begin with a letter and go on with letters, digits, `-` and `_`")
        }
        guard names.insert(name).inserted else { return refuse(node, "there are two stages named `\(name)`") }
        return name
    }

    private func population(_ fields: ScenarioFields) -> ScenarioLoad.Population? {
        switch (fields["connections"], fields["hold"]) {
        case (nil, nil):
            // What another key was meant to say has been reported there.
            if !(Self.laterStageKeys.contains(where: fields.has) || Self.stageKeys.contains(where: fields.isMisspelled))
            {
                problems.add(
                    fields.position,
                    "a stage needs `connections` and `over`, or `hold`; write for example `connections: 1k, over: 10s` "
                        + "or `hold: 30s`")
            }
            return nil
        case (.some(let node), nil):
            let connections = count(node, "connections", in: 0...ScenarioLoad.maximumConnections)
            let over = fields.required("over", in: "a stage with `connections`", example: "10s", problems)
                .flatMap { duration($0, "over", from: .zero) }
            guard let connections, let over else { return nil }
            return .ramp(connections: connections, over: over)
        case (nil, .some(let node)):
            if fields.has("over") {
                problems.add(fields.keyPosition("over"), "`over` goes with `connections`; `hold` has its own time")
            }
            return duration(node, "hold").map { .hold($0) }
        case (.some, .some):
            problems.add(
                fields.keyPosition("hold"),
                "a stage either moves to `connections` or holds them; make two stages of it")
            return nil
        }
    }
}

extension ScenarioLoad.Stage {
    fileprivate var bringsConnections: Bool {
        if case .ramp(let connections, _) = population { return connections > 0 }
        return false
    }
}
