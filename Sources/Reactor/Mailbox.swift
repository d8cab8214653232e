import Synchronization

/// What other threads ask of a loop, in order. One wake-up for any number of items.
final class Mailbox: Sendable {
    enum Item {
        case job(UnownedJob)
        case work(@Sendable () -> Void)
    }

    private struct State {
        var items: [Item] = []
        /// True from the first item until the loop takes the batch: nobody else needs to wake it.
        var isLoopAwake = false
        var isClosed = false
    }

    enum AddAction {
        case wake
        case nothing
        /// The loop has ended and will never take this item.
        case refuse
    }

    private let state = Mutex(State())

    func add(_ item: Item) -> AddAction {
        state.withLock { state in
            if state.isClosed { return .refuse }
            state.items.append(item)
            if state.isLoopAwake { return .nothing }
            state.isLoopAwake = true
            return .wake
        }
    }

    /// Exchanges the waiting items for `batch`, whose storage is used for the next ones.
    func take(into batch: inout [Item]) {
        state.withLock { state in
            swap(&state.items, &batch)
            state.isLoopAwake = false
        }
    }

    /// Refuses further items when none is waiting.
    func closeIfEmpty() -> Bool {
        state.withLock { state in
            guard state.items.isEmpty else { return false }
            state.isClosed = true
            return true
        }
    }
}
