import Glibc

/// A file that goes with the test.
package final class TemporaryFile: Sendable {
    package let path: String

    package init(_ bytes: [UInt8]) throws {
        path = "/tmp/tls-\(getpid())-\(UInt64.random(in: 0 ... .max)).pem"
        try replace(bytes)
    }

    deinit { unlink(path) }

    package func replace(_ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count, close(descriptor) == 0 else {
            throw NotWritten(path: path)
        }
    }
}

package struct NotWritten: Error {
    package let path: String
}
