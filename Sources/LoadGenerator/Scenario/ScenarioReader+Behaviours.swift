import BenchResults

extension ScenarioReading {
    // MARK: Payloads

    private static let payloadKinds = ["text", "random", "ndjson"]

    /// In the file's order. One that cannot be read keeps its place as nil, so that references to it are not reported.
    func payloads(_ node: DocumentNode, folder: String) -> [ScenarioPayload?] {
        namedPayloads = []
        var payloads: [ScenarioPayload?] = []
        for entry in named(node, "payloads", example: "{ hello: { text: \"hello\" } }") ?? [] {
            namedPayloads.append(entry.key)
            payloads.append(payload(entry, folder: folder))
        }
        return payloads
    }

    private func payload(_ entry: DocumentNode.Entry, folder: String) -> ScenarioPayload? {
        let what = "the payload `\(entry.key)`"
        guard
            let fields = ScenarioFields(
                entry.value, what: what, known: Self.payloadKinds + ["compressibility", "type", "pick"],
                later: ["fragment"], problems: problems)
        else { return nil }
        let kinds = Self.payloadKinds.filter(fields.has)
        guard kinds.count == 1 else {
            return refuse(
                entry.value,
                kinds.isEmpty
                    ? "\(what) needs one of `text`, `random` and `ndjson`; write for example `random: 512B`"
                    : "\(what) has \(kinds.quotedList), but it can be only one of them")
        }
        refuse(["compressibility", "type"], unless: "random", in: fields)
        refuse(["pick"], unless: "ndjson", in: fields)
        let content: ScenarioPayload.Content?
        if let text = fields["text"] {
            content = fixedText(text).map { .text($0) }
        } else if let random = fields["random"] {
            content = self.random(random, fields)
        } else {
            let pick: ScenarioPayload.Pick = fields["pick"].flatMap { choice($0, "pick") } ?? .sequential
            content = fields["ndjson"].flatMap { path($0, "ndjson", example: "corpus/chat.ndjson") }
                .map { .corpus(path: $0.hasPrefix("/") ? $0 : folder + $0, pick: pick) }
        }
        return content.map { ScenarioPayload(name: entry.key, content: $0) }
    }

    private func refuse(_ keys: [String], unless owner: String, in fields: ScenarioFields) {
        for key in keys where fields.has(key) && !fields.has(owner) {
            problems.add(fields.keyPosition(key), "`\(key)` only goes with `\(owner)`")
        }
    }

    private enum MessageType: String, CaseIterable {
        case binary
        case text
    }

    private func random(_ node: DocumentNode, _ fields: ScenarioFields) -> ScenarioPayload.Content? {
        let compressibility = fields["compressibility"].flatMap { share($0, "compressibility") } ?? 0
        let type: MessageType = fields["type"].flatMap { choice($0, "type") } ?? .binary
        if case .mapping = node.content {
            return refuse(node, "this version does not have sizes that vary yet; write for example `random: 512B`")
        }
        return size(node, "random", in: 0...ScenarioPayload.maximumBytes)
            .map { .random(bytes: $0, compressibility: compressibility, isText: type == .text) }
    }

    /// A fixed text may be empty, so only a missing one is refused.
    private func fixedText(_ node: DocumentNode) -> String? { text(node, "text", example: "\"hello\"") }

    // MARK: Behaviours

    private static let behaviourKeys = ["send", "expect", "ping"]
    private static let laterBehaviourKeys = ["on_open", "publish", "receive", "read", "may_close", "like"]

    /// Nil when no behaviour could be read.
    func behaviours(_ node: DocumentNode, payloads: inout [ScenarioPayload?]) -> [ScenarioBehaviour]? {
        guard let entries = named(node, "behaviours", example: "{ idle: {} }") else { return nil }
        guard !entries.isEmpty else { return refuse(node, "`behaviours` is empty; write for example `idle: {}`") }
        guard entries.count <= 64 else { return refuse(node, "there are more than 64 behaviours") }
        let behaviours = entries.map { behaviour($0, payloads: &payloads) }
        let read = behaviours.compactMap { $0 }
        checkMetricNames(read, entries)
        return read.count == behaviours.count ? read : nil
    }

    private func behaviour(_ entry: DocumentNode.Entry, payloads: inout [ScenarioPayload?]) -> ScenarioBehaviour? {
        let what = "the behaviour `\(entry.key)`"
        guard
            let fields = ScenarioFields(
                entry.value, what: what, known: Self.behaviourKeys, later: Self.laterBehaviourKeys, problems: problems)
        else { return nil }
        if let node = fields["expect"], !fields.has("send") {
            problems.add(node.position, "\(what) has `expect` without `send`; only a message sent can be answered")
        }
        let expect = fields["expect"].flatMap(expect)
        let send = fields["send"].flatMap {
            self.send($0, behaviour: entry.key, hasExpect: fields.has("expect"), payloads: &payloads)
        }
        let ping = fields["ping"].flatMap(ping)
        // What was written but could not be read has been reported.
        guard (send != nil) == fields.has("send"), (expect != nil) == fields.has("expect"),
            (ping != nil) == fields.has("ping")
        else { return nil }
        return ScenarioBehaviour(name: entry.key, send: send, expect: expect, ping: ping)
    }

    private func send(
        _ node: DocumentNode, behaviour: String, hasExpect: Bool, payloads: inout [ScenarioPayload?]
    ) -> ScenarioBehaviour.Send? {
        guard
            let fields = ScenarioFields(
                node, what: "`send`", known: ["payload", "text", "rate", "arrivals", "closed", "max_in_flight"],
                later: ["every"], problems: problems)
        else { return nil }
        let payload = self.payload(of: fields, behaviour: behaviour, payloads: &payloads)
        let drive = self.drive(fields, hasExpect: hasExpect)
        guard let payload, let drive else { return nil }
        return ScenarioBehaviour.Send(payload: payload, drive: drive)
    }

    private func payload(of fields: ScenarioFields, behaviour: String, payloads: inout [ScenarioPayload?]) -> Int? {
        if let text = fields["text"] {
            if fields.has("payload") {
                problems.add(
                    fields.keyPosition("text"), "`send` has both `payload` and `text`; it sends only one of them")
            }
            guard let fixed = fixedText(text) else { return nil }
            payloads.append(ScenarioPayload(name: "\(behaviour).text", content: .text(fixed)))
            return payloads.count - 1
        }
        guard let node = fields["payload"] else {
            if fields.isMisspelled("payload") || fields.isMisspelled("text") { return nil }
            problems.add(fields.position, "`send` needs `payload` or `text`; write for example `text: \"hello\"`")
            return nil
        }
        guard let name = text(node, "payload", example: namedPayloads.first ?? "hello") else { return nil }
        guard let index = namedPayloads.firstIndex(of: name) else {
            problems.addUnknown("payload", name, at: node.position, known: namedPayloads)
            return nil
        }
        return index
    }

    private func drive(_ fields: ScenarioFields, hasExpect: Bool) -> ScenarioBehaviour.Drive? {
        if let closed = fields["closed"] {
            for key in ["rate", "arrivals", "max_in_flight"] where fields.has(key) {
                problems.add(
                    fields.keyPosition(key),
                    "`\(key)` does not go with `closed`: the replies decide when messages leave")
            }
            if !hasExpect {
                problems.add(
                    fields.keyPosition("closed"),
                    "`closed` needs `expect`, since a reply triggers the next message; "
                        + "write for example `expect: { reply: identical }`")
            }
            guard let inner = ScenarioFields(closed, what: "`closed`", known: ["in_flight"], problems: problems) else {
                return nil
            }
            return inner.required("in_flight", in: "`closed`", example: "1", problems)
                .flatMap { count($0, "in_flight", in: 1...65_536) }.map { .closed(inFlight: $0) }
        }
        let process: ArrivalProcess = fields["arrivals"].flatMap { choice($0, "arrivals") } ?? .even
        var inFlight = ScenarioBehaviour.Drive.defaultMaximumInFlight
        if let node = fields["max_in_flight"] {
            if !hasExpect {
                problems.add(
                    fields.keyPosition("max_in_flight"),
                    "`max_in_flight` needs `expect`: without it no message is ever answered")
            }
            inFlight = count(node, "max_in_flight", in: 1...65_536) ?? inFlight
        }
        guard let node = fields["rate"] else {
            if fields.isMisspelled("rate") || fields.isMisspelled("closed") || fields.has("every") { return nil }
            problems.add(
                fields.position,
                "`send` needs `rate` or `closed`; write for example `rate: 2/s` or `closed: { in_flight: 1 }`")
            return nil
        }
        return rate(node, "rate").map { .open(perSecond: $0, process: process, maximumInFlight: inFlight) }
    }

    private func expect(_ node: DocumentNode) -> ScenarioBehaviour.Expect? {
        guard
            let fields = ScenarioFields(
                node, what: "`expect`", known: ["reply", "within", "as"], later: ["where", "capture"],
                problems: problems)
        else { return nil }
        // A `where` has been refused already; then a missing `reply` is no news.
        guard !fields.has("where") || fields.has("reply") else { return nil }
        let reply: ScenarioBehaviour.Expect.Reply? = fields.required(
            "reply", in: "`expect`", example: "identical", problems
        ).flatMap { choice($0, "reply") }
        let within = fields["within"].flatMap { duration($0, "within", to: .seconds(3_600)) }
        let name = fields["as"].flatMap { metricName($0) }
        guard let reply else { return nil }
        return ScenarioBehaviour.Expect(
            reply: reply, within: within ?? ScenarioBehaviour.Expect.defaultWithin,
            name: name ?? ScenarioBehaviour.Expect.defaultName)
    }

    private func ping(_ node: DocumentNode) -> ScenarioBehaviour.Ping? {
        guard
            let fields = ScenarioFields(node, what: "`ping`", known: ["every", "within", "as"], problems: problems)
        else { return nil }
        let every = fields.required("every", in: "`ping`", example: "25s", problems)
            .flatMap { duration($0, "every", from: .milliseconds(10)) }
        let within = fields["within"].flatMap { duration($0, "within", to: .seconds(3_600)) }
        let name = fields["as"].flatMap { metricName($0) }
        guard let every else { return nil }
        return ScenarioBehaviour.Ping(
            every: every, within: within ?? ScenarioBehaviour.Ping.defaultWithin,
            name: name ?? ScenarioBehaviour.Ping.defaultName)
    }

    // MARK: Metric names

    /// First words of metrics that the tool itself measures.
    private static let reservedMetrics = [
        "connect", "connections", "generator", "server", "messages", "errors", "bytes", "close", "fanout", "ratio",
        "recovered", "storm", "baseline",
    ]

    private func metricName(_ node: DocumentNode) -> String? {
        guard let name = text(node, "as", example: "rtt") else { return nil }
        guard Self.isName(name) else {
            return refuse(node, "`\(name)` is not a metric's name; write for example `as: rtt`")
        }
        guard !Self.reservedMetrics.contains(name) else {
            return refuse(node, "`\(name)` is a metric of the tool itself; choose another name, for example `as: rtt`")
        }
        return name
    }

    /// A reply and a ping are different things, so they may not be recorded as one.
    private func checkMetricNames(_ behaviours: [ScenarioBehaviour], _ entries: [DocumentNode.Entry]) {
        let replies = Set(behaviours.compactMap(\.expect?.name))
        for behaviour in behaviours {
            guard let name = behaviour.ping?.name, replies.contains(name),
                let entry = entries.first(where: { $0.key == behaviour.name })
            else { continue }
            problems.add(
                entry.keyPosition,
                "the behaviour `\(behaviour.name)` records its pings as `\(name)`, which are replies elsewhere")
        }
    }
}
