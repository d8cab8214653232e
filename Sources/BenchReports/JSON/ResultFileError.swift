/// Why a result file could not be read or written; every case names the file.
public enum ResultFileError: Error, Equatable, CustomStringConvertible {
    case notReadable(file: String, reason: String)
    case notWritable(file: String, reason: String)
    /// A later wsbench wrote the file: its figures may not mean what this version takes them for.
    case newerVersion(file: String, version: Int, known: Int)
    /// The file is no run result, or a damaged one.
    case malformed(file: String, reason: String)
    /// The same of a conformance result.
    case notConformance(file: String, reason: String)

    public var description: String {
        switch self {
        case .notReadable(let file, let reason): "cannot read \(file): \(reason)"
        case .notWritable(let file, let reason): "cannot write \(file): \(reason)"
        case .newerVersion(let file, let version, let known):
            "\(file) has result version \(version), this wsbench reads up to \(known): use a newer wsbench"
        case .malformed(let file, let reason): "\(file) is not a run result: \(reason)"
        case .notConformance(let file, let reason): "\(file) is not a conformance result: \(reason)"
        }
    }
}
