import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation
import Reactor
import WebSocketConformance

struct ConformanceClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Test a WebSocket client that echoes every message.",
        discussion: """
            The suite listens, and the client comes. A client comes in one of two ways:

            By a harness, as those for Autobahn|Testsuite are: it asks for /getCaseCount, visits /runCase?case=N&agent=NAME
            for every N, echoing every message, and ends with /updateReports?agent=NAME. Existing harnesses run unchanged.

            By an adapter (--adapter), a program that reads commands (dial, send, close) on its standard input and reports
            events on its standard output, a JSON object a line. Only so can be tested what a client does with odd URLs,
            headers, certificates, and its own closes.

            Examples:
              wsbench conformance client --listen 127.0.0.1:9002
              wsbench conformance client --listen 127.0.0.1:0 --exec './harness {url}'
              wsbench conformance client --adapter './adapter' --strict
            """)

    @Option(help: "Where to listen: HOST:PORT or [IPV6]:PORT. Port 0 takes a free one.")
    var listen = "127.0.0.1:0"

    @Option(help: "Start the harness with this command; {url} in it becomes the URL to visit.")
    var exec: String?

    @Option(help: "Start the client's adapter with this command, and again after a crash.")
    var adapter: String?

    @Option(help: "Of a harness: how many clients with different names come.")
    var agents = 1

    @Option(
        help: "Of a harness: end the run when nothing has come for so long, for example 60s.", transform: parseDuration)
    var patience: Duration = .seconds(60)

    @Option(
        help: """
            Listen with TLS: the certificate with its chain (PEM). The client has to trust it; where that is OpenSSL's \
            affair, SSL_CERT_FILE=CHAIN in the environment does.
            """, completion: .file())
    var tlsCert: String?

    @Option(help: "The key of --tls-cert (PEM, not encrypted).", completion: .file())
    var tlsKey: String?

    @OptionGroup(title: "Which cases")
    var selection: SelectionOptions

    @OptionGroup(title: "How they run")
    var options: RunOptions

    func validate() throws {
        if exec != nil && adapter != nil { throw ValidationError("--exec and --adapter exclude each other.") }
        if options.retryUnexpected > 0 && exec == nil && adapter == nil {
            throw ValidationError(
                "--retry-unexpected goes with --exec or --adapter: a harness that comes by itself asks for a case once."
            )
        }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together.")
        }
        guard (1...100).contains(agents) else { throw ValidationError("--agents is a number from 1 to 100.") }
    }

    func run() async throws {
        let run = try ConformanceRun(options, selection, transport: tlsCert == nil ? "tcp" : "tls")
        let cases = try run.cases(for: .client)
        guard !options.list else {
            for one in cases { print(CaseListing.line(one, role: .client)) }
            return
        }
        let loop = try EventLoop.start(name: "conformance")
        defer { loop.stop() }
        let log = exec == nil && adapter == nil ? nil : try SubjectLog(folder: options.output)
        let progress = ConformanceProgress(total: cases.count * options.repetitions * agents, isQuiet: options.quiet)
        let capabilities = try options.readCapabilities()
        let suite = ClientSuite(
            loop: loop, driver: adapter.map { .adapter(command: $0) } ?? .harness(command: exec),
            capabilities: capabilities, settings: try settings(run, progress, log?.descriptor))
        let stop = StopReason()
        let watch = stop.watch(budget: options.timeBudget, stop: { await suite.stop($0) }, end: {})
        defer { watch.cancel() }
        let (started, clock) = (ConformanceRun.now(), ContinuousClock.now)
        let found: [ClientSuite.AgentOutcome]
        do {
            found = try await suite.run(cases)
        } catch let error as SubjectLost {
            throw CommandFailure(.unreachable, error.description)
        }
        progress.end()
        let results = found.map { one in
            run.result(
                one.outcome,
                subject: .init(
                    role: .client, agent: options.agent ?? one.agent ?? "client", location: listen,
                    transport: run.transport, capabilities: capabilities.names),
                started: started, duration: .now - clock)
        }
        guard !results.isEmpty else {
            throw CommandFailure(.unreachable, "no client came within \(patience); the reports would be empty")
        }
        try run.conclude(results, interruption: found.compactMap(\.outcome.interruption).first, stop: stop)
    }

    private func settings(
        _ run: ConformanceRun, _ progress: ConformanceProgress, _ log: Int32?
    ) throws -> ClientSuite.Settings {
        let address: ListenAddress
        do {
            address = try ListenAddress(listen)
        } catch {
            throw CommandFailure(.usage, "--listen: \(error)")
        }
        var settings = ClientSuite.Settings(address: address.socketAddress)
        settings.runner = run.settings(progress)
        settings.log = log
        settings.agents = agents
        settings.patience = patience / .seconds(1)
        settings.listening = { progress.say("listening at \($0), seed \(run.seed)") }
        if let tlsCert, let tlsKey {
            do {
                let credentials = TLSCredentials(certificateChain: .file(tlsCert), privateKey: .file(tlsKey))
                settings.tls = try TLSServerContext(TLSServerConfiguration(credentials: credentials))
            } catch {
                throw CommandFailure(.usage, "\(error)")
            }
        }
        return settings
    }
}
