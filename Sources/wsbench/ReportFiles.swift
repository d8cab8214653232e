import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

/// The files that a result is written to, each whole or not at all.
struct ReportFiles {
    var html: String?
    var json: String?
    var markdown: String?

    /// - Throws: ``CommandFailure`` (2) naming the file that cannot be written.
    func write(_ result: RunResult) throws {
        do throws(ResultFileError) {
            if let json { try ResultFile.write(result, to: prepared(json)) }
            if let html { try WholeFile.write(HTMLReport.render(result), to: prepared(html)) }
            if let markdown { try WholeFile.write(MarkdownReport.render(result), to: prepared(markdown)) }
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    /// Makes the file's folder; when that fails, writing the file tells why.
    private func prepared(_ path: String) -> String {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return path
    }
}
