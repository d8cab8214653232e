import BenchReports
import Testing

@Suite struct `an axis` {
    @Test(
        arguments: [
            (9300, "1/s", ["0", "2 k/s", "4 k/s", "6 k/s", "8 k/s", "10 k/s"]),
            (0.46, "cores", ["0", "0.1 cores", "0.2 cores", "0.3 cores", "0.4 cores", "0.5 cores"]),
            (500, "1", ["0", "100", "200", "300", "400", "500"]), (12_000_000, "B", ["0", "4 MiB", "8 MiB", "12 MiB"]),
            (0.0029, "s", ["0", "1 ms", "2 ms", "3 ms"]),
            (0.97, "ratio", ["0", "20 %", "40 %", "60 %", "80 %", "100 %"]),
            (0, "1/s", ["0", "0.2/s", "0.4/s", "0.6/s", "0.8/s", "1/s"]), (3, "B", ["0", "1 B", "2 B", "3 B"]),
        ] as [(Double, String, [String])])
    func `from zero has round labels`(_ greatest: Double, _ unit: String, _ labels: [String]) {
        let axis = Axis.fromZero(to: greatest, unit: unit)
        #expect(axis.ticks.map(\.label) == labels)
        #expect(axis.high >= greatest)
    }

    @Test(arguments: [
        (0.000_05, 1.0, ["100 µs", "1 ms", "10 ms", "100 ms", "1 s"]), (0.001, 0.003, ["1 ms", "2 ms", "5 ms"]),
        (0.000_2, 0.04, ["200 µs", "500 µs", "1 ms", "2 ms", "5 ms", "10 ms", "20 ms", "50 ms"]),
    ])
    func `on a logarithmic scale labels only what lies on it`(_ least: Double, _ greatest: Double, _ labels: [String]) {
        let axis = Axis.logarithmic(least, greatest, unit: "s")
        #expect(axis.ticks.map(\.label) == labels)
        #expect(axis.low <= least && axis.high >= greatest)
        #expect(axis.position(axis.low) == 0 && axis.position(axis.high) == 1)
        #expect(axis.position(0) == 0, "nothing lies below the lower end")
    }

    @Test(
        arguments: [
            (20, ["0", "5 s", "10 s", "15 s", "20 s"]), (1, ["0", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1 s"]),
            (612, ["0", "2:00", "4:00", "6:00", "8:00", "10:00"]),
            (7300, ["0", "30:00", "1:00:00", "1:30:00", "2:00:00"]),
            (0.2, ["0", "0.05 s", "0.1 s", "0.15 s", "0.2 s"]),
        ] as [(Double, [String])])
    func `of time counts as people do`(_ end: Double, _ labels: [String]) {
        #expect(Axis.time(to: end).ticks.map(\.label) == labels)
    }

    @Test func `of percentiles gives every nine the same room`() {
        let axis = Axis.percentiles(nines: 4)
        #expect(axis.ticks.map(\.label) == ["0 %", "50 %", "75 %", "90 %", "99 %", "99.9 %", "99.99 %"])
        #expect(axis.position(10) == 0.25 && axis.position(100) == 0.5 && axis.position(1000) == 0.75)
        #expect(axis.ticks.filter(\.minor).map(\.label) == ["50 %", "75 %", "90 %", "99.9 %"])
        #expect(Axis.percentiles(nines: 3).ticks.filter(\.minor).map(\.label) == ["50 %", "75 %"])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -1, 0, .leastNonzeroMagnitude, 1e-13, 1e300, 1.7e308])
    func `never traps, never has too many ticks`(_ value: Double) {
        for axis in [
            Axis.fromZero(to: value, unit: "B"), .fromZero(to: value, unit: "s"), .logarithmic(value, 1, unit: "s"),
            .logarithmic(1, value, unit: "s"), .logarithmic(value, value, unit: "s"), .time(to: value),
        ] {
            #expect(axis.low < axis.high)
            #expect(axis.ticks.count <= 24, "\(axis.ticks.map(\.label))")
            #expect(axis.ticks.allSatisfy { (0...1).contains($0.position) })
            if let position = axis.position(value) { #expect((0...1).contains(position)) }
        }
    }
}

@Suite struct `fewer points` {
    private typealias Point = Decimation.Point

    @Test func `are the same when there are few enough`() {
        let points = (0..<600).map { Point(x: Double($0), y: nil) }
        #expect(Decimation.decimated(points, to: 600) == points)
        #expect(Decimation.peaks([1, nil, 3], to: 3) == [0, 1, 2])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func `keep order, ends of the range, and stay within the limit`(
        _ seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let points = (0..<Int.random(in: 601...5000, using: &random)).map { index in
            Point(x: Double(index), y: Bool.random(using: &random) ? Double.random(in: -9...9, using: &random) : nil)
        }
        let fewer = Decimation.decimated(points, to: 600)
        #expect(fewer.count <= 600, "seed \(seed)")
        #expect(zip(fewer, fewer.dropFirst()).allSatisfy { $0.x < $1.x }, "seed \(seed)")
        #expect(fewer.compactMap(\.y).max() == points.compactMap(\.y).max(), "seed \(seed)")
        #expect(fewer.compactMap(\.y).min() == points.compactMap(\.y).min(), "seed \(seed)")
        let peaks = Decimation.peaks(points.map(\.y), to: 100)
        #expect(peaks.count == 100 && peaks == peaks.sorted(), "seed \(seed)")
        let peak = try #require(points.compactMap(\.y).max())
        #expect(peaks.contains { points[$0].y == peak }, "seed \(seed)")
    }

    @Test func `leave a long gap a gap`() {
        let points = (0..<1200).map { Point(x: Double($0), y: (400..<800).contains($0) ? nil : 1) }
        #expect(Decimation.decimated(points, to: 600).contains { $0.y == nil })
    }
}
