import Glibc
import Logging
import Reactor
import WebSocketProtocol

/// What all connections of one server or client on one loop share.
final class ConnectionContext {
    let role: Role
    let loop: EventLoop
    let configuration: WebSocketConfiguration
    let timing: ConnectionTiming
    let logger: Logger
    @exclusivity(unchecked) var maskKeys = MaskKeys()
    private var clock = DateClock()
    /// Shared by the streams, which hold it without reference: each stream's handler keeps this object alive.
    let outboxLimits: UnsafePointer<OutboxLimits>
    /// Told when a connection's socket is gone.
    let released: () -> Void
    /// What compressed messages of the peer may inflate to.
    let inflationLimits: InflationLimits
    /// The same for messages in parts, of which nothing is kept.
    let partLimits: InflationLimits
    let compression: LoopCompression
    /// The same object for a context and those made from it by ``with(_:)``.
    let family: AnyObject

    private final class Family {}

    init(
        role: Role, loop: EventLoop, configuration: WebSocketConfiguration, logger: Logger,
        family: AnyObject? = nil, compression: LoopCompression = LoopCompression(), released: @escaping () -> Void = {}
    ) {
        let settings = configuration.compression
        precondition(settings.problem == nil, "impossible compression settings: \(settings.problem ?? "")")
        inflationLimits = InflationLimits(
            maximumSize: configuration.messageLimits.maximumMessageSize, maximumRatio: settings.maximumRatio,
            ratioFloor: settings.ratioFloor)
        partLimits = InflationLimits(
            maximumSize: .max, maximumRatio: settings.maximumRatio, ratioFloor: settings.ratioFloor)
        self.compression = compression
        self.family = family ?? Family()
        self.role = role
        self.loop = loop
        self.configuration = configuration
        self.logger = logger
        self.released = released
        timing = ConnectionTiming(configuration)
        let limits = UnsafeMutablePointer<OutboxLimits>.allocate(capacity: 1)
        limits.initialize(
            to: OutboxLimits(
                highWatermark: configuration.outboxHighWatermark, lowWatermark: configuration.outboxLowWatermark,
                maximum: configuration.outboxLimit, writeDelay: configuration.writeDelay.nanoseconds))
        outboxLimits = UnsafePointer(limits)
    }

    /// The same, with other limits and timeouts.
    func with(_ configuration: WebSocketConfiguration) -> ConnectionContext {
        ConnectionContext(
            role: role, loop: loop, configuration: configuration, logger: logger, family: family,
            compression: compression,
            released: released)
    }

    /// Now, for the Date header of an answer.
    var date: HTTPDate { clock.date(at: time(nil)) }

    deinit { outboxLimits.deallocate() }
}
