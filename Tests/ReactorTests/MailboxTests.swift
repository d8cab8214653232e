import Foundation
import Synchronization
import Testing

@testable import Reactor

struct MailboxTests {
    @Test func `one wake-up serves every item until the batch is taken`() {
        let mailbox = Mailbox()
        var batch: [Mailbox.Item] = []
        #expect(mailbox.add(.work {}) == .wake)
        #expect(mailbox.add(.work {}) == .nothing)
        #expect(mailbox.add(.work {}) == .nothing)
        mailbox.take(into: &batch)
        #expect(batch.count == 3)
        batch.removeAll()
        #expect(mailbox.add(.work {}) == .wake)
        mailbox.take(into: &batch)
        #expect(batch.count == 1)
    }

    @Test func `an empty mailbox gives an empty batch`() {
        var batch: [Mailbox.Item] = []
        Mailbox().take(into: &batch)
        #expect(batch.isEmpty)
    }

    @Test func `a mailbox with an item in it does not close`() {
        let mailbox = Mailbox()
        var batch: [Mailbox.Item] = []
        _ = mailbox.add(.work {})
        #expect(!mailbox.closeIfEmpty())
        mailbox.take(into: &batch)
        #expect(mailbox.closeIfEmpty())
    }

    @Test func `a closed mailbox refuses`() {
        let mailbox = Mailbox()
        #expect(mailbox.closeIfEmpty())
        #expect(mailbox.add(.work {}) == .refuse)
        var batch: [Mailbox.Item] = []
        mailbox.take(into: &batch)
        #expect(batch.isEmpty)
    }

    @Test func `items come out in the order they went in`() {
        let mailbox = Mailbox()
        let order = OnLoop<[Int]>([])
        for index in 0..<100 { _ = mailbox.add(.work { order.value.append(index) }) }
        var batch: [Mailbox.Item] = []
        mailbox.take(into: &batch)
        for case .work(let work) in batch { work() }
        #expect(order.value == Array(0..<100))
    }

    /// 8 threads, 2 loops, 10,000 items from each thread, alternately to both loops.
    @Test func `in a storm from many threads nothing is lost and every thread keeps its order`() async throws {
        let (threads, perThread) = (8, 10_000)
        try await withLoop { first in
            try await withLoop { second in
                let loops = [first, second]
                let ran = loops.map { _ in OnLoop([[Int]](repeating: [], count: threads)) }
                let senders = Events<Void>()
                for thread in 0..<threads {
                    Thread.detachNewThread {
                        for index in 0..<perThread {
                            let target = index % 2
                            loops[target].execute { ran[target].value[thread].append(index) }
                        }
                        senders.send()
                    }
                }
                _ = try await senders.next(threads)
                for target in 0...1 {
                    let received = try await loops[target].perform { ran[target].value }
                    for thread in 0..<threads {
                        let expected = Array(stride(from: target, to: perThread, by: 2))
                        #expect(received[thread] == expected, "thread \(thread) on loop \(target)")
                    }
                }
            }
        }
    }
}
