import ArgumentParser
import CommandLineSupport
import Reactor

/// Puts our client through every case of a fuzzing server of Autobahn|Testsuite; `make autobahn` runs it.
@main
enum Main {
    static func main() async { await runCommandLine(AutobahnClient.self) }
}

struct AutobahnClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "AutobahnClient",
        abstract: "Run every case of a fuzzing server of Autobahn|Testsuite on our client.",
        discussion: """
            The server knows which cases those are and judges them. Exit codes: 0 every case ran to its end, \
            1 a case had to be cut off, 2 bad usage, 3 the server cannot be reached or speaks nonsense.
            """)

    @Option(help: "Where the fuzzing server listens, for example ws://127.0.0.1:9002.")
    var url: String

    @Option(help: "Our name in its report: letters, digits, and `-`.")
    var agent = "client"

    @Option(help: "For wss: whose certificates to trust, instead of those of this system's authorities (PEM).")
    var ca: String?

    // Longer than the suite itself waits, but for 9.5 and 9.6: there a peer may take 1000 s, and ours takes none of it.
    @Option(help: "A case that has not ended after this long is cut off.", transform: parseDuration)
    var caseLimit: Duration = .seconds(600)

    func validate() throws {
        guard !agent.isEmpty, agent.utf8.allSatisfy({ $0.isAlphanumeric || $0 == UInt8(ascii: "-") }) else {
            throw ValidationError("--agent has letters, digits and `-` only")
        }
    }

    func run() async throws {
        let loop = try EventLoop.start(name: "client")
        defer { loop.stop() }
        let tls = try trusted()
        let server = FuzzingServer(url: url, agent: agent, loop: loop, tls: tls, limit: caseLimit)
        var cutOff: [String] = []
        do {
            let count = try await server.caseCount()
            for number in 1..<(count + 1) {
                let identifier = try await server.identifier(ofCase: number)
                let end = try await server.run(case: number, .offer(inCase: identifier))
                if end == .cutOff { cutOff.append(identifier) }
            }
            try await server.updateReports()
            print("\(count) cases run")
        } catch {
            throw CommandFailure(.unreachable, "\(url): \(error)")
        }
        guard cutOff.isEmpty else {
            throw CommandFailure(.failed, "cut off after \(caseLimit): \(cutOff.joined(separator: " "))")
        }
    }
}

extension AutobahnClient {
    /// Nil trusts the authorities of this system.
    private func trusted() throws -> TLSClientContext? {
        guard let ca else { return nil }
        var configuration = TLSClientConfiguration()
        configuration.trust = .authorities(.file(ca))
        do throws(TLSError) {
            return try TLSClientContext(configuration)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
