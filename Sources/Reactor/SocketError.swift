import Glibc

/// A system call on a socket failed.
public struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was attempted, in words ("bind to 127.0.0.1:80").
    public let operation: String
    /// The value of `errno`.
    public let code: Int32

    package init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    public var description: String {
        guard let text = strerror(code) else { return "\(operation): error \(code)" }
        return "\(operation): \(String(cString: text))"
    }
}
