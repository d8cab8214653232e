import HeapModule
import Reactor

/// Fires the planned actions of all clients of a loop, each at its time: a heap behind one precise timer.
final class Pacer {
    enum Action: UInt8 {
        case message
        case ping
    }

    private struct Due: Comparable {
        let time: UInt64
        let action: Action
        /// The shard keeps its clients until the run is over.
        let client: Unmanaged<VirtualClient>

        static func < (left: Due, right: Due) -> Bool { left.time < right.time }
        static func == (left: Due, right: Due) -> Bool { left.time == right.time }
    }

    /// Actions before the loop looks at its sockets again, so that replies are not measured late behind a burst.
    private static let burst = 64

    @exclusivity(unchecked) private var heap = Heap<Due>()
    @exclusivity(unchecked) private var timer: PreciseTimer?

    func start(on loop: EventLoop) {
        timer = PreciseTimer(on: loop) { [unowned self] _ in fire() }
    }

    func stop() {
        timer?.cancel()
        timer = nil
        heap = Heap()
    }

    /// Plans `action` of `client`; `.max` plans nothing.
    func push(at time: UInt64, _ action: Action, _ client: VirtualClient) {
        guard time != .max, let timer else { return }
        heap.insert(Due(time: time, action: action, client: .passUnretained(client)))
        if time < timer.deadline ?? .max { timer.schedule(at: time) }
    }

    private func fire() {
        var remaining = Self.burst
        while remaining > 0, let due = heap.min {
            let now = monotonicNanoseconds()
            guard due.time <= now else { break }
            heap.removeMin()
            remaining -= 1
            due.client._withUnsafeGuaranteedRef { client in
                switch due.action {
                case .message: client.messageDue(now: now)
                case .ping: client.pingDue(now: now)
                }
            }
        }
        if let next = heap.min { timer?.schedule(at: next.time) }
    }
}
