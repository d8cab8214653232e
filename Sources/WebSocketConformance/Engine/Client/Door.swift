import Reactor
import Glibc

/// A listening socket of the suite: reads the request of everyone who connects, and hands the connection on.
///
/// `@unchecked Sendable`: touched on its lane only.
final class Door: @unchecked Sendable {
    /// What happens with a connection, in this order; called on the lane.
    enum Arrival {
        /// It was accepted. Its wire may not be waited on until one of the others came.
        case connected(Wire)
        /// Its request has come.
        case visitor(Visitor)
        /// No request came: it ended, was too slow, TLS was not agreed on, or wanted where it is not spoken.
        case left(Wire)
    }

    /// Connections whose request has not come; more are turned away at once.
    static let waitingLimit = 1024
    /// Octets of a request's head; a longer one counts as none.
    static let headLimit = 64 * 1024

    private let lane: Lane
    private let tls: TLSServerContext?
    private let patience: UInt64
    private let arrived: (Arrival) -> Void
    private var listener: Listener?
    private var waiting = 0

    /// Listens at once; call on the lane.
    ///
    /// - Parameters:
    ///   - tls: nil speaks clear text.
    ///   - patience: for TLS and the head of the request, in nanoseconds.
    /// - Throws: `SocketError` when the address cannot be listened on.
    init(
        address: SocketAddress, lane: Lane, tls: TLSServerContext?, patience: UInt64,
        arrived: @escaping (Arrival) -> Void
    ) throws {
        self.lane = lane
        self.tls = tls
        self.patience = patience
        self.arrived = arrived
        let listener = try Listener(
            address: address,
            accepted: { [weak self] descriptor in self?.accept(descriptor) ?? { _ = close(descriptor) }() },
            exhausted: { _ in })
        try listener.start(on: lane.loop)
        self.listener = listener
    }

    deinit { stop() }

    /// Where it listens: with port 0 the port that the kernel chose.
    var address: SocketAddress? { listener?.address }

    /// Turns everyone away from now on.
    func stop() {
        listener?.stop()
        listener = nil
    }

    private func accept(_ descriptor: Int32) {
        guard waiting < Self.waitingLimit else {
            close(descriptor)
            return
        }
        let recorder = WireRecorder { monotonicNanoseconds() }
        do {
            let layer = try tls?.makeLayer(on: lane.loop)
            let wire = try Wire(descriptor: descriptor, lane: lane, index: 0, recorder: recorder, tls: layer)
            waiting += 1
            arrived(.connected(wire))
            let moved = OnLane(wire)
            Task(executorPreference: lane.loop) { await self.welcome(moved.value) }
        } catch {
            // Without memory or descriptors there is nobody to tell.
        }
    }

    private func welcome(_ wire: Wire) async {
        let deadline = lane.now &+ patience
        while !wire.isSecured, wire.end == nil, await wire.wait(until: deadline) {}
        let head = await Self.isTLS(wire, until: deadline) ? nil : wire.readHead(until: deadline, limit: Self.headLimit)
        waiting -= 1
        guard let head else {
            arrived(.left(wire))
            return
        }
        arrived(.visitor(Visitor(wire: wire, head: head)))
    }

    /// Whether what comes begins with a TLS handshake; the whole of its first record is there then.
    private static func isTLS(_ wire: Wire, until deadline: UInt64) async -> Bool {
        while true {
            let octets = Array(wire.unread.prefix(5))
            if let first = octets.first, first != 22 { return false }
            if octets.count == 5, wire.unread.count >= 5 + (Int(octets[3]) << 8 | Int(octets[4])) { return true }
            guard wire.end == nil, await wire.wait(until: deadline) else { return false }
        }
    }
}

/// Carries what belongs to a lane from one of its tasks to another.
///
/// `@unchecked Sendable`: both tasks run on the lane's one thread.
struct OnLane<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
