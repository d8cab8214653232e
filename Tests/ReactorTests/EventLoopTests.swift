import CLinux
import Glibc
import Testing

@testable import Reactor

struct EventLoopTests {
    @Test func `work runs on the loop's thread, in order`() async throws {
        try await withLoop { loop in
            let order = OnLoop<[Int]>([])
            for index in 0..<1000 {
                loop.execute { order.value.append(loop.isCurrent ? index : -1) }
            }
            let ran = try await loop.perform { order.value }
            #expect(ran == Array(0..<1000))
        }
    }

    @Test func `a loop is current on its own thread only`() async throws {
        try await withLoop { loop in
            try await withLoop { other in
                #expect(!loop.isCurrent)
                let (own, foreign) = (
                    try await loop.perform { loop.isCurrent }, try await other.perform { loop.isCurrent }
                )
                #expect(own && !foreign)
            }
        }
    }

    @Test func `work asked for by work runs in a later turn without a wake-up from outside`() async throws {
        try await withLoop { loop in
            let done = Events<Int>()
            @Sendable func goOn(_ step: Int) {
                if step == 500 { return done.send(step) }
                loop.execute { goOn(step + 1) }
            }
            loop.execute { goOn(0) }
            let last = try await done.next()
            #expect(last == 500)
        }
    }

    @Test func `the time of a turn does not go back and does not run ahead`() async throws {
        try await withLoop { loop in
            var previous: UInt64 = 0
            for _ in 0..<100 {
                let (now, clock) = try await loop.perform { (loop.now, monotonicNanoseconds()) }
                #expect(now >= previous && now <= clock)
                previous = now
            }
        }
    }

    // MARK: - Executor

    private actor Counter {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private var count = 0

        init(on loop: EventLoop) { self.loop = loop }

        /// Whether both halves, before and after leaving the actor, ran on the loop.
        func step(visiting other: Visited) async -> Bool {
            let before = loop.isCurrent
            await other.visit()
            count += 1
            return before && loop.isCurrent
        }

        func steps() -> Int { count }
        nonisolated func stepsIfOnLoop() -> Int { assumeIsolated { $0.count } }
    }

    private actor Visited {
        private(set) var visits = 0
        func visit() { visits += 1 }
    }

    @Test func `an actor with the loop as its executor runs on the loop`() async throws {
        try await withLoop { loop in
            let counter = Counter(on: loop)
            let other = Visited()
            let results = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 { group.addTask { await counter.step(visiting: other) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count == 200 && results.allSatisfy { $0 })
            #expect(await counter.steps() == 200)
        }
    }

    @Test func `code on the loop may enter its actor without waiting`() async throws {
        try await withLoop { loop in
            let counter = Counter(on: loop)
            #expect(await counter.step(visiting: Visited()))
            let steps = try await loop.perform { counter.stepsIfOnLoop() }
            #expect(steps == 1)
        }
    }

    @Test func `code elsewhere may not enter the loop's actor without waiting`() async {
        await #expect(processExitsWith: .failure) {
            let counter = Counter(on: try EventLoop.start())
            _ = counter.stepsIfOnLoop()
        }
    }

    @Test func `a task that prefers the loop stays on it and comes back to it`() async throws {
        try await withLoop { loop in
            let other = Visited()
            let stayed = Task(executorPreference: loop) { () async -> [Bool] in
                var onLoop = [loop.isCurrent]
                for _ in 0..<20 {
                    await other.visit()
                    onLoop.append(loop.isCurrent)
                    await Task.yield()
                    onLoop.append(loop.isCurrent)
                    async let child = loop.isCurrent
                    onLoop.append(await child)
                }
                return onLoop
            }
            #expect(await stayed.value.allSatisfy { $0 })
        }
    }

    // MARK: - Stopping

    @Test func `stopping runs what was asked before, then ends the thread and drops the rest`() async throws {
        let loop = try EventLoop.start()
        let ended = loop.threadEnd()
        let ran = Events<Int>()
        // Nested, so that something is always in the mailbox when the loop looks whether it may stop.
        loop.execute { ran.send(1) }
        loop.execute { loop.execute { loop.execute { ran.send(2) } } }
        loop.stop()
        try await ended.next()
        loop.execute { ran.send(3) }
        loop.stop()
        #expect(ran.takeAll() == [1, 2])
    }

    @Test func `a stopped loop is current nowhere, not even on a thread with the same identity`() async throws {
        let stopped = try EventLoop.start()
        let ended = stopped.threadEnd()
        stopped.stop()
        try await ended.next()
        // The C library gives the identity of an ended thread to the next one.
        for _ in 0..<20 {
            try await withLoop { loop in
                let current = try await loop.perform { stopped.isCurrent }
                #expect(!current)
            }
        }
    }

    @Test func `a stopped loop is released, even with a precise timer set that refers to it`() async throws {
        let released = Events<Void>()
        weak var observed: EventLoop?
        do {
            let loop = try EventLoop.start()
            observed = loop
            let ended = loop.threadEnd()
            try await loop.perform {
                let token = Token(released)
                let timer = PreciseTimer(on: loop) { _ in withExtendedLifetime((loop, token)) {} }
                timer.schedule(at: .max - 1)
            }
            loop.stop()
            try await ended.next()
        }
        try await released.next()
        #expect(observed == nil)
    }

    private final class Token: Sendable {
        private let released: Events<Void>
        init(_ released: Events<Void>) { self.released = released }
        deinit { released.send() }
    }

    @Test func `a task on the loop that waits for its stream goes on when the loop stops`() async throws {
        let loop = try EventLoop.start()
        let (descriptor, peer) = try SocketKind.unix.connectedPair()
        let waiting = OnLoop<CheckedContinuation<StreamEnd, Never>?>(nil)
        let handler = ScriptedHandler { event, _ in
            if case .closed(let end) = event { waiting.value?.resume(returning: end) }
        }
        _ = try await TestedStream(descriptor, on: loop, handler: handler)
        let finished = Events<StreamEnd>()
        Task(executorPreference: loop) {
            let end = await withCheckedContinuation { waiting.value = $0 }
            finished.send(end)
        }
        // The task was put into the mailbox first, so it waits when this has run.
        try await loop.takeTurns(1)
        loop.stop()
        #expect(try await finished.next() == .loopStopped)
        peer.close()
    }

    @Test func `a handler that opens a new stream whenever one ends does not keep a stopping loop alive`() async throws
    {
        let loop = try EventLoop.start()
        let ended = loop.threadEnd()
        let refusals = Events<SocketError>()
        let peers = OnLoop<[ScriptedPeer]>([])
        @Sendable func open() {
            let handler = ScriptedHandler { event, _ in
                if case .closed = event, peers.value.count < 100 { open() }
            }
            do {
                let pair = try ScriptedPeer.pair(type: SOCK_STREAM)
                peers.value.append(pair.peer)
                _ = try Stream(pair.descriptor, on: loop, handler: handler)
            } catch let error as SocketError {
                refusals.send(error)
            } catch {}
        }
        try await loop.perform { open() }
        loop.stop()
        try await ended.next()
        #expect(refusals.takeAll().map(\.code) == [ECANCELED])
        #expect(peers.value.count == 2)
    }

    @Test func `a group hands out its loops in turn and stops them all`() async throws {
        let group = try EventLoopGroup(count: 3, name: "group")
        let ended = group.loops.map { $0.threadEnd() }
        #expect(group.loops.map(\.name) == ["group-0", "group-1", "group-2"])
        let rounds = (0..<6).map { _ in group.next().name }
        #expect(rounds == ["group-0", "group-1", "group-2", "group-0", "group-1", "group-2"])
        group.stop()
        for end in ended { try await end.next() }
    }

    @Test(arguments: [0, -1])
    func `a group has at least one loop`(count: Int) throws {
        let group = try EventLoopGroup(count: count)
        #expect(group.loops.count == 1)
        group.stop()
    }
}
