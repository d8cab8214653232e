/// What kind of thing a number counts. Values of different dimensions are never compared.
package enum Dimension: Sendable, Hashable, CaseIterable {
    /// Base unit: seconds.
    case duration
    /// Base unit: bytes.
    case size
    /// Events per second.
    case rate
    /// Bytes per second.
    case throughput
    /// A plain number.
    case count
    /// Between 0 and 1; written in percent.
    case ratio
    /// Processor cores kept busy; 1 is one core all the time.
    case cores
}

/// A quantity with its unit, read from text: `25ms`, `12KiB`, `0.5/s`, `10k`, `85%`, `1.5 cores`.
package struct Measure: Sendable, Hashable {
    package let dimension: Dimension
    /// In the dimension's base unit (``Dimension``).
    package let value: Double
    /// The exact whole number of nanoseconds, bytes or things; nil for other dimensions, and where it is not whole.
    package let whole: UInt64?
}

/// Why a text is no quantity of the wanted dimension, as a sentence that shows how to write one.
package struct MeasureError: Error, Sendable, Hashable {
    package let message: String
}

extension Measure {
    /// Reads `text` as a quantity of `dimension`.
    package init(parsing text: some StringProtocol, as dimension: Dimension) throws(MeasureError) {
        let trimmed = text.drop(while: { $0 == " " })
        guard let (number, rest) = DecimalNumber.prefix(of: Substring(trimmed)) else {
            throw MeasureError(
                message: "`\(text)` is not \(dimension.phrase); write for example `\(dimension.example)`")
        }
        var unit = rest.drop(while: { $0 == " " })
        while unit.last == " " { unit = unit.dropLast() }
        if let match = dimension.units.first(where: { $0.symbol == unit }) {
            self.init(dimension: dimension, number: number, unit: match)
            return
        }
        if unit.isEmpty {
            let written = text.trimmingSpaces
            throw MeasureError(
                message: "`\(written)` has no unit, \(dimension.phrase) needs one; write for example "
                    + "`\(written)\(dimension.typicalUnit)`")
        }
        let other = Dimension.allCases.first { $0.units.contains { $0.symbol == unit } }
        if let other {
            throw MeasureError(
                message: "`\(text)` is \(other.phrase), but \(dimension.phrase) is needed; write for example "
                    + "`\(dimension.example)`")
        }
        throw MeasureError(
            message: "`\(unit)` in `\(text)` is not a unit of \(dimension.phrase); "
                + "write for example `\(dimension.example)` (\(dimension.unitList))")
    }

    private init(dimension: Dimension, number: DecimalNumber, unit: Dimension.Unit) {
        self.dimension = dimension
        value = number.value * Double(unit.factor) / Double(unit.divisor)
        // Durations are written down to the nanosecond, sizes to the byte: their factors are in these.
        whole = dimension.isWhole ? number.wholeMultiple(of: unit.factor) : nil
    }
}

extension Dimension {
    /// A unit stands for `factor / divisor` of the base unit.
    struct Unit: Sendable {
        let symbol: String
        let factor: UInt64
        let divisor: UInt64

        init(_ symbol: String, _ factor: UInt64, per divisor: UInt64 = 1) {
            self.symbol = symbol
            self.factor = factor
            self.divisor = divisor
        }
    }

    /// True where the number of nanoseconds, bytes or things can be exact.
    fileprivate var isWhole: Bool { self == .duration || self == .size || self == .count }

    private static let second: UInt64 = 1_000_000_000

    private static let durations = [
        Unit("ns", 1, per: second), Unit("us", 1_000, per: second), Unit("µs", 1_000, per: second),
        Unit("ms", 1_000_000, per: second), Unit("s", second, per: second), Unit("m", 60 * second, per: second),
        Unit("h", 3_600 * second, per: second),
    ]
    private static let sizes = [
        Unit("B", 1), Unit("KiB", 1 << 10), Unit("MiB", 1 << 20), Unit("GiB", 1 << 30), Unit("kB", 1_000),
        Unit("MB", 1_000_000), Unit("GB", 1_000_000_000),
    ]
    private static let counts = [Unit("", 1), Unit("k", 1_000), Unit("M", 1_000_000)]
    private static let rates = [("s", UInt64(1)), ("m", 60), ("h", 3_600)].flatMap { period, seconds in
        counts.map { Unit("\($0.symbol)/\(period)", $0.factor, per: seconds) }
    }
    private static let throughputs = sizes.map { Unit("\($0.symbol)/s", $0.factor) }
    private static let ratios = [Unit("%", 1, per: 100)]
    private static let coreUnits = [Unit("cores", 1), Unit("core", 1), Unit("%", 1, per: 100)]

    var units: [Unit] {
        switch self {
        case .duration: Self.durations
        case .size: Self.sizes
        case .rate: Self.rates
        case .throughput: Self.throughputs
        case .count: Self.counts
        case .ratio: Self.ratios
        case .cores: Self.coreUnits
        }
    }

    /// The dimension as part of a sentence.
    package var phrase: String {
        switch self {
        case .duration: "a duration"
        case .size: "a size"
        case .rate: "a rate"
        case .throughput: "a throughput"
        case .count: "a count"
        case .ratio: "a percentage"
        case .cores: "a number of cores"
        }
    }

    /// A well-formed quantity to show in messages.
    package var example: String {
        switch self {
        case .duration: "250ms"
        case .size: "64KiB"
        case .rate: "2/s"
        case .throughput: "10MiB/s"
        case .count: "10k"
        case .ratio: "85%"
        case .cores: "1.5 cores"
        }
    }

    fileprivate var typicalUnit: String {
        switch self {
        case .duration: "s"
        case .size: "B"
        case .rate: "/s"
        case .throughput: "B/s"
        case .count: ""
        case .ratio: "%"
        case .cores: " cores"
        }
    }

    fileprivate var unitList: String {
        switch self {
        case .duration: "ns, us, ms, s, m, h"
        case .size: "B, KiB, MiB, GiB, kB, MB, GB"
        case .rate: "per /s, /m or /h"
        case .throughput: "B/s, KiB/s, MiB/s, GiB/s, kB/s, MB/s, GB/s"
        case .count: "k for thousands, M for millions"
        case .ratio: "%"
        case .cores: "cores or %"
        }
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at both ends.
    package var trimmingSpaces: String {
        var slice = drop(while: { $0 == " " || $0 == "\t" })
        while let last = slice.last, last == " " || last == "\t" { slice = slice.dropLast() }
        return String(slice)
    }
}
