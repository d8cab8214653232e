import ArgumentParser
import BenchResults
import CommandLineSupport
import WebSocketConformance

struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Test any WebSocket server or client against RFC 6455 and RFC 7692, and everything around them.",
        discussion: """
            A case has the id of a row in the catalogue of requirements, and a variant: F-012#text-rsv1. What it sends, what
            it accepts and what came back are in the report, octet by octet.

            Examples:
              wsbench conformance server ws://127.0.0.1:9001/echo
              wsbench conformance server ws://127.0.0.1:9001/echo --exec './my-server --port 9001' --strict
              wsbench conformance client --listen 127.0.0.1:9002
              wsbench conformance --list --coverage

            Exit codes:
              0    every result as expected
              1    an unexpected result
              2    bad usage or file, unknown id
              3    the system under test cannot be reached, or died for good
              4    internal error
              5    the selection matches no case
              6    the load of --under-load ended before the suite
              124  time budget used up
              130  interrupted, 143 terminated
            """,
        subcommands: [
            ConformanceServerCommand.self, ConformanceClientCommand.self, RenderCommand.self, CompareCommand.self,
            ExpectationsCommand.self, ListCommand.self,
        ],
        defaultSubcommand: ListCommand.self)
}

/// What `wsbench conformance` does without a subcommand. A command of its own, since a parent's options are also taken from
/// behind the name of its subcommands, where `--list` is another one.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The cases of the suite, and how much of the catalogue they cover.",
        shouldDisplay: false)

    @Flag(help: "List the cases, a line each: id, roles, level, title.")
    var list = false

    @Flag(
        help:
            "With --list: how many rows of the catalogue have cases, and which have none. Exit code 1 when one is missing."
    )
    var coverage = false

    @OptionGroup(title: "Which cases")
    var selection: SelectionOptions

    func validate() throws {
        if coverage && !list { throw ValidationError("--coverage goes with --list.") }
    }

    func run() async throws {
        guard list else { throw CleanExit.helpRequest(ConformanceCommand.self) }
        if coverage {
            let coverage = Coverage(of: Suite.cases)
            print(coverage.text)
            if !coverage.isComplete { throw ExitCode(ExitStatus.failed.rawValue) }
            return
        }
        let listed = try CaseRole.allCases.map { ($0, try selection.cases(for: $0)) }
        guard listed.contains(where: { !$0.1.isEmpty }) else {
            throw CommandFailure(.nothingSelected, "the selection matches no case")
        }
        for (role, cases) in listed {
            for one in cases { print(CaseListing.line(one, role: role)) }
        }
    }
}

/// One case as `--list` shows it.
enum CaseListing {
    static func line(_ one: Case, role: CaseRole) -> String {
        "\(role.rawValue)/\(one.group)/\(one.id)\t\(one.effectiveLevel.rawValue)\t\(one.phase.rawValue)\t\(one.title)"
    }
}
