import Glibc

/// A process that the suite started, in a process group of its own, so that it can be ended with everything it started.
package final class ChildProcess {
    package struct StartError: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    package enum Exit: Sendable, Equatable, CustomStringConvertible {
        case status(Int32)
        case signal(Int32)

        package var description: String {
            switch self {
            case .status(let status): "ended with exit status \(status)"
            case .signal(let signal):
                "was killed by signal \(signal)\(strsignal(signal).map { " (\(String(cString: $0)))" } ?? "")"
            }
        }
    }

    package let processID: Int32
    /// How it ended; nil while it runs, as far as was looked (``hasEnded()``).
    package private(set) var exit: Exit?

    /// Starts `command` by the shell.
    ///
    /// - Parameters:
    ///   - command: a command line for `/bin/sh`; the shell replaces itself by it, so that ``processID`` is the command's.
    ///   - input, output, errors: descriptors for its standard streams; nil for `/dev/null`.
    package init(command: String, input: Int32?, output: Int32?, errors: Int32?) throws(StartError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, target) in [(input, Int32(0)), (output, 1), (errors, 2)] {
            if let descriptor {
                posix_spawn_file_actions_adddup2(&actions, descriptor, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0)
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that this process ignores or blocks must reach the child.
        var none = sigset_t()
        sigemptyset(&none)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = ["/bin/sh", "-c", "exec \(command)"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { (word: String) in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var processID: pid_t = 0
        let result = posix_spawn(&processID, "/bin/sh", &actions, &attributes, &arguments, environ)
        guard result == 0 else {
            throw StartError(description: "cannot start \(command): \(String(cString: strerror(result)))")
        }
        self.processID = processID
    }

    deinit { end() }

    /// Looks whether it still runs; remembers how it ended.
    package func hasEnded() -> Bool {
        guard exit == nil else { return true }
        var status: Int32 = 0
        var result = waitpid(processID, &status, WNOHANG)
        // A second at most: a large process takes some time to go, and is not to outlive the case that killed it.
        var patience = 1000
        while result == 0, patience > 0, ProcessFigures.isExiting(processID: processID) {
            patience -= 1
            usleep(1000)
            result = waitpid(processID, &status, WNOHANG)
        }
        if result == processID { exit = Self.exit(status) }
        if result < 0 && errno == ECHILD { exit = .status(-1) }
        return exit != nil
    }

    /// Ends it and everything it started: SIGTERM, and SIGKILL when it has not ended within `grace` seconds.
    package func end(grace: Double = 3) {
        var steps = Int(grace * 100)
        if !hasEnded() { kill(-processID, SIGTERM) }
        while steps > 0, !hasEnded() {
            steps -= 1
            usleep(10_000)
        }
        // What it left behind in its group, too.
        kill(-processID, SIGKILL)
        if !hasEnded() {
            var status: Int32 = 0
            waitpid(processID, &status, 0)
            exit = Self.exit(status)
        }
    }

    private static func exit(_ status: Int32) -> Exit {
        let signal = status & 0x7f
        return signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
    }
}
