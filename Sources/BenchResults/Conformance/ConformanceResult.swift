/// What one run of the conformance suite found: the content of `results.json`.
///
/// Versioned by ``schemaVersion``; a reader refuses versions it does not know.
public struct ConformanceResult: Codable, Sendable, Equatable {
    public static let currentSchemaVersion = 1

    public var schemaVersion = Self.currentSchemaVersion
    public var tool: Tool
    public var subject: Subject
    public var settings: Settings
    /// When the run began, ISO 8601 in UTC with seconds.
    public var started: String
    /// Of the whole run, in milliseconds.
    public var duration: Int
    /// Set when the run ended before every selected case had run, with the reason.
    public var interruption: String?
    /// The options that left out cases of the suite (`--only F-* --shard 1/4`); nil when every case was to run.
    public var selection: String?
    /// In the order of the catalogue.
    public var cases: [CaseResult]
    /// Rows of the catalogue of which no case ran because they are excluded from the suite.
    public var notRun: [NotRun]

    public init(
        tool: Tool, subject: Subject, settings: Settings, started: String, duration: Int, interruption: String? = nil,
        selection: String? = nil, cases: [CaseResult], notRun: [NotRun] = []
    ) {
        self.tool = tool
        self.subject = subject
        self.settings = settings
        self.started = started
        self.duration = duration
        self.interruption = interruption
        self.selection = selection
        self.cases = cases
        self.notRun = notRun
    }

    public struct Tool: Codable, Sendable, Equatable {
        public var name: String
        public var version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// The system under test.
    public struct Subject: Codable, Sendable, Equatable {
        public var role: CaseRole
        /// What reports call it: given on the command line, or what it says of itself (Server, User-Agent).
        public var agent: String
        /// The URL dialled, or the address listened on.
        public var location: String
        /// `tcp` or `tls`.
        public var transport: String
        /// The fixtures and features it declared, by name.
        public var capabilities: [String]

        public init(role: CaseRole, agent: String, location: String, transport: String, capabilities: [String]) {
            self.role = role
            self.agent = agent
            self.location = location
            self.transport = transport
            self.capabilities = capabilities
        }
    }

    /// What decides about the verdicts, and is needed to run the same again.
    public struct Settings: Codable, Sendable, Equatable {
        public var seed: UInt64
        public var strict: Bool
        public var timeoutMultiplier: Double
        public var jobs: Int
        /// The command line, one argument an element.
        public var command: [String]

        public init(seed: UInt64, strict: Bool, timeoutMultiplier: Double, jobs: Int, command: [String]) {
            self.seed = seed
            self.strict = strict
            self.timeoutMultiplier = timeoutMultiplier
            self.jobs = jobs
            self.command = command
        }
    }

    /// A row of the catalogue that the suite leaves out, and why.
    public struct NotRun: Codable, Sendable, Equatable {
        public var row: String
        public var reason: String

        public init(row: String, reason: String) {
            self.row = row
            self.reason = reason
        }
    }
}

/// Whom a case judges.
public enum CaseRole: String, Codable, Sendable, CaseIterable {
    case server
    case client
}

/// How binding a requirement is (RFC 2119 words, and three of the catalogue's own).
public enum RequirementLevel: String, Codable, Sendable, CaseIterable {
    case must = "MUST"
    case should = "SHOULD"
    case may = "MAY"
    /// A security consideration or a published vulnerability.
    case security = "SEC"
    /// Not normative, but expected of production code.
    case robustness = "ROB"
    /// Recorded, never judged.
    case information = "INFO"
}
