/// What a command's exit code means; the same for every command.
public enum ExitStatus: Int32, Sendable {
    case passed = 0
    /// A threshold was missed, or a result was not the expected one.
    case failed = 1
    /// Bad usage, scenario or setting.
    case usage = 2
    /// The target could not be reached, or died.
    case unreachable = 3
    case internalError = 4
    /// The selection matched nothing.
    case nothingSelected = 5
    /// The generator was the bottleneck: the measurement says nothing of the target.
    case invalid = 6
    /// The time granted is used up, as `timeout` has it.
    case timeBudget = 124
    /// Ended early by SIGINT: 128 and the signal's number, as shells have it.
    case interrupted = 130
    /// Ended early by SIGTERM.
    case terminated = 143
}

/// A command ends with a status and one clear sentence.
public struct CommandFailure: Error, CustomStringConvertible {
    public let status: ExitStatus
    public let description: String

    public init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
