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

/// What this process has open: descriptors, and what each of them is.
struct OpenDescriptors {
    private let targets: [Int: String]

    init() {
        var targets: [Int: String] = [:]
        guard let directory = opendir("/proc/self/fd") else {
            self.targets = [:]
            return
        }
        defer { closedir(directory) }
        var target = [UInt8](repeating: 0, count: 256)
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let descriptor = Int(name), descriptor != Int(dirfd(directory)) else { continue }
            let count = target.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return readlink("/proc/self/fd/\(name)", start.assumingMemoryBound(to: CChar.self), buffer.count)
            }
            targets[descriptor] = String(decoding: target.prefix(max(0, count)), as: UTF8.self)
        }
        self.targets = targets
    }

    /// What is open now and was not open then. Timers are not counted: the concurrency runtime opens some for itself when it
    /// likes, and the reactor has none. Nor are pipes: it has none either, but the symbolizer of a sanitizer is behind two.
    static func opened(since before: OpenDescriptors) -> [String] {
        OpenDescriptors().targets
            .filter {
                before.targets[$0.key] == nil && !$0.value.contains("[timerfd]") && !$0.value.hasPrefix("pipe:")
            }
            .map { "\($0): \($1)" }.sorted()
    }
}
