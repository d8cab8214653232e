import Reactor

/// A scenario expanded over time: what will be opened and sent when, and what the machine must have for it.
///
/// Pure arithmetic; nothing is opened to make one.
package struct Plan: Sendable, Hashable {
    package let scenario: Scenario
    /// In order, without gaps.
    package let stages: [Stage]
    package let needs: Needs
    /// What will not work, or not as planned, on a machine like the one given; whole sentences.
    package let warnings: [String]

    package struct Stage: Sendable, Hashable {
        package let name: String
        /// Nanoseconds after the run's start.
        package let start: UInt64
        package let end: UInt64
        /// Connections at its start and at its end; in between linear.
        package let from: Int
        package let to: Int
        package let isRecorded: Bool
        package let messageMultiplier: Double
        /// Open-loop messages; nil when every message waits for a reply. The closed loop adds what the server allows.
        package let plannedMessages: Double?

        /// When its connections open or close, in nanoseconds after the stage's start.
        package var connectionArrivals: RampArrivals { RampArrivals(from: from, to: to, over: end - start) }
    }

    /// Estimates for the machine that runs the clients.
    package struct Needs: Sendable, Hashable {
        /// Of the client process. A server that the scenario starts needs as many again, in its own process.
        package let descriptors: Int
        /// Local ports, all source addresses together.
        package let ports: Int
        /// Source addresses that these ports fit on.
        package let sourceAddresses: Int
        /// Bytes of the clients: their state, their sockets in the kernel, and the payloads.
        package let memory: Int
    }

    /// What is known of the machine.
    package struct Machine: Sendable, Hashable {
        /// Ports one source address offers towards one target; Linux's default range is 32768 to 60999.
        package var portsPerAddress: Int
        /// Nil when it is not known.
        package var descriptorLimit: Int?

        package init(portsPerAddress: Int = 28_232, descriptorLimit: Int? = nil) {
            self.portsPerAddress = max(1, portsPerAddress)
            self.descriptorLimit = descriptorLimit
        }
    }

    /// Assumptions of the estimates, for idle connections whose data does not queue up.
    enum PerConnection {
        /// State of a client: its schedule, timers and in-flight messages.
        static let client = 1 << 10
        /// The kernel's socket, file and inode.
        static let kernel = 4 << 10
    }

    /// Listeners, timers, files and pipes beside the connections.
    static let otherDescriptors = 64

    package init(_ scenario: Scenario, machine: Machine = Machine()) {
        self.scenario = scenario
        stages = Self.stages(of: scenario)
        let peak = stages.map { max($0.from, $0.to) }.max() ?? 0
        let payloads = scenario.payloads.reduce(0) { $0 + $1.content.poolBytes }
        needs = Needs(
            descriptors: peak + Self.otherDescriptors, ports: peak,
            sourceAddresses: max(1, (peak + machine.portsPerAddress - 1) / machine.portsPerAddress),
            memory: peak * (PerConnection.client + PerConnection.kernel) + payloads)
        warnings = Self.warnings(scenario, needs, machine)
    }

    private static func stages(of scenario: Scenario) -> [Stage] {
        let rate = scenario.openRatePerConnection
        var stages: [Stage] = []
        for stage in scenario.load.stages {
            let start = stages.last?.end ?? 0
            let from = stages.last?.to ?? 0
            let to =
                switch stage.population {
                case .ramp(let connections, _): connections
                case .hold: from
                }
            let messages = rate.map {
                Double(from + to) / 2 * stage.duration.inSeconds * $0 * stage.messageMultiplier
            }
            stages.append(
                Stage(
                    name: stage.name, start: start, end: start + stage.duration.nanoseconds, from: from, to: to,
                    isRecorded: stage.isRecorded, messageMultiplier: stage.messageMultiplier,
                    plannedMessages: messages))
        }
        return stages
    }

    private static func warnings(_ scenario: Scenario, _ needs: Needs, _ machine: Machine) -> [String] {
        var warnings: [String] = []
        if let limit = machine.descriptorLimit, needs.descriptors > limit {
            warnings.append(
                "The run needs \(needs.descriptors) file descriptors, but a process here may have \(limit).")
        }
        switch scenario.target.sourceAddresses {
        case .list(let addresses) where addresses.count < needs.sourceAddresses:
            warnings.append(
                "\(needs.ports) connections need \(needs.sourceAddresses) source addresses of "
                    + "\(machine.portsPerAddress) ports, but `source_ips` has \(addresses.count).")
        default: break
        }
        return warnings
    }
}

extension Plan {
    /// Nanoseconds from the first stage's start to the last one's end.
    package var duration: UInt64 { stages.last?.end ?? 0 }
    package var peakConnections: Int { needs.ports }

    /// Open-loop messages of all stages; nil when there are none by design.
    package var plannedMessages: Double? {
        let planned = stages.compactMap(\.plannedMessages)
        return planned.isEmpty ? nil : planned.reduce(0, +)
    }

    /// The clock of the clients' message schedules.
    package var rateProfile: RateProfile {
        RateProfile(stages.map { (nanoseconds: $0.end - $0.start, multiplier: $0.messageMultiplier) })
    }

    /// How many connections are wanted `nanoseconds` after the run's start.
    package func connections(at nanoseconds: UInt64) -> Double {
        guard let stage = stage(at: nanoseconds) else { return 0 }
        guard stage.end > stage.start else { return Double(stage.to) }
        let part = Double(min(nanoseconds, stage.end) - stage.start) / Double(stage.end - stage.start)
        return Double(stage.from) + Double(stage.to - stage.from) * part
    }

    /// How many open-loop messages are planned each second, `nanoseconds` after the run's start.
    package func messagesPerSecond(at nanoseconds: UInt64) -> Double {
        guard let rate = scenario.openRatePerConnection, let stage = stage(at: nanoseconds) else { return 0 }
        return connections(at: nanoseconds) * rate * stage.messageMultiplier
    }

    /// The last stage that has begun; it has a length unless nothing follows it.
    private func stage(at nanoseconds: UInt64) -> Stage? { stages.last { $0.start <= nanoseconds } }
}

extension Scenario {
    /// Open-loop messages a second of an average connection; nil when no behaviour of the mix has a rate.
    package var openRatePerConnection: Double? {
        let total = load.mix.reduce(0) { $0 + $1.weight }
        let rates = load.mix.compactMap { share -> Double? in
            guard case .open(let perSecond, _, _) = behaviours[share.behaviour].send?.drive else { return nil }
            return perSecond * Double(share.weight) / Double(total)
        }
        return rates.isEmpty ? nil : rates.reduce(0, +)
    }
}

extension ScenarioPayload.Content {
    /// What its messages take in memory; a corpus is not read for an estimate.
    fileprivate var poolBytes: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .random(let bytes, _, _): bytes * PayloadPool.variants(ofSize: bytes)
        case .corpus: 0
        }
    }
}
