import ArgumentParser
import CommandLineSupport

struct WSServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wsserver",
        abstract: "A WebSocket server (RFC 6455) for measuring and for conformance suites.",
        discussion: "Exit codes: 0 stopped as asked, 2 bad usage or an address that cannot be used.",
        version: "0.1.0",
        subcommands: [EchoCommand.self])
}

@main
enum Main {
    static func main() async { await runCommandLine(WSServer.self) }
}
