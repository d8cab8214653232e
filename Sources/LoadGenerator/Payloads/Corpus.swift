import CLinux
import Glibc

/// The user's own messages: a text file with one message a line (NDJSON, but any text will do; lines are sent as they
/// are, without their line ending).
package struct Corpus: Sendable {
    private let bytes: [UInt8]
    /// The messages' places in the file, in its order. Never empty, and no range is.
    let lines: [Range<Int>]

    package static let maximumFileBytes = 64 << 20
    package static let maximumLineBytes = 16 << 20

    package var count: Int { lines.count }

    func copy(_ line: Range<Int>, to target: UnsafeMutableRawBufferPointer) {
        target.copyBytes(from: bytes[line])
    }

    /// Splits the content of a file. Empty lines, and lines of spaces only, are skipped; so is a byte order mark.
    package init(
        parsing bytes: [UInt8], file: String, maximumLineBytes: Int = Corpus.maximumLineBytes
    ) throws(CorpusError) {
        var lines: [Range<Int>] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 1
        while start < bytes.count {
            let lineFeed = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let end = lineFeed > start && bytes[lineFeed - 1] == 0x0D ? lineFeed - 1 : lineFeed
            let line = start..<end
            if bytes[line].contains(where: { $0 != 0x20 && $0 != 0x09 }) {
                guard line.count <= maximumLineBytes else {
                    throw CorpusError(
                        file: file, line: number,
                        reason: .lineTooLong(length: line.count, limit: maximumLineBytes))
                }
                // A text message has to be valid UTF-8 (RFC 6455 §5.6).
                guard String(validating: bytes[line], as: UTF8.self) != nil else {
                    throw CorpusError(file: file, line: number, reason: .notUTF8)
                }
                lines.append(line)
            }
            start = lineFeed + 1
            number += 1
        }
        guard !lines.isEmpty else { throw CorpusError(file: file, line: nil, reason: .empty) }
        self.bytes = bytes
        self.lines = lines
    }

    /// Reads the file at `path`.
    package init(reading path: String) throws(CorpusError) {
        try self.init(parsing: Self.content(of: path), file: path)
    }

    private static func content(of path: String) throws(CorpusError) -> [UInt8] {
        func failure(_ code: Int32) -> CorpusError {
            CorpusError(file: path, line: nil, reason: .unreadable(String(cString: strerror(code))))
        }
        // O_NONBLOCK: opening a FIFO nobody writes to must not hang; a regular file ignores it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CorpusError(file: path, line: nil, reason: .unreadable("it is not a regular file"))
        }
        guard status.st_size <= maximumFileBytes else {
            throw CorpusError(file: path, line: nil, reason: .fileTooLarge(limit: maximumFileBytes))
        }
        // One byte more than the size, to see the end and not only reach it. A file that grows meanwhile is cut there.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(bytes.count - min(filled, Int(status.st_size)))
        return bytes
    }
}

/// Why a corpus cannot be used, naming the file and, where there is one, the line.
package struct CorpusError: Error, Sendable, Hashable, CustomStringConvertible {
    package let file: String
    package let line: Int?
    package let reason: Reason

    package enum Reason: Sendable, Hashable {
        case unreadable(String)
        case fileTooLarge(limit: Int)
        case lineTooLong(length: Int, limit: Int)
        case notUTF8
        case empty
    }

    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return switch reason {
        case .unreadable(let why): "\(place): the corpus cannot be read: \(why)"
        case .fileTooLarge(let limit): "\(place): the corpus is larger than \(limit >> 20) MiB"
        case .lineTooLong(let length, let limit): "\(place): the line has \(length) bytes, \(limit) are allowed"
        case .notUTF8: "\(place): the line is not valid UTF-8, so it cannot be a text message"
        case .empty: "\(place): the corpus has no message: every line is empty"
        }
    }
}
