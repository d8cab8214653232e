import ArgumentParser
import CommandLineSupport

struct WSBench: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "wsbench",
        abstract: "Measure and test WebSocket servers and clients.",
        discussion: """
            Start here:
              wsbench run ws://127.0.0.1:9001/echo --connections 1k --rate 1/s --for 10s
              wsbench run Scenarios/quickstart.yaml
              wsbench check Scenarios/quickstart.yaml

            Exit codes: 0 passed · 1 a threshold was missed · 2 bad usage or scenario · 3 target unreachable or died ·
            4 internal error · 6 measurement invalid (the generator was the bottleneck) · 130 interrupted, 143 terminated.
            """,
        version: version,
        subcommands: [
            RunCommand.self, ConformanceCommand.self, CheckCommand.self, ReportCommand.self, DoctorCommand.self,
            EmbeddedServerCommand.self,
        ])
}

@main
enum Main {
    static func main() async { await runCommandLine(WSBench.self) }
}
