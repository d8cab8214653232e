import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two conformance results: regressions, fixes, new cases.",
        discussion: """
            A regression is a case that broke nothing in the first result and breaks its requirement in the second.
            Whether a missed recommendation (SHOULD) breaks it, the second result decides: it does when that run was
            --strict. Cases that ran for the first time are named, failing or not, but are no regressions.

            Examples:
              wsbench conformance compare main/results.json conformance-report/results.json
              wsbench conformance compare main conformance-report --markdown comparison.md

            Exit codes: 0 no regression · 1 a regression · 2 a file that cannot be read.
            """)

    @Argument(help: "The earlier result: results.json, or its folder.", completion: .file(extensions: ["json"]))
    var before: String

    @Argument(help: "The later result.", completion: .file(extensions: ["json"]))
    var after: String

    @Option(help: "Write the comparison here, for a pull request.", completion: .file())
    var markdown: String?

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    func run() throws {
        let comparison = ConformanceComparison(
            before: try ConformanceResultArgument.read(before), after: try ConformanceResultArgument.read(after))
        if !quiet {
            let style = TerminalStyle(
                environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) != 0)
            print(comparison.text(style: style), terminator: "")
        }
        if let markdown {
            do throws(ResultFileError) {
                try WholeFile.write(comparison.markdown(), to: markdown)
            } catch {
                throw CommandFailure(.usage, "\(error)")
            }
        }
        if comparison.hasRegressions { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
