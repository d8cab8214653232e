import Testing

@testable import LoadGenerator

@Suite struct InFlightTests {
    /// The same, as slow and plain as it can be.
    private struct Model {
        var messages: [(payload: UInt64, sent: UInt64, isExpired: Bool)] = []

        var waiting: Int { messages.filter { !$0.isExpired }.count }

        mutating func popFirst() -> UInt64? { messages.isEmpty ? nil : messages.removeFirst().payload }

        mutating func expire(sentUntil time: UInt64) -> Int {
            var count = 0
            for index in messages.indices where !messages[index].isExpired && messages[index].sent <= time {
                messages[index].isExpired = true
                count += 1
            }
            return count
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `any sequence of sends, replies and timeouts gives what a plain list gives`(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var ring = InFlight()
        var model = Model()
        var time: UInt64 = 1_000
        // More sends than replies at first, so that the ring grows; then more replies, so that it wraps and empties.
        for step in 0..<20_000 {
            time += generator.next() % 10
            let sends = step % 4_000 < 2_000 ? 5 : 3
            let choice = generator.next() % 10
            if choice < sends {
                ring.append(InFlight.Message(planned: time - 1, sent: time, payload: UInt64(step)))
                model.messages.append((UInt64(step), time, false))
            } else if choice < 9 {
                let popped = ring.popFirst()?.payload
                let expected = model.popFirst()
                guard popped == expected else { return #expect(popped == expected, "seed \(seed), step \(step)") }
            } else {
                let until = time - min(time, generator.next() % 200)
                let expired = ring.expire(sentUntil: until)
                let expected = model.expire(sentUntil: until)
                guard expired == expected else { return #expect(expired == expected, "seed \(seed), step \(step)") }
            }
            let (count, waiting) = (ring.count, ring.waiting)
            guard count == model.messages.count, waiting == model.waiting else {
                return #expect(
                    (count, waiting) == (model.messages.count, model.waiting), "seed \(seed), step \(step)")
            }
        }
        #expect(model.messages.count < 20_000)
    }

    @Test func `a message keeps its times`() throws {
        var ring = InFlight()
        ring.append(InFlight.Message(planned: 5, sent: 7, payload: 9))
        let popped = ring.popFirst()
        let message = try #require(popped)
        #expect(message.planned == 5)
        #expect(message.sent == 7)
        #expect(message.payload == 9)
        let next = ring.popFirst()?.payload
        #expect(next == nil)
    }

    @Test func `a reply after its time takes its message off the list of the expired`() {
        var ring = InFlight()
        for sent in [UInt64(10), 20, 30] { ring.append(InFlight.Message(planned: sent, sent: sent, payload: sent)) }
        let first = ring.expire(sentUntil: 20)
        #expect(first == 2)
        let again = ring.expire(sentUntil: 20)
        #expect(again == 0, "each is counted once")
        _ = ring.popFirst()
        let waiting = ring.waiting
        #expect(waiting == 1)
        let last = ring.expire(sentUntil: 30)
        #expect(last == 1)
    }

    @Test func `a closed connection forgets everything`() {
        var ring = InFlight()
        for sent in [UInt64(10), 20] { ring.append(InFlight.Message(planned: sent, sent: sent, payload: sent)) }
        _ = ring.expire(sentUntil: 10)
        ring.removeAll()
        let (count, waiting) = (ring.count, ring.waiting)
        #expect(count == 0 && waiting == 0)
        let expired = ring.expire(sentUntil: .max)
        #expect(expired == 0)
        ring.append(InFlight.Message(planned: 1, sent: 1, payload: 1))
        let popped = ring.popFirst()?.payload
        #expect(popped == 1)
    }
}
