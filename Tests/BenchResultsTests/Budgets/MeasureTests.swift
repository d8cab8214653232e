import Testing

@testable import BenchResults

@Suite struct MeasureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let dimension: Dimension
        let value: Double
        let whole: UInt64?
        var testDescription: String { "\(text) is \(dimension.phrase)" }

        init(_ text: String, _ dimension: Dimension, _ value: Double, _ whole: UInt64? = nil) {
            self.text = text
            self.dimension = dimension
            self.value = value
            self.whole = whole
        }
    }

    @Test(arguments: [
        Row("25ms", .duration, 0.025, 25_000_000), Row("1ns", .duration, 1e-9, 1), Row("7us", .duration, 7e-6, 7_000),
        Row("7µs", .duration, 7e-6, 7_000), Row("0.1ms", .duration, 0.0001, 100_000),
        Row("10s", .duration, 10, 10_000_000_000),
        Row("2m", .duration, 120, 120_000_000_000), Row("1h", .duration, 3_600, 3_600_000_000_000),
        Row("0.5ns", .duration, 0.5e-9, nil), Row("25 ms", .duration, 0.025, 25_000_000),
        Row("20B", .size, 20, 20), Row("12KiB", .size, 12_288, 12_288), Row("1MiB", .size, 1_048_576, 1_048_576),
        Row("1GiB", .size, 1_073_741_824, 1_073_741_824), Row("2kB", .size, 2_000, 2_000),
        Row("3MB", .size, 3_000_000, 3_000_000),
        Row("0.5B", .size, 0.5, nil), Row("1.5KiB", .size, 1_536, 1_536),
        Row("2/s", .rate, 2), Row("0.5/s", .rate, 0.5), Row("30/m", .rate, 0.5), Row("10k/s", .rate, 10_000),
        Row("36/h", .rate, 0.01), Row("10MiB/s", .throughput, 10_485_760),
        Row("1k", .count, 1_000, 1_000), Row("10k", .count, 10_000, 10_000), Row("15_000", .count, 15_000, 15_000),
        Row("0", .count, 0, 0), Row("1.5k", .count, 1_500, 1_500), Row("2M", .count, 2_000_000, 2_000_000),
        Row("1.5", .count, 1.5, nil), Row("0.1%", .ratio, 0.001), Row("85%", .ratio, 0.85),
        Row("1.5 cores", .cores, 1.5), Row("1core", .cores, 1), Row("150%", .cores, 1.5),
    ])
    func `a quantity with the right unit is read exactly`(_ row: Row) throws {
        let measure = try Measure(parsing: row.text, as: row.dimension)
        #expect(measure.value == row.value)
        #expect(measure.whole == row.whole)
        #expect(measure.dimension == row.dimension)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let text: String
        let dimension: Dimension
        let message: String
        var testDescription: String { "\(text) as \(dimension.phrase)" }

        init(_ text: String, _ dimension: Dimension, _ message: String) {
            self.text = text
            self.dimension = dimension
            self.message = message
        }
    }

    @Test(arguments: [
        Fault("10", .duration, "`10` has no unit, a duration needs one; write for example `10s`"),
        Fault("512", .size, "`512` has no unit, a size needs one; write for example `512B`"),
        Fault("5", .rate, "`5` has no unit, a rate needs one; write for example `5/s`"),
        Fault("85", .ratio, "`85` has no unit, a percentage needs one; write for example `85%`"),
        Fault("25KiB", .duration, "`25KiB` is a size, but a duration is needed; write for example `250ms`"),
        Fault("25ms", .size, "`25ms` is a duration, but a size is needed; write for example `64KiB`"),
        Fault("10s", .count, "`10s` is a duration, but a count is needed; write for example `10k`"),
        Fault(
            "25mss", .duration,
            "`mss` in `25mss` is not a unit of a duration; write for example `250ms` (ns, us, ms, s, m, h)"),
        Fault("abc", .duration, "`abc` is not a duration; write for example `250ms`"),
        Fault("-5s", .duration, "`-5s` is not a duration; write for example `250ms`"),
        Fault("", .size, "`` is not a size; write for example `64KiB`"),
        Fault(".5s", .duration, "`.5s` is not a duration; write for example `250ms`"),
        Fault("5.s", .duration, "`5.s` is not a duration; write for example `250ms`"),
        Fault("1234567890123456s", .duration, "`1234567890123456s` is not a duration; write for example `250ms`"),
    ])
    func `a quantity without the right unit is refused with an example`(_ row: Fault) {
        #expect(throws: MeasureError(message: row.message)) { try Measure(parsing: row.text, as: row.dimension) }
    }

    @Test func `what does not fit 64 bits has no whole number`() throws {
        #expect(try Measure(parsing: "999999999999999h", as: .duration).whole == nil)
    }

    @Test(arguments: [
        (0.0234, Dimension.duration, "23.4 ms"), (0.9999, .duration, "1 s"), (0.000_000_5, .duration, "500 ns"),
        (125, .duration, "125 s"), (12_288, .size, "12 KiB"), (1023.9, .size, "1 KiB"), (0, .size, "0 B"),
        (7_512, .rate, "7.51 k/s"), (3, .count, "3"), (12_345, .count, "12.3 k"), (0.001, .ratio, "0.1 %"),
        (1, .cores, "1 core"), (0.42, .cores, "0.42 cores"), (10_485_760, .throughput, "10 MiB/s"),
        (0.0004, .duration, "400 µs"), (.infinity, .count, "infinite G"),
    ])
    func `a value is written with three significant digits`(_ value: Double, _ dimension: Dimension, _ text: String) {
        #expect(MeasureText.text(value, as: dimension) == text)
    }

    @Test(arguments: [
        ("conections", "connections"), ("hodl", "hold"), ("Over", "over"), ("nmae", "name"),
    ])
    func `a slip finds the name that was meant`(_ slip: String, _ name: String) {
        #expect(NearestName.of(slip, in: ["name", "connections", "over", "hold"]) == name)
    }

    @Test(arguments: ["", "weather", "xy", String(repeating: "a", count: 10_000)])
    func `another word is no slip`(_ word: String) {
        #expect(NearestName.of(word, in: ["name", "connections", "over", "hold"]) == nil)
    }
}
