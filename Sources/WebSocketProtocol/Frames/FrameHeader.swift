/// The octets before a frame's payload (RFC 6455 §5.2).
package enum FrameHeader {
    @usableFromInline static let finBit: UInt8 = 0x80
    @usableFromInline static let maskBit: UInt8 = 0x80
    /// RSV1, RSV2 and RSV3 as they lie in the first octet.
    package static let reservedBits: UInt8 = 0x70
    /// The bit that RFC 7692 uses for "compressed".
    package static let rsv1: UInt8 = 0x40
    package static let maximumLength = 14
    /// The longest payload of a control frame, and of the 7-bit length form (§5.5).
    package static let longestShortPayload = 125

    /// How many octets `write` puts before a payload of this length.
    @inlinable
    package static func encodedLength(payload: Int, masked: Bool) -> Int {
        (payload <= 125 ? 2 : payload <= 0xFFFF ? 4 : 10) &+ (masked ? 4 : 0)
    }

    /// Writes a header with the shortest length form and returns its length, at most 14.
    ///
    /// `reserved` holds RSV bits as they lie in the first octet; `maskKey` the four key octets in memory order, nil for
    /// an unmasked frame. `payloadLength` is not negative.
    @inlinable
    @inline(__always)
    package static func write(
        into target: UnsafeMutableRawPointer, fin: Bool, reserved: UInt8 = 0, opcode: Opcode, payloadLength: Int,
        maskKey: UInt32? = nil
    ) -> Int {
        assert(payloadLength >= 0 && reserved & ~0x70 == 0)
        target.storeBytes(of: (fin ? 0x80 : 0) | reserved | opcode.rawValue, as: UInt8.self)
        let mask: UInt8 = maskKey == nil ? 0 : 0x80
        var length = 2
        if payloadLength <= 125 {
            target.storeBytes(of: mask | UInt8(truncatingIfNeeded: payloadLength), toByteOffset: 1, as: UInt8.self)
        } else if payloadLength <= 0xFFFF {
            target.storeBytes(of: mask | 126, toByteOffset: 1, as: UInt8.self)
            target.storeBytes(
                of: UInt16(truncatingIfNeeded: payloadLength).bigEndian, toByteOffset: 2, as: UInt16.self)
            length = 4
        } else {
            target.storeBytes(of: mask | 127, toByteOffset: 1, as: UInt8.self)
            target.storeBytes(
                of: UInt64(truncatingIfNeeded: payloadLength).bigEndian, toByteOffset: 2, as: UInt64.self)
            length = 10
        }
        if let maskKey {
            target.storeBytes(of: maskKey, toByteOffset: length, as: UInt32.self)
            length &+= 4
        }
        return length
    }

    /// The whole length of a header whose second octet is this.
    static func length(secondOctet: UInt8) -> Int {
        let form = secondOctet & 0x7F
        return (form < 126 ? 2 : form == 126 ? 4 : 10) + (secondOctet & maskBit != 0 ? 4 : 0)
    }
}
