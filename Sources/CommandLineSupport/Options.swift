import ArgumentParser
import BenchResults
public import WebSocketTransport

/// A size with its unit on the command line, in bytes: `64KiB`.
///
/// - Throws: `ValidationError` that shows how to write one.
@Sendable
public func parseSize(_ text: String) throws -> Int {
    guard let bytes = Int(exactly: try parseWhole(text, as: .size)) else {
        throw ValidationError("`\(text)` is too large")
    }
    return bytes
}

/// A duration with its unit on the command line: `30s`.
///
/// - Throws: `ValidationError` that shows how to write one.
@Sendable
public func parseDuration(_ text: String) throws -> Duration {
    guard let nanoseconds = Int64(exactly: try parseWhole(text, as: .duration)) else {
        throw ValidationError("`\(text)` is too long")
    }
    return .nanoseconds(nanoseconds)
}

/// What to do about permessage-deflate on the command line: `dedicated:11:4`.
///
/// - Throws: `ValidationError` that shows how to write one.
@Sendable
public func parseDeflate(_ text: String) throws -> CompressionConfiguration.Mode {
    guard let mode = CompressionConfiguration.Mode(text) else {
        throw ValidationError("`\(text)` is none of \(CompressionConfiguration.modeExamples)")
    }
    return mode
}

private func parseWhole(_ text: String, as dimension: Dimension) throws -> UInt64 {
    let measure: Measure
    do throws(MeasureError) {
        measure = try Measure(parsing: text, as: dimension)
    } catch {
        throw ValidationError(error.message)
    }
    guard let whole = measure.whole, whole > 0 else {
        throw ValidationError(
            "`\(text)` is not \(dimension.phrase) above zero; write for example `\(dimension.example)`")
    }
    return whole
}
