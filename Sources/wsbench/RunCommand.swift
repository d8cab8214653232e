import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation
import LoadGenerator

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario file, or a simple load against a URL.",
        discussion: """
            With a URL the options below make the scenario; it is printed, so that you can save it and go on from there.

            Examples:
              wsbench run Scenarios/quickstart.yaml
              wsbench run ws://127.0.0.1:9001/echo --connections 1k --rate 1/s --for 10s
              wsbench run ws://127.0.0.1:9001/echo --connections 100 --in-flight 1 --for 5s    (closed loop)
              wsbench run wss://127.0.0.1:9001/echo --ca ca.pem --for 5s

            Ctrl-C ends the run early; the report is still written, and says so.
            """)

    @Argument(help: "A scenario file (YAML or JSON), or a URL that begins with ws:// or wss://.")
    var target: String

    @Option(help: "With a URL: clients at once, for example 1k.")
    var connections: String?

    @Option(help: "With a URL: messages of each client, for example 2/s.")
    var rate: String?

    @Option(help: "With a URL: instead of --rate, so many messages of each client are always on their way.")
    var inFlight: String?

    @Option(name: .customLong("for"), help: "With a URL: how long, after the ramp, for example 10s.")
    var duration: String?

    @Option(help: "With a URL: how long the clients take to connect, for example 5s.")
    var ramp: String?

    @Option(help: "With a URL: the size of a message, for example 1KiB.")
    var size: String?

    @Option(
        help: "With a URL: what to offer of permessage-deflate: off, shared, or dedicated[:WINDOWBITS[:MEMORYLEVEL]].")
    var deflate: String?

    @Option(
        help: "With a wss:// URL: trust these certificates (PEM) instead of the system's authorities.",
        completion: .file())
    var ca: String?

    @Flag(help: "With a wss:// URL: trust any server.")
    var insecure = false

    @Option(help: "With a wss:// URL: the clients' certificate with its chain (PEM).", completion: .file())
    var clientCert: String?

    @Option(help: "With a wss:// URL: the key of --client-cert (PEM, not encrypted).", completion: .file())
    var clientKey: String?

    @Option(help: "With a URL: the source of all randomness; the same seed plans the same messages.")
    var seed: String?

    @Option(help: "Write the report page here, instead of where the scenario says.", completion: .file())
    var html: String?

    @Option(help: "Write the result here as JSON, instead of where the scenario says.", completion: .file())
    var json: String?

    @Option(help: "Write a short report for a pull request here.", completion: .file())
    var markdown: String?

    @Option(help: "Event loops of the generator, each with a thread. Default: one fewer than the machine has cores.")
    var loops: Int?

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    private var isURL: Bool { target.contains("://") }

    func validate() throws {
        let forURLs = [
            ("--connections", connections), ("--rate", rate), ("--in-flight", inFlight), ("--for", duration),
            ("--ramp", ramp), ("--size", size), ("--deflate", deflate), ("--seed", seed),
            ("--ca", ca), ("--insecure", insecure ? "true" : nil), ("--client-cert", clientCert),
            ("--client-key", clientKey),
        ].filter { $0.1 != nil }.map(\.0)
        if !isURL, let first = forURLs.first {
            throw ValidationError("\(first) goes with a URL; a scenario file says so itself.")
        }
        if rate != nil && inFlight != nil {
            throw ValidationError("--rate (open loop) and --in-flight (closed loop) exclude each other.")
        }
        if ca != nil && insecure { throw ValidationError("--ca and --insecure exclude each other.") }
        guard (clientCert == nil) == (clientKey == nil) else {
            throw ValidationError("--client-cert and --client-key belong together.")
        }
        if let loops, loops < 1 || loops > 256 { throw ValidationError("--loops is a number from 1 to 256.") }
    }

    func run() async throws {
        let source = try readSource()
        let interruption = LoadRun.Interruption()
        let display = ProgressDisplay(isQuiet: quiet)
        let signals = SignalWatch(interruption, display)
        let watching = Task { await signals.run() }
        defer { watching.cancel() }
        let files = ReportFiles(
            html: html ?? source.scenario.outputs.html, json: json ?? source.scenario.outputs.json, markdown: markdown)
        display.begin()
        let result: RunResult
        do {
            let run = LoadRun(source.scenario, options: options(for: source))
            result = try await run.run(interruption: interruption) { display.show($0) }
            display.end()
        } catch let error as LoadError {
            display.end()
            switch error {
            case .unusable(let text): throw CommandFailure(.usage, text)
            case .unreachable(let text): throw CommandFailure(.unreachable, text)
            }
        } catch {
            display.end()
            throw error
        }
        // A page that cannot be written must not take the result with it.
        let written = Result { try files.write(result) }
        let page = (try? written.get()).flatMap { files.html }
        if !quiet { print(Summary.text(result, report: page, style: display.summaryStyle)) }
        try written.get()
        throw ExitCode(Self.status(of: result.verdict, after: signals).rawValue)
    }

    private func readSource() throws -> ScenarioSource {
        guard isURL else { return try ScenarioSource(file: target) }
        var options = ScenarioText.Options(url: target)
        if let connections { options.connections = connections }
        if let rate { options.drive = .rate(rate) }
        if let inFlight { options.drive = .inFlight(inFlight) }
        if let duration { options.duration = duration }
        if let ramp { options.ramp = ramp }
        if let size { options.size = size }
        options.seed = seed
        options.deflate = deflate
        options.tls = [
            ("ca", ca), ("insecure", insecure ? "true" : nil), ("certificate", clientCert), ("key", clientKey),
        ].compactMap { key, value in value.map { .init(key: key, value: $0) } }
        let source = try ScenarioSource(options)
        if !quiet { print(source.text) }
        return source
    }

    private func options(for source: ScenarioSource) -> LoadRun.Options {
        let executable = Bundle.main.executablePath ?? CommandLine.arguments[0]
        return LoadRun.Options(
            loops: loops ?? max(1, ProcessInfo.processInfo.activeProcessorCount - 1),
            embeddedServer: [executable, "embedded-server", "--parent", "\(getpid())"],
            command: CommandLine.arguments, toolVersion: WSBench.version,
            text: source.text, file: source.file)
    }

    private static func status(of verdict: RunResult.Verdict, after signals: SignalWatch) -> ExitStatus {
        switch verdict {
        case .passed: .passed
        case .failed: .failed
        case .invalid: .invalid
        case .unreachable: .unreachable
        case .interrupted: signals.status
        }
    }
}
