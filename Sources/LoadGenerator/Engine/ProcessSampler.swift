import CLinux
import Glibc

/// What a process and the machine use at one moment.
struct ProcessSample: Sendable {
    /// Processor time since the process began, in nanoseconds; nil when the process is gone.
    var cpu: UInt64?
    /// Resident memory, in bytes.
    var rss: UInt64?
    var descriptors: UInt64?
}

/// Reads a process's use of resources from the kernel.
struct ProcessSampler: Sendable {
    let pid: Int32

    func sample() -> ProcessSample {
        ProcessSample(cpu: cpu(), rss: rss(), descriptors: descriptors())
    }

    /// Whether the process runs: a zombie does not.
    var isAlive: Bool {
        // The state follows the command's name, which is in parentheses and may hold anything.
        guard let stat = readSmallFile("/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else { return false }
        let state = stat[stat.index(after: name)...].first { $0 != " " }
        return state != "Z" && state != "X"
    }

    /// Nanosecond-exact, unlike the ticks of /proc/PID/stat.
    private func cpu() -> UInt64? {
        var clock = clockid_t()
        guard clock_getcpuclockid(pid, &clock) == 0 else { return nil }
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// From `smaps_rollup`, which counts pages; the cheaper counters of `statm` lag behind by some hundred KiB.
    private func rss() -> UInt64? {
        if let rollup = readSmallFile("/proc/\(pid)/smaps_rollup"), let kibibytes = number(after: "Rss:", in: rollup) {
            return kibibytes * 1024
        }
        guard let statm = readSmallFile("/proc/\(pid)/statm") else { return nil }
        let fields = statm.split(separator: " ")
        return fields.count > 1 ? UInt64(fields[1]).map { $0 * 4096 } : nil
    }

    private func descriptors() -> UInt64? {
        // Since Linux 6.2 the directory's size is the number of open descriptors.
        var status = stat()
        guard stat("/proc/\(pid)/fd", &status) == 0 else { return nil }
        if status.st_size > 0 { return UInt64(status.st_size) }
        guard let directory = opendir("/proc/\(pid)/fd") else { return nil }
        defer { closedir(directory) }
        var count: UInt64 = 0
        while readdir(directory) != nil { count += 1 }
        return count > 2 ? count - 2 : 0
    }
}

/// Memory that the kernel holds for all TCP sockets of the machine, in bytes.
func kernelTCPMemory() -> UInt64? {
    guard let text = readSmallFile("/proc/net/sockstat") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("TCP:") {
        return number(after: "mem", in: String(line)).map { $0 * 4096 }
    }
    return nil
}

/// The first number behind `label`.
private func number(after label: String, in text: String) -> UInt64? {
    guard let range = text.firstRange(of: label) else { return nil }
    let digits = text[range.upperBound...].drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber }
    return UInt64(digits)
}

/// The content of a file of the /proc file system; nil when it cannot be read.
func readSmallFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var content = [UInt8](repeating: 0, count: 64 * 1024)
    var length = 0
    while length < content.count {
        let count = content.withUnsafeMutableBytes { buffer in
            read(descriptor, buffer.baseAddress.map { $0 + length }, buffer.count - length)
        }
        guard count > 0 else { break }
        length += count
    }
    return length > 0 ? String(decoding: content[..<length], as: UTF8.self) : nil
}
