/// The names under which engines store what they measured; thresholds and reports use the same words.
///
/// Not a closed list: a behaviour's `as: NAME` adds the latencies `NAME` and `NAME.actual`, close codes add
/// `close.<code>`, errors add `errors.<kind>`.
public enum MetricName {
    public static let messagesSent = "messages.sent"
    public static let messagesReceived = "messages.received"
    /// Messages that were due but held back by `max_in_flight`.
    public static let messagesLate = "messages.late"
    /// Messages still in flight when the run ended.
    public static let messagesUnanswered = "messages.unanswered"
    public static let payloadOut = "bytes.payload.out"
    public static let payloadIn = "bytes.payload.in"
    public static let wireOut = "bytes.wire.out"
    public static let wireIn = "bytes.wire.in"

    public static let connections = "connections"
    public static let connectionsPeak = "connections.peak"
    public static let connectionsOpened = "connections.opened"
    public static let connectionsClosed = "connections.closed"

    public static let connectTCP = "connect.tcp"
    /// From the TCP connection until TLS is agreed on; recorded for `wss://` only.
    public static let connectTLS = "connect.tls"
    /// From the TCP connection, with `wss://` from TLS, until the WebSocket is open.
    public static let connectUpgrade = "connect.upgrade"
    public static let roundTrip = "rtt"
    public static let ping = "ping"

    /// Cores used: 1.5 is one and a half.
    public static let serverCPU = "server.cpu"
    /// Seconds of server CPU a message.
    public static let serverCPUPerMessage = "server.cpu.per_message"
    public static let serverRSS = "server.rss"
    public static let serverRSSPerConnection = "server.rss.per_connection"
    public static let serverDescriptors = "server.fds"
    /// Memory the kernel holds for TCP sockets, in bytes: not part of anyone's RSS.
    public static let serverTCPMemory = "server.tcp_mem"

    /// Share of the generator's loops that were busy, 0 to 1.
    public static let generatorCPU = "generator.cpu"
    public static let generatorRSS = "generator.rss"
    public static let generatorRSSPerConnection = "generator.rss.per_connection"
    /// How long after its planned time a message that nothing held back was written.
    public static let generatorLag = "generator.lag"
    /// Messages given up because the generator could not keep up.
    public static let generatorDrops = "generator.drops"

    public static let errorsRate = "errors.rate"
    public static let errorsPrefix = "errors."
    public static let closePrefix = "close."

    /// The rate over time of the counter `name`.
    public static func rate(_ name: String) -> String { name + ".rate" }
    /// The latency `name` counted from the actual write instead of the planned time.
    public static func actual(_ name: String) -> String { name + ".actual" }
    public static func p50(_ name: String) -> String { name + ".p50" }
    public static func p99(_ name: String) -> String { name + ".p99" }
}
