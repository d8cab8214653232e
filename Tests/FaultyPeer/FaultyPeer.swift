import ArgumentParser
import CLinux
import Glibc

/// A small WebSocket server and client that make, when told to, exactly one mistake; what a conformance suite is tried on.
///
/// It shares no code with the package's own protocol: a mistake that both made would go unseen.
@main
struct FaultyPeer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faulty-peer",
        abstract: "A correct WebSocket peer with one planted fault at a time.",
        subcommands: [ServerCommand.self, ClientCommand.self, AdapterCommandLine.self, FaultsCommand.self])
}

struct FaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "List the faults: name, role, rows of the catalogue, what happens.")

    func run() {
        for fault in Fault.all { print(fault.line) }
    }
}

/// The fault that a command is to have.
struct FaultOption: ParsableArguments {
    @Option(name: .customLong("fault"), help: "The one mistake to make; see `faults`.")
    var name: String?

    var fault: Fault? { name.flatMap(Fault.named) }

    func validate() throws {
        if let name, Fault.named(name) == nil { throw ValidationError("there is no fault \(name)") }
    }
}

struct ServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Serve the fixtures on the loopback until SIGTERM.")

    @Option(help: "0 lets the system choose.")
    var port: UInt16 = 0

    @OptionGroup var planted: FaultOption

    @Option(help: "The largest message in octets.")
    var limit = 16 << 20

    @Option(help: "Speak TLS with this certificate (PEM).")
    var tlsCert: String?

    @Option(help: "The certificate's key (PEM).")
    var tlsKey: String?

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert and --tls-key go together") }
        guard limit >= 0 else { throw ValidationError("--limit is not negative") }
    }

    func run() throws {
        // Before the first thread, which inherits it.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        _ = clinux_raise_descriptor_limit()
        var tls: TLSContext?
        if let tlsCert, let tlsKey {
            tls = try TLSContext(certificate: tlsCert, key: tlsKey, fault: planted.fault)
        }
        let server = Server(
            listener: try Listener(port: port), endpoints: Endpoints(messageLimit: limit, fault: planted.fault),
            tls: tls, fault: planted.fault)
        startThread { server.accept() }
        print("listening on \(tls == nil ? "ws" : "wss")://127.0.0.1:\(server.listener.port)")
        fflush(nil)
        var number: Int32 = 0
        sigwait(&signals, &number)
        server.drain()
    }
}
