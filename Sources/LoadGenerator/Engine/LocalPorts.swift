/// The ports that the kernel has for outgoing connections.
package enum LocalPorts {
    /// How many there are for each pair of source address and destination (`ip_local_port_range`).
    package static var count: Int {
        let bounds = (readSmallFile("/proc/sys/net/ipv4/ip_local_port_range") ?? "")
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard bounds.count == 2, bounds[1] >= bounds[0] else { return 28_232 }
        return bounds[1] - bounds[0] + 1
    }

    /// How many of them connect(2) finds quickly.
    ///
    /// Linux tries the ports of one parity first. Once those are taken every connect walks through all of them before it
    /// tries the others, which costs milliseconds each and stalls the loop; so we stay below half.
    package static var quicklyFound: Int { max(1, count * 7 / 16) }
}
