import BenchResults

extension ScenarioReading {
    func thresholds(_ node: DocumentNode, _ stages: [String], _ metrics: BudgetMetrics) -> [ScenarioThreshold] {
        (list(node, "thresholds", example: "[rtt.p99 < 25ms in steady]") ?? []).compactMap {
            threshold($0, stages, metrics)
        }
    }

    private func threshold(_ node: DocumentNode, _ stages: [String], _ metrics: BudgetMetrics) -> ScenarioThreshold? {
        guard case .mapping = node.content else {
            return budget(node, "thresholds", stages, metrics).map { ScenarioThreshold(budget: $0, abortsAfter: nil) }
        }
        guard
            let fields = ScenarioFields(
                node, what: "a threshold", known: ["that", "after", "abort"], problems: problems)
        else { return nil }
        let budget = fields.required("that", in: "a threshold", example: "errors.rate < 0.1%", problems)
            .flatMap { self.budget($0, "that", stages, metrics) }
        let aborts = fields["abort"].flatMap { flag($0, "abort") } ?? false
        let after = fields["after"].flatMap { duration($0, "after", from: .zero) }
        if fields.has("after"), !aborts {
            problems.add(fields.keyPosition("after"), "`after` says when aborting may begin; it needs `abort: true`")
        }
        return budget.map { ScenarioThreshold(budget: $0, abortsAfter: aborts ? after ?? .zero : nil) }
    }

    func validity(_ node: DocumentNode, _ stages: [String], _ metrics: BudgetMetrics) -> [Budget] {
        (list(node, "valid_if", example: "[generator.cpu < 85%]") ?? []).compactMap {
            budget($0, "valid_if", stages, metrics)
        }
    }

    /// A generator with no core to spare delays what it measures. Only planned messages can be late, so the lag is a
    /// condition of open-loop runs alone.
    func defaultValidity(behaviours: [ScenarioBehaviour], _ metrics: BudgetMetrics) -> [Budget] {
        var conditions = ["generator.cpu < 85%"]
        if behaviours.contains(where: { $0.send?.drive.isOpen == true }) {
            conditions.append("generator.lag.p99 < 1ms")
        }
        return conditions.compactMap { try? Budget(parsing: $0, knownStages: [], knownMetrics: metrics) }
    }

    private func budget(_ node: DocumentNode, _ key: String, _ stages: [String], _ metrics: BudgetMetrics) -> Budget? {
        guard let text = text(node, key, example: "rtt.p99 < 25ms in steady") else { return nil }
        do {
            return try Budget(parsing: text, knownStages: stages, knownMetrics: metrics)
        } catch {
            let isStage = stages.contains(text)
            let message =
                isStage
                ? "`\(text)` is a stage, not a threshold; put the threshold with its commas in quotes" : error.message
            problems.add(
                node.position(ofCharacter: isStage ? 0 : error.offset, in: text), message, nearest: error.nearest,
                known: error.known)
            return nil
        }
    }

    /// When stages or behaviours are wrong, names in thresholds cannot be judged, but their form still can.
    func checkUnjudged(_ fields: ScenarioFields) {
        for key in ["thresholds", "valid_if"] {
            guard let node = fields[key] else { continue }
            for item in list(node, key, example: "[rtt.p99 < 25ms in steady]") ?? [] {
                guard case .mapping = item.content else { continue }
                _ = ScenarioFields(item, what: "a threshold", known: ["that", "after", "abort"], problems: problems)
            }
        }
    }
}

extension DocumentNode {
    /// The place of a character of this scalar's value; the scalar's own place where they cannot be told apart
    /// (variables were filled in, escapes, several lines).
    fileprivate func position(ofCharacter offset: Int, in value: String) -> SourcePosition {
        guard case .scalar(let scalar) = content, scalar.text == value,
            !value.contains(where: { $0.isNewline || $0 == "\\" || $0 == "'" })
        else { return position }
        let before = value.prefix(offset).unicodeScalars.count
        switch scalar.style {
        case .plain: return SourcePosition(line: position.line, column: position.column + before)
        case .quoted: return SourcePosition(line: position.line, column: position.column + 1 + before)
        case .block: return position
        }
    }
}

extension BudgetMetrics {
    /// What a run of these behaviours measures.
    init(behaviours: [ScenarioBehaviour], server: ScenarioServer, isSecure: Bool) {
        var latencies: [String] = []
        var unavailable: [String: String] = [:]
        for name in behaviours.compactMap(\.expect?.name) where !latencies.contains(name) {
            latencies += [name, "\(name).actual"]
        }
        for name in behaviours.compactMap(\.ping?.name) where !latencies.contains(name) { latencies.append(name) }
        for name in [ScenarioBehaviour.Expect.defaultName, ScenarioBehaviour.Ping.defaultName]
        where !latencies.contains(name) {
            unavailable[name] = "no behaviour of the mix records anything as `\(name)`"
        }
        if behaviours.contains(where: { $0.send?.drive.isOpen == true }) {
            latencies.append("generator.lag")
        } else {
            unavailable["generator.lag"] = "only messages with a `rate` have a planned time"
        }
        for quantity in ScenarioServer.Sample.Quantity.allCases
        where server.sample?.quantities.contains(quantity) != true {
            unavailable["server.\(quantity.rawValue)"] =
                server.sample == nil
                ? "`server` has no `sample`" : "`of` in `server.sample` lacks `\(quantity.rawValue)`"
        }
        if isSecure {
            latencies.append(MetricName.connectTLS)
        } else {
            unavailable[MetricName.connectTLS] = "`target` is not `wss://`"
        }
        self.init(latencies: latencies + BudgetMetrics.connectionLatencies, unavailable: unavailable)
    }
}
