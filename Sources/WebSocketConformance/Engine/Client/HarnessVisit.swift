import BenchResults
import Reactor

/// The one connection that a harness gives to a case: an echo client that asks for case after case by itself.
///
/// `@unchecked Sendable`: touched on its lane only.
final class HarnessVisit: VisitorSource, @unchecked Sendable {
    private let lane: Lane
    private let patience: UInt64
    private var visitor: Visitor?

    /// - Parameter patience: how long a client may take to leave a connection that no case wants, in nanoseconds.
    init(_ visitor: Visitor, lane: Lane, patience: UInt64) {
        self.visitor = visitor
        self.lane = lane
        self.patience = patience
    }

    package func nextVisitor(
        for probe: Probe, offering wish: DeflateWish?, until deadline: UInt64
    ) async throws -> Visitor {
        guard let visitor else {
            throw ProbeError.skipped("needs a second connection of the client, for which it takes an adapter")
        }
        self.visitor = nil
        probe.adopt(visitor.wire)
        head = visitor.head
        return visitor
    }

    private var head: HTTPHead?

    /// A connection that the case did not answer is closed as it should be: most harnesses give up when an opening handshake
    /// fails that had no reason to.
    package func letGo(of wire: Wire) {
        guard let head, !wire.hasSent, !wire.isFinished, wire.end == nil, !wire.isGone else { return wire.drop() }
        dismiss(Visitor(wire: wire, head: head))
    }

    package func release() {
        guard let visitor else { return }
        self.visitor = nil
        dismiss(visitor)
    }

    private func dismiss(_ visitor: Visitor) {
        let moved = OnLane((visitor, patience, lane))
        Task(executorPreference: lane.loop) {
            let (visitor, patience, lane) = moved.value
            await Courtesy.answer(visitor, message: nil, lane: lane, patience: patience)
        }
    }
}

/// Whole WebSocket connections outside of any case, done by the book.
enum Courtesy {
    /// Accepts, sends `message`, closes with 1000, and waits for the client to do its part.
    static func answer(_ visitor: Visitor, message: String?, lane: Lane, patience: UInt64) async {
        let recorder = WireRecorder { monotonicNanoseconds() }
        let conversation = Conversation(
            wire: visitor.wire, sender: .server, inflation: nil, terms: nil, recorder: recorder,
            random: SeededRandom(seed: 0))
        await visitor.wire.send(Probe.switching(to: visitor.head).octets)
        if let message { await conversation.send(.text(message)) }
        await conversation.sendClose(1000)
        let deadline = lane.now &+ patience
        while conversation.close == nil, let incoming = await conversation.next(until: deadline), incoming != .end {}
        visitor.wire.finish()
        _ = await visitor.wire.waitForEnd(until: deadline)
        visitor.wire.drop()
    }
}
