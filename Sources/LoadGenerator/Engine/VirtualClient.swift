import BenchResults
import Glibc
import Reactor
import WebSocketTransport

/// What all clients of one behaviour on one loop share.
final class BehaviourRuntime {
    struct Send {
        let pool: PayloadPool
        let kind: MessageKind
        let isSequential: Bool
        let drive: ScenarioBehaviour.Drive
    }

    struct Expect {
        let within: UInt64
        /// Positions in the metric table; `actual` only in an open loop.
        let latency: Int
        let actual: Int?
    }

    struct Ping {
        let every: UInt64
        let within: UInt64
        let latency: Int
    }

    let send: Send?
    let expect: Expect?
    let ping: Ping?
    let maximumInFlight: Int

    init(_ behaviour: ScenarioBehaviour, scenario: Scenario, pools: [PayloadPool?], metrics: MetricTable) {
        if let sending = behaviour.send, let pool = pools[sending.payload] {
            var isSequential = false
            if case .corpus(_, .sequential) = scenario.payloads[sending.payload].content { isSequential = true }
            send = Send(
                pool: pool, kind: pool.isText ? .text : .binary, isSequential: isSequential, drive: sending.drive)
            switch sending.drive {
            case .open(_, _, let limit): maximumInFlight = limit
            case .closed(let inFlight): maximumInFlight = inFlight
            }
        } else {
            send = nil
            maximumInFlight = 0
        }
        expect = behaviour.expect.flatMap { expect in
            metrics.position(of: expect.name).map { latency in
                Expect(
                    within: expect.within.nanoseconds, latency: latency,
                    actual: metrics.position(of: MetricName.actual(expect.name)))
            }
        }
        ping = behaviour.ping.flatMap { ping in
            metrics.position(of: ping.name).map { latency in
                Ping(every: ping.every.nanoseconds, within: ping.within.nanoseconds, latency: latency)
            }
        }
    }
}

/// One of the clients of a run: sends on its schedule, and measures what comes back.
final class VirtualClient: WebSocketHandler {
    private unowned(unsafe) let shard: Shard
    private unowned(unsafe) let behaviour: BehaviourRuntime
    /// Among all clients of the run.
    let index: Int
    @exclusivity(unchecked) private(set) var connection: WebSocketConnection?
    /// The server may end the connection from now on.
    @exclusivity(unchecked) private(set) var isLeaving = false
    @exclusivity(unchecked) private var inFlight = InFlight()
    @exclusivity(unchecked) private var picker: PayloadPicker
    /// The open-loop schedule, in nominal time since ``nominalStart``; nil for other clients.
    @exclusivity(unchecked) private var arrivals: MessageArrivals?
    private var nominalStart: UInt64 = 0
    /// The earliest message that has not left yet; `.max` when there is none.
    @exclusivity(unchecked) private var nextPlanned = UInt64.max
    /// The next message is due, but waits for replies or for the socket.
    @exclusivity(unchecked) private var isBlocked = false
    private var pingSent: UInt64 = 0
    private var isPingExpired = false

    init(index: Int, behaviour: BehaviourRuntime, shard: Shard) {
        self.index = index
        self.behaviour = behaviour
        self.shard = shard
        if behaviour.send?.isSequential == true {
            picker = .sequential(client: index)
        } else {
            picker = .random(SeededGenerator(seed: shard.seed, stream: UInt64(truncatingIfNeeded: index) &+ (1 << 32)))
        }
    }

    // MARK: - Opening

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        // A ramp down, or the end, may have come while the connection was in the making.
        guard !shard.isEnding, !isLeaving else { return leave() }
        if let ping = behaviour.ping {
            let phase = UInt64(LowDiscrepancy.phase(index) * Double(ping.every))
            shard.pacer.push(at: monotonicNanoseconds() &+ phase, .ping, self)
        }
        guard let send = behaviour.send else { return }
        switch send.drive {
        case .open(let perSecond, let process, _):
            arrivals = MessageArrivals(process, perSecond: perSecond, client: index, seed: shard.seed)
            nominalStart = shard.timeline.profile.nominal(at: shard.offset(monotonicNanoseconds()))
            planNext()
            shard.pacer.push(at: nextPlanned, .message, self)
        case .closed: fillWindow()
        }
    }

    private func planNext() {
        guard let offset = arrivals?.next(), let real = shard.timeline.profile.real(at: nominalStart &+ offset) else {
            nextPlanned = .max
            return
        }
        nextPlanned = shard.start &+ real
    }

    // MARK: - Sending

    /// The planned time of the next message has come.
    func messageDue(now: UInt64) {
        guard let connection, connection.isOpen, let send = behaviour.send else { return }
        shard.recorder.record(shard.metrics.generatorLag, now &- nextPlanned, stage: shard.stage(of: nextPlanned))
        guard inFlight.count < behaviour.maximumInFlight && connection.isWritable else {
            isBlocked = true
            return
        }
        transmit(send, planned: nextPlanned, now: now)
        planNext()
        shard.pacer.push(at: nextPlanned, .message, self)
    }

    /// What was held back leaves as soon as it may; it is late, and counted so.
    private func unblock() {
        guard let connection, let send = behaviour.send else { return }
        let now = monotonicNanoseconds()
        while nextPlanned <= now {
            guard connection.isWritable, inFlight.count < behaviour.maximumInFlight else { return }
            shard.recorder.add(.late, stage: shard.stage(of: nextPlanned))
            transmit(send, planned: nextPlanned, now: now)
            planNext()
        }
        isBlocked = false
        shard.pacer.push(at: nextPlanned, .message, self)
    }

    /// Sends as many messages of a closed loop as its window and the socket take; the rest when the socket does.
    private func fillWindow() {
        guard let connection, let send = behaviour.send, !send.drive.isOpen, !shard.isEnding, !isLeaving else { return }
        while inFlight.count < behaviour.maximumInFlight && connection.isWritable {
            let now = monotonicNanoseconds()
            transmit(send, planned: now, now: now)
        }
    }

    private func transmit(_ send: BehaviourRuntime.Send, planned: UInt64, now: UInt64) {
        guard let connection, connection.isOpen, !shard.isEnding, !isLeaving else { return }
        let payload = picker.next()
        let bytes = send.pool.message(at: payload)
        let stage = shard.stage(of: planned)
        if behaviour.expect != nil {
            inFlight.append(InFlight.Message(planned: planned, sent: now, payload: payload))
        }
        connection.send(bytes, kind: send.kind)
        let recorder = shard.recorder
        recorder.add(.sent, stage: stage)
        recorder.add(.payloadOut, UInt64(bytes.count), stage: stage)
        let sent = bytes.count - connection.takeSparedOctets(sending: bytes.count)
        recorder.add(.wireOut, UInt64(FrameHeader.encodedLength(payload: sent, masked: true) + sent), stage: stage)
    }

    func becameWritable(_ connection: WebSocketConnection) {
        if isBlocked { unblock() } else { fillWindow() }
    }

    // MARK: - Receiving

    func received(_ message: RawSpan, kind: MessageKind, on connection: WebSocketConnection) {
        let now = monotonicNanoseconds()
        let recorder = shard.recorder
        let current = shard.currentStage(now: now)
        let count = message.byteCount
        recorder.add(.received, stage: current)
        recorder.add(.payloadIn, UInt64(count), stage: current)
        let arrived = count - connection.takeSparedOctets(receiving: count)
        recorder.add(
            .wireIn, UInt64(FrameHeader.encodedLength(payload: arrived, masked: false) + arrived), stage: current)
        guard let expect = behaviour.expect, let send = behaviour.send else { return }
        guard let request = inFlight.popFirst() else {
            return recorder.addError(
                .unexpected, stage: current,
                example: "client \(index) got a message of \(count) bytes it did not ask for")
        }
        let stage = shard.stage(of: request.planned)
        let wanted = send.pool.message(at: request.payload)
        let isIdentical = kind == send.kind && message.withUnsafeBytes { bytesEqual($0, wanted) }
        if !isIdentical {
            recorder.addError(
                .mismatch, stage: stage,
                example:
                    "client \(index) sent \(wanted.count) bytes of \(send.kind) and got \(count) other bytes of \(kind)"
            )
        }
        recorder.record(expect.latency, now &- request.planned, stage: stage)
        if let actual = expect.actual { recorder.record(actual, now &- request.sent, stage: stage) }
        if isBlocked { unblock() } else { fillWindow() }
    }

    // MARK: - Pings

    func pingDue(now: UInt64) {
        guard let connection, connection.isOpen, let ping = behaviour.ping, !shard.isEnding, !isLeaving else { return }
        // One ping at a time: a pong that never comes is counted when its time is up.
        if pingSent == 0 {
            pingSent = now
            isPingExpired = false
            connection.sendPing(RawSpan())
        }
        shard.pacer.push(at: now &+ ping.every, .ping, self)
    }

    func receivedPong(_ payload: RawSpan, on connection: WebSocketConnection) {
        guard pingSent != 0, let ping = behaviour.ping else { return }
        shard.recorder.record(ping.latency, monotonicNanoseconds() &- pingSent, stage: shard.stage(of: pingSent))
        pingSent = 0
    }

    /// Counts what was not answered within its time.
    func expire(now: UInt64) {
        if let expect = behaviour.expect, now > expect.within {
            let count = inFlight.expire(sentUntil: now - expect.within)
            if count > 0 {
                shard.recorder.addError(
                    .timeout, UInt64(count), stage: shard.currentStage(now: now),
                    example: "client \(index) got no reply within the time it expects")
            }
        }
        // `now` is the sweep's beginning: a ping may have left since then.
        if let ping = behaviour.ping, pingSent != 0, !isPingExpired, now > pingSent &+ ping.within {
            isPingExpired = true
            shard.recorder.addError(
                .ping, stage: shard.currentStage(now: now),
                example: "client \(index) got no pong within the time it expects")
        }
    }

    /// Whether a reply may still come in time.
    var waitsForReply: Bool { inFlight.waiting > 0 }

    /// Counts the messages that were planned until `end` and did not leave, each in its stage: late when the server held
    /// them back, dropped when this generator did not get to them. No further one leaves.
    func countUnsent(until end: UInt64) {
        let counter = isBlocked ? Counter.late : .dropped
        while nextPlanned < end {
            shard.recorder.add(counter, stage: shard.stage(of: nextPlanned))
            planNext()
        }
        isBlocked = false
        nextPlanned = .max
    }

    /// Plans no further message of a client that leaves; what was held back until `now` is late.
    private func stopPlanning(now: UInt64) {
        if isBlocked { countUnsent(until: now) }
        nextPlanned = .max
    }

    // MARK: - Ending

    /// Closes the connection; the server may do so too.
    func leave() {
        isLeaving = true
        stopPlanning(now: monotonicNanoseconds())
        guard let connection else { return }
        do {
            try connection.close(code: .normalClosure)
        } catch {
            connection.abort()
        }
    }

    func abort() {
        isLeaving = true
        connection?.abort()
    }

    func closed(_ connection: WebSocketConnection, _ closure: WebSocketClosure) {
        let now = monotonicNanoseconds()
        let stage = shard.currentStage(now: now)
        self.connection = nil
        stopPlanning(now: now)
        if inFlight.count > 0 {
            shard.recorder.add(.unanswered, UInt64(inFlight.count), stage: stage)
            inFlight.removeAll()
        }
        shard.clientClosed(self, closure, stage: stage)
    }
}

@inline(__always)
private func bytesEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
    return memcmp(leftStart, rightStart, left.count) == 0
}
