import Glibc
import Testing

@testable import WebSocketConformance

struct ChildProcessTests {
    /// The runner asks after every case, on the loop that all cases share.
    @Test("Whether a process that runs has ended is told after one look")
    func looksOnce() throws {
        let process = try ChildProcess(command: "sleep 60", input: nil, output: nil, errors: nil)
        let before = try #require(Self.readsOfThisThread())
        #expect(!process.hasEnded())
        let after = try #require(Self.readsOfThisThread())
        // Some of them count the reads.
        #expect(after - before < 20)
    }

    @Test(
        "How a process ended is told",
        arguments: [
            ("exit 0", ChildProcess.Exit.status(0)), ("exit 7", .status(7)), ("kill -KILL $$", .signal(SIGKILL)),
        ])
    func tellsHowItEnded(script: String, exit: ChildProcess.Exit) throws {
        let process = try ChildProcess(command: "sh -c '\(script)'", input: nil, output: nil, errors: nil)
        var information = siginfo_t()
        waitid(P_PID, id_t(process.processID), &information, WEXITED | WNOWAIT)
        #expect(process.hasEnded())
        #expect(process.exit == exit)
    }

    /// How often this thread has called read(2) so far (proc(5), /proc/pid/io).
    private static func readsOfThisThread() -> Int? {
        guard let file = fopen("/proc/thread-self/io", "r") else { return nil }
        defer { fclose(file) }
        var octets = [UInt8](repeating: 0, count: 4096)
        let count = fread(&octets, 1, octets.count, file)
        let lines = String(decoding: octets.prefix(count), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix("syscr: ") }.flatMap { Int($0.dropFirst(7)) }
    }
}
