import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

/// The files that conformance results are written to, each whole or not at all.
enum ConformanceReportFiles {
    struct Written {
        var page: String?
    }

    static func write(_ results: [ConformanceResult], to folder: String) throws -> Written {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for result in results { try ConformanceResultFile.write(result, to: folder + "/results.json") }
        return Written(page: nil)
    }
}
