import ArgumentParser
import BenchReports
import BenchResults
import LoadGenerator
import Foundation
import WebSocketTransport

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tell what this machine allows, and what to change for larger runs.")

    func run() {
        let limits = MachineLimits.current
        let machine = RunResult.Machine.current
        print(
            "This machine: \(machine.cores) cores, \(QuantityText.bytes(Double(machine.memory))), \(machine.processor), Linux \(machine.kernel)"
        )
        print()
        for finding in Finding.all(limits) { finding.print() }
    }
}

/// One limit, what it allows, and what to do about it.
private struct Finding {
    let name: String
    let value: String
    let meaning: String
    /// Nil when nothing needs to change.
    let advice: String?

    static func all(_ limits: MachineLimits) -> [Finding] {
        [descriptors(limits), ports(limits), backlog(limits), cores(limits), tracking(limits), memory(limits), tls]
            .compactMap { $0 }
    }

    private static func descriptors(_ limits: MachineLimits) -> Finding {
        let usable = limits.hardDescriptors > 200 ? limits.hardDescriptors - 200 : 0
        return Finding(
            name: "descriptors", value: "\(limits.softDescriptors) soft, \(limits.hardDescriptors) hard",
            meaning: "wsbench raises its own limit to the hard one: about \(usable) connections in one process",
            advice: limits.hardDescriptors < 100_000
                ? "for more: a line `* hard nofile 1048576` in /etc/security/limits.conf, or LimitNOFILE= of the service"
                : nil)
    }

    private static func ports(_ limits: MachineLimits) -> Finding {
        Finding(
            name: "ports", value: "\(limits.ports)",
            meaning:
                "for connections from one source address to one target; about \(LocalPorts.quicklyFound) are found "
                + "quickly. On loopback wsbench then uses further addresses itself, elsewhere `source_ips` names them",
            advice: limits.ports < 60_000 ? "for more: sysctl -w net.ipv4.ip_local_port_range='1024 65535'" : nil)
    }

    private static func backlog(_ limits: MachineLimits) -> Finding? {
        guard let backlog = limits.backlog else { return nil }
        return Finding(
            name: "backlog", value: "\(backlog) accepted, \(limits.synBacklog.map(String.init) ?? "?") half-open",
            meaning: "connections that may wait while a server is busy; a steeper ramp is slowed by retransmissions",
            advice: backlog < 4096 ? "for steep ramps: sysctl -w net.core.somaxconn=65535" : nil)
    }

    private static func cores(_ limits: MachineLimits) -> Finding {
        Finding(
            name: "cores", value: "\(limits.cores)",
            meaning: limits.cores < 3
                ? "server and generator share them when both run here" : "enough to keep server and generator apart",
            advice: limits.cores < 3 ? "for absolute figures, run the server on another machine" : nil)
    }

    private static func tracking(_ limits: MachineLimits) -> Finding? {
        guard let tracked = limits.tracked else { return nil }
        return Finding(
            name: "tracking", value: "\(tracked)", meaning: "connections that the firewall remembers; more are dropped",
            advice: tracked < 200_000 ? "for more: sysctl -w net.netfilter.nf_conntrack_max=1048576" : nil)
    }

    private static func memory(_ limits: MachineLimits) -> Finding? {
        guard let memory = limits.tcpMemory else { return nil }
        return Finding(
            name: "tcp memory", value: QuantityText.bytes(Double(memory)),
            meaning: "for the buffers of all sockets; the kernel refuses more", advice: nil)
    }

    private static var tls: Finding {
        Finding(
            name: "tls", value: TLSLibrary.version,
            meaning: "for wss://; each connection of a run makes a handshake of its own, which costs both sides",
            advice: nil)
    }

    func print() {
        let label = name.padding(toLength: 12, withPad: " ", startingAt: 0)
        Swift.print("\(label) \(value)")
        Swift.print("             \(meaning)")
        if let advice { Swift.print("             → \(advice)") }
    }
}
