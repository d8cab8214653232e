import BenchResults
import Reactor

/// What a case works with: connections to the system under test, time, randomness, the log. Made anew for each attempt;
/// confined to a lane.
package final class Probe {
    let subject: Subject
    let capabilities: Capabilities
    let timeouts: Timeouts
    let lane: Lane
    let recorder: WireRecorder
    /// Its numbers depend on the run's seed and the case alone.
    var random: SeededRandom
    let caseID: String
    /// The system under test's process, when the suite started it.
    let processID: Int32?
    private var wireCount = 0
    private var openWires: [Wire] = []
    /// What happened, for the result.
    private(set) var observations: [String] = []
    /// Set by a case that has told the system under test to end, alone of course: it is started again afterwards.
    var hasEndedSubject = false
    /// The peer's last Close.
    var remoteCloseCode: UInt16?

    package init(
        subject: Subject, capabilities: Capabilities, timeouts: Timeouts, lane: Lane, seed: UInt64, caseID: String,
        processID: Int32?
    ) {
        self.subject = subject
        self.capabilities = capabilities
        self.timeouts = timeouts
        self.lane = lane
        self.caseID = caseID
        self.processID = processID
        random = SeededRandom(seed: seed, name: caseID)
        recorder = WireRecorder { monotonicNanoseconds() }
    }

    var role: CaseRole { subject.role }
    /// Who we are on the wire.
    var sender: Sender { role == .server ? .client : .server }
    var now: UInt64 { monotonicNanoseconds() }

    /// `times` the usual wait from now.
    func deadline(times: Double = 1) -> UInt64 { now &+ UInt64(Double(timeouts.answer) * times) }

    func observe(_ text: String) {
        if observations.count < 200 { observations.append(text) }
    }

    /// Begins anew with them, for a procedure that does the same many times.
    func forgetObservations() { observations = [] }

    func pause(milliseconds: Int) async {
        recorder.remark("pause of \(milliseconds) ms", kind: .waited)
        await lane.pause(nanoseconds: UInt64(max(0, milliseconds)) * 1_000_000)
    }

    // MARK: - Connections

    /// A TCP connection (with TLS where the URL says so) to a server under test, nothing sent yet.
    ///
    /// - Throws: ``ProbeError/unreachable(_:)``; ``ProbeError/skipped(_:)`` for a client under test.
    func connect() async throws -> Wire {
        guard case .server(let server) = subject else { throw ProbeError.skipped("only a server can be dialled") }
        return try await connect(tls: server.tls)
    }

    /// The same in clear text, whatever the URL says.
    func connectPlainly() async throws -> Wire { try await connect(tls: nil) }

    /// The same with other terms of TLS than the usual ones.
    func connect(tls context: TLSClientContext?) async throws -> Wire {
        guard case .server(let server) = subject else { throw ProbeError.skipped("only a server can be dialled") }
        let descriptor = try await dial(server)
        let tls: TLSLayer?
        do {
            tls = try context?.makeLayer(host: server.host, port: server.port, on: lane.loop)
        } catch {
            throw ProbeError.unreachable("\(error)")
        }
        let wire = try adopt(descriptor, tls: tls)
        let deadline = now &+ timeouts.opening
        while !wire.isSecured {
            guard wire.end == nil, await wire.wait(until: deadline) else {
                throw ProbeError.unreachable("TLS was not agreed on: \(wire.end.map { "\($0)" } ?? "no answer")")
            }
        }
        return wire
    }

    /// Takes over a connected socket.
    func adopt(_ descriptor: Int32, tls: TLSLayer?) throws -> Wire {
        let wire = try Wire(descriptor: descriptor, lane: lane, index: wireCount, recorder: recorder, tls: tls)
        wireCount += 1
        openWires.append(wire)
        return wire
    }

    /// Takes over a client's connection that somebody else accepted, and its log.
    func adopt(_ wire: Wire) {
        wire.join(recorder, index: wireCount)
        wireCount += 1
        openWires.append(wire)
    }

    private func dial(_ server: ServerSubject) async throws -> Int32 {
        let result: Result<Int32, ConnectError> = await withCheckedContinuation { continuation in
            Connector.connect(
                host: server.host, port: server.port, on: lane.loop, options: ConnectOptions(timeout: timeouts.opening)
            ) { continuation.resume(returning: $0) }
        }
        do {
            return try result.get()
        } catch {
            throw ProbeError.unreachable(error.description)
        }
    }

    /// Lets go of every connection of the case, which goes on with others.
    func dropConnections() {
        let wires = openWires
        openWires = []
        guard case .client(let source) = subject else { return wires.forEach { $0.drop() } }
        for wire in wires { source.letGo(of: wire) }
    }

    /// Lets go of everything: the case is over.
    func dropAll() {
        dropConnections()
        if case .client(let source) = subject { source.release() }
    }

    // MARK: - Opening handshakes

    /// Opens a WebSocket connection in the usual way, whichever side we are.
    ///
    /// - Throws: ``ProbeError``.
    func open(_ opening: Opening = Opening()) async throws -> Conversation {
        switch subject {
        case .server: try await openAsClient(opening)
        case .client: try await accept(visitor(offering: opening.deflate), opening)
        }
    }

    /// The next connection of a client under test with its request, which is not answered yet. One that is driven by an
    /// adapter is told to connect, unless the case has done so itself.
    ///
    /// - Throws: ``ProbeError``.
    func visitor(offering wish: DeflateWish? = nil) async throws -> Visitor {
        guard case .client(let source) = subject else { throw ProbeError.skipped("only a client visits") }
        return try await source.nextVisitor(for: self, offering: wish, until: now &+ timeouts.opening)
    }

    /// The client's other side: what its application is told to do, and what it reports. For cases that need ``Capability/adapter``.
    ///
    /// - Throws: ``ProbeError/skipped(_:)`` without an adapter.
    var client: ClientControl {
        get throws(ProbeError) {
            guard case .client(let source) = subject, let control = source as? ClientControl else {
                throw .skipped(Capability.adapter.absence)
            }
            control.join(self)
            return control
        }
    }

    /// The request target of `fixture`.
    func target(_ fixture: Capability) throws -> String {
        if let path = capabilities.paths[fixture] { return path }
        guard case .server(let server) = subject, fixture == .echo || fixture == .deflate else {
            throw ProbeError.skipped(fixture.absence)
        }
        return server.target
    }

    /// An upgrade request that every server must accept; the caller bends what it wants to bend.
    func upgradeRequest(target: String, key: String? = nil, extensions: String? = nil) -> HTTPHeadText {
        let authority: String
        if case .server(let server) = subject { authority = server.authority } else { authority = "" }
        var request = HTTPHeadText(
            startLine: "GET \(target) HTTP/1.1",
            fields: [
                ("Host", authority), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", key ?? HandshakeKey.random(&random)), ("Sec-WebSocket-Version", "13"),
            ])
        if let extensions { request.add("Sec-WebSocket-Extensions", extensions) }
        return request
    }

    private func openAsClient(_ opening: Opening) async throws -> Conversation {
        let wire = try await connect()
        var target = try target(opening.fixture)
        if let query = opening.query { target += (target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query }
        let request = upgradeRequest(target: target, extensions: opening.deflate?.offer)
        await wire.send(request.octets)
        return try await finishOpening(on: wire, request: request, needsDeflate: opening.deflate != nil)
    }

    /// Reads the answer to `request`, which has to be a correct 101.
    func finishOpening(
        on wire: Wire, request: HTTPHeadText, needsDeflate: Bool = false
    ) async throws -> Conversation {
        guard let answer = await wire.readAnswer(until: now &+ timeouts.opening) else {
            throw ProbeError.notOpened(
                "no HTTP answer to the upgrade request\(wire.end.map { ", the connection ended (\($0))" } ?? "")")
        }
        guard answer.status == 101 else { throw ProbeError.notOpened("answered \(answer.summary)") }
        if let fault = Self.fault(of: answer.head, key: request.fields.first { $0.name == "Sec-WebSocket-Key" }?.value)
        {
            throw ProbeError.notOpened(fault)
        }
        let extensions = answer.head.values("Sec-WebSocket-Extensions")
        guard needsDeflate else {
            if !extensions.isEmpty { throw ProbeError.notOpened("the answer names an extension that was not offered") }
            return converse(on: wire, terms: nil)
        }
        guard let text = extensions.first else { throw ProbeError.skipped("permessage-deflate was not agreed on") }
        guard extensions.count == 1, let terms = DeflateTerms(answer: text) else {
            throw ProbeError.notOpened("the answer is no acceptance of permessage-deflate: \(extensions)")
        }
        return converse(on: wire, terms: terms)
    }

    /// What is wrong with a 101 by RFC 6455 §4.1; nil when nothing is.
    static func fault(of head: HTTPHead, key: String?) -> String? {
        guard head.startLine.hasPrefix("HTTP/1.1 101") else { return "the status line is \(head.startLine)" }
        guard head.tokens("Upgrade").map({ $0.lowercased() }) == ["websocket"] else { return "no Upgrade: websocket" }
        guard head.tokens("Connection").contains(where: { $0.lowercased() == "upgrade" }) else {
            return "no Connection: Upgrade"
        }
        guard let key, head.value("Sec-WebSocket-Accept") == HandshakeKey.accept(for: key) else {
            return "Sec-WebSocket-Accept is missing, doubled or wrong"
        }
        return nil
    }

    /// Answers a client's request with a correct 101 and goes on from there.
    func accept(_ visitor: Visitor, _ opening: Opening) async throws -> Conversation {
        var answer = Self.switching(to: visitor.head)
        var terms: DeflateTerms?
        if let wish = opening.deflate {
            guard let text = ClientOffer(visitor.head)?.answer(to: wish), let agreed = DeflateTerms(answer: text) else {
                throw ProbeError.skipped("the client does not offer permessage-deflate like this")
            }
            answer.add("Sec-WebSocket-Extensions", text)
            terms = agreed
        }
        await visitor.wire.send(answer.octets)
        return converse(on: visitor.wire, terms: terms)
    }

    /// The 101 that every client must accept as the answer to `request`; the caller bends what it wants to bend.
    static func switching(to request: HTTPHead) -> HTTPHeadText {
        HTTPHeadText(
            startLine: "HTTP/1.1 101 Switching Protocols",
            fields: [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", HandshakeKey.accept(for: request.value("Sec-WebSocket-Key") ?? "")),
            ])
    }

    /// The WebSocket phase of a wire whose handshake is over.
    func converse(on wire: Wire, terms: DeflateTerms?) -> Conversation {
        let inflation = terms.flatMap { Inflation(terms: $0, sender: sender == .client ? .server : .client) }
        let conversation = Conversation(
            wire: wire, sender: sender, inflation: inflation, terms: terms, recorder: recorder,
            random: SeededRandom(seed: random.next()))
        // Only Autobahn's ids begin with a digit.
        conversation.mindsRepetitions = caseID.first?.isNumber == true
        conversation.mindsLateData = conversation.mindsRepetitions || caseID.hasPrefix("C-")
        return conversation
    }
}

/// What a client under test offers of permessage-deflate.
struct ClientOffer {
    /// Parameters by name, with their values.
    var parameters: [String: String?] = [:]

    /// The first offer of permessage-deflate in `request`; nil when there is none.
    init?(_ request: HTTPHead) {
        let offers = request.tokens("Sec-WebSocket-Extensions")
        guard let offer = offers.first(where: { $0.hasPrefix("permessage-deflate") }) else { return nil }
        for part in offer.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { trimmed(String($0)) }
            guard let name = pair.first else { continue }
            parameters[name] = pair.count == 2 ? pair[1] : .some(nil)
        }
    }

    /// An answer that this client must accept and that grants `wish`; nil when there is none.
    func answer(to wish: DeflateWish) -> String? {
        var text = "permessage-deflate"
        if wish.serverNoContextTakeover || parameters.keys.contains("server_no_context_takeover") {
            text += "; server_no_context_takeover"
        }
        // Not every client that offers it takes an answer without it, which X-041 finds.
        if wish.clientNoContextTakeover || parameters.keys.contains("client_no_context_takeover") {
            text += "; client_no_context_takeover"
        }
        let most = parameters["server_max_window_bits"].flatMap { $0.flatMap { Int($0) } }
        if let bits = wish.serverMaxWindowBits ?? most {
            guard bits <= most ?? 15 else { return nil }
            text += "; server_max_window_bits=\(bits)"
        }
        if let bits = wish.clientMaxWindowBits, bits > 0 {
            guard let offered = parameters["client_max_window_bits"] else { return nil }
            if let most = offered.flatMap({ Int($0) }), bits > most { return nil }
            text += "; client_max_window_bits=\(bits)"
        }
        return text
    }
}
