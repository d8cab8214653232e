import Foundation
import ProtocolReference
import Testing
import WebSocketProtocol

/// Replays `Tests/Fixtures/Fuzz/Frames`. The first octet of a file chooses the reader, the rest is its input:
/// bit 0 the client's role, bit 1 RSV1 allowed, bit 2 limits of 100 octets and 4 fragments.
@Suite struct FuzzCorpusTests {
    static let files: [URL] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = tests.appendingPathComponent("Fixtures/Fuzz/Frames")
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }
    }()

    @Test func `the corpus is there`() {
        #expect(Self.files.count >= 20)
    }

    @Test(arguments: files)
    func `a file of the corpus is read as the reference reads it, in every segmentation`(file: URL) throws {
        let octets = Array(try Data(contentsOf: file))
        let choice = try #require(octets.first)
        let role = choice & 1 == 0 ? Role.server : .client
        let reserved: UInt8 = choice & 2 == 0 ? 0 : 0x40
        let limits =
            choice & 4 == 0 ? MessageLimits() : MessageLimits(maximumMessageSize: 100, maximumFragments: 4)
        let input = Array(octets.dropFirst())
        let expected = ReferenceReader(role: role, limits: limits, reserved: reserved).read(input)
        for segmentation in Segmentation.all(input.count) {
            let received = read(input, as: role, limits: limits, reserved: reserved, segmentation)
            #expect(received == expected, "\(file.lastPathComponent), \(segmentation)")
        }
    }
}
