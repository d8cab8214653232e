import Synchronization

/// How long a test waits for what must happen; far more than a busy machine needs.
let patience: Duration = .seconds(60)

/// What a test waited for did not happen.
struct Overdue: Error, CustomStringConvertible {
    let description = "what the test waits for did not happen within \(patience)"
}

/// Things that happen elsewhere, in order; a test waits for them one by one, never without limit.
final class Events<Element: Sendable>: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Element?, Never>
    }

    private struct State {
        /// Not taken yet. Empty while somebody waits.
        var happened: [Element] = []
        var waiters: [Waiter] = []
        var lastNumber = 0
    }

    private let state = Mutex(State())

    /// Something happened; callable from any thread.
    func send(_ element: Element) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
            state.happened.append(element)
            return nil
        }
        waiter?.continuation.resume(returning: element)
    }

    /// The next thing that happened and was not taken yet.
    ///
    /// - Throws: ``Overdue``.
    func next() async throws -> Element {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let alarm = Task {
            try await Task.sleep(for: patience)
            self.giveUp(number)
        }
        defer { alarm.cancel() }
        let element = await withCheckedContinuation { (continuation: CheckedContinuation<Element?, Never>) in
            let ready = state.withLock { state -> Element? in
                guard state.happened.isEmpty else { return state.happened.removeFirst() }
                state.waiters.append(Waiter(number: number, continuation: continuation))
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
        guard let element else { throw Overdue() }
        return element
    }

    /// The next `count` things.
    func next(_ count: Int) async throws -> [Element] {
        var elements: [Element] = []
        while elements.count < count { elements.append(try await next()) }
        return elements
    }

    /// Takes everything that happened so far, without waiting.
    func takeAll() -> [Element] {
        state.withLock { state in
            defer { state.happened = [] }
            return state.happened
        }
    }

    private func giveUp(_ number: Int) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: nil)
    }
}

extension Events where Element == Void {
    func send() { send(()) }
}
