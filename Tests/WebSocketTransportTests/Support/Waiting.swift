import Synchronization
import Testing

/// Something that should have happened did not.
struct WaitedInVain: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited in vain for \(what)" }
}

private let patience = Duration.seconds(60)

/// Awaits `body`, but not for ever: the bound is generous, for a machine that is busy with something else.
func bounded<Value: Sendable>(
    _ what: String = "an answer", _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let isAnswered = FirstOnly()
    return try await withCheckedThrowingContinuation { result in
        let work = Task { try await body() }
        let timer = Task {
            try await Task.sleep(for: patience)
            if isAnswered.claim() { result.resume(throwing: WaitedInVain(what: what)) }
            work.cancel()
        }
        Task {
            let outcome = await work.result
            timer.cancel()
            if isAnswered.claim() { result.resume(with: outcome) }
        }
    }
}

/// True for the first who asks.
private final class FirstOnly: Sendable {
    private let isClaimed = Mutex(false)

    func claim() -> Bool {
        isClaimed.withLock { isClaimed in
            defer { isClaimed = true }
            return !isClaimed
        }
    }
}

/// Yields to others until `condition` holds.
func eventually(_ what: String, _ condition: () -> Bool) async throws {
    let start = ContinuousClock.now
    while !condition() {
        guard ContinuousClock.now - start < patience else { throw WaitedInVain(what: what) }
        await Task.yield()
    }
}
