import BenchResults
import CLinux
import Reactor
import WebSocketTransport

/// The clients of a run that one event loop drives, and what it records of them.
///
/// `@unchecked Sendable`: made before its loop knows it; afterwards touched on the loop only.
final class Shard: @unchecked Sendable {
    let loop: EventLoop
    let timeline: Timeline
    let metrics: MetricTable
    let recorder: Recorder
    let seed: UInt64
    let pacer = Pacer<VirtualClient> { client, action, now in
        switch action {
        case .message: client.messageDue(now: now)
        case .ping: client.pingDue(now: now)
        }
    }
    /// The run's start on the monotonic clock.
    @exclusivity(unchecked) private(set) var start: UInt64 = 0
    @exclusivity(unchecked) private(set) var isEnding = false
    /// Until when messages were planned, on the monotonic clock; set when the run ends.
    private var end: UInt64 = 0

    private var isReleased = false
    private let plan: ShardPlan
    private let behaviours: [BehaviourRuntime]
    private var connector: WebSocketConnector?
    private var clients: [VirtualClient] = []
    private var open = 0
    private var pending = 0
    @exclusivity(unchecked) private var stageIndex = 0
    /// The next connection of this shard, as a position in the run's ramps.
    private var nextStage = 0
    private var nextInRamp = 0
    private var connectTimer: PreciseTimer?
    private var sweepTimer: PreciseTimer?

    init(
        loop: EventLoop, plan: ShardPlan, scenario: Scenario, timeline: Timeline, metrics: MetricTable,
        pools: [PayloadPool?]
    ) {
        self.loop = loop
        self.plan = plan
        self.timeline = timeline
        self.metrics = metrics
        seed = scenario.seed
        recorder = Recorder(stages: timeline.stages.count, latencies: metrics.latencies.count)
        behaviours = scenario.behaviours.map {
            BehaviourRuntime($0, scenario: scenario, pools: pools, metrics: metrics)
        }
    }

    // MARK: - Time

    func offset(_ time: UInt64) -> UInt64 { time > start ? time - start : 0 }

    /// The stage that a message planned at `time` belongs to.
    @inline(__always)
    func stage(of time: UInt64) -> Int {
        let offset = offset(time)
        let current = timeline.stages[stageIndex]
        if offset >= current.start && offset < current.end { return stageIndex }
        return timeline.index(at: offset)
    }

    /// The stage at the moment; `now` never goes back. After the end it stays the one in which the run ended: later ones
    /// are in no result.
    @inline(__always)
    func currentStage(now: UInt64) -> Int {
        let offset = offset(isEnding ? min(now, end) : now)
        while stageIndex < timeline.stages.count - 1 && offset >= timeline.stages[stageIndex].end { stageIndex += 1 }
        return stageIndex
    }

    // MARK: - Connecting

    func begin(at start: UInt64) {
        self.start = start
        connector = WebSocketConnector(on: loop, configuration: plan.configuration)
        pacer.start(on: loop)
        connectTimer = PreciseTimer(on: loop) { [unowned self] now in followRamp(now: now) }
        sweepTimer = PreciseTimer(on: loop) { [unowned self] now in sweep(now: now) }
        connectTimer?.schedule(at: start)
        sweepTimer?.schedule(at: start)
    }

    /// Opens and closes what the ramps want until now.
    private func followRamp(now: UInt64) {
        guard !isEnding else { return }
        while nextStage < timeline.stages.count {
            let stage = timeline.stages[nextStage]
            guard nextInRamp < stage.ramp.count else {
                nextStage += 1
                nextInRamp = 0
                continue
            }
            let planned = start &+ stage.start &+ stage.ramp.time(of: nextInRamp)
            guard planned <= now else {
                connectTimer?.schedule(at: planned)
                return
            }
            if stage.ramp.isLeaving {
                leave(index: Int(stage.ramp.from) - 1 - nextInRamp)
            } else {
                // Try again when an attempt has ended; the ramp then is late, which its connect times do not hide.
                guard pending < plan.maximumPending else { return }
                connect(index: Int(stage.ramp.from) + nextInRamp, planned: planned)
            }
            nextInRamp += 1
        }
    }

    private func isMine(_ index: Int) -> Bool { index % plan.shardCount == plan.shard }

    private func leave(index: Int) {
        guard isMine(index), let position = clients.lastIndex(where: { $0.index == index }) else { return }
        clients[position].leave()
    }

    private func connect(index: Int, planned: UInt64) {
        guard isMine(index), let connector else { return }
        let behaviour = behaviours[plan.load.behaviour(ofConnection: index)]
        let client = VirtualClient(index: index, behaviour: behaviour, shard: self)
        clients.append(client)
        pending += 1
        let stage = stage(of: planned)
        let began = monotonicNanoseconds()
        // When the TCP connection stood, and then TLS.
        var connected = began
        do throws(HandshakeError) {
            try connector.connect(
                to: plan.url, options: plan.options(forConnection: index), handler: client,
                tcpConnected: { [self] in
                    connected = monotonicNanoseconds()
                    recorder.record(metrics.connectTCP, connected &- began, stage: stage)
                },
                tlsAgreed: { [self] in
                    let now = monotonicNanoseconds()
                    if let position = metrics.connectTLS { recorder.record(position, now &- connected, stage: stage) }
                    connected = now
                },
                // Strong: an attempt may outlast the run, and end only when the loop stops.
                completion: { [self] result in
                    attemptEnded(result, since: connected, stage: stage)
                })
        } catch {
            attemptEnded(.failure(.handshake(error)), since: began, stage: stage)
        }
    }

    private func attemptEnded(
        _ result: Result<(WebSocketConnection, UpgradeResponse), WebSocketConnectError>, since connected: UInt64,
        stage: Int
    ) {
        pending -= 1
        switch result {
        case .success((let connection, let response)):
            open += 1
            // Too late for `leaveAll`; the client must not outlive its shard.
            if isReleased { return connection.abort() }
            recorder.add(.opened, stage: stage)
            recorder.record(metrics.connectUpgrade, monotonicNanoseconds() &- connected, stage: stage)
            if negotiatedSubprotocol == nil { negotiatedSubprotocol = response.subprotocol }
            if negotiatedExtensions == nil, !response.extensions.isEmpty {
                negotiatedExtensions = response.extensions.map(\.description).joined(separator: ", ")
            }
        case .failure(let error):
            failedAttempts += 1
            if !isEnding {
                recorder.addError(error.kind, stage: stage, example: error.description)
            }
        }
        if !isEnding { connectTimer?.schedule(at: monotonicNanoseconds()) }
    }

    private(set) var negotiatedSubprotocol: String?
    private(set) var negotiatedExtensions: String?
    private var failedAttempts = 0
    /// Connections that ended as they do when a server dies or stops.
    private var lost = 0

    func clientClosed(_ client: VirtualClient, _ closure: WebSocketClosure, stage: Int) {
        open -= 1
        recorder.add(.closed, stage: stage)
        guard !isEnding, !client.isLeaving else { return }
        if closure.isLoss { lost += 1 }
        recorder.addClose(closure.code.rawValue, stage: stage)
        recorder.addError(
            .closed, stage: stage, example: "the connection of client \(client.index) ended with \(closure.text)")
    }

    private func sweep(now: UInt64) {
        expireReplies(now: now)
        sweepTimer?.schedule(at: now &+ 250_000_000)
    }

    /// Counts what was not answered within its time; also after the last message has left.
    func expireReplies(now: UInt64) {
        for client in clients { client.expire(now: now) }
    }

    // MARK: - Watching

    struct Snapshot: Sendable {
        var open = 0
        var pending = 0
        var failedAttempts = 0
        var lost = 0
        var sent: UInt64 = 0
        var received: UInt64 = 0
        var opened: UInt64 = 0
        var errors: UInt64 = 0
        /// Processor time of the loop's thread, in nanoseconds, and when it was read.
        var threadCPU: UInt64 = 0
        var time: UInt64 = 0
        var interval: IntervalHistograms
    }

    func snapshot(replacing empty: IntervalHistograms) -> Snapshot {
        Snapshot(
            open: open, pending: pending, failedAttempts: failedAttempts, lost: lost, sent: recorder.total(.sent),
            received: recorder.total(.received), opened: recorder.total(.opened), errors: recorder.errorTotal,
            threadCPU: clinux_thread_cpu_ns(), time: monotonicNanoseconds(),
            interval: recorder.takeInterval(replacing: empty))
    }

    // MARK: - Ending

    /// No further message leaves; replies are still measured.
    func stopSending(planned end: UInt64) {
        guard !isEnding else { return }
        isEnding = true
        self.end = end
        pacer.stop()
        connectTimer?.cancel()
        for client in clients { client.countUnsent(until: end) }
    }

    /// Whether something that was begun may still end well: a connection, or a message with its reply.
    var isAwaiting: Bool { pending > 0 || clients.contains { $0.waitsForReply } }
    var hasConnections: Bool { open > 0 }

    func leaveAll() {
        sweepTimer?.cancel()
        expireReplies(now: monotonicNanoseconds())
        for client in clients { client.leave() }
    }

    func abortAll() {
        for client in clients { client.abort() }
    }

    func release() {
        isReleased = true
        sweepTimer?.cancel()
        clients = []
        connector = nil
    }
}

extension WebSocketConnectError {
    fileprivate var kind: ErrorKind {
        switch self {
        case .connect: .connect
        case .tls: .tls
        case .handshake, .handshakeTimedOut, .closedDuringHandshake, .loopStopped, .cancelled: .handshake
        }
    }
}

extension WebSocketClosure {
    /// Whether a server that dies (no Close frame) or stops (1001, 1012) ends its connections so.
    fileprivate var isLoss: Bool { !wasClean || code == .goingAway || code == .serviceRestart }

    fileprivate var text: String {
        switch cause {
        case .transport(let error): error.description
        case .protocolError(let error): "\(code): \(error)"
        case .tls(let error): error.description
        case .truncated: "the end of the TCP connection, without a word of TLS"
        case .peerVanished: "the end of the TCP connection, without a Close frame"
        default: reason.isEmpty ? "\(code)" : "\(code): \(reason)"
        }
    }
}
