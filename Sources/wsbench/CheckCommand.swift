import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation
import LoadGenerator

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a scenario file and print what it will do, without connecting anywhere.",
        discussion: "Exit codes: 0 the scenario can be run, 2 it cannot; every problem is named with line and column.")

    @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var file: String

    func run() throws {
        let source = try ScenarioSource(file: file)
        let machine = Plan.Machine(
            portsPerAddress: LocalPorts.quicklyFound,
            descriptorLimit: Int(clamping: RunResult.Machine.current.descriptorLimit))
        let style = TerminalStyle(
            environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) != 0)
        print(PlanText.render(Plan(source.scenario, machine: machine), usesUnicode: style.unicode))
    }
}
