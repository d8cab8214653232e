import BenchResults
import Reactor

/// What a case tells a client under test by its adapter, and what comes of it. Belongs to one attempt at one case, and to
/// its lane.
///
/// ```swift
/// let id = try probe.client.dial(ClientDial(subprotocols: ["chat"]))
/// let visitor = try await probe.client.visitor(until: probe.deadline())
/// // … answer it …
/// let ending = try await probe.client.ending(of: id, until: probe.deadline())
/// ```
package final class ClientControl: VisitorSource {
    /// Events kept of one connection; what comes after is dropped.
    static let eventLimit = 10_000
    /// Doors that one case may open.
    static let doorLimit = 16

    private let adapter: Adapter
    let token: String
    private let lane: Lane
    private let bell: Bell
    private weak var probe: Probe?
    private var doors: [Door] = []
    private var visitors: [Visitor] = []
    private var events: [Int: [ClientEvent]] = [:]
    private(set) var ids: [Int] = []
    /// Connections that the client's application was told to be open.
    private(set) var opened: Set<Int> = []
    private var isReleased = false
    /// Who connected to a door of the case's own, in order, with or without a request.
    private(set) var connected: [Wire] = []
    /// Who left such a door without a request.
    private(set) var left: [Wire] = []
    /// How many requests have come.
    private(set) var visitorCount = 0

    init(adapter: Adapter, token: String, lane: Lane) {
        self.adapter = adapter
        self.token = token
        self.lane = lane
        bell = Bell(lane: lane)
    }

    /// What the case's connections are logged with.
    func join(_ probe: Probe) { self.probe = probe }

    // MARK: - Commands

    /// The URL that leads to this case; a path may be appended.
    var url: String { "\(adapter.origin)/case/\(token)" }

    /// Has the client connect. Its connection comes by ``visitor(until:)``, unless it refuses or goes elsewhere.
    ///
    /// - Returns: the connection's number, for everything else.
    @discardableResult
    func dial(_ dial: ClientDial = ClientDial()) throws(ProbeError) -> Int {
        guard !isReleased else { throw .noVisitor("the case is over") }
        guard adapter.isAlive else { throw .unreachable("the adapter is gone") }
        let id = adapter.newConnection(of: self)
        ids.append(id)
        var command = AdapterCommand("dial", id: id)
        command.url = dial.url ?? url
        if !dial.subprotocols.isEmpty { command.subprotocols = dial.subprotocols }
        if !dial.headers.isEmpty { command.headers = dial.headers }
        command.deflate = dial.deflate
        command.ca = dial.authorities
        command.proxy = dial.proxy
        if !dial.echoes { command.echo = false }
        command.messages = dial.reportsMessages
        probe?.recorder.remark("the client is told to dial \(command.url ?? "")")
        adapter.write(command)
        return id
    }

    func send(_ message: Event, on id: Int) {
        var command = AdapterCommand("send", id: id)
        switch message {
        case .text: command.type = "text"
        case .binary: command.type = "binary"
        case .pong: return
        }
        command.data = hexadecimal(message.payload)
        order(command)
    }

    func close(_ id: Int, code: UInt16? = nil, reason: String? = nil) {
        var command = AdapterCommand("close", id: id)
        command.code = code
        command.reason = reason
        order(command)
    }

    func ping(_ id: Int, _ payload: [UInt8]) {
        var command = AdapterCommand("ping", id: id)
        command.data = hexadecimal(payload)
        order(command)
    }

    func abort(_ id: Int) { order(AdapterCommand("abort", id: id)) }

    private func order(_ command: AdapterCommand) {
        probe?.recorder.remark("the client is told to \(command.command)\(command.code.map { " with \($0)" } ?? "")")
        adapter.write(command)
    }

    /// Opens a door of the case's own, for URLs that cannot carry its token; whoever comes is this case's.
    ///
    /// - Returns: the address, `127.0.0.1:40123`.
    func openDoor(
        host: String = "127.0.0.1", port: UInt16 = 0, tls: TLSServerContext? = nil, patience: UInt64? = nil
    ) throws -> SocketAddress {
        guard doors.count < Self.doorLimit, let address = SocketAddress(numeric: host, port: port) else {
            throw ProbeError.skipped("the suite cannot listen on \(host)")
        }
        do {
            let door = try Door(
                address: address, lane: lane, tls: tls, patience: patience ?? adapter.settings.timeouts.opening
            ) { [weak self] in self?.take($0, isOwnDoor: true) }
            guard let address = door.address else { throw ProbeError.skipped("the suite cannot listen on \(host)") }
            doors.append(door)
            return address
        } catch {
            throw ProbeError.skipped("the suite cannot listen on \(host): \(error)")
        }
    }

    /// An authority of the suite's own, and the file by which a client learns to trust it (``ClientDial/authorities``).
    func authority() throws -> (authority: SuiteAuthority, path: String) {
        do {
            return try adapter.authority()
        } catch {
            throw ProbeError.skipped("the suite cannot make certificates: \(error)")
        }
    }

    /// Turns everyone away from the case's own doors from now on.
    func closeDoors() {
        for door in doors { door.stop() }
    }

    /// Starts the client anew. Only for a case that runs alone: every connection of the client ends.
    func restartClient() async throws {
        do {
            try await adapter.bringBack()
        } catch let error as SubjectLost {
            throw ProbeError.unreachable(error.description)
        }
    }

    // MARK: - What comes

    /// The next connection of the client with its request.
    ///
    /// - Throws: ``ProbeError/noVisitor(_:)`` when none came; ``ProbeError/unreachable(_:)`` when the adapter is gone.
    func visitor(until deadline: UInt64) async throws -> Visitor {
        guard let visitor = try await find(until: deadline, { visitors.isEmpty ? nil : visitors.removeFirst() }) else {
            let refusals = ids.flatMap { events[$0] ?? [] }.compactMap(Self.refusal)
            throw ProbeError.noVisitor(
                refusals.first.map { "the client did not connect: \($0)" } ?? "the client did not connect")
        }
        return visitor
    }

    /// As ``visitor(until:)``, but nil when the client ends or refuses connection `id` without one, or none comes.
    func visitor(of id: Int, until deadline: UInt64) async throws -> Visitor? {
        enum Found { case visitor(Visitor), none }
        let found = try await find(until: deadline) { () -> Found? in
            if !visitors.isEmpty { return .visitor(visitors.removeFirst()) }
            return (events[id] ?? []).contains { Self.refusal($0) != nil } ? Found.none : nil
        }
        if case .visitor(let visitor)? = found { return visitor }
        return nil
    }

    /// The next event of connection `id`; nil when none came.
    func event(of id: Int, until deadline: UInt64) async throws -> ClientEvent? {
        try await find(until: deadline) { events[id]?.isEmpty == false ? events[id]?.removeFirst() : nil }
    }

    /// How connection `id` ended for the application, what came before being passed over; nil when it did not. A dial that
    /// was refused has ended, too.
    func ending(of id: Int, until deadline: UInt64) async throws -> ClientEvent.Ending? {
        while let event = try await event(of: id, until: deadline) {
            switch event {
            case .closed(let ending): return ending
            case .refused("dial", let error):
                return ClientEvent.Ending(code: nil, reason: "", isClean: false, error: error, status: nil)
            case .open, .message, .refused: continue
            }
        }
        return nil
    }

    /// The next one that came to a door of the case's own, and left it or stayed there, without a request until the door's
    /// patience was over; nil when none did, or one with a request came instead.
    func stranger(until deadline: UInt64) async throws -> Wire? {
        enum Found { case wire(Wire), visitor }
        let found = try await find(until: deadline) { () -> Found? in
            if !left.isEmpty { return .wire(left.removeFirst()) }
            return visitorCount > 0 ? .visitor : nil
        }
        if case .wire(let wire)? = found { return wire }
        return nil
    }

    /// Waits until `count` have connected to doors of the case's own, with or without a request.
    func connections(_ count: Int, until deadline: UInt64) async throws -> [Wire] {
        _ = try await find(until: deadline) { connected.count >= count ? true : nil }
        return connected
    }

    private func find<Value>(until deadline: UInt64, _ find: () -> Value?) async throws -> Value? {
        try await bell.first(until: deadline) {
            if let value = find() { return value }
            guard !isReleased else { throw ProbeError.noVisitor("the case is over") }
            guard adapter.isAlive else { throw ProbeError.unreachable("the adapter is gone") }
            return nil
        }
    }

    private static func refusal(_ event: ClientEvent) -> String? {
        switch event {
        case .refused("dial", let error): error
        case .closed(let ending): ending.error ?? "closed with \(ending.code.map { "\($0)" } ?? "no code")"
        case .open, .message, .refused: nil
        }
    }

    package func nextVisitor(
        for probe: Probe, offering wish: DeflateWish?, until deadline: UInt64
    ) async throws -> Visitor {
        join(probe)
        // One that the case has dialled may be on its way.
        if ids.count > visitorCount || !visitors.isEmpty { return try await visitor(until: deadline) }
        var dial = ClientDial()
        if let wish { dial.deflate = (wish.clientMaxWindowBits ?? 0) > 0 ? .with(wish) : .ordinary }
        let id = try self.dial(dial)
        guard let visitor = try await visitor(of: id, until: deadline) else {
            let reason = (events[id] ?? []).compactMap(Self.refusal).first ?? "no connection came"
            if wish != nil {
                throw ProbeError.skipped("the client cannot offer permessage-deflate like this: \(reason)")
            }
            throw ProbeError.notOpened("the client did not connect: \(reason)")
        }
        return visitor
    }

    // MARK: - From the adapter

    /// Something happened to the adapter.
    func news() { bell.ring() }

    func take(_ event: ClientEvent, of id: Int) {
        guard events[id, default: []].count < Self.eventLimit else { return }
        events[id, default: []].append(event)
        if case .open = event { opened.insert(id) }
        probe?.observe("the client reports \(Self.summary(event))")
        bell.ring()
    }

    func take(_ arrival: Door.Arrival, isOwnDoor: Bool) {
        switch arrival {
        case .connected(let wire):
            probe?.adopt(wire)
            connected.append(wire)
        case .visitor(let visitor):
            if !isOwnDoor { probe?.adopt(visitor.wire) }
            visitors.append(visitor)
            visitorCount += 1
        case .left(let wire): left.append(wire)
        }
        bell.ring()
    }

    private static func summary(_ event: ClientEvent) -> String {
        switch event {
        case .open(let subprotocol, let extensions):
            "open\(subprotocol.map { ", subprotocol \($0)" } ?? "")\(extensions.map { ", extensions \($0)" } ?? "")"
        case .message(let message): message.summary
        case .closed(let ending):
            "closed, code \(ending.code.map { "\($0)" } ?? "none"), \(ending.isClean ? "clean" : "not clean")"
                + (ending.status.map { ", status \($0)" } ?? "") + (ending.error.map { ", error: \($0)" } ?? "")
        case .refused(let command, let error): "that it refuses to \(command): \(error)"
        }
    }

    /// The case is over: its connections are aborted, its doors closed.
    package func release() {
        guard !isReleased else { return }
        isReleased = true
        for door in doors { door.stop() }
        doors = []
        adapter.forget(self, connections: ids)
        bell.ring()
    }
}
