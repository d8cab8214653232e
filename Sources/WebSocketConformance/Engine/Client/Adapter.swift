import Glibc
package import Reactor

/// A client under test that is driven by JSON lines on its standard input and output (`Tests/FaultyPeer/ADAPTER.md`), and
/// the door at which its connections arrive. Several cases use it at once; each knows its connections by a token in the URL.
///
/// `@unchecked Sendable`: touched on its lane only.
package final class Adapter: SubjectKeeper, @unchecked Sendable {
    package struct Settings: Sendable {
        /// Started by the shell.
        package var command: String
        /// Where its standard error goes; nil throws it away.
        package var log: Int32?
        package var address: SocketAddress
        /// nil for `ws`.
        package var tls: TLSServerContext?
        /// What the client calls us; nil: the address.
        package var host: String?
        package var timeouts = Timeouts()

        package init(command: String, address: SocketAddress) {
            self.command = command
            self.address = address
        }
    }

    let settings: Settings
    let lane: Lane
    private var door: Door?
    private var process: ChildProcess?
    private var channel: AdapterChannel?
    private var controls: [String: Unowned] = [:]
    private var connections: [Int: Unowned] = [:]
    private var lastToken = 0
    private var lastConnection = 0
    /// What its first request called itself (User-Agent).
    package private(set) var agent: String?

    private var madeAuthority: (authority: SuiteAuthority, file: TemporaryFile)?

    private struct Unowned { weak var control: ClientControl? }

    package init(settings: Settings, loop: EventLoop) {
        self.settings = settings
        lane = Lane(loop: loop)
    }

    // MARK: - Life and death

    package var processID: Int32? { process?.processID }

    package func hasDied(afterConnectionFailed: Bool) -> Bool {
        guard let process, let channel else { return true }
        return channel.hasEnded || process.hasEnded()
    }

    package var death: String? {
        guard let process else { return nil }
        if let fault = channel?.fault { return fault }
        // Its streams end a moment before the kernel says how it ended.
        for _ in 0..<100 where !process.hasEnded() { usleep(1000) }
        return process.exit.map { "the adapter \($0)" } ?? "the adapter closed its standard output"
    }

    /// Starts it, and has it connect once.
    ///
    /// - Throws: ``SubjectLost`` when it cannot be started, or no connection comes.
    package func bringBack() async throws {
        let moved = OnLane(self)
        // The runner is on the lane already; whoever starts the first one may not be.
        try await Task(executorPreference: lane.loop) { try await moved.value.start() }.value
    }

    private func start() async throws {
        endProcess()
        do {
            if door == nil {
                door = try Door(
                    address: settings.address, lane: lane, tls: settings.tls, patience: settings.timeouts.opening
                ) { [unowned self] in arrived($0) }
            }
            let (channel, process) = try AdapterChannel.start(
                settings.command, log: settings.log, on: lane.loop, received: { [unowned self] in report($0) },
                ended: { [unowned self] in ringAll() })
            self.channel = channel
            self.process = process
        } catch {
            throw SubjectLost("\(error)")
        }
        try await lookAtIt()
    }

    /// One connection, so that an adapter that does not work at all is one clear line and not hundreds of findings.
    private func lookAtIt() async throws {
        let control = makeControl()
        defer { control.release() }
        let deadline = lane.now &+ settings.timeouts.opening
        do {
            let id = try control.dial()
            let visitor = try await control.visitor(until: deadline)
            agent = agent ?? visitor.head.value("User-Agent")
            await visitor.wire.send(Probe.switching(to: visitor.head).octets)
            visitor.wire.finish()
            _ = try await control.ending(of: id, until: deadline)
        } catch ProbeError.noVisitor(let reason) {
            throw SubjectLost("\(settings.command): \(reason)")
        } catch ProbeError.unreachable(let reason) {
            throw SubjectLost("\(settings.command): \(death ?? reason)")
        }
    }

    /// Ends it and everything that it started; call on the lane.
    package func end() {
        endProcess()
        door?.stop()
        door = nil
    }

    private func endProcess() {
        channel?.end()
        channel = nil
        process?.end()
        process = nil
        connections = [:]
    }

    var isAlive: Bool { channel.map { !$0.hasEnded } ?? false }

    private func ringAll() {
        for entry in controls.values { entry.control?.news() }
    }

    // MARK: - Cases

    /// The subject of one attempt at one case; made on the lane.
    package func subject() -> Subject { .client(makeControl()) }

    func makeControl() -> ClientControl {
        lastToken += 1
        let token = "\(lastToken)"
        let control = ClientControl(adapter: self, token: token, lane: lane)
        controls[token] = Unowned(control: control)
        return control
    }

    func forget(_ control: ClientControl, connections ids: [Int]) {
        controls[control.token] = nil
        for id in ids where connections[id] != nil { write(AdapterCommand("abort", id: id)) }
    }

    /// `ws://127.0.0.1:9001`.
    var origin: String {
        ClientAddress.origin(
            door?.address ?? settings.address, host: settings.host, isSecure: settings.tls != nil)
    }

    /// An authority of the suite's own, and the file by which clients learn to trust it.
    func authority() throws -> (authority: SuiteAuthority, path: String) {
        if let madeAuthority { return (madeAuthority.authority, madeAuthority.file.path) }
        let authority = try SuiteAuthority()
        let file = try TemporaryFile(authority.certificate)
        madeAuthority = (authority, file)
        return (authority, file.path)
    }

    /// Registers a connection of `control`.
    func newConnection(of control: ClientControl) -> Int {
        lastConnection += 1
        connections[lastConnection] = Unowned(control: control)
        return lastConnection
    }

    func write(_ command: AdapterCommand) { channel?.write(command.line) }

    private func report(_ report: AdapterReport) {
        guard let content = report.content else { return }
        connections[report.id]?.control?.take(content, of: report.id)
        if case .closed = content { connections[report.id] = nil }
    }

    private func arrived(_ arrival: Door.Arrival) {
        guard case .visitor(let visitor) = arrival else { return }
        let elements = RequestTarget(visitor.head.target ?? "").elements
        if elements.count >= 2, elements[0] == "case", let control = controls[String(elements[1])]?.control {
            control.take(.visitor(visitor), isOwnDoor: false)
        } else {
            // Nobody's, or of a case that is over.
            visitor.wire.sendWithoutWaiting(
                HTTPHeadText(
                    startLine: "HTTP/1.1 404 Not Found", fields: [("Content-Length", "0"), ("Connection", "close")]
                ).octets)
            visitor.wire.finish()
        }
    }
}
