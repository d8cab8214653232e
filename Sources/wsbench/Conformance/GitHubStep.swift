import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

/// A step of GitHub Actions: annotations on standard output, the job's summary, outputs for later steps.
struct GitHubStep {
    private let summary: String?
    private let outputs: String?

    /// Nil when this process is none.
    init?(environment: [String: String]) {
        guard environment["GITHUB_ACTIONS"] == "true" else { return nil }
        summary = environment["GITHUB_STEP_SUMMARY"]
        outputs = environment["GITHUB_OUTPUT"]
    }

    /// A file that cannot be written costs a line on standard error, not the run.
    func report(_ results: [ConformanceResult], page: String) {
        for line in GitHubReport.annotations(results) { print(line) }
        append(ConformanceMarkdown.render(results), to: summary)
        append(GitHubReport.outputs(results, report: page), to: outputs)
    }

    /// Appends, as the runner wants it: other commands of the step write there too.
    private func append(_ text: String, to path: String?) {
        guard let path, !path.isEmpty else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            printError("wsbench: cannot write \(path): \(String(cString: strerror(errno)))")
            return
        }
        do {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data(text.utf8))
        } catch {
            printError("wsbench: cannot write \(path): \(error.localizedDescription)")
        }
    }
}
