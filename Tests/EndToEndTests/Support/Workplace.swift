import Foundation
import Glibc
import TestSupport

/// A folder of a test, removed when it is over.
struct Workplace {
    let path: String

    static func with<Value>(_ body: (Workplace) async throws -> Value) async throws -> Value {
        var template = Array("/tmp/wsbench-test-XXXXXX".utf8CString)
        guard let folder = mkdtemp(&template) else { throw NotInTime(what: "a folder for the test") }
        let workplace = Workplace(path: String(cString: folder))
        defer { try? FileManager.default.removeItem(atPath: workplace.path) }
        return try await body(workplace)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }
}
