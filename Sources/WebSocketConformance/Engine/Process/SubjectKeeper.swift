import Glibc
package import Reactor

/// Knows whether the system under test lives, and brings it back.
package protocol SubjectKeeper: Sendable {
    /// Its process, when the suite started it.
    var processID: Int32? { get }

    /// - Parameter afterConnectionFailed: whether the last attempt to connect was in vain.
    func hasDied(afterConnectionFailed: Bool) -> Bool

    /// How it died, for people; nil when nobody knows.
    var death: String? { get }

    /// Starts it again, or waits for whoever does.
    ///
    /// - Throws: ``SubjectLost`` when it does not come back.
    func bringBack() async throws
}

/// The system under test is not there, and does not come.
package struct SubjectLost: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// A server that is reached by connecting, and started here when there is a command for it.
///
/// `@unchecked Sendable`: its state is touched on the lane's loop, and before the runner begins.
package final class ServerKeeper: SubjectKeeper, @unchecked Sendable {
    private let server: ServerSubject
    private let loop: EventLoop
    private let command: String?
    private let log: Int32?
    private let patience: UInt64
    private var process: ChildProcess?

    /// - Parameters:
    ///   - command: starts it; nil when somebody else does.
    ///   - log: where its output goes; nil throws it away.
    ///   - patience: how long it may take until it accepts connections, in nanoseconds.
    package init(server: ServerSubject, loop: EventLoop, command: String?, log: Int32?, patience: UInt64) {
        self.server = server
        self.loop = loop
        self.command = command
        self.log = log
        self.patience = patience
    }

    package var processID: Int32? { process?.processID }

    package func hasDied(afterConnectionFailed: Bool) -> Bool {
        guard let process else { return afterConnectionFailed }
        return process.hasEnded()
    }

    package var death: String? { process?.exit.map { "the system under test \($0)" } }

    /// Starts it when there is a command, and waits until it accepts a connection.
    package func bringBack() async throws {
        if let command {
            process?.end()
            do {
                process = try ChildProcess(command: command, input: nil, output: log, errors: log)
            } catch {
                throw SubjectLost(error.description)
            }
        }
        let deadline = monotonicNanoseconds() &+ patience
        var reason = ""
        while monotonicNanoseconds() < deadline {
            if let process, process.hasEnded() {
                throw SubjectLost(
                    "\(command ?? "") \(process.exit?.description ?? "ended") before it accepted a connection")
            }
            switch await connect(until: deadline) {
            case nil: return
            case let error?: reason = error
            }
            try? await Task.sleep(nanoseconds: 50_000_000)
        }
        throw SubjectLost("\(server.authority) accepts no connection: \(reason)")
    }

    /// Ends what was started.
    package func end() { process?.end() }

    /// Returns why it did not come about.
    private func connect(until deadline: UInt64) async -> String? {
        let (host, port, loop) = (server.host, server.port, loop)
        let options = ConnectOptions(timeout: min(2_000_000_000, deadline &- min(deadline, monotonicNanoseconds())))
        return await withCheckedContinuation { continuation in
            loop.execute {
                Connector.connect(host: host, port: port, on: loop, options: options) { result in
                    switch result {
                    case .success(let descriptor):
                        close(descriptor)
                        continuation.resume(returning: nil)
                    case .failure(let error): continuation.resume(returning: error.description)
                    }
                }
            }
        }
    }
}
