/// What a run looks like at one moment: the running engine fills one a few times a second, live views draw it.
///
/// Base units as in ``RunResult``: seconds, bytes, counts, ratios. Nil means that nothing was measured.
public struct LiveSnapshot: Sendable, Equatable {
    public var scenario: String
    public var target: String
    /// Seconds since the run's start.
    public var elapsed: Double
    public var stages: [Stage]
    /// The position in ``stages`` of the one that runs; nil before the first and after the last.
    public var stageIndex: Int?

    public var connections: UInt64
    /// How many connections the load wants at this moment.
    public var connectionsTarget: UInt64
    /// Attempts under way: TCP or upgrade not yet finished.
    public var connecting: UInt64

    /// Messages a second in the current interval.
    public var sentRate: Double
    public var receivedRate: Double
    /// Errors since the run's start.
    public var errors: UInt64
    /// The latency that ``p50`` and ``p99`` are of, for example `rtt`.
    public var latencyName: String
    /// Nanoseconds, of the messages answered in the current interval.
    public var p50: UInt64?
    public var p99: UInt64?

    public var server: Server?
    public var generator: Generator
    /// Received messages a second, oldest first, one value an interval.
    public var throughputHistory: [Double]

    public init(
        scenario: String,
        target: String,
        elapsed: Double = 0,
        stages: [Stage] = [],
        stageIndex: Int? = nil,
        connections: UInt64 = 0,
        connectionsTarget: UInt64 = 0,
        connecting: UInt64 = 0,
        sentRate: Double = 0,
        receivedRate: Double = 0,
        errors: UInt64 = 0,
        latencyName: String = MetricName.roundTrip,
        p50: UInt64? = nil,
        p99: UInt64? = nil,
        server: Server? = nil,
        generator: Generator = Generator(),
        throughputHistory: [Double] = []
    ) {
        self.scenario = scenario
        self.target = target
        self.elapsed = elapsed
        self.stages = stages
        self.stageIndex = stageIndex
        self.connections = connections
        self.connectionsTarget = connectionsTarget
        self.connecting = connecting
        self.sentRate = sentRate
        self.receivedRate = receivedRate
        self.errors = errors
        self.latencyName = latencyName
        self.p50 = p50
        self.p99 = p99
        self.server = server
        self.generator = generator
        self.throughputHistory = throughputHistory
    }

    /// Planned seconds of all stages; 0 when there are none.
    public var total: Double { stages.reduce(0) { $0 + $1.duration } }

    /// The stage that runs now.
    public var stage: Stage? {
        guard let stageIndex, stages.indices.contains(stageIndex) else { return nil }
        return stages[stageIndex]
    }
}

extension LiveSnapshot {
    /// One stage as it is planned.
    public struct Stage: Sendable, Equatable {
        public var name: String
        /// Seconds.
        public var duration: Double

        public init(name: String, duration: Double) {
            self.name = name
            self.duration = duration
        }
    }

    /// The latest sample of the server's process.
    public struct Server: Sendable, Equatable {
        /// Cores used.
        public var cpu: Double?
        /// Bytes.
        public var rss: Double?
        public var descriptors: UInt64?

        public init(cpu: Double? = nil, rss: Double? = nil, descriptors: UInt64? = nil) {
            self.cpu = cpu
            self.rss = rss
            self.descriptors = descriptors
        }
    }

    /// Whether the load generator itself keeps up.
    public struct Generator: Sendable, Equatable {
        /// Share of its loops that is busy, 0 to 1.
        public var cpu: Double?
        /// The 99th percentile of the delay between planned time and write, in nanoseconds.
        public var lagP99: UInt64?

        public init(cpu: Double? = nil, lagP99: UInt64? = nil) {
            self.cpu = cpu
            self.lagP99 = lagP99
        }
    }
}
