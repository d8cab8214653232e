import ArgumentParser
import CommandLineSupport
import FixtureServer
import Logging
import ServiceLifecycle
import UnixSignals
import WebSocketTransport

struct EchoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo",
        abstract: "Send every message back, and offer the fixture paths of the conformance suite.",
        discussion: """
            Paths: /echo (and /), /echo-deflate, /limit, /subproto, /origin, /auth, /redirect, /close?code=&reason=, /push, /text-only,
            /throw, /idle, /info. SIGTERM or Ctrl-C stops accepting, closes every connection with 1001, and exits 0.
            With --tls-cert and --tls-key the addresses are wss://, and SIGHUP reads the files again.

            Example: wsserver echo --listen 127.0.0.1:9001 --loops 2
            """)

    @Option(help: "Where to listen: HOST:PORT, [IPV6]:PORT, or unix:PATH. Port 0 takes a free one.")
    var listen = "127.0.0.1:9001"

    @Option(help: "Event loops, each with a thread of its own.")
    var loops = 1

    @Option(
        help: "The largest message to accept, with its unit; a larger one closes with 1009. Default: 16MiB.",
        transform: parseSize)
    var maxMessage: Int = 16 << 20

    @Option(
        help: "Close connections that send no message for this long, for example 60s. Default: never.",
        transform: parseDuration)
    var idleTimeout: Duration?

    @Option(help: "The most connections at once; one more is answered 503.")
    var maxConnections = 100_000

    @Option(
        help: """
            permessage-deflate (RFC 7692): off, shared (no context takeover), or dedicated[:WINDOWBITS[:MEMORYLEVEL]] \
            (contexts of each connection, 15 and 8 by default).
            """, transform: parseDeflate)
    var deflate = CompressionConfiguration.Mode.off

    @Option(help: "How hard to compress, from 1 (fastest) to 9 (smallest).")
    var deflateLevel = CompressionConfiguration().level

    @Option(help: "Compress messages from this size on, with its unit. Default: 64B.", transform: parseSize)
    var deflateThreshold = CompressionConfiguration().threshold

    @Option(
        help: "What dedicated contexts may take together; further connections share. Default: 256MiB.",
        transform: parseSize)
    var deflateBudget = CompressionBudget.process.octets

    @Option(
        help: "How long small messages may wait to leave together, for example 2ms. Default: not beyond the turn.",
        transform: parseDuration)
    var writeDelay: Duration?

    @OptionGroup var tls: TLSOptions

    @Flag(help: "Log errors only.")
    var quiet = false

    func validate() throws {
        guard loops >= 1 && loops <= 1024 else { throw ValidationError("--loops is a number from 1 to 1024.") }
        guard 1...9 ~= deflateLevel else { throw ValidationError("--deflate-level is a number from 1 to 9.") }
        guard maxConnections >= 1 else { throw ValidationError("--max-connections is at least 1.") }
    }

    func run() async throws {
        var logger = Logger(label: "wsserver") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = quiet ? .error : .info
        var configuration = WebSocketConfiguration()
        configuration.messageLimits.maximumMessageSize = maxMessage
        configuration.idleTimeout = idleTimeout
        configuration.maximumConnections = maxConnections
        configuration.compression.mode = deflate
        configuration.compression.level = deflateLevel
        configuration.compression.threshold = deflateThreshold
        configuration.compression.budget = CompressionBudget(octets: deflateBudget)
        configuration.writeDelay = writeDelay ?? .zero
        let tls = try self.tls.context()
        let server: WebSocketServer
        do {
            server = try FixtureServer.start(
                .init(listen: listen, loops: loops, configuration: configuration, tls: tls), logger: logger)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        let group = ServiceGroup(
            services: [DrainingServer(server: server, loops: loops, tls: tls, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.silent)
        try await group.run()
        logger.info("stopped")
    }

    /// The service group's own words are of no use to somebody who runs one server.
    private static let silent = Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
}

/// Runs until it is asked to stop, then drains.
private struct DrainingServer: Service {
    let server: WebSocketServer
    let loops: Int
    let tls: TLSServerContext?
    let logger: Logger

    func run() async throws {
        // Without certificates a hang-up ends the process, as it ends any other.
        let hangUps = tls == nil ? nil : await UnixSignalsSequence(trapping: .sighup)
        // Said here, where signals are caught already: whoever waits for it may stop the server at once.
        logger.info("listening", metadata: ["address": "\(server.address)", "loops": "\(loops)"])
        await withTaskGroup { group in
            if let tls, let hangUps {
                group.addTask { for await _ in hangUps { reload(tls) } }
            }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        logger.info("draining", metadata: ["connections": "\(server.connectionCount)"])
        await server.shutdown()
    }

    private func reload(_ tls: TLSServerContext) {
        do throws(TLSError) {
            try tls.reload()
            logger.info("the certificate was read again")
        } catch {
            logger.error("the old certificate stays in use", metadata: ["reason": "\(error)"])
        }
    }
}
