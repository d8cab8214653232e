import CLinux
import Foundation
import LoadGenerator

/// What this machine allows a load generator.
struct MachineLimits {
    let softDescriptors: UInt64
    let hardDescriptors: UInt64
    /// Ports for outgoing connections, per source address and destination.
    let ports: Int
    /// The longest queue of connections that a listener may have.
    let backlog: Int?
    /// Half-open connections the kernel remembers.
    let synBacklog: Int?
    let cores: Int
    /// Connections the kernel's tracker holds; nil when it does not track.
    let tracked: Int?
    /// Memory for all TCP sockets, in bytes: where the kernel begins to refuse.
    let tcpMemory: Int?

    static var current: MachineLimits {
        var soft: UInt64 = 0
        var hard: UInt64 = 0
        _ = clinux_descriptor_limit(&soft, &hard)
        return MachineLimits(
            softDescriptors: soft, hardDescriptors: hard,
            ports: LocalPorts.count,
            backlog: numbers("/proc/sys/net/core/somaxconn").first,
            synBacklog: numbers("/proc/sys/net/ipv4/tcp_max_syn_backlog").first,
            cores: ProcessInfo.processInfo.activeProcessorCount,
            tracked: numbers("/proc/sys/net/netfilter/nf_conntrack_max").first,
            tcpMemory: numbers("/proc/sys/net/ipv4/tcp_mem").last.map { $0 * 4096 })
    }

    private static func numbers(_ path: String) -> [Int] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }
}
