public import ArgumentParser
import BenchResults

/// A size with its unit on the command line: `64KiB`.
public struct SizeOption: ExpressibleByArgument, Sendable {
    public let bytes: Int

    public init?(argument: String) {
        guard let measure = try? Measure(parsing: argument, as: .size), let whole = measure.whole,
            let bytes = Int(exactly: whole), bytes > 0
        else { return nil }
        self.bytes = bytes
    }

    public init(bytes: Int) { self.bytes = bytes }

    public var defaultValueDescription: String { MeasureText.text(Double(bytes), as: .size).filter { $0 != " " } }
}

/// A duration with its unit on the command line: `30s`.
public struct DurationOption: ExpressibleByArgument, Sendable {
    public let duration: Duration

    public init?(argument: String) {
        guard let measure = try? Measure(parsing: argument, as: .duration), let whole = measure.whole,
            let nanoseconds = Int64(exactly: whole), nanoseconds > 0
        else { return nil }
        duration = .nanoseconds(nanoseconds)
    }
}
