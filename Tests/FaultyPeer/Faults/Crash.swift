import CLinux

extension Fault {
    /// Ends the process as a violated precondition would.
    static func crash() -> Never { abort() }
}
