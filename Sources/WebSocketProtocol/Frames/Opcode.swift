/// What a frame is, the low four bits of its first octet (RFC 6455 §5.2). Reserved opcodes have no value.
@usableFromInline
package enum Opcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether frames of this opcode may stand between the fragments of a message (§5.5).
    package var isControl: Bool { rawValue >= 0x8 }
}
