import Reactor
import WebSocketTransport

/// What one shard needs to know of the whole run.
struct ShardPlan: Sendable {
    let shard: Int
    let shardCount: Int
    let load: ScenarioLoad
    let url: WebSocketURL
    let configuration: WebSocketConfiguration
    /// Connection attempts that this shard may have under way.
    let maximumPending: Int
    private let baseOptions: WebSocketClientOptions
    private let sources: [SocketAddress]

    /// Connections from one source address before the next address is used.
    private let portsPerAddress: Int

    /// - Parameter tls: what all clients of the run trust and show; nil for a target without TLS.
    init(shard: Int, of shardCount: Int, scenario: Scenario, tls: TLSClientContext? = nil) {
        self.shard = shard
        portsPerAddress = LocalPorts.quicklyFound
        self.shardCount = shardCount
        url = scenario.target.url
        load = scenario.load
        maximumPending = max(1, scenario.load.connect.maximumPending / shardCount)
        var configuration = WebSocketConfiguration()
        // What the scenario asks for is all that is sent: no pings of our own, and no limit below a reply's size.
        configuration.pingInterval = nil
        configuration.handshakeTimeout = scenario.load.connect.timeout
        configuration.messageLimits.maximumMessageSize = 1 << 30
        configuration.closeTimeout = .seconds(3)
        configuration.compression.mode = scenario.target.deflate
        // The clients' memory is the user's to plan: what was offered is kept, however many they are.
        configuration.compression.budget = CompressionBudget(octets: .max)
        // Clients hold back what the server does not take, so the largest message on top is all that can wait here. One
        // that takes nothing is what is being measured, and no reason to leave.
        configuration.outboxLimit = 2 * ScenarioPayload.maximumBytes
        configuration.outboxTimeout = .seconds(1 << 30)
        self.configuration = configuration
        baseOptions = WebSocketClientOptions(
            subprotocols: scenario.target.subprotocols,
            headers: HTTPHeaders(scenario.target.headers.map { ($0.name, $0.value) }), tls: tls)
        switch scenario.target.sourceAddresses {
        case .automatic: sources = []
        case .list(let addresses): sources = addresses.compactMap { SocketAddress(numeric: $0, port: 0) }
        }
    }

    func options(forConnection index: Int) -> WebSocketClientOptions {
        var options = baseOptions
        if !sources.isEmpty {
            options.source = sources[index % sources.count]
        } else if index >= portsPerAddress && url.host.hasPrefix("127.") {
            // The whole of 127.0.0.0/8 is local.
            let address = index / portsPerAddress + 1
            options.source = SocketAddress(numeric: "127.0.\(address / 250).\(address % 250 + 1)", port: 0)
        }
        return options
    }
}
