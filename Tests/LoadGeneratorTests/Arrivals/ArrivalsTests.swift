import Testing

@testable import LoadGenerator

@Suite struct ArrivalsTests {
    @Test func `schedules are small enough to have thousands of them`() {
        #expect(MemoryLayout<SeededGenerator>.stride <= 8)
        #expect(MemoryLayout<EvenArrivals>.stride <= 32)
        #expect(MemoryLayout<PoissonArrivals>.stride <= 32)
        #expect(MemoryLayout<MessageArrivals>.stride <= 32)
        #expect(MemoryLayout<RampArrivals>.stride <= 32)
        #expect(MemoryLayout<PayloadPicker>.stride <= 16)
    }

    // MARK: Even

    @Test func `even arrivals keep their distance and their phase`() {
        var arrivals = EvenArrivals(perSecond: 4, phase: 0.5)
        let times = (0..<4).map { _ in arrivals.next() }
        #expect(times == [125_000_000, 375_000_000, 625_000_000, 875_000_000])
    }

    @Test(arguments: [3.0, 7, 0.3, 999, 1.0 / 60])
    func `the n-th even arrival is computed, so the rate is exact after a million messages`(_ rate: Double) {
        let arrivals = EvenArrivals(perSecond: rate, phase: 0)
        let expected = 1_000_000 / rate * 1e9
        #expect(abs(Double(arrivals.time(of: 1_000_000)) - expected) <= 1)
    }

    @Test func `an even schedule ends at the end of time instead of trapping`() {
        #expect(EvenArrivals(perSecond: 1e-9, phase: 0).time(of: .max) == .max)
    }

    @Test(arguments: [10, 100, 1_000, 2_000])
    func `even arrivals of different clients do not fire together`(_ clients: Int) {
        // Every client sends once a second; in each hundredth of it nearly the same number fires.
        let slots = min(clients, 100)
        var counts = [Int](repeating: 0, count: slots)
        for client in 0..<clients {
            var arrivals = MessageArrivals(.even, perSecond: 1, client: client, seed: 1)
            counts[Int(arrivals.next()) * slots / 1_000_000_000] += 1
        }
        let fair = clients / slots
        #expect(counts.allSatisfy { $0 <= fair + 3 }, "\(counts)")
    }

    @Test func `clients of one behaviour are spread over the whole interval too`() {
        // Half of the clients by choice; their phases must not be half of the circle.
        let chosen = (0..<2_000).filter { LowDiscrepancy.choice($0) < 1 << 63 }
        #expect(abs(chosen.count - 1_000) <= 5)
        var counts = [Int](repeating: 0, count: 10)
        for client in chosen { counts[Int(LowDiscrepancy.phase(client) * 10)] += 1 }
        #expect(counts.allSatisfy { (80...120).contains($0) }, "\(counts)")
    }

    // MARK: Poisson

    @Test(arguments: [0.5, 2, 1_000])
    func `poisson arrivals have the wanted rate and the spread of a poisson process`(_ rate: Double) {
        let seed: UInt64 = 11
        var arrivals = PoissonArrivals(perSecond: rate, generator: SeededGenerator(seed: seed))
        let count = 20_000
        var previous: UInt64 = 0
        var squares = 0.0
        for _ in 0..<count {
            let time = arrivals.next()
            #expect(time >= previous)
            let gap = Double(time - previous) / 1e9 * rate
            squares += gap * gap
            previous = time
        }
        // Gaps of mean 1: their sum has a standard deviation of sqrt(count), the mean of their squares is 2.
        let elapsed = Double(previous) / 1e9 * rate
        #expect(abs(elapsed - Double(count)) < 5 * Double(count).squareRoot(), "seed \(seed)")
        #expect(abs(squares / Double(count) - 2) < 0.2, "seed \(seed)")
    }

    @Test func `the same seed and client give the same times, others do not`() {
        func times(_ client: Int, _ seed: UInt64) -> [UInt64] {
            var arrivals = MessageArrivals(.poisson, perSecond: 10, client: client, seed: seed)
            return (0..<20).map { _ in arrivals.next() }
        }
        #expect(times(3, 42) == times(3, 42))
        #expect(times(3, 42) != times(4, 42))
        #expect(times(3, 42) != times(3, 43))
    }

    // MARK: Generator

    @Test func `the generator is SplitMix64`() {
        // The reference implementation's first outputs for seed 1234567.
        var generator = SeededGenerator(seed: 1_234_567)
        let outputs = (0..<3).map { _ in generator.next() }
        #expect(outputs == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func `units are at least 0, below 1 and even`() {
        let seed: UInt64 = 5
        var generator = SeededGenerator(seed: seed)
        var sum = 0.0
        for _ in 0..<10_000 {
            let unit = generator.nextUnit()
            #expect(unit >= 0 && unit < 1)
            sum += unit
        }
        #expect(abs(sum / 10_000 - 0.5) < 0.02, "seed \(seed)")
    }

    @Test func `split generators and streams go different ways`() {
        var parent = SeededGenerator(seed: 9)
        var child = parent.split()
        var other = parent.split()
        #expect(Set([parent.next(), child.next(), other.next()]).count == 3)
        var first: Set<UInt64> = []
        for stream in 0..<10_000 {
            var generator = SeededGenerator(seed: 9, stream: UInt64(stream))
            first.insert(generator.next())
        }
        #expect(first.count == 10_000)
    }

    // MARK: Ramp

    @Test func `a ramp opens at once and is complete before its end`() {
        var ramp = RampArrivals(from: 0, to: 4, over: 1_000)
        var times: [UInt64] = []
        while let time = ramp.next() { times.append(time) }
        #expect(times == [0, 250, 500, 750])
        #expect(ramp.next() == nil)
    }

    @Test(arguments: [(0, 15_000, 30_000_000_000), (100, 3, 7), (3, 100, 7), (0, 4_000_000_000, UInt64.max), (5, 9, 0)])
    func `a ramp's times are exact and agree with its population`(_ from: Int, _ to: Int, _ duration: UInt64) {
        let ramp = RampArrivals(from: from, to: to, over: duration)
        let count = abs(to - from)
        #expect(ramp.count == count)
        for index in [0, 1, count / 3, count / 2, count - 1] {
            let time = ramp.time(of: index)
            let exact = UInt64(count).dividingFullWidth(duration.multipliedFullWidth(by: UInt64(index))).quotient
            #expect(time == exact)
            let changes = abs(ramp.population(at: time) - from)
            #expect(changes >= index + 1)
            if time > 0 { #expect(abs(ramp.population(at: time - 1) - from) <= index) }
        }
        #expect(ramp.population(at: duration) == to)
        #expect(ramp.population(at: .max) == to)
    }

    @Test func `a ramp of no time opens all at once, a ramp to the same population nothing`() {
        var sudden = RampArrivals(from: 0, to: 3, over: 0)
        #expect([sudden.next(), sudden.next(), sudden.next(), sudden.next()] == [0, 0, 0, nil])
        var still = RampArrivals(from: 7, to: 7, over: 1_000)
        #expect(still.next() == nil)
        #expect(still.population(at: 500) == 7)
        #expect(RampArrivals(from: 9, to: 2, over: 10).isLeaving)
    }

    // MARK: Rate profile

    @Test func `a stage with four times the rate plans four times as many messages`() {
        let profile = RateProfile([(10, 1), (10, 4), (10, 0), (10, 0.5)])
        #expect(profile.nominal(at: 5) == 5)
        #expect(profile.nominal(at: 10) == 10)
        #expect(profile.nominal(at: 15) == 30)
        #expect(profile.nominal(at: 25) == 50)
        #expect(profile.nominal(at: 40) == 55)
        #expect(profile.nominal(at: 1_000) == 55)
        #expect(profile.real(at: 5) == 5)
        #expect(profile.real(at: 30) == 15)
        // What would be planned while the clock stands waits for the next stage.
        #expect(profile.real(at: 50) == 30)
        #expect(profile.real(at: 54) == 38)
        #expect(profile.real(at: 55) == nil)
    }

    @Test func `a profile without stages plans nothing`() {
        #expect(RateProfile([]).real(at: 0) == nil)
        #expect(RateProfile([]).nominal(at: 100) == 0)
        #expect(RateProfile([(0, 3), (10, 1)]).real(at: 4) == 4)
    }
}
