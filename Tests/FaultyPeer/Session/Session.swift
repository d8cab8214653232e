import Synchronization

/// What is done with the messages of a session; called on the thread that reads.
protocol SessionHandler: AnyObject, Sendable {
    func opened(_ session: Session)
    func received(_ message: [UInt8], _ kind: MessageKind, on session: Session)
    /// The last call: the TCP connection is over.
    func closed(_ session: Session, _ closure: Closure)
}

struct SessionSettings: Sendable {
    /// Octets of a message, inflated.
    var messageLimit = 16 << 20
    /// Frames of a message; it bounds the time that empty ones can take.
    var fragmentLimit = 131_072
    /// Milliseconds between pings; nil sends none.
    var pingInterval: UInt64?
    /// Milliseconds in which a ping must be answered.
    var pongTimeout: UInt64 = 2000
    /// Milliseconds in which our Close must be answered, and then the peer's FIN must come.
    var closeTimeout: UInt64 = 1500
    /// Whether threads other than the reading one close or abandon the session.
    var isSteered = false
}

/// One open WebSocket: reads frames on the calling thread until the connection is over.
///
/// `@unchecked Sendable`: what reads belongs to the thread that called `run`; what writes is under a lock.
final class Session: @unchecked Sendable {
    let role: Role
    let fault: Fault?
    let settings: SessionSettings
    let channel: Channel
    let handler: any SessionHandler
    let outbound: Mutex<Outbound>

    // Of the reading thread.
    let inbound: Inbound
    let agreement: DeflateAgreement?
    let inflater: Inflater?
    var message: IncomingMessage?
    var heldPongs: [[UInt8]] = []
    var heldMessage: ([UInt8], MessageKind)?
    var messageCount = 0
    /// What of the current frame's payload is still to come.
    var frameRemaining = 0
    private var pingDue: Instant?
    var oldestPing: Instant?

    init(
        _ role: Role, _ channel: Channel, _ inbound: Inbound, agreement: DeflateAgreement?,
        settings: SessionSettings, fault: Fault?, handler: any SessionHandler
    ) {
        self.role = role
        self.channel = channel
        self.inbound = inbound
        self.agreement = agreement
        self.settings = settings
        self.fault = fault
        self.handler = handler
        var deflater: Deflater?
        if let agreement {
            let isServer = role == .server
            deflater = Deflater(
                windowBits: isServer ? agreement.serverWindowBits : agreement.clientWindowBits,
                keepsContext: !(isServer ? agreement.serverNoContextTakeover : agreement.clientNoContextTakeover),
                fault: fault)
            inflater =
                fault == .oneInflaterForAll
                ? SharedInflater.inflater
                : Inflater(
                    windowBits: isServer ? agreement.clientWindowBits : agreement.serverWindowBits,
                    keepsContext: !(isServer ? agreement.clientNoContextTakeover : agreement.serverNoContextTakeover),
                    fault: fault)
        } else {
            inflater = nil
        }
        outbound = Mutex(Outbound(role: role, channel: channel, fault: fault, deflater: deflater))
        pingDue = settings.pingInterval.map { .after(milliseconds: $0) }
    }

    /// Reads until the connection is over.
    func run() {
        handler.opened(self)
        while true {
            do throws(Ending) {
                try readFrame()
            } catch {
                if case .violation(let code, _) = error, fault == .goesOnAfterViolation {
                    _ = outbound.withLock { $0.sendClose(code, [], timeout: settings.closeTimeout) }
                    inbound.take(frameRemaining)
                    message = nil
                    continue
                }
                return handler.closed(self, end(after: error))
            }
        }
    }

    /// Sends a message; a peer that cannot be written to is noticed when it is read from.
    func send(_ octets: [UInt8], _ kind: MessageKind) {
        if outbound.withLock({ out in (try? out.send(octets, kind)) == nil }) { channel.abandon() }
    }

    func sendPing(_ payload: [UInt8]) {
        if outbound.withLock({ out in (try? out.sendPing(payload)) == nil }) { channel.abandon() }
    }

    func sendPong(_ payload: [UInt8]) {
        if outbound.withLock({ out in (try? out.sendPong(payload)) == nil }) { channel.abandon() }
    }

    // MARK: Reading with the clock in view

    /// Waits for more octets, pinging and giving up in time.
    func fill() throws(Ending) {
        while true {
            let (isClosing, closeDeadline) = outbound.withLock { out in
                if out.isCloseSent, fault == .closeTimeoutStartsAnew {
                    out.postponeCloseDeadline(timeout: settings.closeTimeout)
                }
                return (out.isCloseSent, out.closeDeadline)
            }
            if let closeDeadline, closeDeadline <= .now { throw .closeTimeout }
            var deadline = closeDeadline
            if !isClosing, let pingDeadline = try keepAlive() { deadline = min(deadline ?? pingDeadline, pingDeadline) }
            // Another thread may have begun to close meanwhile.
            if settings.isSteered { deadline = min(deadline ?? .after(milliseconds: 100), .after(milliseconds: 100)) }
            switch inbound.fill(until: deadline) {
            case .octets: return
            case .finished: throw .finished
            case .truncated: throw .truncated
            case .reset: throw .reset
            case .timedOut: continue
            }
        }
    }

    /// Pings when it is time, and returns when there is something to do again.
    private func keepAlive() throws(Ending) -> Instant? {
        guard let interval = settings.pingInterval, let due = pingDue, fault != .neverPings else { return nil }
        if let oldestPing, fault != .pongNotMissed {
            let limit = oldestPing.later(milliseconds: settings.pongTimeout)
            guard .now < limit else { throw .pingTimeout }
        }
        if due <= .now {
            sendPing(Array("alive?".utf8))
            if oldestPing == nil { oldestPing = .now }
            pingDue = .after(milliseconds: interval)
        }
        let next = pingDue ?? .now
        guard let oldestPing, fault != .pongNotMissed else { return next }
        return min(next, oldestPing.later(milliseconds: settings.pongTimeout))
    }

    func octet() throws(Ending) -> UInt8 {
        while true {
            if let octet = inbound.takeOctet() { return octet }
            try fill()
        }
    }
}

/// What a careless server uses for all of its connections.
///
/// Unsafe on purpose: that several threads touch it at a time is the fault.
enum SharedInflater {
    nonisolated(unsafe) static let inflater = Inflater(windowBits: 15, keepsContext: true, fault: nil)
}
