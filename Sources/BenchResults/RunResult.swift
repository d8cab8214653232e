/// Everything one run found, in the form in which it is stored.
///
/// Engines write it, reports read it. Base units throughout: seconds, bytes, counts, and ratios between 0 and 1;
/// latencies are nanoseconds in histograms. Metric names are those of ``MetricName``.
public struct RunResult: Codable, Sendable, Equatable {
    /// The version of this schema; a reader refuses a file with a greater one.
    public static let currentVersion = 1

    public var version: Int = RunResult.currentVersion
    public var tool: Tool
    public var scenario: Scenario
    /// The command line that repeats this run, one argument an element.
    public var command: [String]
    public var machine: Machine
    public var target: Target
    /// Seconds since 1970-01-01T00:00:00Z at the run's start.
    public var startedAt: Double
    /// Seconds from the run's start to its end.
    public var duration: Double
    public var stages: [Stage]
    public var series: Series
    public var verdict: Verdict
    /// One row per threshold of the scenario, in its order.
    public var thresholds: [BudgetVerdict]
    /// One row per `valid_if` condition, in its order.
    public var validity: [BudgetVerdict]
    /// Errors by kind, most frequent first.
    public var errors: [ErrorKind]
    /// Things a reader must know to trust the figures, as whole sentences ("The server stalled…").
    public var remarks: [String]

    public init(
        tool: Tool,
        scenario: Scenario,
        command: [String],
        machine: Machine,
        target: Target,
        startedAt: Double,
        duration: Double = 0,
        stages: [Stage] = [],
        series: Series = Series(),
        verdict: Verdict = .passed,
        thresholds: [BudgetVerdict] = [],
        validity: [BudgetVerdict] = [],
        errors: [ErrorKind] = [],
        remarks: [String] = []
    ) {
        self.tool = tool
        self.scenario = scenario
        self.command = command
        self.machine = machine
        self.target = target
        self.startedAt = startedAt
        self.duration = duration
        self.stages = stages
        self.series = series
        self.verdict = verdict
        self.thresholds = thresholds
        self.validity = validity
        self.errors = errors
        self.remarks = remarks
    }
}

extension RunResult {
    public struct Tool: Codable, Sendable, Equatable {
        public var name: String
        public var version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    public struct Scenario: Codable, Sendable, Equatable {
        public var name: String
        /// The question the scenario answers, when it states one.
        public var question: String?
        /// The file it was read from; nil when it was made from command-line options.
        public var file: String?
        /// The scenario's text as it was run.
        public var text: String
        public var seed: UInt64
        /// What drives the messages: `open` (scheduled), `closed` (the reply triggers the next), `mixed` or `idle`.
        public var loadModel: String

        public init(name: String, question: String?, file: String?, text: String, seed: UInt64, loadModel: String) {
            self.name = name
            self.question = question
            self.file = file
            self.text = text
            self.seed = seed
            self.loadModel = loadModel
        }
    }

    public struct Machine: Codable, Sendable, Equatable {
        public var cores: Int
        public var processor: String
        public var kernel: String
        /// Physical memory, in bytes.
        public var memory: UInt64
        public var descriptorLimit: UInt64

        public init(cores: Int, processor: String, kernel: String, memory: UInt64, descriptorLimit: UInt64) {
            self.cores = cores
            self.processor = processor
            self.kernel = kernel
            self.memory = memory
            self.descriptorLimit = descriptorLimit
        }
    }

    public struct Target: Codable, Sendable, Equatable {
        public var url: String
        /// How the server came to be: `embedded`, `started` (with its command) or `external`.
        public var origin: String
        public var serverCommand: String?
        public var negotiatedSubprotocol: String?
        public var negotiatedExtensions: String?

        public init(
            url: String, origin: String, serverCommand: String? = nil, negotiatedSubprotocol: String? = nil,
            negotiatedExtensions: String? = nil
        ) {
            self.url = url
            self.origin = origin
            self.serverCommand = serverCommand
            self.negotiatedSubprotocol = negotiatedSubprotocol
            self.negotiatedExtensions = negotiatedExtensions
        }
    }

    /// One stage of the load, as it really was.
    public struct Stage: Codable, Sendable, Equatable {
        public var name: String
        /// Seconds since the run's start.
        public var start: Double
        public var end: Double
        /// False for a warm-up: shown, but in no overall figure.
        public var recorded: Bool
        /// Monotonic counts within the stage, by metric name (`messages.sent`, `errors.timeout`, `close.1000`).
        public var counters: [String: UInt64]
        /// Measured single values, by metric name (`server.cpu` is cores used, `server.rss` bytes at the stage's end).
        public var values: [String: Double]
        /// Latency histograms by metric name (`rtt`, `rtt.actual`, `connect.tcp`, `generator.lag`), in nanoseconds.
        public var latencies: [String: LatencyHistogram]

        public init(
            name: String, start: Double, end: Double, recorded: Bool, counters: [String: UInt64] = [:],
            values: [String: Double] = [:], latencies: [String: LatencyHistogram] = [:]
        ) {
            self.name = name
            self.start = start
            self.end = end
            self.recorded = recorded
            self.counters = counters
            self.values = values
            self.latencies = latencies
        }
    }

    /// Values over time: one common time axis, any number of columns.
    public struct Series: Codable, Sendable, Equatable {
        /// Seconds since the run's start, ascending.
        public var times: [Double]
        public var columns: [Column]

        public struct Column: Codable, Sendable, Equatable {
            /// A metric name, for example `messages.received.rate` or `rtt.p99`.
            public var name: String
            /// `s`, `B`, `1/s`, `cores`, `1` (a count) or `ratio`.
            public var unit: String
            /// As many as there are times; nil where nothing was measured.
            public var values: [Double?]

            public init(name: String, unit: String, values: [Double?]) {
                self.name = name
                self.unit = unit
                self.values = values
            }
        }

        public init(times: [Double] = [], columns: [Column] = []) {
            self.times = times
            self.columns = columns
        }
    }

    public struct ErrorKind: Codable, Sendable, Equatable {
        /// The part after `errors.` (`timeout`, `mismatch`, `connect`).
        public var kind: String
        public var count: UInt64
        /// The first one seen, in words.
        public var example: String

        public init(kind: String, count: UInt64, example: String) {
            self.kind = kind
            self.count = count
            self.example = example
        }
    }

    /// One threshold or validity condition, judged.
    public struct BudgetVerdict: Codable, Sendable, Equatable {
        /// The condition as the scenario writes it.
        public var expression: String
        /// The stage it was judged in; nil for all recorded stages together.
        public var stage: String?
        /// What was measured, in the metric's base unit; nil when nothing was.
        public var measured: Double?
        /// What was measured, as a person reads it ("23.4 ms").
        public var measuredText: String
        public var passed: Bool

        public init(expression: String, stage: String?, measured: Double?, measuredText: String, passed: Bool) {
            self.expression = expression
            self.stage = stage
            self.measured = measured
            self.measuredText = measuredText
            self.passed = passed
        }
    }

    /// The run's one answer. Exit codes follow from it.
    public enum Verdict: String, Codable, Sendable {
        case passed
        /// A threshold was missed.
        case failed
        /// A `valid_if` condition was missed: the generator was the bottleneck, the figures say nothing of the server.
        case invalid
        /// The target could not be reached, or died.
        case unreachable
        /// Ended early by a signal; what was measured until then is kept.
        case interrupted
    }
}
