import CLinux
import Glibc
import Reactor
import Subprocess
import Synchronization
import SystemPackage
import WebSocketTransport

/// Why a run could not be made, or ended before its time.
package enum LoadError: Error, Sendable, CustomStringConvertible {
    /// The scenario is right, but what it names is not there.
    case unusable(String)
    /// The server under test did not start, cannot be reached, or died.
    case unreachable(String)

    package var description: String {
        switch self {
        case .unusable(let text), .unreachable(let text): text
        }
    }
}

/// The server under test while it is needed: started before the load, ended after it.
struct ServerUnderTest: Sendable {
    /// The process to sample; nil when it is not ours and none was named.
    let pid: Int32?
    /// The command line, for the report; nil when nothing was started.
    let command: String?
    /// The process that we started; nil when the server is somebody else's.
    var started: Int32?
    /// What that process writes.
    var log: ServerLog?

    /// Whether the process that we started is gone, sampled or not.
    var hasEnded: Bool { started.map { !ProcessSampler(pid: $0).isAlive } ?? false }

    /// Runs `body` while the scenario's server runs.
    ///
    /// - Parameters:
    ///   - embedded: the command that runs this package's own server.
    ///   - interruption: ends the waiting for the server; `body` then runs without it.
    static func with<Value: Sendable>(
        _ scenario: Scenario, embedded: [String], interruption: LoadRun.Interruption,
        _ body: @escaping @Sendable (ServerUnderTest) async throws -> Value
    ) async throws -> Value {
        var named: Int32?
        if case .number(let pid) = scenario.server.sample?.process { named = pid }
        let words: [String]
        switch scenario.server.origin {
        case .external:
            let server = ServerUnderTest(pid: named, command: nil)
            try await server.waitUntilReady(scenario.server.ready, interruption)
            return try await body(server)
        case .embedded(let options):
            let url = scenario.target.url
            let host = url.host.contains(":") ? "[\(url.host)]" : url.host
            words =
                embedded + [
                    "--listen", "\(host):\(url.port)", "--loops", "\(options.loops)", "--max-message",
                    "\(options.maximumMessage)B", "--deflate", "\(options.deflate)",
                ]
        case .start(let command): words = command
        }
        return try await start(words, scenario, named: named, interruption, body)
    }

    private static func start<Value: Sendable>(
        _ words: [String], _ scenario: Scenario, named: Int32?, _ interruption: LoadRun.Interruption,
        _ body: @escaping @Sendable (ServerUnderTest) async throws -> Value
    ) async throws -> Value {
        try await refuseOccupied(scenario.server.ready)
        var options = PlatformOptions()
        // A group of its own: Ctrl-C is for us, and we end the server when we are done.
        options.processGroupID = 0
        let ending = [
            TeardownStep.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(10))
        ]
        options.teardownSequence = ending
        let log = ServerLog()
        let executable: Executable = words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0])
        let command = words.joined(separator: " ")
        do {
            let outcome = try await run(
                executable, arguments: Arguments(Array(words.dropFirst())), platformOptions: options,
                input: .none, output: .fileDescriptor(log.descriptor, closeAfterSpawningProcess: false),
                error: .fileDescriptor(log.descriptor, closeAfterSpawningProcess: false)
            ) { execution -> Result<Value, any Error> in
                let pid = Int32(execution.processIdentifier.value)
                let server = ServerUnderTest(
                    pid: named ?? pid, command: command, started: pid, log: log)
                interruption.serverStarted(pid)
                defer { interruption.serverEnded() }
                let result: Result<Value, any Error>
                do {
                    try await server.waitUntilReady(scenario.server.ready, interruption)
                    result = .success(try await body(server))
                } catch {
                    result = .failure(error)
                }
                await execution.teardown(using: ending)
                // What it has started itself and left behind. Its id is not given away before it is waited for.
                kill(-pid, SIGKILL)
                return result
            }
            return try outcome.closureResult.get()
        } catch let error as SubprocessError {
            throw LoadError.unreachable("cannot start the server `\(command)`: \(error)")
        }
    }

    // MARK: - Readiness

    private func waitUntilReady(_ ready: ScenarioServer.Ready, _ interruption: LoadRun.Interruption) async throws {
        guard case .tcp(let host, let port, let within) = ready else { return }
        let deadline = ContinuousClock.now + within
        let loop = try EventLoop.start(name: "ready")
        defer { loop.stop() }
        while !interruption.isRequested {
            if hasEnded {
                throw LoadError.unreachable("\(name) ended before it listened on \(host):\(port)\(log?.tail ?? "")")
            }
            if await Self.accepts(host: host, port: port, on: loop) { return }
            guard ContinuousClock.now < deadline else {
                throw LoadError.unreachable(
                    "\(name) did not listen on \(host):\(port) within \(within)\(log?.tail ?? "")")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private var name: String { command.map { "the server `\($0)`" } ?? "the server" }

    /// Refuses to start a server where another one listens already: the load would measure that one.
    private static func refuseOccupied(_ ready: ScenarioServer.Ready) async throws {
        guard case .tcp(let host, let port, _) = ready else { return }
        let loop = try EventLoop.start(name: "ready")
        defer { loop.stop() }
        guard await accepts(host: host, port: port, on: loop) else { return }
        throw LoadError.unusable(
            "something listens on \(host):\(port) already; end it, or choose another port for the server under test")
    }

    private static func accepts(host: String, port: UInt16, on loop: EventLoop) async -> Bool {
        await withCheckedContinuation { answered in
            loop.execute {
                let options = ConnectOptions(timeout: 1_000_000_000)
                Connector.connect(host: host, port: port, on: loop, options: options) { result in
                    if case .success(let descriptor) = result { close(descriptor) }
                    answered.resume(returning: (try? result.get()) != nil)
                }
            }
        }
    }
}

/// What the server under test writes: kept so that a failure can show its last lines.
final class ServerLog: Sendable {
    let descriptor: FileDescriptor
    private static let tailBytes = 2000
    /// What ``trim()`` leaves, in bytes.
    private static let keptBytes = 64 * 1024

    init() {
        // Without a file in memory the output goes nowhere, which only costs the excerpt.
        let memory = clinux_memory_file("server-log")
        descriptor = FileDescriptor(rawValue: memory >= 0 ? memory : open("/dev/null", O_WRONLY | O_CLOEXEC))
    }

    deinit { close(descriptor.rawValue) }

    /// Gives back the memory of all but the end: a server that logs every message must not fill the machine.
    func trim() {
        let end = lseek(descriptor.rawValue, 0, SEEK_END)
        let kept = off_t(Self.keptBytes)
        guard end > 2 * kept else { return }
        // A hole, because the server goes on writing where it is. What a hole begins with was given back before.
        _ = clinux_free_file_range(descriptor.rawValue, 0, end - kept)
    }

    /// Bytes of memory that the log takes.
    var heldBytes: Int {
        var status = stat()
        return fstat(descriptor.rawValue, &status) == 0 ? Int(status.st_blocks) * 512 : 0
    }

    /// The last lines, as the end of a message.
    var tail: String {
        let end = lseek(descriptor.rawValue, 0, SEEK_END)
        guard end > 0 else { return "" }
        let count = min(Int(end), Self.tailBytes)
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor.rawValue, &bytes, count, end - off_t(count))
        guard got > 0 else { return "" }
        return "; its last output:\n" + String(decoding: bytes[..<got], as: UTF8.self)
    }
}
