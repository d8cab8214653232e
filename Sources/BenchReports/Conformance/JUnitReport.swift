package import BenchResults

/// Results as `junit.xml`, in what Jenkins, GitLab, Azure, Buildkite and the reporters of GitHub all read.
///
/// A suite for each group. What was expected to fail is skipped with its reason, an error is only a crash, and names
/// never change between runs: the history of a test is kept under its class name and name. There is no `file` and `line`:
/// CI systems look for them in the repository under test, where the catalogue is not.
package enum JUnitReport {
    /// Of all wire logs together, in octets of UTF-8: CI systems refuse files that are too large, and then show nothing.
    private static let wireLimit = 16 * 1024 * 1024

    package static func render(_ results: [ConformanceResult]) -> String {
        let labels = AgentLabels.labels(for: results)
        var suites = ""
        var all = Counts()
        var seconds = 0
        var wireRoom = wireLimit
        for (offset, result) in results.enumerated() {
            seconds = seconds.addingClamped(max(0, result.duration))
            var names: Set<String> = []
            for (number, group) in result.groups.enumerated() {
                // Several runs in one file need class names of their own.
                let run = results.count > 1 ? "\(AutobahnReport.clean(labels[offset]))." : ""
                let suite = Suite(
                    result: result, group: group.name, cases: group.cases, number: number,
                    className: "wsbench.\(run)\(result.subject.role.rawValue).\(group.name)")
                suites += suite.text(&names, &wireRoom)
                all.add(suite.counts)
            }
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<testsuites name=\"wsbench conformance\" \(all.attributes) time=\"\(time(seconds))\">\n\(suites)</testsuites>\n"
    }

    /// Seconds with a decimal point, of milliseconds.
    static func time(_ milliseconds: Int) -> String {
        let (seconds, rest) = max(0, milliseconds).quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest)
        return "\(seconds).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
    }

    struct Counts {
        var tests = 0
        var failures = 0
        var errors = 0
        var skipped = 0

        mutating func add(_ other: Counts) {
            tests += other.tests
            failures += other.failures
            errors += other.errors
            skipped += other.skipped
        }

        var attributes: String {
            "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\""
        }
    }

    private struct Suite {
        let result: ConformanceResult
        let group: String
        let cases: [CaseResult]
        let number: Int
        let className: String

        var counts: Counts {
            var counts = Counts(tests: cases.count)
            for found in cases {
                switch JUnitCase.Outcome(found, isStrict: result.settings.strict) {
                case .failed: counts.failures += 1
                case .died: counts.errors += 1
                case .skipped: counts.skipped += 1
                case .passed: break
                }
            }
            return counts
        }

        func text(_ names: inout Set<String>, _ wireRoom: inout Int) -> String {
            let properties = [
                ("tool", "\(result.tool.name) \(result.tool.version)"), ("seed", "\(result.settings.seed)"),
                ("agent", result.subject.agent), ("role", result.subject.role.rawValue),
                ("location", result.subject.location), ("transport", result.subject.transport),
                ("strict", "\(result.settings.strict)"),
            ].map { "<property name=\"\($0)\" value=\"\(XMLText.attribute($1))\"/>\n" }.joined()
            let duration = cases.reduce(0) { $0.addingClamped(max(0, $1.duration)) }
            let head = [
                ("name", GroupName.title(group)), ("id", "\(number)"), ("timestamp", result.started),
                ("hostname", host),
            ].map { "\($0)=\"\(XMLText.attribute($1))\"" }.joined(separator: " ")
            let tests = cases.map { found in
                var name = "\(found.id) \(found.title)"
                if !names.insert("\(className) \(name)").inserted { name += " again" }
                let text = JUnitCase(
                    found, name: name, className: className, isStrict: result.settings.strict,
                    showsWire: wireRoom > 0
                ).text
                wireRoom -= text.utf8.count
                return text
            }
            return "<testsuite \(head) \(counts.attributes) time=\"\(JUnitReport.time(duration))\">\n"
                + "<properties>\n\(properties)</properties>\n" + tests.joined() + "</testsuite>\n"
        }

        /// Where the system under test is: `127.0.0.1` of `ws://127.0.0.1:9001/echo`.
        private var host: String {
            let afterScheme = result.subject.location.split(separator: "/").first { !$0.hasSuffix(":") } ?? "localhost"
            return String(afterScheme.split(separator: ":").first ?? "localhost")
        }
    }
}
