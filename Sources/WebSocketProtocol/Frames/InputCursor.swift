/// What is left of the octets of one receive. The memory is the caller's and is unmasked in place.
@usableFromInline
package struct InputCursor {
    /// The first octet not consumed yet.
    @usableFromInline
    package var position: UnsafeMutableRawPointer
    /// One past the last octet; never before `position`.
    @usableFromInline
    package let end: UnsafeMutableRawPointer

    /// Starts at the first of `count` octets, which must stay valid while the cursor and events from it are used.
    @inlinable
    package init(start: UnsafeMutableRawPointer, count: Int) {
        position = start
        end = start + count
    }

    @inlinable
    package var count: Int { end - position }

    @inlinable
    package var isEmpty: Bool { position == end }

    /// Drops the rest: nothing after a failure or a Close is looked at.
    @inlinable
    package mutating func consumeAll() { position = end }

    /// Takes the next octet, or nil at the end.
    mutating func takeOctet() -> UInt8? {
        guard position != end else { return nil }
        defer { position += 1 }
        return position.load(as: UInt8.self)
    }

    /// Takes `count` octets, which the caller knows to be there.
    mutating func take(_ count: Int) -> UnsafeMutableRawPointer {
        assert(count >= 0 && count <= self.count)
        defer { position += count }
        return position
    }
}
