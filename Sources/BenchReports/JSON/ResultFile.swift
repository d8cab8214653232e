public import BenchResults
import FoundationEssentials

/// A run's result as a JSON file: sorted keys and stable layout, so that two results can be compared with `diff`.
public enum ResultFile {
    /// Writes the whole file or nothing (``WholeFile``).
    public static func write(_ result: RunResult, to path: String) throws(ResultFileError) {
        try WholeFile.write(try text(of: result, file: path), to: path)
    }

    /// Reads a result; refuses one that a later version of this schema wrote.
    public static func read(from path: String) throws(ResultFileError) -> RunResult {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .notReadable(file: path, reason: WholeFile.reason(error))
        }
        return try decode(data, file: path)
    }

    /// Reads a result from its text; `file` is what errors call it.
    package static func read(text: String, file: String) throws(ResultFileError) -> RunResult {
        try decode(Data(text.utf8), file: file)
    }

    /// Reads a result from the octets of its file, which need not be text.
    package static func read(_ octets: [UInt8], file: String) throws(ResultFileError) -> RunResult {
        try decode(Data(octets), file: file)
    }

    private static func decode(_ data: Data, file: String) throws(ResultFileError) -> RunResult {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: NonFinite.infinity, negativeInfinity: NonFinite.minusInfinity, nan: NonFinite.nan)
        do {
            // The version first: the rest of a later schema need not decode.
            let version = try decoder.decode(Version.self, from: data).version
            guard version <= RunResult.currentVersion else {
                throw ResultFileError.newerVersion(file: file, version: version, known: RunResult.currentVersion)
            }
            guard version >= 1 else {
                throw ResultFileError.malformed(file: file, reason: "there is no result version \(version)")
            }
            return try decoder.decode(RunResult.self, from: data)
        } catch let error as ResultFileError {
            throw error
        } catch let error as DecodingError {
            throw .malformed(file: file, reason: DecodingReason.text(error))
        } catch {
            throw .malformed(file: file, reason: String(describing: error))
        }
    }

    /// The file's text, ending in a newline.
    package static func text(of result: RunResult, file: String = "the result") throws(ResultFileError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // JSON has no NaN; a division by zero somewhere must not cost the user the whole file.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: NonFinite.infinity, negativeInfinity: NonFinite.minusInfinity, nan: NonFinite.nan)
        do {
            let pretty = try encoder.encode(result)
            return JSONLayout.folded(String(decoding: pretty, as: UTF8.self)) + "\n"
        } catch {
            throw .notWritable(file: file, reason: String(describing: error))
        }
    }

    private struct Version: Decodable {
        var version: Int
    }

    private enum NonFinite {
        static let infinity = "inf"
        static let minusInfinity = "-inf"
        static let nan = "nan"
    }
}
