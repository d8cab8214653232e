import Foundation
import Glibc
import Synchronization
import TestSupport

/// One of the package's executables, running. Three threads watch it: one for each of its outputs, one for its end.
final class Program: Sendable {
    /// How a program ended, and everything it said.
    struct Ending: Sendable {
        /// The exit code, or 128 and the signal's number.
        let status: Int32
        let output: String
        let errors: String

        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    private struct State {
        var output = Data()
        var errors = Data()
        var openStreams = 2
        var status: Int32?
        var waiters: [(isDone: @Sendable (State) -> Bool, resume: @Sendable () -> Void)] = []

        var hasEnded: Bool { status != nil && openStreams == 0 }
    }

    let pid: Int32
    private let state = Mutex(State())

    /// Runs `body` while the executable `name` runs; afterwards it does not run any more, whatever happened.
    static func with<Value>(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil,
        _ body: (Program) async throws -> Value
    ) async throws -> Value {
        let program = try Program(name, arguments, environment, folder)
        do {
            let value = try await body(program)
            program.kill()
            return value
        } catch {
            program.kill()
            throw error
        }
    }

    /// Runs the executable to its end.
    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
    ) async throws -> Ending {
        try await with(name, arguments, environment: environment, folder: folder) { try await $0.ending() }
    }

    /// Where the executables are: beside the test's own binary.
    static let folder: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().path
    }()

    private init(
        _ name: String, _ arguments: [String], _ environment: [String: String], _ folder: String?
    ) throws {
        // A known terminal and no inherited wishes: what the test says is what the program sees.
        var variables = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
        variables["LANG"] = "C.UTF-8"
        variables.merge(environment) { $1 }
        let child = try Spawned(path: "\(Self.folder)/\(name)", arguments, variables, folder)
        pid = child.pid
        watch(child.output) { $0.output.append($1) }
        watch(child.errors) { $0.errors.append($1) }
        Thread.detachNewThread { [self] in
            let status = Spawned.wait(for: pid)
            change { $0.status = status }
        }
    }

    private func watch(_ descriptor: Int32, _ append: @escaping @Sendable (inout State, Data) -> Void) {
        Thread.detachNewThread { [self] in
            var bytes = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(descriptor, &bytes, bytes.count)
                guard count > 0 else { break }
                let data = Data(bytes[..<count])
                change { append(&$0, data) }
            }
            close(descriptor)
            change { $0.openStreams -= 1 }
        }
    }

    /// Changes the state, then resumes those who waited for what it is now.
    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let waiters = state.waiters
            state.waiters = waiters.filter { !$0.isDone(state) }
            return waiters.filter { $0.isDone(state) }.map(\.resume)
        }
        for resume in ready { resume() }
    }

    private func wait(_ what: String, until isDone: @escaping @Sendable (State) -> Bool) async throws {
        do {
            try await bounded(what) { [self] in
                await withCheckedContinuation { continuation in
                    let isDoneAlready = state.withLock { state in
                        guard !isDone(state) else { return true }
                        state.waiters.append((isDone, { continuation.resume() }))
                        return false
                    }
                    if isDoneAlready { continuation.resume() }
                }
            }
        } catch let error as NotInTime {
            let (streams, status) = state.withLock { ($0.openStreams, $0.status) }
            throw NotInTime(
                what: "\(error.what); status \(status.map(String.init) ?? "none"), \(streams) outputs open, "
                    + "it said:\n\(said.output)\n\(said.errors)")
        }
    }

    /// What it has said so far.
    var said: (output: String, errors: String) {
        state.withLock { (String(decoding: $0.output, as: UTF8.self), String(decoding: $0.errors, as: UTF8.self)) }
    }

    /// Waits until it has said `text` on standard error.
    func saysOnErrors(_ text: String) async throws {
        try await wait("\"\(text)\" on standard error") {
            $0.hasEnded || String(decoding: $0.errors, as: UTF8.self).contains(text)
        }
        guard said.errors.contains(text) else {
            throw NotInTime(
                what: "\"\(text)\" on standard error before the end; it said:\n\(said.output)\n\(said.errors)")
        }
    }

    var hasEnded: Bool { state.withLock { $0.status != nil } }

    /// Waits for its end.
    func ending() async throws -> Ending {
        try await wait("the program's end") { $0.hasEnded }
        return state.withLock { state in
            Ending(
                status: state.status ?? -1, output: String(decoding: state.output, as: UTF8.self),
                errors: String(decoding: state.errors, as: UTF8.self))
        }
    }

    func signal(_ number: Int32) { _ = Glibc.kill(pid, number) }

    /// Its child processes.
    var children: [Int32] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.filter { candidate in
            guard let stat = FileManager.default.contents(atPath: "/proc/\(candidate)/stat") else { return false }
            let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && fields[0] != "Z" && Int32(fields[1]) == pid
        }
    }

    private func kill() {
        guard state.withLock({ $0.status == nil }) else { return }
        _ = Glibc.kill(pid, SIGKILL)
    }
}
