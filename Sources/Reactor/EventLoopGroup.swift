import Synchronization

/// Several loops, handed out in turn.
public final class EventLoopGroup: Sendable {
    public let loops: [EventLoop]
    private let turn = Atomic<Int>(0)

    /// Starts `count` loops, each on a thread of its own.
    ///
    /// - Throws: ``SocketError`` when the process has no descriptor or thread left.
    public init(count: Int, name: String = "loop") throws {
        var loops: [EventLoop] = []
        do {
            for index in 0..<max(1, count) { loops.append(try EventLoop.start(name: "\(name)-\(index)")) }
        } catch {
            for loop in loops { loop.stop() }
            throw error
        }
        self.loops = loops
    }

    /// The next loop in rotation.
    public func next() -> EventLoop {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: index) % UInt(loops.count))]
    }

    /// Ends all loops; see ``EventLoop/stop()``.
    public func stop() {
        for loop in loops { loop.stop() }
    }
}
