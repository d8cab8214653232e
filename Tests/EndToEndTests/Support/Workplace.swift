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

    /// A port on which nothing listens, for a moment at least.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard result == 0 else { throw NotInTime(what: "a free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
