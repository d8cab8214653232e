import CLinux
import Glibc
import TestSupport

/// A child process with pipes on its outputs and nothing on its input.
struct Spawned {
    let pid: Int32
    /// Read ends; the owner closes them.
    let output: Int32
    let errors: Int32

    init(path: String, _ arguments: [String], _ environment: [String: String], _ folder: String?) throws {
        let (output, errors) = (try Self.makePipe(), try Self.makePipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
        // Whatever this process does with signals: the child begins with the defaults, and with none held back.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        // `env` changes the folder and then becomes the program, with the same id.
        let command = folder.map { ["/usr/bin/env", "-C", $0, path] } ?? [path]
        var words = (command + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, command[0], &actions, &attributes, &words, &variables)
        close(output.write)
        close(errors.write)
        guard result == 0 else {
            close(output.read)
            close(errors.read)
            throw NotInTime(what: "the start of \(path): \(String(cString: strerror(result)))")
        }
        pid = child
        self.output = output.read
        self.errors = errors.read
    }

    private static func makePipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw NotInTime(what: "a pipe") }
        return (ends[0], ends[1])
    }

    /// Waits for the end of a child: its exit code, or 128 and the signal's number.
    static func wait(for pid: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return clinux_exit_status(status)
    }
}
