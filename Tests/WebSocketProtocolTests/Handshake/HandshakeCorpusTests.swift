import Glibc
import Testing

@testable import WebSocketProtocol

/// Inputs that once broke a handshake here or elsewhere; a fuzz finding becomes a file here, named after what it broke.
/// Files named `server-…` are requests, `client-…` responses to the key of RFC 6455 §1.3. Those that `make fuzz` added
/// for their coverage have other names, and may open something; FuzzEntriesTests replays them.
@Suite struct HandshakeCorpusTests {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/Fixtures/Fuzz/Handshake"

    private static let names: [String] = {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix("server-") || name.hasPrefix("client-") { names.append(name) }
        }
        return names.sorted()
    }()

    private static func contents(of name: String) throws -> [UInt8] {
        let file = try #require(fopen("\(folder)/\(name)", "rb"))
        defer { fclose(file) }
        var octets: [UInt8] = []
        var next = fgetc(file)
        while next != EOF {
            octets.append(UInt8(truncatingIfNeeded: next))
            next = fgetc(file)
        }
        return octets
    }

    @Test func `the corpus is there, for both roles`() {
        #expect(Self.names.contains { $0.hasPrefix("server-") })
        #expect(Self.names.contains { $0.hasPrefix("client-") })
    }

    @Test(arguments: names)
    func `a file of the corpus says the same whole and byte by byte, and opens nothing`(_ name: String) throws {
        let octets = try Self.contents(of: name)
        let isRequest = name.hasPrefix("server-")
        let run = try runEveryWay(octets) { try isRequest ? runServer($0) : runClient($0) }
        #expect(run.outcome.hasPrefix(isRequest ? "refuse" : "failed"), "\(run.outcome)")
    }
}
