/// A client whose replies trigger its next messages. It has no schedule and no planned times: how fast it sends is
/// the server's answer, so its latencies say nothing of what users would wait at a given load.
package struct ClosedLoop: Sendable, Hashable {
    /// How many messages may be unanswered at once.
    package let window: UInt32
    package private(set) var inFlight: UInt32 = 0

    /// - Parameter window: at least 1.
    package init(window: Int) {
        precondition(window > 0 && window <= UInt32.max, "a closed loop needs at least one message in flight")
        self.window = UInt32(window)
    }

    /// True when the next message may leave now.
    package var maySend: Bool { inFlight < window }

    package mutating func sent() {
        precondition(maySend, "a closed loop never exceeds its window")
        inFlight += 1
    }

    /// A reply came, or the time for it is over.
    package mutating func finished() {
        precondition(inFlight > 0, "only a message in flight can finish")
        inFlight -= 1
    }
}
