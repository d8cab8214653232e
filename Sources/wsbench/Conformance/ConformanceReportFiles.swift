import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

/// The files that conformance results are written to, each whole or not at all.
///
/// `results.json` for this tool, `report.html` for people, `junit.xml`, `summary.md`, `badge.json` and `badge.svg` for CI
/// systems, and in `autobahn/` what Autobahn|Testsuite would have written. Several results share the files; each has a
/// `results-AGENT.json` of its own then.
enum ConformanceReportFiles {
    struct Written {
        /// Where the page is; nil when it could not be written.
        var page: String?
    }

    struct Options {
        /// Whether cases that broke nothing keep their wire log, in the page and in results.json.
        var keepsWireOfPassing = true
    }

    /// Writes everything that can be written, then fails for what cannot.
    ///
    /// In a step of GitHub Actions it annotates the run as well (``GitHubStep``).
    ///
    /// - Throws: ``CommandFailure`` (2) naming the first file that cannot be written.
    @discardableResult
    static func write(
        _ results: [ConformanceResult], to folder: String, options: Options = Options()
    ) throws -> Written {
        var failure: ResultFileError?
        var written = Written()
        func attempt(_ write: () throws(ResultFileError) -> Void) {
            do throws(ResultFileError) {
                try write()
            } catch {
                failure = failure ?? error
            }
        }
        func attempt(_ name: String, _ text: () -> String) {
            attempt { () throws(ResultFileError) in try WholeFile.write(text(), to: "\(folder)/\(name)") }
        }
        let fileOptions = ConformanceResultFile.Options(keepsWireOfPassing: options.keepsWireOfPassing)
        for (result, name) in zip(results, AutobahnReport.fileNames(for: results)) {
            let file = results.count == 1 ? "results.json" : "results-\(name).json"
            attempt { () throws(ResultFileError) in
                try ConformanceResultFile.write(result, to: "\(folder)/\(file)", options: fileOptions)
            }
        }
        attempt("junit.xml") { JUnitReport.render(results) }
        attempt("summary.md") { ConformanceMarkdown.render(results) }
        let badge = ConformanceBadge(results)
        attempt("badge.json") { badge.json }
        attempt("badge.svg") { badge.svg }
        let page = "\(folder)/report.html"
        attempt { () throws(ResultFileError) in
            try WholeFile.write(
                ConformancePage.render(results, options: .init(keepsWireOfPassing: options.keepsWireOfPassing)),
                to: page)
            written.page = page
        }
        let cases = CaseFileFolder(path: "\(folder)/autobahn")
        attempt { () throws(ResultFileError) in try cases.make() }
        AutobahnReport.forEachFile(of: results) { file in
            attempt { () throws(ResultFileError) in try cases.write(file.text, as: file.name) }
        }
        GitHubStep(environment: ProcessInfo.processInfo.environment)?.report(results, page: page)
        if let failure { throw CommandFailure(.usage, "\(failure)") }
        return written
    }
}
