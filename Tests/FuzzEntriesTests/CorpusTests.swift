import FoundationEssentials
import FuzzEntries
import Testing

/// Replays `Tests/Fixtures/Fuzz`: what fuzzing found once, and what takes a reader through all of its code.
@Suite struct `the fuzz corpus` {
    struct File: CustomTestStringConvertible, Sendable {
        let entry: FuzzEntry
        let name: String

        var testDescription: String { "\(entry.folder)/\(name)" }
        var path: String { "\(`the fuzz corpus`.root)/\(entry.folder)/\(name)" }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/Fuzz").path

    private static let files = FuzzEntry.allCases.flatMap { entry in
        names(in: "\(root)/\(entry.folder)").map { File(entry: entry, name: $0) }
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test func `has a folder for each entry and no other`() {
        let expected = FuzzEntry.allCases.map(\.folder).sorted()
        #expect(Self.names(in: Self.root) == expected)
        for entry in FuzzEntry.allCases {
            #expect(Self.files.contains { $0.entry == entry }, "\(entry.folder) is empty")
        }
    }

    @Test func `stays small`() throws {
        let sizes = try Self.files.map { try Data(contentsOf: URL(filePath: $0.path)).count }
        #expect(sizes.reduce(0, +) < 300 << 10)
    }

    @Test(arguments: files) func `breaks nothing`(_ file: File) throws {
        let octets = [UInt8](try Data(contentsOf: URL(filePath: file.path)))
        try file.entry.run(octets)
    }

    @Test(arguments: FuzzEntry.allCases) func `may be empty`(_ entry: FuzzEntry) throws { try entry.run([]) }
}
