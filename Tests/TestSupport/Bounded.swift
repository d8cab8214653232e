import Synchronization

/// What a test waited for did not happen.
package struct NotInTime: Error, CustomStringConvertible {
    package let what: String

    package init(what: String) { self.what = what }

    package var description: String { "\(what): it did not happen in time" }
}

/// Runs `body`, but waits for it no longer than `limit`: a hang becomes a failure that says what was waited for.
///
/// The limit is for hangs only, so it is generous; no test depends on how fast the machine is. The body is not waited
/// for after the limit: it may be what hangs.
package func bounded<Value: Sendable>(
    _ what: String, by limit: Duration = .seconds(60), _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let holder = Holder<Value>()
    return try await withCheckedThrowingContinuation { continuation in
        holder.box.withLock { $0 = continuation }
        let watchdog = Task {
            try await Task.sleep(for: limit)
            holder.resume(.failure(NotInTime(what: what)))
        }
        Task {
            do {
                let value = try await body()
                holder.resume(.success(value))
            } catch {
                holder.resume(.failure(error))
            }
            watchdog.cancel()
        }
    }
}

/// Resumes a continuation once, whoever comes first.
private final class Holder<Value: Sendable>: Sendable {
    let box = Mutex<CheckedContinuation<Value, any Error>?>(nil)

    func resume(_ result: Result<Value, any Error>) {
        let continuation = box.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        continuation?.resume(with: result)
    }
}
