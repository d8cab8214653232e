import BenchResults

extension PageModel {
    init(_ result: RunResult) {
        let overview = RunOverview(result)
        let verdict = VerdictStory(result)
        let trust = GeneratorTrust(result, overview)
        let charts = PageCharts(result, overview)
        let remarks = result.remarks
        let steps = NextSteps.sentences(for: result, overview)
        let errors = result.errors.filter { $0.count > 0 }
        let latencies = Self.latencies(overview)
        let health = Self.health(overview)
        let closes = Self.closes(result)
        let server = charts.server()
        let memory = Self.memory(overview)
        self.init(
            tool: "\(result.tool.name) \(result.tool.version)", scenario: result.scenario.name,
            date: RunDescription.date(result.startedAt), length: QuantityText.elapsed(seconds: result.duration),
            question: result.scenario.question, tone: verdict.tone.rawValue, sign: Self.sign(verdict.tone),
            headline: verdict.headline, reason: HTMLText.sentence(verdict.reason),
            facts: Self.facts(result, overview),
            figures: KeyFigure.figures(of: result, overview).map {
                Figure(label: $0.label, value: $0.value, note: $0.note)
            },
            remarks: remarks.map(HTMLText.sentence), hasRemarks: !remarks.isEmpty,
            thresholdsLead: Self.thresholdsLead(result.verdict), thresholds: result.thresholds.map(Self.budget),
            hasThresholds: !result.thresholds.isEmpty,
            throughput: charts.throughput(),
            hasThroughput: !charts.throughput().isEmpty,
            latencyLead: Self.latencyLead(overview),
            omission: CoordinatedOmission.find(in: overview).map { HTMLText.sentence($0.explanation) },
            latencies: latencies, latency: charts.latency(), hasLatency: !latencies.isEmpty,
            serverLead: Self.serverLead(overview), memory: memory, server: server,
            hasServer: !server.isEmpty || memory != nil || overview.highest(MetricName.serverCPU) != nil,
            trust: HTMLText.sentence(trust.sentence), trustTone: trust.tone.rawValue, health: health,
            hasHealth: !health.isEmpty, validity: result.validity.map(Self.budget),
            hasValidity: !result.validity.isEmpty, generator: charts.generator(),
            stageColumns: Self.stageColumns(overview), stages: result.stages.map { Self.stage($0, overview) },
            hasStages: !result.stages.isEmpty,
            errors: errors.map { ErrorRow(kind: $0.kind, count: QuantityText.exact($0.count), example: $0.example) },
            hasErrors: !errors.isEmpty, closes: closes, hasCloses: !closes.isEmpty,
            steps: steps.map(HTMLText.sentence), hasSteps: !steps.isEmpty,
            command: RunDescription.command(result.command), machine: Self.machine(result),
            scenarioText: result.scenario.text.isEmpty ? nil : result.scenario.text)
    }

    private static func sign(_ tone: VerdictStory.Tone) -> String {
        switch tone {
        case .good: "✓"
        case .bad: "✗"
        case .doubtful: "!"
        }
    }

    private static func facts(_ result: RunResult, _ overview: RunOverview) -> [Fact] {
        let length =
            result.stages.isEmpty
            ? "nothing was measured"
            : "\(QuantityText.elapsed(seconds: result.duration)), of which "
                + "\(QuantityText.elapsed(seconds: overview.duration)) recorded"
        let scenario = result.scenario.file.map { "\($0), seed \(result.scenario.seed)" }
        return [
            Fact(
                label: "Target",
                value: "<code>\(HTMLText.escaped(result.target.url))</code>, "
                    + HTMLText.escaped(RunDescription.origin(result.target))),
            Fact(
                label: "Load",
                value: HTMLText.escaped(RunDescription.loadModel(result.scenario.loadModel))),
            Fact(label: "Length", value: length),
            Fact(
                label: "Scenario",
                value: HTMLText.escaped(scenario ?? "made from the command line, seed \(result.scenario.seed)")),
        ]
    }

    private static func thresholdsLead(_ verdict: RunResult.Verdict) -> String {
        switch verdict {
        case .invalid: "The measurement is invalid: these rows judge the generator, not the server."
        case .interrupted: "Judged by what was measured until the run was stopped."
        case .passed, .failed, .unreachable: "What the scenario asks of the server, and what was measured."
        }
    }

    private static func budget(_ row: RunResult.BudgetVerdict) -> Budget {
        Budget(
            tone: (row.passed ? VerdictStory.Tone.good : .bad).rawValue, result: row.passed ? "met" : "missed",
            condition: row.condition, measured: row.measuredText)
    }

    private static func latencyLead(_ overview: RunOverview) -> String {
        overview.latencyFamilies.isEmpty
            ? "How long the server took."
            : "How long until an answer came: from the <b>planned</b> time of its message, which is what users feel, "
                + "and from its <b>actual</b> write, which leaves out the wait for its turn."
    }

    private static func latencies(_ overview: RunOverview) -> [Latency] {
        let families = overview.latencyFamilies
        return overview.latencyNames.compactMap { name in
            guard let histogram = overview.latencies[name] else { return nil }
            let twin = families.contains { MetricName.actual($0) == name }
            return Latency(
                name: name, note: families.contains(name) ? "from planned time" : twin ? "from actual write" : "",
                cells: [50, 90, 99, 99.9, 100].map {
                    QuantityText.duration(nanoseconds: histogram.percentile($0))
                } + [QuantityText.duration(seconds: histogram.mean / 1e9), QuantityText.exact(histogram.count)])
        }
    }

    private static func serverLead(_ overview: RunOverview) -> String {
        let cpu = overview.mean(MetricName.serverCPU).map { "\(QuantityText.cores($0)) on average" }
        let cost = overview.serverCPUPerMessage.map {
            "\(QuantityText.duration(seconds: $0 * 1000)) of CPU for every 1,000 messages"
        }
        let rss = overview.highest(MetricName.serverRSS).map { "\(QuantityText.bytes($0)) of memory at most" }
        let facts = [cpu, cost, rss].compactMap { $0 }
        return facts.isEmpty ? "What the server’s process used." : "It used " + facts.joined(separator: ", ") + "."
    }

    private static func memory(_ overview: RunOverview) -> Memory? {
        guard let slope = overview.last(MetricName.serverRSSPerConnection) else { return nil }
        let kernel = overview.highest(MetricName.serverTCPMemory).map {
            " (\(QuantityText.bytes($0)) on this machine at most)"
        }
        return Memory(
            value: QuantityText.bytes(slope),
            explanation: "The slope of the server’s resident memory (RSS) over its connections while they were being "
                + "opened: what one more connection costs. Not memory divided by connections, which would charge the "
                + "program itself to them. Buffers that the kernel keeps for sockets\(kernel ?? "") are no part of RSS."
        )
    }

    private static func health(_ overview: RunOverview) -> [Health] {
        var rows: [Health] = []
        if let cpu = overview.highest(MetricName.generatorCPU) {
            rows.append(
                Health(
                    label: "CPU", value: QuantityText.percent(cpu),
                    note: "share of its event loops that was busy, in the busiest stage"))
        }
        if let lag = overview.latencies[MetricName.generatorLag] {
            rows.append(
                Health(
                    label: "Lag p99", value: QuantityText.duration(nanoseconds: lag.percentile(99)),
                    note: "from a message’s due time to its write, where nothing held it back"))
        }
        let counts = [
            (MetricName.messagesLate, "Held back", "messages that were due but waited for max_in_flight"),
            (MetricName.messagesUnanswered, "Unanswered", "messages still in flight when the run ended"),
        ]
        for (name, label, note) in counts where overview.counters[name] != nil {
            rows.append(Health(label: label, value: QuantityText.exact(overview.total(name)), note: note))
        }
        if let drops = overview.drops {
            rows.append(
                Health(label: "Dropped", value: QuantityText.count(drops), note: "messages the generator gave up"))
        }
        if let rss = overview.highest(MetricName.generatorRSS) {
            rows.append(Health(label: "Memory", value: QuantityText.bytes(rss), note: "its own RSS at most"))
        }
        if let slope = overview.last(MetricName.generatorRSSPerConnection) {
            rows.append(
                Health(
                    label: "Memory per connection", value: QuantityText.bytes(slope), note: "on the generator’s side"))
        }
        return rows
    }

    private static func stageColumns(_ overview: RunOverview) -> [String] {
        let latency = overview.latencyFamilies.first.map { ["\($0) p50", "\($0) p99"] } ?? []
        return ["From – to", "Connections", "Sent", "Received"] + latency + ["Errors", "Server CPU", "Server RSS"]
    }

    private static func stage(_ stage: RunResult.Stage, _ overview: RunOverview) -> Row {
        let rate = { (counter: String) in
            guard let count = stage.counters[counter], stage.duration > 0 else { return QuantityText.missing }
            return QuantityText.rate(Double(count) / stage.duration)
        }
        let value = { (name: String, text: (Double) -> String) in stage.value(name).map(text) ?? QuantityText.missing }
        let latency = overview.latencyFamilies.first.map { name in
            [50.0, 99].map { percent in
                guard let histogram = stage.latencies[name], !histogram.isEmpty else { return QuantityText.missing }
                return QuantityText.duration(nanoseconds: histogram.percentile(percent))
            }
        }
        let span = [stage.start, stage.end].map { QuantityText.decimal($0, places: 1) }.joined(separator: " – ")
        return Row(
            label: stage.name, note: stage.recorded ? nil : "not recorded",
            cells: [
                span + " s", value(MetricName.connections, QuantityText.count), rate(MetricName.messagesSent),
                rate(MetricName.messagesReceived),
            ] + (latency ?? []) + [
                QuantityText.exact(stage.errors), value(MetricName.serverCPU, QuantityText.cores),
                value(MetricName.serverRSS, QuantityText.bytes),
            ])
    }

    /// `1000 (2,000 times), 1006 (3 times)`.
    private static func closes(_ result: RunResult) -> String {
        var counts: [String: UInt64] = [:]
        for stage in result.stages {
            for (name, count) in stage.counters where name.hasPrefix(MetricName.closePrefix) && count > 0 {
                counts[String(name.dropFirst(MetricName.closePrefix.count)), default: 0].addSaturating(count)
            }
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.key) (\(QuantityText.exact($0.value)) times)" }
            .joined(separator: ", ")
    }

    private static func machine(_ result: RunResult) -> [Fact] {
        let plain = [
            ("Machine", RunDescription.machine(result.machine)), ("Tool", "\(result.tool.name) \(result.tool.version)"),
            ("Subprotocol", result.target.negotiatedSubprotocol ?? "none negotiated"),
            ("Extensions", result.target.negotiatedExtensions ?? "none negotiated"),
        ].map { Fact(label: $0.0, value: HTMLText.escaped($0.1)) }
        let server = result.target.serverCommand.map {
            [Fact(label: "Server", value: "<code>\(HTMLText.escaped($0))</code>")]
        }
        return plain + (server ?? [])
    }
}

extension RunOverview {
    /// Engines store drops as a value; a counter of the name counts too.
    var drops: Double? {
        counters[MetricName.generatorDrops].map(Double.init) ?? highest(MetricName.generatorDrops)
    }
}
