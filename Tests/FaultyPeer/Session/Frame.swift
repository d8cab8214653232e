/// Which end of the connection a peer is.
enum Role: Sendable { case server, client }

enum MessageKind: UInt8, Sendable {
    case text = 1
    case binary = 2
}

enum Opcode {
    static let continuation: UInt8 = 0
    static let text: UInt8 = 1
    static let binary: UInt8 = 2
    static let close: UInt8 = 8
    static let ping: UInt8 = 9
    static let pong: UInt8 = 10
}

/// What stands before a frame's payload (RFC 6455 §5.2).
struct FrameHeader {
    let first: UInt8
    let second: UInt8
    var length: Int = 0
    var key: [UInt8] = []

    var isFinal: Bool { first & 0x80 != 0 }
    var reserved: UInt8 { first & 0x70 }
    var opcode: UInt8 { first & 0x0F }
    var isControl: Bool { first & 0x08 != 0 }
    var isMasked: Bool { second & 0x80 != 0 }
    /// The length, or 126 and 127 for the longer forms.
    var form: UInt8 { second & 0x7F }
}

/// XORs `octets` with `key`, whose octet `phase` % 4 is for the first of them (§5.3).
func mask(_ octets: UnsafeMutableRawBufferPointer, _ key: [UInt8], phase: Int) {
    var word: UInt64 = 0
    for index in 0..<8 { word |= UInt64(key[(phase + index) % 4]) << UInt64(index * 8) }
    var index = 0
    while index + 8 <= octets.count {
        let value = octets.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        octets.storeBytes(of: value ^ word.littleEndian, toByteOffset: index, as: UInt64.self)
        index += 8
    }
    while index < octets.count {
        octets[index] ^= key[(phase + index) % 4]
        index += 1
    }
}
