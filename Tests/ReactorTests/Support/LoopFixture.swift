import CLinux
import Glibc
import Synchronization

@testable import Reactor

/// Gives `body` a loop, and ends the loop's thread afterwards.
func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop.start(name: "test")
    let ended = loop.threadEnd()
    do {
        try await body(loop)
    } catch {
        loop.stop()
        throw error
    }
    loop.stop()
    try await ended.next()
}

extension EventLoop {
    /// Runs `body` on the loop, in a turn of its own, and waits for its result.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let results = Events<Result<Value, any Error>>()
        execute { results.send(Result { try body() }) }
        return try await results.next().get()
    }

    /// Lets the loop take `count` turns, with a look at its descriptors in each.
    func takeTurns(_ count: Int = 4) async throws {
        for _ in 0..<count { try await perform {} }
    }

    /// The thread has ended and released the loop: reported by the C library, as the very last thing the thread does.
    func threadEnd() -> Events<Void> {
        let ended = Events<Void>()
        execute { pthread_setspecific(ThreadEnd.key, Unmanaged.passRetained(ended).toOpaque()) }
        return ended
    }

    /// How many sockets the kernel would report now. Not 0 when the loop has nothing to do means that it spins.
    func readySockets() async throws -> Int {
        try await perform {
            var events = [epoll_event](repeating: epoll_event(), count: 64)
            let count = Int(clinux_epoll_wait(self.epoll, &events, 64, 0))
            // The eventfd of the loop's own wake-ups is the one registered without an object.
            return (0..<count).count { clinux_event_object(events, Int32($0)) != nil }
        }
    }

    /// Processor time that the loop's thread has used, in nanoseconds.
    func processorTime() async throws -> UInt64 { try await perform { clinux_thread_cpu_ns() } }
}

private enum ThreadEnd {
    static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { pointer in
            guard let pointer else { return }
            Unmanaged<Events<Void>>.fromOpaque(pointer).takeRetainedValue().send()
        }
        return key
    }()
}

/// State of a test that lives on one loop.
///
/// `@unchecked Sendable`: the tests touch `value` inside ``EventLoop/perform(_:)`` or in callbacks of the loop only.
final class OnLoop<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}

/// How many descriptors this process has open.
func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    // Not counted: ".", ".." and the directory itself.
    return count - 3
}
