import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show the result of an earlier run: as text, as a page, or for a pull request.",
        discussion: "Example: wsbench report Reports/latest/run.json --html report.html")

    @Argument(help: "The result file that a run wrote (JSON).", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "Write the page here.", completion: .file())
    var html: String?

    @Option(help: "Write the short form for a pull request here.", completion: .file())
    var markdown: String?

    func run() throws {
        let result: RunResult
        do throws(ResultFileError) {
            result = try ResultFile.read(from: file)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        try ReportFiles(html: html, json: nil, markdown: markdown).write(result)
        let style = TerminalStyle(
            environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) != 0)
        print(Summary.text(result, report: html, style: style))
    }
}
