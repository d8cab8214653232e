import Glibc

/// What the kernel tells of a process (proc(5)).
package struct ProcessFigures: Sendable, Equatable {
    /// Octets of memory that it occupies.
    package var residentOctets: Int
    package var openDescriptors: Int
    /// Processor time of all its threads so far, in nanoseconds (a multiple of the clock tick, 10 ms).
    package var processorTime: UInt64

    /// nil when there is no such process, or it is not ours to look at.
    package init?(processID: Int32) {
        guard let memory = Self.words(of: "/proc/\(processID)/statm"), memory.count > 1, let pages = Int(memory[1]),
            let status = Self.words(of: "/proc/\(processID)/stat", after: ")"), status.count > 12,
            let user = UInt64(status[11]), let system = UInt64(status[12])
        else { return nil }
        residentOctets = pages &* Int(sysconf(Int32(_SC_PAGESIZE)))
        processorTime = (user &+ system) &* (1_000_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK)))))
        openDescriptors = Self.entries(of: "/proc/\(processID)/fd")
    }

    /// Whether the process is on its way out: its connections are closed a moment before its parent is told.
    static func isExiting(processID: Int32) -> Bool {
        guard let status = words(of: "/proc/\(processID)/stat", after: ")"), status.count > 6 else { return false }
        let isExitingFlag: UInt32 = 4  // PF_EXITING
        return status[0] == "Z" || status[0] == "X" || (UInt32(status[6]) ?? 0) & isExitingFlag != 0
    }

    /// The words of a file of proc(5), behind the last `mark` where one is given; nil when it cannot be read.
    static func words(of path: String, after mark: Character? = nil) -> [Substring]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var octets = [UInt8](repeating: 0, count: 4096)
        let count = fread(&octets, 1, octets.count, file)
        let text = String(decoding: octets.prefix(count), as: UTF8.self)
        // The command's name stands in parentheses and may hold spaces.
        let rest = mark.flatMap { text.lastIndex(of: $0) }.map { text[text.index(after: $0)...] } ?? text[...]
        return rest.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
    }

    private static func entries(of path: String) -> Int {
        guard let directory = opendir(path) else { return 0 }
        defer { closedir(directory) }
        var count = -2  // `.` and `..`.
        while readdir(directory) != nil { count += 1 }
        return max(0, count)
    }
}
