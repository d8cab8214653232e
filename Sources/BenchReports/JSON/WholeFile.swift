import FoundationEssentials

/// Writes reports so that nobody ever sees half of one: a new file beside the old, then a rename.
public enum WholeFile {
    /// Writes `text` as UTF-8 to `path`, replacing what is there; creates missing folders.
    ///
    /// A reader sees the old file or the new one, also when the process dies meanwhile.
    public static func write(_ text: String, to path: String) throws(ResultFileError) {
        do {
            let url = URL(filePath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw .notWritable(file: path, reason: reason(error))
        }
    }

    /// What the file system said, without the file's name, which the caller adds.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? CocoaError else { return String(describing: error) }
        return switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file"
        case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
        case .fileWriteOutOfSpace: "no space left"
        case .fileWriteVolumeReadOnly: "the file system is read-only"
        default: String(describing: error.underlying ?? error)
        }
    }
}
