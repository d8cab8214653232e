import Glibc

/// The payload of a control frame that the end of the input cut. It owns memory only for that time.
struct ControlBuffer: ~Copyable {
    private(set) var start: UnsafeMutableRawPointer?

    init() {}

    deinit { free(start) }

    /// Memory for the longest payload of a control frame, or nil if the system has none.
    mutating func reserve() -> UnsafeMutableRawPointer? {
        if start == nil { start = malloc(FrameHeader.longestShortPayload) }
        return start
    }

    mutating func release() {
        free(start)
        start = nil
    }
}
