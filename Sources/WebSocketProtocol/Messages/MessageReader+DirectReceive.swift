/// Receiving a large payload where it will stay, without the detour over the input buffer.
extension MessageReader {
    /// Memory for the next octets of the connection, or nil unless at least `atLeast` octets of a data frame are
    /// outstanding and will be kept.
    ///
    /// All octets given to `next` must have been consumed. The window ends with the frame, holds at most 1 MiB, and may
    /// be shorter than `atLeast`: memory grows with what has arrived. It is valid until the next call.
    package mutating func directWindow(atLeast: Int) -> UnsafeMutableRawBufferPointer? {
        releaseEvent()
        guard !deliversParts, phase == .dataPayload, frameRemaining > 0, frameRemaining >= atLeast else { return nil }
        guard assembly.reserveWindow(outstanding: frameRemaining) else { return nil }
        let length = min(assembly.spare, frameRemaining, AssemblyBuffer.largestWindow)
        return UnsafeMutableRawBufferPointer(start: assembly.end, count: length)
    }

    /// Takes `count` octets that were received into the window; returns the message if they end it.
    package mutating func commitDirect(_ count: Int) throws(ProtocolError) -> Event? {
        guard count > 0 else { return nil }
        guard phase == .dataPayload, count <= assembly.spare, count <= frameRemaining, let target = assembly.end else {
            preconditionFailure("more octets were committed than the direct window had")
        }
        do throws(ProtocolError) {
            try absorb(target, into: target, count: count, offset: assembly.count)
            assembly.commit(count)
            return try endFrameIfComplete()
        } catch {
            throw finish(with: error)
        }
    }
}
