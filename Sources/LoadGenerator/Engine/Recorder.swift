import BenchResults

/// The names of what a run records, as positions in arrays: looked up once, before the run.
struct MetricTable: Sendable {
    private(set) var latencies: [String] = []

    init(_ scenario: Scenario) {
        connectTCP = Self.position(of: MetricName.connectTCP, in: &latencies)
        connectTLS =
            scenario.target.isSecure ? Self.position(of: MetricName.connectTLS, in: &latencies) : nil
        connectUpgrade = Self.position(of: MetricName.connectUpgrade, in: &latencies)
        generatorLag = Self.position(of: MetricName.generatorLag, in: &latencies)
        for share in scenario.load.mix {
            let behaviour = scenario.behaviours[share.behaviour]
            if let expect = behaviour.expect {
                _ = Self.position(of: expect.name, in: &latencies)
                // A closed loop plans nothing, so both would be the same.
                if behaviour.send?.drive.isOpen == true {
                    _ = Self.position(of: MetricName.actual(expect.name), in: &latencies)
                }
            }
            if let ping = behaviour.ping { _ = Self.position(of: ping.name, in: &latencies) }
        }
        main =
            scenario.load.mix.lazy.compactMap { scenario.behaviours[$0.behaviour].expect?.name }.first
            ?? scenario.load.mix.lazy.compactMap { scenario.behaviours[$0.behaviour].ping?.name }.first
            ?? MetricName.connectUpgrade
    }

    let connectTCP: Int
    /// Nil where there is no TLS.
    let connectTLS: Int?
    let connectUpgrade: Int
    let generatorLag: Int
    /// The latency that a live view shows.
    let main: String

    func position(of name: String) -> Int? { latencies.firstIndex(of: name) }

    private static func position(of name: String, in names: inout [String]) -> Int {
        if let position = names.firstIndex(of: name) { return position }
        names.append(name)
        return names.count - 1
    }
}

/// What is counted, by position.
enum Counter: Int, CaseIterable {
    case sent, received, late, dropped, unanswered, payloadOut, payloadIn, wireOut, wireIn, opened, closed

    var name: String {
        switch self {
        case .sent: MetricName.messagesSent
        case .received: MetricName.messagesReceived
        case .late: MetricName.messagesLate
        case .dropped: MetricName.generatorDrops
        case .unanswered: MetricName.messagesUnanswered
        case .payloadOut: MetricName.payloadOut
        case .payloadIn: MetricName.payloadIn
        case .wireOut: MetricName.wireOut
        case .wireIn: MetricName.wireIn
        case .opened: MetricName.connectionsOpened
        case .closed: MetricName.connectionsClosed
        }
    }
}

/// What went wrong, by kind (`errors.<kind>`).
enum ErrorKind: String, CaseIterable {
    /// A TCP connection was not made.
    case connect
    /// TLS was not agreed on.
    case tls
    /// The server did not open the WebSocket.
    case handshake
    /// No reply within the expectation's time.
    case timeout
    /// A reply with other bytes or another type than was sent.
    case mismatch
    /// A message that no request waits for.
    case unexpected
    /// The server ended a connection that the scenario wanted open.
    case closed
    /// No pong within the expectation's time.
    case ping
}

/// What one loop of the generator records. Fixed memory; recording allocates nothing.
final class Recorder {
    private let latencyCount: Int
    private let stageCount: Int
    private let histograms: UnsafeMutablePointer<LatencyHistogram>
    private let counters: UnsafeMutablePointer<UInt64>
    /// The latencies since the last ``takeInterval(replacing:)``.
    @exclusivity(unchecked) private(set) var interval: IntervalHistograms
    private(set) var errors: [[ErrorKind: UInt64]]
    private(set) var closeCodes: [[UInt16: UInt64]]
    /// The first error of each kind, in words.
    private(set) var examples: [ErrorKind: String] = [:]

    init(stages: Int, latencies: Int) {
        stageCount = stages
        latencyCount = latencies
        histograms = .allocate(capacity: stages * latencies)
        // Each a histogram of its own: a copy would be made on the first record.
        for index in 0..<stages * latencies { (histograms + index).initialize(to: LatencyHistogram()) }
        counters = .allocate(capacity: stages * Counter.allCases.count)
        counters.initialize(repeating: 0, count: stages * Counter.allCases.count)
        interval = IntervalHistograms(count: latencies)
        errors = Array(repeating: [:], count: stages)
        closeCodes = Array(repeating: [:], count: stages)
    }

    deinit {
        histograms.deinitialize(count: stageCount * latencyCount)
        histograms.deallocate()
        counters.deallocate()
    }

    @inline(__always)
    func record(_ latency: Int, _ nanoseconds: UInt64, stage: Int) {
        histograms[stage &* latencyCount &+ latency].record(nanoseconds)
        interval.histograms[latency].record(nanoseconds)
    }

    @inline(__always)
    func add(_ counter: Counter, _ amount: UInt64 = 1, stage: Int) {
        counters[stage &* Counter.allCases.count &+ counter.rawValue] &+= amount
    }

    func addError(_ kind: ErrorKind, _ amount: UInt64 = 1, stage: Int, example: @autoclosure () -> String) {
        errors[stage][kind, default: 0] += amount
        if examples[kind] == nil { examples[kind] = example() }
    }

    func addClose(_ code: UInt16, stage: Int) { closeCodes[stage][code, default: 0] += 1 }

    func histogram(_ latency: Int, stage: Int) -> LatencyHistogram { histograms[stage * latencyCount + latency] }

    func count(_ counter: Counter, stage: Int) -> UInt64 {
        counters[stage * Counter.allCases.count + counter.rawValue]
    }

    func total(_ counter: Counter) -> UInt64 { (0..<stageCount).reduce(0) { $0 + count(counter, stage: $1) } }

    var errorTotal: UInt64 { errors.reduce(0) { $0 + $1.values.reduce(0, +) } }

    /// Hands out the interval's latencies and goes on with `empty`.
    func takeInterval(replacing empty: IntervalHistograms) -> IntervalHistograms {
        defer { interval = empty }
        return interval
    }
}

/// Latencies of one interval, by position in the ``MetricTable``.
///
/// `@unchecked Sendable`: handed from a loop to the run and back; only the holder touches it.
final class IntervalHistograms: @unchecked Sendable {
    let histograms: UnsafeMutablePointer<LatencyHistogram>
    let count: Int

    init(count: Int) {
        self.count = count
        histograms = .allocate(capacity: count)
        // Each a histogram of its own: a copy would be made on the first record.
        for index in 0..<count { (histograms + index).initialize(to: LatencyHistogram()) }
    }

    deinit {
        histograms.deinitialize(count: count)
        histograms.deallocate()
    }

    func reset() {
        for index in 0..<count where !histograms[index].isEmpty { histograms[index].reset() }
    }
}
