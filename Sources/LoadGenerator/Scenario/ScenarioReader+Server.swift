import WebSocketTransport
import BenchResults

extension ScenarioReading {
    private static let serverKeys = ["embedded", "start", "ready", "sample"]

    /// - Parameter target: where the server is reached; nil when it could not be read.
    func server(_ node: DocumentNode?, target: ScenarioTarget?) -> ScenarioServer? {
        guard let node else { return ScenarioServer(origin: .external, ready: .immediately, sample: nil) }
        guard let fields = ScenarioFields(node, what: "`server`", known: Self.serverKeys, problems: problems) else {
            return nil
        }
        if fields.has("embedded"), fields.has("start") {
            problems.add(
                fields.keyPosition("start"), "`server` has both `embedded` and `start`; only one can be started")
        }
        let origin: ScenarioServer.Origin?
        if let embedded = fields["embedded"] {
            origin = self.embedded(embedded).map { .embedded($0) }
            if target?.isSecure == true {
                problems.add(
                    fields.keyPosition("embedded"),
                    "the embedded server has no certificate for `wss://`; `start` one that has "
                        + "(`wsserver echo --tls-cert FILE --tls-key FILE`)")
            }
        } else if let start = fields["start"] {
            origin = command(start).map { .start($0) }
        } else {
            origin = .external
        }
        let ready = self.ready(
            fields["ready"], isStarted: fields.has("embedded") || fields.has("start"), target: target)
        let sample = self.sample(fields["sample"], isStarted: fields.has("embedded") || fields.has("start"))
        guard let origin, let ready else { return nil }
        return ScenarioServer(origin: origin, ready: ready, sample: sample)
    }

    private func embedded(_ node: DocumentNode) -> ScenarioServer.Embedded? {
        guard let fields = ScenarioFields(node, what: "`embedded`", known: ["echo"], problems: problems),
            let echo = fields.required("echo", in: "`embedded`", example: "{}", problems),
            let options = ScenarioFields(
                echo, what: "`echo`", known: ["loops", "max_message", "deflate"], problems: problems)
        else { return nil }
        return ScenarioServer.Embedded(
            loops: options["loops"].flatMap { count($0, "loops", in: 1...256) } ?? ScenarioServer.Embedded.defaultLoops,
            maximumMessage: options["max_message"].flatMap { size($0, "max_message", in: 1...1 << 30) }
                ?? ScenarioServer.Embedded.defaultMaximumMessage,
            deflate: options["deflate"].flatMap(deflate) ?? .off)
    }

    /// One text that is split into words, or a list of words.
    private func command(_ node: DocumentNode) -> [String]? {
        let example = "./server --listen 127.0.0.1:9001"
        var words: [String] = []
        if case .list(let items) = node.content {
            for item in items {
                guard let word = text(item, "start", example: example) else { return nil }
                words.append(word)
            }
        } else {
            guard case .scalar(let scalar) = node.content, !node.isMissing else {
                return refuse(node, "`start` is a command, not \(node.phrase); write for example `start: \(example)`")
            }
            do {
                for word in try CommandWords.split(scalar.text) {
                    guard let expanded = expand(word, at: node) else { return nil }
                    words.append(expanded)
                }
            } catch {
                return refuse(node, error.message)
            }
        }
        guard let program = words.first, !program.isEmpty else {
            return refuse(node, "`start` names no program; write for example `start: \(example)`")
        }
        guard !words.contains(where: { $0.utf8.contains(0) }) else {
            return refuse(node, "`start` holds a NUL character, which no command can")
        }
        return words
    }

    private func ready(_ node: DocumentNode?, isStarted: Bool, target: ScenarioTarget?) -> ScenarioServer.Ready? {
        let defaultWithin = ScenarioServer.Ready.defaultWithin
        guard let node else {
            guard isStarted else { return .immediately }
            return target.map { .tcp(host: $0.url.host, port: $0.url.port, within: defaultWithin) }
        }
        if case .scalar = node.content {
            guard let word = text(node, "ready", example: "none") else { return nil }
            guard word == "none" else {
                return refuse(
                    node, "`ready` is `none` or for example `{ tcp: \"127.0.0.1:9001\", within: 10s }`, not `\(word)`")
            }
            return .immediately
        }
        guard let fields = ScenarioFields(node, what: "`ready`", known: ["tcp", "within"], problems: problems) else {
            return nil
        }
        let within = fields["within"].flatMap { duration($0, "within", to: .seconds(3_600)) } ?? defaultWithin
        guard let tcp = fields["tcp"] else {
            return target.map { .tcp(host: $0.url.host, port: $0.url.port, within: within) }
        }
        guard let address = text(tcp, "tcp", example: "\"127.0.0.1:9001\"") else { return nil }
        // The authority of a URL, whose port would have a default: here it has to be written.
        do throws(WebSocketURLError) {
            let url = try WebSocketURL("ws://\(address)/")
            guard address.hasSuffix(":\(url.port)") else {
                return refuse(tcp, "`tcp`: the port is missing in `\(address)`; write `\(address):9001`")
            }
            return .tcp(host: url.host, port: url.port, within: within)
        } catch {
            return refuse(tcp, "`tcp`: `\(address)` is no address (\(error)); write for example `127.0.0.1:9001`")
        }
    }

    /// A server that the scenario starts is sampled unless it says `sample: none`.
    private func sample(_ node: DocumentNode?, isStarted: Bool) -> ScenarioServer.Sample? {
        let all = ScenarioServer.Sample.Quantity.allCases
        let defaultEvery = ScenarioServer.Sample.defaultEvery
        guard let node else {
            return isStarted ? ScenarioServer.Sample(process: .started, every: defaultEvery, quantities: all) : nil
        }
        if case .scalar(let scalar) = node.content, scalar.text == "none" { return nil }
        guard
            let fields = ScenarioFields(
                node, what: "`sample`", known: ["pid", "every", "of"], later: ["also"], problems: problems)
        else { return nil }
        let every = fields["every"].flatMap { duration($0, "every", from: .milliseconds(10), to: .seconds(60)) }
        let quantities = fields["of"].flatMap { self.quantities($0) }
        guard let process = process(fields["pid"], isStarted: isStarted, at: node) else { return nil }
        return ScenarioServer.Sample(process: process, every: every ?? defaultEvery, quantities: quantities ?? all)
    }

    private func process(_ node: DocumentNode?, isStarted: Bool, at sample: DocumentNode)
        -> ScenarioServer.Sample.Process?
    {
        let text = node.map { self.text($0, "pid", example: "auto") } ?? "auto"
        guard let text else { return nil }
        guard text != "auto" else {
            guard isStarted else {
                return refuse(
                    node ?? sample,
                    "`pid: auto` is the process that `server` starts, but it starts none; write for example `pid: 4711`"
                )
            }
            return .started
        }
        guard let node, let number = integer(node, "pid", in: 1...UInt64(Int32.max), example: "4711") else {
            return nil
        }
        return .number(Int32(number))
    }

    private func quantities(_ node: DocumentNode) -> [ScenarioServer.Sample.Quantity]? {
        guard let items = list(node, "of", example: "[cpu, rss]") else { return nil }
        guard !items.isEmpty else { return refuse(node, "`of` is empty; to sample nothing write `sample: none`") }
        var quantities: [ScenarioServer.Sample.Quantity] = []
        for item in items {
            guard let quantity: ScenarioServer.Sample.Quantity = choice(item, "of") else { continue }
            guard !quantities.contains(quantity) else {
                problems.add(item.position, "`\(quantity.rawValue)` appears twice in `of`")
                continue
            }
            quantities.append(quantity)
        }
        return quantities
    }
}
