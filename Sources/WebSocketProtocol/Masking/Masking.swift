/// Masking and unmasking, which are the same XOR with a key of four octets (RFC 6455 §5.3).
///
/// A key is a `UInt32` that holds the four octets in memory order: load and store it as it is, without swapping.
@usableFromInline
package enum Masking {
    /// Masks or unmasks in place. `phase` is how many octets of the same frame came before, modulo 4.
    @inlinable
    package static func xor(_ buffer: UnsafeMutableRawBufferPointer, key: UInt32, phase: Int = 0) {
        guard let start = buffer.baseAddress else { return }
        transform(from: UnsafeRawPointer(start), to: start, count: buffer.count, key: rotated(key, by: phase))
    }

    /// Masks or unmasks while copying to `target`, which has room for all of `source` and does not overlap it.
    @inlinable
    package static func copy(
        from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer, key: UInt32, phase: Int = 0
    ) {
        guard let start = source.baseAddress else { return }
        transform(from: start, to: target, count: source.count, key: rotated(key, by: phase))
    }

    /// The key whose first octet belongs to the octet `count` places further on.
    @inlinable
    package static func rotated(_ key: UInt32, by count: Int) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: count & 3) &* 8
        let key = UInt32(littleEndian: key)
        return ((key &>> bits) | (key &<< ((32 &- bits) & 31))).littleEndian
    }

    /// Writes `source` XOR key to `target` and returns whether all of the result is ASCII.
    ///
    /// `source` and `target` are equal or do not overlap.
    @inlinable
    @discardableResult
    package static func transform(
        from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, key: UInt32
    ) -> Bool {
        if count < 64 { return transformShort(from: source, to: target, count: count, key: key) }
        return transformLong(from: source, to: target, count: count, key: key)
    }

    /// `transform` in steps of 16 octets, small enough to be part of its caller.
    ///
    /// The last 16 (8, 4) octets are one more step that may overlap the one before. It is loaded before anything is
    /// stored, so an octet in both steps gets the same value twice, and no remainder is left to walk octet by octet.
    @inlinable
    @inline(__always)
    package static func transformShort(
        from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, key: UInt32
    ) -> Bool {
        if count >= 16 {
            let mask = SIMD4<UInt32>(repeating: key)
            let last = count &- 16
            let tail =
                source.loadUnaligned(fromByteOffset: last, as: SIMD4<UInt32>.self)
                ^ SIMD4<UInt32>(repeating: rotated(key, by: count))
            var seen = tail
            var offset = 0
            while offset < last {
                let block = source.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt32>.self) ^ mask
                target.storeBytes(of: block, toByteOffset: offset, as: SIMD4<UInt32>.self)
                seen |= block
                offset &+= 16
            }
            target.storeBytes(of: tail, toByteOffset: last, as: SIMD4<UInt32>.self)
            return isASCII(seen)
        }
        if count >= 8 {
            let last = count &- 8
            let head = source.loadUnaligned(as: UInt64.self) ^ doubled(key)
            let tail = source.loadUnaligned(fromByteOffset: last, as: UInt64.self) ^ doubled(rotated(key, by: count))
            target.storeBytes(of: head, as: UInt64.self)
            target.storeBytes(of: tail, toByteOffset: last, as: UInt64.self)
            return (head | tail) & 0x8080_8080_8080_8080 == 0
        }
        if count >= 4 {
            let last = count &- 4
            let head = source.loadUnaligned(as: UInt32.self) ^ key
            let tail = source.loadUnaligned(fromByteOffset: last, as: UInt32.self) ^ rotated(key, by: count)
            target.storeBytes(of: head, as: UInt32.self)
            target.storeBytes(of: tail, toByteOffset: last, as: UInt32.self)
            return (head | tail) & 0x8080_8080 == 0
        }
        var seen: UInt8 = 0
        var keys = UInt32(littleEndian: key)
        var offset = 0
        while offset < count {
            let octet = source.load(fromByteOffset: offset, as: UInt8.self) ^ UInt8(truncatingIfNeeded: keys)
            target.storeBytes(of: octet, toByteOffset: offset, as: UInt8.self)
            seen |= octet
            keys &>>= 8
            offset &+= 1
        }
        return seen < 0x80
    }

    /// `transform` in steps of 64 octets; `count` is at least 64. The overlapping last step is as in `transformShort`.
    @usableFromInline
    static func transformLong(
        from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, key: UInt32
    ) -> Bool {
        let mask = SIMD16<UInt32>(repeating: key)
        let last = count &- 64
        let tail =
            source.loadUnaligned(fromByteOffset: last, as: SIMD16<UInt32>.self)
            ^ SIMD16<UInt32>(repeating: rotated(key, by: count))
        var seen = tail
        var offset = 0
        while offset < last {
            let block = source.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt32>.self) ^ mask
            target.storeBytes(of: block, toByteOffset: offset, as: SIMD16<UInt32>.self)
            seen |= block
            offset &+= 64
        }
        target.storeBytes(of: tail, toByteOffset: last, as: SIMD16<UInt32>.self)
        let half = seen.lowHalf | seen.highHalf
        return isASCII(half.lowHalf | half.highHalf)
    }

    @inlinable
    @inline(__always)
    static func isASCII(_ block: SIMD4<UInt32>) -> Bool {
        let pair = unsafeBitCast(block, to: SIMD2<UInt64>.self)
        return (pair.x | pair.y) & 0x8080_8080_8080_8080 == 0
    }

    @inlinable
    @inline(__always)
    static func doubled(_ key: UInt32) -> UInt64 { UInt64(key) | UInt64(key) &<< 32 }
}
