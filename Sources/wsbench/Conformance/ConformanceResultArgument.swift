import BenchReports
import BenchResults
import CommandLineSupport
import Foundation

/// Reads the results that commands are given.
enum ConformanceResultArgument {
    /// - Parameter path: a results.json, or the folder that it is in.
    /// - Throws: ``CommandFailure`` (2) that says what is wrong with the file.
    static func read(_ path: String) throws -> ConformanceResult {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        do throws(ResultFileError) {
            return try ConformanceResultFile.read(from: exists && isFolder.boolValue ? path + "/results.json" : path)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}
