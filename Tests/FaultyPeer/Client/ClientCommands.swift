import ArgumentParser
import CLinux
import Glibc

struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Go through all cases of a fuzzing server, as harnesses for Autobahn|Testsuite do.")

    @Argument(help: "Where the fuzzing server listens, for example ws://127.0.0.1:9001.")
    var url: String

    @OptionGroup var planted: FaultOption

    @Option(help: "Our name in its report.")
    var agent = "faulty-peer"

    @Flag(help: "Offer permessage-deflate.")
    var deflate = false

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        try HarnessClient(url: url, agent: agent, deflates: deflate, fault: planted.fault).run()
    }
}

struct AdapterCommandLine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapter", abstract: "Take commands from standard input and report events, a line each.")

    @OptionGroup var planted: FaultOption

    @Option(help: "The largest message in octets.")
    var limit = 16 << 20

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is not negative") }
    }

    func run() {
        signal(SIGPIPE, SIG_IGN)
        _ = clinux_raise_descriptor_limit()
        let adapter = Adapter(messageLimit: limit, fault: planted.fault)
        while let line = readLine() { adapter.perform(line) }
    }
}
