package import BenchResults
import CLinux
import Glibc

extension RunResult.Machine {
    /// The machine this process runs on.
    package static var current: RunResult.Machine {
        var soft: UInt64 = 0
        var hard: UInt64 = 0
        _ = clinux_descriptor_limit(&soft, &hard)
        return RunResult.Machine(
            cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            processor: processorName ?? "unknown processor",
            kernel: (readSmallFile("/proc/sys/kernel/osrelease") ?? "unknown").trimmed,
            memory: UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES)))) &* UInt64(max(0, sysconf(Int32(_SC_PAGESIZE)))),
            descriptorLimit: hard)
    }

    private static var processorName: String? {
        guard let text = readSmallFile("/proc/cpuinfo") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("model name") {
            return line.split(separator: ":", maxSplits: 1).last.map { String($0).trimmed }
        }
        return nil
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop { $0.isWhitespace })
    }
}
