/// What the kernel of this machine may hold of a TCP connection (tcp(7), `tcp_rmem` and `tcp_wmem`).
enum KernelBuffers {
    /// Octets on their way in one direction: in the largest send buffer and in the largest receive buffer.
    static let largest = largest(of: "tcp_rmem") + largest(of: "tcp_wmem")

    private static func largest(of setting: String) -> Int {
        let limit = ProcessFigures.words(of: "/proc/sys/net/ipv4/\(setting)")?.last.flatMap { Int($0) }
        // What Linux starts with; and no more than a case can send in its time.
        return min(max(limit ?? 0, 6 << 20), 64 << 20)
    }
}
