import HeapModule
import Reactor

/// What a client does at a planned time.
enum PlannedAction: UInt8 {
    case message
    case ping
}

/// Fires the planned actions of all clients of a loop, each at its time: a heap behind one precise timer.
final class Pacer<Client: AnyObject> {
    private struct Due: Comparable {
        let time: UInt64
        let action: PlannedAction
        /// The shard keeps its clients until the run is over.
        let client: Unmanaged<Client>

        static func < (left: Due, right: Due) -> Bool { left.time < right.time }
        static func == (left: Due, right: Due) -> Bool { left.time == right.time }
    }

    /// Actions before the loop looks at its sockets again, so that replies are not measured late behind a burst.
    private static var burst: Int { 64 }

    @exclusivity(unchecked) private var heap = Heap<Due>()
    @exclusivity(unchecked) private var timer: PreciseTimer?
    private let perform: (Client, PlannedAction, _ now: UInt64) -> Void

    init(perform: @escaping (Client, PlannedAction, _ now: UInt64) -> Void) { self.perform = perform }

    func start(on loop: EventLoop) {
        timer = PreciseTimer(on: loop) { [unowned self] _ in fire() }
    }

    func stop() {
        timer?.cancel()
        timer = nil
        heap = Heap()
    }

    /// Plans `action` of `client`; `.max` plans nothing.
    func push(at time: UInt64, _ action: PlannedAction, _ client: Client) {
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
            due.client._withUnsafeGuaranteedRef { perform($0, due.action, now) }
        }
        guard let next = heap.min else { return }
        // A time that has passed would be due in this very turn again: what is left waits for the next one.
        timer?.schedule(at: max(next.time, monotonicNanoseconds() &+ 1))
    }
}
