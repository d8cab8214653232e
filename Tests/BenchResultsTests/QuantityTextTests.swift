import BenchResults
import Testing

@Suite struct `quantities as text` {
    @Test(
        arguments: [
            (0, "0 s"), (1e-9, "1.00 ns"), (9.994e-9, "9.99 ns"), (9.996e-9, "10.0 ns"), (0.000_000_999_6, "1.00 µs"),
            (0.000_312, "312 µs"), (0.000_999_4, "999 µs"), (0.000_999_6, "1.00 ms"), (0.0234, "23.4 ms"),
            (1, "1.00 s"),
            (75, "75.0 s"), (3600, "3,600 s"), (1e-14, "0 s"), (5e-10, "0.500 ns"), (-0.0234, "-23.4 ms"),
            (.nan, "–"), (.infinity, "–"), (1e300, "> 9 P s"),
        ] as [(Double, String)])
    func `durations`(_ seconds: Double, _ text: String) {
        #expect(QuantityText.duration(seconds: seconds) == text)
    }

    @Test(
        arguments: [(0, "0 s"), (1, "1.00 ns"), (1_234_567, "1.23 ms"), (.max, "18,446,744,074 s")]
            as [(UInt64, String)])
    func `durations of whole nanoseconds`(_ nanoseconds: UInt64, _ text: String) {
        #expect(QuantityText.duration(nanoseconds: nanoseconds) == text)
    }

    @Test(
        arguments: [
            (0, "0 s"), (0.04, "0.0 s"), (12.34, "12.3 s"), (59.9, "59.9 s"), (60, "1 min 0 s"), (75.4, "1 min 15 s"),
            (3599.6, "1 h 0 min"), (7380, "2 h 3 min"), (-1, "–"), (.nan, "–"), (1e12, "–"),
        ] as [(Double, String)])
    func `elapsed time`(_ seconds: Double, _ text: String) {
        #expect(QuantityText.elapsed(seconds: seconds) == text)
    }

    @Test(
        arguments: [
            (0, "0 B"), (1, "1 B"), (1023, "1,023 B"), (1024, "1.00 KiB"), (2310, "2.26 KiB"), (12_083, "11.8 KiB"),
            (1_048_576, "1.00 MiB"), (25_276_510_208, "23.5 GiB"), (1_099_511_627_776, "1.00 TiB"),
            (-1228.8, "-1.20 KiB"),
            (.nan, "–"),
        ] as [(Double, String)])
    func `bytes`(_ count: Double, _ text: String) {
        #expect(QuantityText.bytes(count) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (999.7, "1.00 k"), (1000, "1.00 k"), (12_345, "12.3 k"),
            (1_200_000, "1.20 M"),
            (3.2e9, "3.20 G"), (4e12, "4.00 T"), (0.25, "0.250"), (-12, "-12"), (-12_345, "-12.3 k"), (.infinity, "–"),
        ] as [(Double, String)])
    func `counts`(_ count: Double, _ text: String) {
        #expect(QuantityText.count(count) == text)
    }

    @Test(
        arguments: [
            (0, "0 %"), (0.853, "85.3 %"), (1, "100 %"), (0.9994, "99.9 %"), (0.99949, "99.9 %"), (0.9996, "100 %"),
            (0.0012, "0.120 %"), (1.25, "125 %"), (-0.05, "-5.00 %"), (.nan, "–"),
        ] as [(Double, String)])
    func `percent`(_ ratio: Double, _ text: String) {
        #expect(QuantityText.percent(ratio) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (12_345_678, "12,345,678"), (.max, "18,446,744,073,709,551,615"),
        ] as [(UInt64, String)])
    func `exact counts`(_ count: UInt64, _ text: String) {
        #expect(QuantityText.exact(count) == text)
    }

    @Test(
        arguments: [
            (0.5, 0, "1"), (-0.2, 0, "0"), (1234.56, 1, "1,234.6"), (-0.05, 2, "-0.05"), (0, 2, "0.00"), (1e20, 1, "–"),
        ] as [(Double, Int, String)])
    func `fixed places`(_ value: Double, _ places: Int, _ text: String) {
        #expect(QuantityText.decimal(value, places: places) == text)
    }

    @Test(
        arguments: [
            (0.5, "s", "500 ms"), (2048, "B", "2.00 KiB"), (10_000, "1/s", "10.0 k/s"), (0.85, "cores", "0.85 cores"),
            (1, "cores", "1.00 core"), (0.5, "ratio", "50.0 %"), (5, "1", "5"), (5, "unheard of", "5"),
        ] as [(Double, String, String)])
    func `a value of each stored unit`(_ value: Double, _ unit: String, _ text: String) {
        #expect(QuantityText.value(value, unit: unit) == text)
    }

    @Test func `every finite double has a text, and none traps`() {
        for exponent in -308...308 {
            for value in [
                Double(sign: .plus, exponent: exponent, significand: 1.5),
                -Double(sign: .plus, exponent: exponent, significand: 1.999_999),
            ] {
                for unit in ["s", "B", "1/s", "cores", "ratio", "1"] {
                    #expect(!QuantityText.value(value, unit: unit).isEmpty)
                }
                #expect(!QuantityText.elapsed(seconds: value).isEmpty)
            }
        }
    }
}
