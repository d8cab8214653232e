import AdapterLines
import Glibc
import Reactor
import WebSocketTransport

/// Our client as a conformance suite drives it: commands on standard input, events on standard output, a line each
/// (`Tests/FaultyPeer/ADAPTER.md`).
@main
struct ConformanceAdapter {
    static func main() throws {
        // The reader of our events may be gone first.
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop.start(name: "adapter")
        let connections = AdaptedConnections(on: loop)
        while let line = readLine() {
            loop.execute { connections.perform(line) }
        }
    }
}
