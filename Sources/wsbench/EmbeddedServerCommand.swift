import ArgumentParser
import CommandLineSupport
import FixtureServer
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals
import WebSocketTransport

/// The server of scenarios with `server: { embedded: … }`; `wsbench run` starts it in a process of its own.
struct EmbeddedServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embedded-server", abstract: "The server of scenarios that embed one.", shouldDisplay: false)

    @Option var listen: String
    @Option var loops = 1
    @Option(transform: parseSize) var maxMessage: Int
    @Option(transform: parseDeflate) var deflate = CompressionConfiguration.Mode.off
    /// The run that started it. Named, not asked for: it may be gone before this process can ask.
    @Option var parent: Int32

    func run() async throws {
        var logger = Logger(label: "embedded-server") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        var configuration = WebSocketConfiguration()
        configuration.messageLimits.maximumMessageSize = maxMessage
        configuration.compression.mode = deflate
        let server: WebSocketServer
        do {
            server = try FixtureServer.start(
                .init(listen: listen, loops: loops, configuration: configuration), logger: logger)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        let service = EmbeddedService(server: server, parent: parent)
        let group = ServiceGroup(
            services: [service], gracefulShutdownSignals: [.sigterm],
            logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() })
        try await group.run()
    }
}

/// Serves until it is asked to stop, or the run that started it is gone.
private struct EmbeddedService: Service {
    let server: WebSocketServer
    let parent: pid_t

    func run() async throws {
        await withGracefulShutdownHandler {
            while getppid() == parent && !Task.isShuttingDownGracefully {
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(500)) }
            }
        } onGracefulShutdown: {
        }
        await server.shutdown(within: .seconds(5))
    }
}
