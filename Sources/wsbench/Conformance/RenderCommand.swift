import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the reports of earlier conformance results, several side by side.",
        discussion: """
            Results are shown under their agents' names: give each run one with --agent. In the page every case has a
            column for each result; \"only differences\" leaves those that came out differently.

            Examples:
              wsbench conformance report conformance-report/results.json --output report
              wsbench conformance report ours/results.json websockets/results.json node-ws/results.json --output report

            Exit codes: 0 the reports are written, whatever they say · 2 a file that cannot be read or written.
            """)

    @Argument(help: "Results: results.json, or its folder.", completion: .file(extensions: ["json"]))
    var results: [String]

    @Option(help: "Where the reports go.", completion: .directory)
    var output = "conformance-report"

    @Flag(help: "Leave out the wire logs of cases that broke nothing: the page is much smaller.")
    var omitPassingWire = false

    func run() throws {
        let results = try results.map(ConformanceResultArgument.read)
        let written = try ConformanceReportFiles.write(
            results, to: output, options: .init(keepsWireOfPassing: !omitPassingWire))
        let style = TerminalStyle(
            environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) != 0)
        for result in results {
            print(ConformanceSummary.text(result, report: written.page, style: style), terminator: "")
        }
    }
}
