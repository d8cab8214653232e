import Glibc

/// How much memory a process takes at most from now on.
struct PeakMemory {
    private let processID: Int32
    private let before: Int

    /// nil when there is no such process, or it is not ours to look at.
    init?(processID: Int32) {
        self.processID = processID
        // Sets the peak to what is taken now (proc(5), clear_refs); without permission the old one stays, and an old peak
        // hides growth but invents none.
        if let file = fopen("/proc/\(processID)/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        guard let peak = Self.peak(of: processID) else { return nil }
        before = peak
    }

    /// Octets by which the peak has grown; nil when the process is gone.
    var growth: Int? { Self.peak(of: processID).map { max(0, $0 - before) } }

    private static func peak(of processID: Int32) -> Int? {
        guard let file = fopen("/proc/\(processID)/status", "r") else { return nil }
        defer { fclose(file) }
        var octets = [UInt8](repeating: 0, count: 8192)
        let text = String(decoding: octets.prefix(fread(&octets, 1, octets.count, file)), as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map {
            $0 * 1024
        }
    }
}
