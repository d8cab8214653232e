import BenchReports
import BenchResults
import Foundation

/// A folder of thousands of small files, each whole or not at all.
///
/// Unlike ``WholeFile`` it does not wait until each is on the disk, which would take longer than the suite: what a
/// power cut may cost is all in results.json.
struct CaseFileFolder {
    let path: String

    func make() throws(ResultFileError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .notWritable(file: path, reason: error.localizedDescription)
        }
    }

    func write(_ text: String, as name: String) throws(ResultFileError) {
        let file = "\(path)/\(name)"
        let part = "\(file).\(getpid()).part"
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: part))
        } catch {
            throw .notWritable(file: file, reason: error.localizedDescription)
        }
        guard rename(part, file) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(part)
            throw .notWritable(file: file, reason: reason)
        }
    }
}
