import Reactor
import Synchronization
import TestSupport
import Testing

@testable import LoadGenerator

@Suite struct PacerTests {
    /// What a pacer did, in order. Touched on its loop only.
    private final class Clients: @unchecked Sendable {
        struct Client {
            let number: Int
            let action: PlannedAction
            let planned: UInt64
            let now: UInt64
        }

        final class One {
            let number: Int
            let planned: UInt64

            init(_ number: Int, planned: UInt64) {
                self.number = number
                self.planned = planned
            }
        }

        var clients: [One] = []
        var fired: [Client] = []
        var pacer: Pacer<One>?
    }

    /// Runs `body` on a loop of its own.
    private static func onLoop<Value: Sendable>(
        _ loop: EventLoop, _ body: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { done in loop.execute { done.resume(returning: body()) } }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `actions fire in the order of their times, none early, whatever the order they were planned in`(
        _ seed: UInt64
    ) async throws {
        let loop = try EventLoop.start(name: "pacer")
        defer { loop.stop() }
        let clients = Clients()
        let count = 500
        try await bounded("all actions to fire") {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                loop.execute {
                    let start = monotonicNanoseconds()
                    var generator = SeededGenerator(seed: seed)
                    let pacer = Pacer<Clients.One> { client, action, now in
                        clients.fired.append(
                            .init(number: client.number, action: action, planned: client.planned, now: now))
                        if clients.fired.count == count { done.resume() }
                    }
                    clients.pacer = pacer
                    pacer.start(on: loop)
                    for number in 0..<count {
                        let client = Clients.One(number, planned: start + generator.next() % 30_000_000)
                        clients.clients.append(client)
                        pacer.push(at: client.planned, number % 3 == 0 ? .ping : .message, client)
                    }
                }
            }
        }
        await Self.onLoop(loop) {
            let fired = clients.fired
            #expect(fired.map(\.planned) == fired.map(\.planned).sorted(), "seed \(seed)")
            #expect(fired.allSatisfy { $0.now >= $0.planned }, "seed \(seed)")
            #expect(Set(fired.map(\.number)).count == count, "seed \(seed)")
            #expect(fired.allSatisfy { ($0.action == .ping) == ($0.number % 3 == 0) }, "seed \(seed)")
            clients.pacer?.stop()
            clients.pacer = nil
        }
    }

    @Test func `a backlog is worked off in bursts, and the loop looks at what else waits in between`() async throws {
        let loop = try EventLoop.start(name: "pacer")
        defer { loop.stop() }
        let clients = Clients()
        let count = 1_000
        let turns = Counting()
        try await bounded("the backlog to be worked off") {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                @Sendable func nextTurn() {
                    guard clients.fired.count < count else { return done.resume() }
                    _ = turns.next()
                    loop.execute { nextTurn() }
                }
                loop.execute {
                    let pacer = Pacer<Clients.One> { client, action, now in
                        clients.fired.append(
                            .init(number: client.number, action: action, planned: client.planned, now: now))
                    }
                    clients.pacer = pacer
                    pacer.start(on: loop)
                    let past = monotonicNanoseconds() - 1_000_000_000
                    for number in 0..<count {
                        let client = Clients.One(number, planned: past)
                        clients.clients.append(client)
                        pacer.push(at: past, .message, client)
                    }
                    nextTurn()
                }
            }
        }
        // 64 at a time: the loop came round at least 15 times.
        #expect(turns.value >= count / 64)
        await Self.onLoop(loop) {
            clients.pacer?.stop()
            clients.pacer = nil
        }
    }

    @Test func `what is planned for the end of time is not planned, and a stopped pacer plans nothing`() async throws {
        let loop = try EventLoop.start(name: "pacer")
        defer { loop.stop() }
        let fired = Counting()
        try await bounded("the loop") {
            await Self.onLoop(loop) {
                let pacer = Pacer<Clients.One> { _, _, _ in _ = fired.next() }
                let client = Clients.One(0, planned: 0)
                pacer.start(on: loop)
                pacer.push(at: .max, .message, client)
                pacer.push(at: 0, .message, client)
                pacer.stop()
                pacer.push(at: 0, .message, client)
            }
            await Self.onLoop(loop) {}
        }
        #expect(fired.value == 0)
    }
}
