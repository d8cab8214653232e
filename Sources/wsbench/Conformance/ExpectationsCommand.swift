import ArgumentParser
import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

struct ExpectationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expectations",
        abstract: "Look after the file of what is known of a system under test.",
        discussion: """
            A text file, one line for a case or for many: the id (with * and ?), a verdict or several, conditions, the last
            day on which the line counts, and always the reason. The last line that speaks of a case counts.

              F-022#declared-1mib  FAIL,TIMEOUT  role=server  transport=tls  until 2027-03-01  # waits for the payload
              C-0?4                NON-STRICT                                                  # answers 1000 to all
              L-014                DISABLED                                                    # hangs the server

            Verdicts: \(CaseVerdict.allCases.map(\.rawValue).joined(separator: ", ")).
            """,
        subcommands: [UpdateCommand.self])

    struct UpdateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update",
            abstract: "Bring the file up to date with results.",
            discussion: """
                Keeps comments and the order of lines, drops lines that are stale, and adds one for everything that is
                unexpected now, with the reason \"\(Expectations.unreviewed)…\": look at them before you commit the file.
                What a run left out (--only, --shard) loses no line.

                Example: wsbench conformance expectations update conformance-report/results.json --file expectations.txt

                Exit codes: 0 the file is up to date · 2 a file that cannot be read or written.
                """)

        @Argument(help: "Results: results.json, or its folder.", completion: .file(extensions: ["json"]))
        var results: [String]

        @Option(help: "The expectations file; made when there is none.", completion: .file())
        var file: String

        func run() throws {
            guard let today = CalendarDate(Date.now.formatted(.iso8601)) else {
                throw CommandFailure(.internalError, "this machine's clock shows no date of our calendar")
            }
            let results = try results.map(ConformanceResultArgument.read)
            let old = FileManager.default.fileExists(atPath: file) ? try read() : ""
            var text = old
            for result in results {
                let expectations = try parse(text)
                var copy = result
                for stale in expectations.apply(to: &copy, today: today, strict: result.settings.strict) {
                    print(stale.description)
                }
                text = expectations.updated(from: result, today: today)
            }
            report(try parse(old), try parse(text))
            guard text != old else { return }
            do throws(ResultFileError) {
                try WholeFile.write(text, to: file)
            } catch {
                throw CommandFailure(.usage, "\(error)")
            }
        }

        private func report(_ old: Expectations, _ new: Expectations) {
            let lines = { (expectations: Expectations) in
                Set(expectations.lines.map { "\($0.pattern) \($0.outcome) \($0.reason)" })
            }
            let (before, after) = (lines(old), lines(new))
            let (added, dropped) = (after.subtracting(before).count, before.subtracting(after).count)
            print("\(file): \(new.lines.count) lines, \(added) added or changed, \(dropped) dropped or changed")
        }

        private func read() throws -> String {
            do {
                return try String(contentsOfFile: file, encoding: .utf8)
            } catch {
                throw CommandFailure(.usage, "cannot read \(file): \(error.localizedDescription)")
            }
        }

        private func parse(_ text: String) throws -> Expectations {
            do throws(ExpectationsError) {
                return try Expectations(parsing: text, file: file)
            } catch {
                throw CommandFailure(.usage, error.description)
            }
        }
    }
}
