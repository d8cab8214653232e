import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation
import Reactor
import WebSocketConformance
import WebSocketProtocol

struct ConformanceServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Test a WebSocket server that echoes every message.",
        discussion: """
            The URL is an endpoint that sends every message back. What else the server offers (a path with a message
            limit, one that checks the origin, and so on) stands in a capability file; cases that need what is not
            declared are skipped, with the reason.

            Examples:
              wsbench conformance server ws://127.0.0.1:9001/echo
              wsbench conformance server ws://127.0.0.1:9001/echo --only 'D-*' --strict
              wsbench conformance server ws://127.0.0.1:9001/echo --exec 'wsserver echo --listen 127.0.0.1:9001' \\
                --capabilities Scenarios/conformance/capabilities/wsserver.yaml
            """)

    @Argument(help: "The URL of the echo endpoint: ws://… or wss://….")
    var url: String

    @Option(
        help:
            "Start the server with this command, watch it, start it again after a crash; the case that killed it is named."
    )
    var exec: String?

    @Option(
        help: """
            How long the server may take until it accepts connections. Default: 30s for one that --exec starts, or that \
            died during the run; one that somebody else started has to be there.
            """, transform: parseDuration)
    var startTimeout: Duration?

    @Option(
        help: "With wss://: trust these certificates (PEM) instead of the system's authorities.", completion: .file())
    var ca: String?

    @Flag(help: "With wss://: trust any server.")
    var insecure = false

    @Option(
        help: "Run the suite while this load scenario holds its connections; the verdicts must stay the same.",
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var underLoad: String?

    @Option(
        help: """
            Instead of running cases, send what those of this results.json sent once more, octet for octet, and show what \
            comes back; choose them with --only.
            """, completion: .file(extensions: ["json"]))
    var replay: String?

    @OptionGroup(title: "Which cases")
    var selection: SelectionOptions

    @OptionGroup(title: "How they run")
    var options: RunOptions

    func validate() throws {
        if ca != nil && insecure { throw ValidationError("--ca and --insecure exclude each other.") }
    }

    func run() async throws {
        let address = try parsedURL()
        let run = try ConformanceRun(options, selection, transport: address.isSecure ? "tls" : "tcp")
        let cases = try run.cases(for: .server)
        guard !options.list else {
            for one in cases { print(CaseListing.line(one, role: .server)) }
            return
        }
        var capabilities = try options.readCapabilities()
        if address.isSecure { capabilities.features.insert(.tls) }
        if exec != nil {
            capabilities.features.insert(.process)
            if underLoad == nil { capabilities.features.insert(.restart) }
        }
        let configuration = try tls(address)
        let context: TLSClientContext?
        do {
            context = try configuration.map { try TLSClientContext($0) }
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        let server = ServerSubject(
            host: address.host, port: address.port, target: address.requestTarget, tls: context,
            tlsConfiguration: configuration)
        try await test(server, run, cases, capabilities)
    }

    private func test(
        _ server: ServerSubject, _ run: ConformanceRun, _ cases: [Case], _ capabilities: Capabilities
    ) async throws {
        let loop = try EventLoop.start(name: "conformance")
        defer { loop.stop() }
        let log = exec == nil ? nil : try SubjectLog(folder: options.output)
        let keeper = ServerKeeper(
            server: server, loop: loop, command: exec, log: log?.descriptor,
            patience: (startTimeout ?? .seconds(30)).nanoseconds)
        defer { keeper.end() }
        let progress = ConformanceProgress(total: cases.count * options.repetitions, isQuiet: options.quiet)
        let runner = SuiteRunner(
            loop: loop, capabilities: capabilities, settings: run.settings(progress), keeper: keeper
        ) { .server(server) }
        let stop = StopReason()
        let watch = stop.watch(budget: options.timeBudget, stop: { await runner.stop($0) }, end: { keeper.end() })
        defer { watch.cancel() }
        let found: ServerFinding
        do {
            if exec != nil || startTimeout != nil {
                let waiting = progress.sayLater("waiting for \(url) to accept connections")
                defer { waiting.cancel() }
                try await keeper.bringBack()
            }
            found = try await runner.look(at: server)
        } catch let error as SubjectLost {
            throw CommandFailure(.unreachable, error.description)
        }
        if let replay { return try await replayCases(of: replay, by: runner) }
        let load = try underLoad.map { try BackgroundLoad(scenario: $0) }
        if let load { progress.say("\(try await load.start()) connections stand") }
        progress.say("\(cases.count) cases, seed \(run.seed)")
        let (started, clock) = (ConformanceRun.now(), ContinuousClock.now)
        var outcome = await runner.run(cases)
        progress.end()
        if let load {
            if load.isOver, outcome.interruption == nil {
                stop.end(with: .invalid)
                outcome.interruption = .stopped(
                    "the load ended before the suite did: its connections were lost, or its last stage needs a longer `hold`"
                )
            }
            let held = await load.stop()
            progress.say("the load ended with \(held.map { RunOverview($0).errors } ?? 0) errors")
        }
        let subject = ConformanceResult.Subject(
            role: .server, agent: options.agent ?? found.software ?? url, location: url, transport: run.transport,
            capabilities: capabilities.names)
        let result = run.result(outcome, subject: subject, started: started, duration: .now - clock)
        keeper.end()
        try run.conclude([result], interruption: outcome.interruption, stop: stop)
    }

    /// Sends recorded octets once more.
    private func replayCases(of file: String, by runner: SuiteRunner) async throws {
        let recorded: ConformanceResult
        do throws(ResultFileError) {
            recorded = try ConformanceResultFile.read(from: file)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        let chosen = recorded.cases.filter { found in
            found.wire != nil
                && (selection.only.isEmpty
                    || selection.only.contains { CasePattern($0).matches(found) || $0 == found.group })
        }
        guard !chosen.isEmpty else {
            throw CommandFailure(.nothingSelected, "\(file) holds no octets of a chosen case")
        }
        for found in chosen {
            print("\(found.id): \(found.title), \(found.verdict.rawValue) when it was recorded")
            do {
                print(WireText.text(try await runner.replay(found.wire ?? WireLog())))
            } catch let error as SubjectLost {
                throw CommandFailure(.unreachable, "\(found.id): \(error.description)")
            }
        }
    }

    private func parsedURL() throws -> WebSocketURL {
        do {
            return try WebSocketURL(url)
        } catch {
            throw CommandFailure(.usage, "\(url): \(error)")
        }
    }

    private func tls(_ address: WebSocketURL) throws -> TLSClientConfiguration? {
        guard address.isSecure else {
            if ca != nil || insecure { throw CommandFailure(.usage, "--ca and --insecure go with a wss:// URL") }
            return nil
        }
        var configuration = TLSClientConfiguration()
        if let ca { configuration.trust = .authorities(.file(ca)) }
        if insecure { configuration.trust = .insecure }
        // Every case is a connection like the first.
        configuration.resumptionCapacity = 0
        return configuration
    }
}

/// Where the output of the system under test goes: `subject.log` beside the reports.
final class SubjectLog {
    let descriptor: Int32

    init(folder: String) throws {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/subject.log"
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CommandFailure(.usage, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }
}
