import AdapterLines
import Glibc
import Reactor
import WebSocketTransport

/// Our client as a conformance suite drives it: commands on standard input, events on standard output, a line each
/// (`Tests/FaultyPeer/ADAPTER.md`). With `--keep-alive` a server that is silent for a second is pinged, and given up when it
/// does not answer in two.
@main
struct ConformanceAdapter {
    static func main() throws {
        // The reader of our events may be gone first.
        signal(SIGPIPE, SIG_IGN)
        let keepAlive = "--keep-alive"
        for argument in CommandLine.arguments.dropFirst() where argument != keepAlive {
            let message = "conformance-adapter: `\(argument)` is not \(keepAlive), the only option\n"
            _ = write(STDERR_FILENO, message, message.utf8.count)
            exit(2)
        }
        var configuration = WebSocketConfiguration()
        if CommandLine.arguments.contains(keepAlive) {
            configuration.pingInterval = .seconds(1)
            configuration.pingTimeout = .seconds(2)
        }
        let loop = try EventLoop.start(name: "adapter")
        let connections = AdaptedConnections(on: loop, configuration: configuration)
        while let line = readLine() {
            loop.execute { connections.perform(line) }
        }
    }
}
