import Testing

@testable import LoadGenerator

@Suite struct TimelineTests {
    private static let second: UInt64 = 1_000_000_000

    private static func timeline(_ stages: String) throws -> Timeline {
        var fixture = ScenarioFixture()
        fixture.load = "{ stages: \(stages) }"
        return Timeline(try fixture.read().load)
    }

    @Test func `stages follow each other without gaps, and a hold keeps the population`() throws {
        let timeline = try Self.timeline(
            """
            [{ name: up, connections: 100, over: 10s, record: false }, { name: hold, hold: 5s },
             { name: down, connections: 20, over: 4s }, { name: rest, hold: 1s }]
            """)
        #expect(timeline.stages.map(\.name) == ["up", "hold", "down", "rest"])
        #expect(timeline.stages.map { $0.start / Self.second } == [0, 10, 15, 19])
        #expect(timeline.stages.map { $0.end / Self.second } == [10, 15, 19, 20])
        #expect(timeline.stages.map(\.isRecorded) == [false, true, true, true])
        #expect(timeline.stages.map { [$0.ramp.from, $0.ramp.to] } == [[0, 100], [100, 100], [100, 20], [20, 20]])
        #expect(timeline.end == 20 * Self.second)
        #expect(timeline.peak == 100)
    }

    @Test(
        arguments: [
            (0, 0), (9_999_999_999, 0), (10_000_000_000, 1), (14_999_999_999, 1), (15_000_000_000, 2),
            (90_000_000_000, 2),
        ] as [(UInt64, Int)])
    func `a moment belongs to the stage it lies in, later ones to the last`(_ time: UInt64, _ index: Int) throws {
        let timeline = try Self.timeline(
            "[{ name: a, connections: 10, over: 10s }, { name: b, hold: 5s }, { name: c, hold: 5s }]")
        #expect(timeline.index(at: time) == index)
    }

    @Test(
        arguments: [(0, 1), (5, 51), (10, 100), (12, 100), (15, 99), (17, 59), (19, 20), (50, 20)] as [(UInt64, Int)])
    func `the population moves linearly, with the change that is due at the moment`(
        _ second: UInt64, _ population: Int
    ) throws {
        let timeline = try Self.timeline(
            """
            [{ name: up, connections: 100, over: 10s }, { name: hold, hold: 5s },
             { name: down, connections: 20, over: 4s }, { name: rest, hold: 1s }]
            """)
        #expect(timeline.population(at: second * Self.second) == population)
    }

    @Test func `messages: x4 bends the clock of the stage it stands in`() throws {
        let timeline = try Self.timeline(
            "[{ name: a, connections: 1, over: 1s }, { name: b, hold: 1s, messages: x4 }, { name: c, hold: 1s }]")
        #expect(timeline.profile.nominal(at: Self.second) == Self.second)
        #expect(timeline.profile.nominal(at: 2 * Self.second) == 5 * Self.second)
        #expect(timeline.profile.nominal(at: 3 * Self.second) == 6 * Self.second)
    }
}
