public import BenchResults
import FoundationEssentials

/// A conformance result as a JSON file: one case a line with sorted keys, so that `diff` and `grep` speak of cases.
public enum ConformanceResultFile {
    /// What of a result is written.
    public struct Options: Sendable {
        /// Whether cases that broke nothing keep their wire log. They are most of the file.
        public var keepsWireOfPassing: Bool

        public init(keepsWireOfPassing: Bool = true) { self.keepsWireOfPassing = keepsWireOfPassing }
    }

    /// Writes the whole file or nothing (``WholeFile``).
    public static func write(
        _ result: ConformanceResult, to path: String, options: Options = Options()
    ) throws(ResultFileError) {
        try WholeFile.write(try text(of: result, file: path, options: options), to: path)
    }

    /// Reads a result; refuses one that a later version of this schema wrote.
    public static func read(from path: String) throws(ResultFileError) -> ConformanceResult {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .notReadable(file: path, reason: WholeFile.reason(error))
        }
        return try decode(data, file: path)
    }

    /// Reads a result from the octets of its file, which need not be text.
    package static func read(_ octets: [UInt8], file: String) throws(ResultFileError) -> ConformanceResult {
        try decode(Data(octets), file: file)
    }

    private static func decode(_ data: Data, file: String) throws(ResultFileError) -> ConformanceResult {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            // The version first: the rest of a later schema need not decode.
            let version = try decoder.decode(Version.self, from: data).schemaVersion
            guard version <= ConformanceResult.currentSchemaVersion else {
                throw ResultFileError.newerVersion(
                    file: file, version: version, known: ConformanceResult.currentSchemaVersion)
            }
            guard version >= 1 else {
                throw ResultFileError.notConformance(file: file, reason: "there is no result version \(version)")
            }
            return try decoder.decode(ConformanceResult.self, from: data)
        } catch let error as ResultFileError {
            throw error
        } catch let error as DecodingError {
            throw .notConformance(file: file, reason: DecodingReason.text(error))
        } catch {
            throw .notConformance(file: file, reason: String(describing: error))
        }
    }

    /// The file's text, ending in a newline.
    package static func text(
        of result: ConformanceResult, file: String = "the result", options: Options = Options()
    ) throws(ResultFileError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            var head: [(String, Data)] = [
                ("schemaVersion", try encoder.encode(result.schemaVersion)),
                ("tool", try encoder.encode(result.tool)), ("subject", try encoder.encode(result.subject)),
                ("settings", try encoder.encode(result.settings)), ("started", try encoder.encode(result.started)),
                ("duration", try encoder.encode(result.duration)),
            ]
            if let text = result.interruption { head.append(("interruption", try encoder.encode(text))) }
            if let text = result.selection { head.append(("selection", try encoder.encode(text))) }
            head.append(("notRun", list(try result.notRun.map { try encoder.encode($0) })))
            let cases = try result.cases.map { found in
                var found = found
                if !options.keepsWireOfPassing, !needsWire(found) { found.wire = nil }
                return try encoder.encode(found)
            }
            head.append(("cases", list(cases)))
            var text = Data("{\n".utf8)
            for (index, member) in head.enumerated() {
                text += Data("\(index > 0 ? ",\n" : "")\"\(member.0)\": ".utf8) + member.1
            }
            return String(decoding: text + Data("\n}\n".utf8), as: UTF8.self)
        } catch {
            throw .notWritable(file: file, reason: String(describing: error))
        }
    }

    /// Whether somebody will want to see what went over the wire.
    static func needsWire(_ found: CaseResult) -> Bool {
        found.isUnexpected || found.verdict.severity > 0 || !found.earlierAttempts.isEmpty
    }

    private static func list(_ items: [Data]) -> Data {
        guard !items.isEmpty else { return Data("[]".utf8) }
        var text = Data("[\n".utf8)
        for (index, item) in items.enumerated() {
            if index > 0 { text += Data(",\n".utf8) }
            text += item
        }
        return text + Data("\n]".utf8)
    }

    private struct Version: Decodable {
        var schemaVersion: Int
    }
}
